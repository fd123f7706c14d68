"""Mutants of lists of rules: one that is left out, and one that holds for everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from policyengine.ir.program import OfferDefinition, PlanDefinition, Program, Rule
from policyengine.ir.showing import written
from policyengine.source import Span
from policyengine.testing.mutation.mutant import Kind as Change
from policyengine.testing.mutation.mutant import Mutant, Swap, short
from policyengine.testing.mutation.reading import always, searches, seen_at_offer


def of_rules(program: Program) -> Iterator[Mutant]:
    """Yield the mutants with a rule left out, or without the condition under which one applies."""
    for plan in program.plans:
        yield from _required(plan)
        yield from _of_terms(plan)
    for rule in program.guarantees:
        yield _guarantee(rule)
        if rule.applies is not None:
            yield from _everywhere(rule)
    yield from _applies_to(program)


def _required(plan: PlanDefinition) -> Iterator[Mutant]:
    for rule in plan.require:
        said = f"`{rule.id}` was dropped from what `{plan.id}` requires"
        at = _named(rule, plan)
        yield Mutant(Change.DROPPED, at, said, (Swap(rule, None),), (rule.test,))


def _named(rule: Rule, plan: PlanDefinition) -> Span:
    """Return where a plan names a shared condition; one that stands within the plan is its own place."""
    within = plan.span
    if within.start <= rule.span.start < within.end:
        return rule.span
    found = re.compile(rf"\b{re.escape(rule.id)}\b").search(
        within.file.text, within.start, within.end
    )
    return Span(within.file, found.start(), found.end()) if found else rule.span


def _of_terms(plan: PlanDefinition) -> Iterator[Mutant]:
    """Yield offers with a rule less; a search that has no target left would not load."""
    offer = plan.offer
    least = 1 if searches(plan) or offer.accept else 0
    for rule in offer.until if len(offer.until) > least else ():
        yield _less(plan, rule, "what its terms must meet")
    for rule in offer.accept:
        yield _less(plan, rule, "what is enough")


def _less(plan: PlanDefinition, rule: Rule, what: str) -> Mutant:
    offer = plan.offer
    new: OfferDefinition = attrs.evolve(
        offer,
        until=tuple(each for each in offer.until if each is not rule),
        accept=tuple(each for each in offer.accept if each is not rule),
    )
    said = f"`{rule.id}` was dropped from {what} under `{plan.id}`"
    return Mutant(
        Change.DROPPED, _named(rule, plan), said, (Swap(offer, new),), seen_at_offer(plan)
    )


def _guarantee(rule: Rule) -> Mutant:
    seen = (rule.test,) if rule.applies is None else (rule.test, rule.applies)
    said = f"the guarantee `{rule.id}` was dropped"
    return Mutant(Change.DROPPED, rule.span, said, (Swap(rule, None),), seen)


def _everywhere(rule: Rule) -> Iterator[Mutant]:
    applies = rule.applies
    if applies is not None and applies.span.file.name == rule.span.file.name:
        said = f"`applies_to: {short(written(applies.span))}` of `{rule.id}` was dropped"
        yield Mutant(Change.DROPPED, applies.span, said, (Swap(applies, always(applies)),))


def _applies_to(program: Program) -> Iterator[Mutant]:
    applies = program.applies_to
    if applies is not None:
        said = f"`applies_to: {short(written(applies.span))}` was dropped"
        yield Mutant(Change.DROPPED, applies.span, said, (Swap(applies, always(applies)),))
