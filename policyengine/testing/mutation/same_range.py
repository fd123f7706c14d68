"""Ranges of which an end was moved and no setting with it: by steps of 10 %, 10 % to 51 % has what 10 % to 50 % has.

Only what the policy itself says is looked at: the ends and the step are written out, or are parameters with one value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from policyengine.diagnostics import Findings
from policyengine.ir.from_model.offer_limits import known
from policyengine.ir.from_model.scope import Scope
from policyengine.ir.levers import Extent, Lever
from policyengine.ir.nodes import Node
from policyengine.ir.program import Program
from policyengine.testing.mutation.refusing import scope_of, would_load
from policyengine.testing.mutation.watching import Pair, Subject


def same_settings(subject: Subject, index: int) -> bool:
    """Whether all that a mutant changes of a policy is the end of ranges, and each range has the same settings."""
    pairs, mutated = tuple(subject.pairs(index)), subject.mutated(index)
    if not pairs or not would_load(subject.mutants[index], mutated):
        return False
    old, new = scope_of(subject.program, Findings()), scope_of(mutated, Findings())
    return all(_same(pair, _ranges(subject.program), old, new) for pair in pairs)


def _same(pair: Pair, ranges: Iterable[Extent], old: Scope, new: Scope) -> bool:
    ended = [extent for extent in ranges if extent.high is pair.old.node]
    return bool(ended) and all(_as_many(each, pair.new, old, new) for each in ended)


def _as_many(extent: Extent, end: Node, old: Scope, new: Scope) -> bool:
    low, step = known(extent.low, old), known(extent.step, old)
    before, after = known(extent.high, old), known(end, new)
    if low is None or before is None or after is None or not step or min(before, after) < low:
        return False
    return (before - low) // step == (after - low) // step


def _ranges(program: Program) -> Iterator[Extent]:
    """Yield the ranges of every offer that have a step."""
    for plan in program.plans:
        for lever in plan.offer.levers:
            yield from (each for each in _extents(lever) if each.step and not each.single)


def _extents(part: object) -> Iterator[Extent]:
    if isinstance(part, Extent):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from _extents(each)
    elif isinstance(part, Lever):
        for attribute in attrs.fields(type(part)):
            yield from _extents(getattr(part, attribute.name))
