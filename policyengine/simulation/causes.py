"""Which rule did it.

A plan that is not allowed under a version is *blocked* there by rules: where it is denied, by those that fail; where
it is undetermined, by those that fail or are not known. What did it is

- for a plan that is gained, each rule that blocked it before and has another truth now, or is gone;
- for one that is lost, each rule that blocks it now and had another truth before, or is new;
- for one that has another status and is allowed neither time, both.

Rules are matched by id; where several rules of a plan have one id, they are one rule that fails where one of them does.
A plan or policy that is in one version only, and a policy that applies or is in force under one version only, is named
instead of its rules. `facts` is named where nothing blocks the plan and it is undetermined: whether the policy applies,
or a fact that it requires, is not known.

Terms that differ are put down to the rules that they are held against, and to the steps, of which the two versions say
something else: the same ones for all rows of a plan. Masks hold the first 64 conditions of a plan; where none of them
did it, the cause is `unnamed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from policyengine.decision.columns import BITS, NONE, STATUSES, Codes, PlanColumns, rules_of
from policyengine.decision.decision import Status
from policyengine.ir.fingerprint import rule_fingerprint, steps_fingerprint
from policyengine.ir.program import PlanDefinition, Program
from policyengine.portfolio.run.sidecar import TERMS_RULE
from policyengine.simulation.changes import CHANGES, Change
from policyengine.simulation.versions import Pair, PlanPair

_DENIED = STATUSES.index(Status.DENIED)
_ON_TERMS = (Change.BETTER, Change.WORSE, Change.OTHER_TERMS)


class Kind(StrEnum):
    """What kind of thing did it."""

    RULE = "rule"
    STEPS = "steps"
    PLAN = "plan"
    POLICY = "policy"
    APPLIES = "applies"
    FACTS = "facts"
    UNNAMED = "unnamed"


@attrs.frozen(order=True)
class Cause:
    """What did it: a rule by its id, or something else."""

    kind: Kind
    rule: str = ""

    def __str__(self) -> str:
        return self.rule or f"({self.kind})"


Causes = tuple[Cause, ...]


@attrs.frozen(eq=False)
class Attributed:
    """What did it to each row: `which` is the place of the row's causes in `found`."""

    found: tuple[Causes, ...]
    which: NDArray[np.int64]


@attrs.frozen(eq=False, slots=False)
class Causing:
    """Finds what changed a plan."""

    pair: Pair
    plan: PlanPair

    def of(self, changes: Codes, old: PlanColumns, new: PlanColumns) -> Attributed:
        """Return what changed the plan of each row; all of them did change."""
        codes = (changes, old.status, new.status)
        masks = (old.failed, old.unknown, new.failed, new.unknown)
        first, which = _patterns((*codes, *masks))
        found = (
            self._causes([int(each[row]) for each in codes], [int(each[row]) for each in masks])
            for row in first
        )
        return Attributed(tuple(found), which)

    def _causes(self, codes: Sequence[int], masks: Sequence[int]) -> Causes:
        change, old_status, new_status = codes
        if CHANGES[change] in _ON_TERMS:
            return self._terms or (Cause(Kind.UNNAMED),)
        absent = self._absent(old_status, new_status)
        if absent is not None:
            return (absent,)
        before = _Seen(self._old_ids, old_status, masks[0], masks[1])
        after = _Seen(self._new_ids, new_status, masks[2], masks[3])
        rules = dict.fromkeys([*_moved(before, after), *_moved(after, before)])
        return tuple(Cause(Kind.RULE, rule) for rule in rules) or (_otherwise(before, after),)

    def _absent(self, old_status: int, new_status: int) -> Cause | None:
        if self.pair.old is None or self.pair.new is None:
            return Cause(Kind.POLICY)
        if self.plan.old is None or self.plan.new is None:
            return Cause(Kind.PLAN)
        return Cause(Kind.APPLIES) if NONE in (old_status, new_status) else None

    @cached_property
    def _old_ids(self) -> tuple[str, ...]:
        return _ids(self.plan.old, self.pair.old)

    @cached_property
    def _new_ids(self) -> tuple[str, ...]:
        return _ids(self.plan.new, self.pair.new)

    @cached_property
    def _terms(self) -> Causes:
        """What the terms stand on that the two versions say differently."""
        before = _meant(self.plan.old, self.pair.old)
        after = _meant(self.plan.new, self.pair.new)
        return tuple(c for c in dict.fromkeys([*after, *before]) if before.get(c) != after.get(c))


def _patterns(columns: Iterable[NDArray[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a row of each pattern that there is in some columns, and which pattern each row has."""
    first = which = np.zeros(0, np.int64)
    for number, column in enumerate(columns):
        once, codes = np.unique(column, return_inverse=True)
        both = which * len(once) + codes if number else codes
        _, first, which = np.unique(both, return_index=True, return_inverse=True)
    return first, which


@attrs.frozen
class _Seen:
    """One side of a pattern: the ids of the rules by bit, the status, and the masks."""

    ids: Sequence[str]
    status: int
    failed: int
    unknown: int

    @property
    def is_allowed(self) -> bool:
        return STATUSES[self.status] is Status.ALLOWED

    def blocking(self) -> dict[str, tuple[bool, bool]]:
        """Return the rules that keep the plan from being allowed, each with its truth."""
        if self.is_allowed:
            return {}
        mask = self.failed if self.status == _DENIED else self.failed | self.unknown
        return {rule: self.truth(rule) for rule in _at(mask, self.ids)}

    def truth(self, rule: str) -> tuple[bool, bool]:
        """Return whether a rule fails and whether it is not known."""
        return rule in _at(self.failed, self.ids), rule in _at(self.unknown, self.ids)


def _moved(side: _Seen, other: _Seen) -> Iterator[str]:
    """Yield the rules that block a plan on one side and have another truth on the other one."""
    for rule, truth in side.blocking().items():
        if rule not in other.ids or other.truth(rule) != truth:
            yield rule


def _otherwise(before: _Seen, after: _Seen) -> Cause:
    sides = [side for side in (before, after) if not side.is_allowed]
    is_open = any(not side.blocking() and side.status != _DENIED for side in sides)
    return Cause(Kind.FACTS if is_open else Kind.UNNAMED)


def _at(mask: int, ids: Sequence[str]) -> list[str]:
    return [rule for bit, rule in enumerate(ids) if mask >> bit & 1]


def _ids(plan: PlanDefinition | None, program: Program | None) -> tuple[str, ...]:
    if plan is None or program is None:
        return ()
    return tuple(rule.id if rule else TERMS_RULE for rule in rules_of(plan, program))[:BITS]


def _meant(plan: PlanDefinition | None, program: Program | None) -> Mapping[Cause, str]:
    """Return what the terms of a plan stand on, with digests of what it means."""
    if plan is None or program is None:
        return {}
    offer = plan.offer
    held = (*offer.until, *offer.accept, *program.guarantees)
    steps = (
        f"{offer.choose} {offer.negative_amortisation} {steps_fingerprint(offer.levers, program)}"
    )
    found = {Cause(Kind.STEPS): steps}
    for rule in held:
        cause = Cause(Kind.RULE, rule.id)
        found[cause] = found.get(cause, "") + rule_fingerprint(rule, program)
    return found


def named(causes: Iterable[Cause]) -> str:
    """Return causes as one text: ids of rules, other kinds in brackets."""
    return " ".join(map(str, causes))
