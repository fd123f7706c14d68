"""What is counted while versions are compared: whole numbers that add up, whatever the batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import attrs
import numpy as np
from numpy.typing import NDArray

from policyengine.decision.columns import NONE, STATUSES, Codes, PlanColumns
from policyengine.facts.columns import Flags
from policyengine.portfolio.tally import summed, total
from policyengine.simulation.causes import Attributed
from policyengine.simulation.changes import CHANGES, EFFECTS, allowed
from policyengine.simulation.versions import Versions

OLD, NEW = "old", "new"
#: Amounts that are summed, in minor units.
SUMMED = ("payment", "cost")
T = TypeVar("T", bound=attrs.AttrsInstance)
Counts = Mapping[Any, int]


@attrs.frozen
class PlanChanges:
    """What was counted of one plan.

    Attributes:
        statuses: Rows by status under the old and the new version; None where there is none.
        changes: Rows by change.
        sums: Sums of payments and of costs to the lender by change, version and figure, where the plan is allowed.
        causes: Rows by change and cause; a row may have several causes.
        alone: Those of them that have one cause alone.
    """

    statuses: Counts = attrs.field(factory=dict)
    changes: Counts = attrs.field(factory=dict)
    sums: Counts = attrs.field(factory=dict)
    causes: Counts = attrs.field(factory=dict)
    alone: Counts = attrs.field(factory=dict)


@attrs.frozen
class PolicyChanges:
    """What was counted of one policy.

    Attributes:
        loans: Loans by effect, of those that it applies to, or may, under one of the versions.
        served: Loans by whether any plan is allowed under the old and under the new version.
        offers: Sums over the first plan that is allowed, one a loan, by version and figure.
        plans: The plans.
    """

    loans: Counts = attrs.field(factory=dict)
    served: Counts = attrs.field(factory=dict)
    offers: Counts = attrs.field(factory=dict)
    plans: Mapping[str, PlanChanges] = attrs.field(factory=dict)


@attrs.frozen
class ChangeTally:
    """What was counted: rows compared, rejected under both versions or one of them, findings by code, policies."""

    compared: int = 0
    rejected: int = 0
    rejected_old: int = 0
    rejected_new: int = 0
    rejects: Counts = attrs.field(factory=dict)
    policies: Mapping[str, PolicyChanges] = attrs.field(factory=dict)

    def __add__(self, other: ChangeTally) -> ChangeTally:
        return _added(self, other)


def nothing_compared(versions: Versions) -> ChangeTally:
    """Return the tally of no rows."""
    policies = {
        pair.id: PolicyChanges(plans={plan.id: PlanChanges() for plan in pair.plans})
        for pair in versions.pairs
    }
    return ChangeTally(policies=policies)


def plan_tally(
    changes: Codes, attributed: Attributed, old: PlanColumns, new: PlanColumns
) -> PlanChanges:
    """Return what was counted of a plan."""
    causes, alone = _causes(changes[changes != NONE], attributed)
    return PlanChanges(
        statuses=_statuses(old.status, new.status),
        changes={CHANGES[code]: count for code, count in _counted(changes)},
        sums=_sums(changes, old, new),
        causes=causes,
        alone=alone,
    )


def policy_tally(
    effects: Codes, old: list[PlanColumns], new: list[PlanColumns], plans: dict[str, PlanChanges]
) -> PolicyChanges:
    """Return what was counted of a policy; plans are in the order of each version."""
    (was, before), (now, after) = _first(old, len(effects)), _first(new, len(effects))
    about = effects != NONE
    served = {(bool(a), bool(b)): n for (a, b), n in _pairs(was[about], now[about])}
    return PolicyChanges(
        loans={EFFECTS[code]: count for code, count in _counted(effects)},
        served=served,
        offers={(OLD, n): v for n, v in before.items()} | {(NEW, n): v for n, v in after.items()},
        plans=plans,
    )


def _statuses(old: Codes, new: Codes) -> Counts:
    return {(_status(a), _status(b)): count for (a, b), count in _pairs(old, new)}


def _status(code: int) -> str | None:
    return None if code == NONE else str(STATUSES[code])


def _counted(codes: NDArray[Any], skipped: int | None = NONE) -> list[tuple[int, int]]:
    kept = codes if skipped is None else codes[codes != skipped]
    once, counts = np.unique(kept, return_counts=True)
    return list(zip(once.tolist(), counts.tolist(), strict=True))


def _pairs(a: NDArray[Any], b: NDArray[Any]) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield each pair of numbers that rows have, with how many."""
    for code, _ in _counted(a, skipped=None):
        for other, count in _counted(b[a == code], skipped=None):
            yield (code, other), count


def _sums(changes: Codes, old: PlanColumns, new: PlanColumns) -> Counts:
    return {
        (CHANGES[code], version, figure): total(plan.terms[figure][changes == code])
        for code, _ in _counted(changes)
        for version, plan in ((OLD, old), (NEW, new))
        for figure in SUMMED
    }


def _causes(codes: Codes, attributed: Attributed) -> tuple[Counts, Counts]:
    causes: Counter[Any] = Counter()
    alone: Counter[Any] = Counter()
    for (code, which), count in _pairs(codes, attributed.which):
        found = attributed.found[which]
        causes.update({(CHANGES[code], cause): count for cause in found})
        if len(found) == 1:
            alone[CHANGES[code], found[0]] += count
    return dict(causes), dict(alone)


def _first(plans: Iterable[PlanColumns], rows: int) -> tuple[Flags, dict[str, int]]:
    """Return which loans have an offer, and the sums over their first plan that is allowed."""
    served = np.zeros(rows, np.bool_)
    sums = dict.fromkeys(("loans", *SUMMED), 0)
    for plan in plans:
        first = allowed(plan) & ~served
        served |= first
        sums["loans"] += int(np.count_nonzero(first))
        for figure in SUMMED:
            sums[figure] += total(plan.terms[figure][first])
    return served, sums


# Adding up


def _added(a: T, b: T) -> T:
    """Return two tallies of one kind added up, field by field."""
    names = [attribute.name for attribute in attrs.fields(type(a))]
    return type(a)(*(_both(getattr(a, name), getattr(b, name)) for name in names))


def _both(a: Any, b: Any) -> Any:
    if isinstance(a, int):
        return a + b
    if attrs.has(type(a)):
        return _added(a, b)
    nested = any(attrs.has(type(value)) for value in (*a.values(), *b.values()))
    return _merged(a, b, _added) if nested else summed(a, b)


def _merged(a: Mapping[str, Any], b: Mapping[str, Any], both: Callable[..., Any]) -> dict[str, Any]:
    return {
        name: both(a[name], b[name]) if name in a and name in b else a.get(name) or b[name]
        for name in dict.fromkeys([*a, *b])
    }
