"""What is counted while rows are decided: whole numbers that add up, whatever the parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import numpy as np

from policyengine.decision.columns import (
    NONE,
    OUTCOMES,
    STATUSES,
    Codes,
    DecidedColumns,
    Masks,
    Path,
    PlanColumns,
)
from policyengine.ir.program import Program
from policyengine.portfolio.rejects import Reject

_ALLOWED, _DENIED = 0, 1
Counts = Mapping[str, int]


@attrs.frozen
class PlanTally:
    """What was counted of one plan.

    Attributes:
        status: Rows by status.
        failing: Denied rows by each condition that fails, by its bit.
        first: Denied rows by the first condition that fails, which is the principal reason; `-1` where none does.
        cost: What the allowed offers cost the lender in all, in minor units.
    """

    status: Counts
    failing: Mapping[int, int]
    first: Mapping[int, int]
    cost: int


@attrs.frozen
class PolicyTally:
    """What was counted of one policy: rows by outcome, those on the exact path, and its plans."""

    outcome: Counts
    exact: int
    plans: Mapping[str, PlanTally]

    @property
    def rows(self) -> int:
        """The rows to which the policy applies, or may."""
        return sum(self.outcome.values())


@attrs.frozen
class Tally:
    """What was counted: rows decided, rows rejected, rejects by code, rows to which no policy applies."""

    decided: int = 0
    rejected: int = 0
    without_policy: int = 0
    rejects: Counts = attrs.field(factory=dict)
    policies: Mapping[str, PolicyTally] = attrs.field(factory=dict)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.decided + other.decided,
            self.rejected + other.rejected,
            self.without_policy + other.without_policy,
            _summed(self.rejects, other.rejects),
            _merged(self.policies, other.policies, _both_policies),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the counts as JSON has them."""
        found: dict[str, Any] = attrs.asdict(self)
        return found

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Tally:
        """Return the counts that `to_json` wrote."""
        policies = {name: _policy_from(each) for name, each in found["policies"].items()}
        return cls(**{**found, "policies": policies})


def tally_of(decided: Mapping[str, DecidedColumns], rows: int, rejects: Iterable[Reject]) -> Tally:
    """Return what a batch adds: the decisions of its rows by policy, and its rejects."""
    rejects = tuple(rejects)
    applies = np.zeros(rows, np.bool_)
    for each in decided.values():
        applies |= each.outcome != NONE
    return Tally(
        decided=rows,
        rejected=len({reject.row for reject in rejects}),
        without_policy=int(np.count_nonzero(~applies)),
        rejects=dict(Counter(reject.code for reject in rejects)),
        policies={name: _policy(each) for name, each in decided.items()},
    )


def nothing_counted(programs: Iterable[Program]) -> Tally:
    """Return the tally of no rows."""
    policies = {
        program.id: PolicyTally({}, 0, {p.id: PlanTally({}, {}, {}, 0) for p in program.plans})
        for program in programs
    }
    return Tally(policies=policies)


def _policy(decided: DecidedColumns) -> PolicyTally:
    exact = (decided.paths == Path.EXACT) & (decided.outcome != NONE)
    return PolicyTally(
        _by_name(decided.outcome, OUTCOMES),
        int(np.count_nonzero(exact)),
        {name: _plan(plan) for name, plan in decided.plans.items()},
    )


def _plan(plan: PlanColumns) -> PlanTally:
    masks, counts = _distinct(plan.failed[plan.status == _DENIED])
    failing: Counter[int] = Counter()
    first: Counter[int] = Counter()
    for mask, count in zip(masks, counts, strict=True):
        bits = [bit for bit in range(mask.bit_length()) if mask >> bit & 1]
        first[bits[0] if bits else NONE] += count
        failing.update(dict.fromkeys(bits, count))
    cost = _total(plan.terms["cost"][plan.status == _ALLOWED])
    return PlanTally(_by_name(plan.status, STATUSES), dict(failing), dict(first), cost)


def _by_name(codes: Codes, names: Iterable[Any]) -> dict[str, int]:
    counted = np.bincount(codes[codes != NONE].astype(np.int64), minlength=8)
    return {str(n): int(c) for n, c in zip(names, counted, strict=False) if c}


def _distinct(masks: Masks) -> tuple[list[int], list[int]]:
    found, counts = np.unique(masks, return_counts=True)
    return found.tolist(), counts.tolist()


def _total(amounts: Any) -> int:
    """Return a sum that may need more than 64 bits."""
    return (int((amounts >> 32).sum()) << 32) + int((amounts & 0xFFFFFFFF).sum())


# Adding up


def _summed(a: Mapping[Any, int], b: Mapping[Any, int]) -> dict[Any, int]:
    return {key: a.get(key, 0) + b.get(key, 0) for key in dict.fromkeys([*a, *b])}


def _merged(a: Mapping[str, Any], b: Mapping[str, Any], both: Any) -> dict[str, Any]:
    return {
        name: both(a[name], b[name]) if name in a and name in b else a.get(name) or b[name]
        for name in dict.fromkeys([*a, *b])
    }


def _both_policies(a: PolicyTally, b: PolicyTally) -> PolicyTally:
    return PolicyTally(
        _summed(a.outcome, b.outcome), a.exact + b.exact, _merged(a.plans, b.plans, _both_plans)
    )


def _both_plans(a: PlanTally, b: PlanTally) -> PlanTally:
    return PlanTally(
        _summed(a.status, b.status),
        _summed(a.failing, b.failing),
        _summed(a.first, b.first),
        a.cost + b.cost,
    )


def _policy_from(found: Mapping[str, Any]) -> PolicyTally:
    plans = {
        name: PlanTally(plan["status"], _bits(plan["failing"]), _bits(plan["first"]), plan["cost"])
        for name, plan in found["plans"].items()
    }
    return PolicyTally(found["outcome"], found["exact"], plans)


def _bits(found: Mapping[str, int]) -> dict[int, int]:
    """JSON has text for keys."""
    return {int(bit): count for bit, count in found.items()}
