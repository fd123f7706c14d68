"""Mutants of the steps of an offer: their order, one left out, one that is always taken."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import attrs

from policyengine.ir.levers import Lever
from policyengine.ir.program import PlanDefinition, Program
from policyengine.ir.showing import written
from policyengine.source import Span
from policyengine.testing.mutation.mutant import Kind as Change
from policyengine.testing.mutation.mutant import Mutant, Swap, short
from policyengine.testing.mutation.reading import always, seen_at_offer


def of_offers(program: Program) -> Iterator[Mutant]:
    """Yield the mutants of every offer."""
    for plan in program.plans:
        for one, other in pairwise(plan.offer.levers):
            said = f"`{_step(one)}` and `{_step(other)}` were exchanged"
            levers = [{id(one): other, id(other): one}.get(id(e), e) for e in plan.offer.levers]
            yield _mutant(plan, other.span, said, levers)
        for lever in plan.offer.levers:
            yield from _of(lever, plan)


def _of(lever: Lever, plan: PlanDefinition) -> Iterator[Mutant]:
    levers = plan.offer.levers
    if len(levers) > 1:
        rest = [each for each in levers if each is not lever]
        yield _mutant(plan, lever.span, f"`{_step(lever)}` was dropped", rest)
    if lever.when is not None:
        said = f"`when: {short(written(lever.when.span))}` was dropped under `{plan.id}`"
        swap = Swap(lever.when, always(lever.when))
        yield Mutant(Change.DROPPED, lever.when.span, said, (swap,))


def _step(lever: Lever) -> str:
    return short(written(lever.span))


def _mutant(plan: PlanDefinition, span: Span, said: str, levers: list[Lever]) -> Mutant:
    new = attrs.evolve(plan.offer, levers=tuple(levers))
    said = f"{said} under `{plan.id}`"
    return Mutant(Change.STEP, span, said, (Swap(plan.offer, new),), seen_at_offer(plan))
