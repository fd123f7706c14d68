"""The counts of a simulation with the names and texts that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import attrs

from policyengine.decision.columns import STATUSES
from policyengine.decision.decimals import decimal
from policyengine.finance.money import currency as currency_of
from policyengine.simulation.causes import Cause, Kind
from policyengine.simulation.changes import EFFECTS, Change
from policyengine.simulation.tally import (
    NEW,
    OLD,
    SUMMED,
    ChangeTally,
    Counts,
    PlanChanges,
    PolicyChanges,
)
from policyengine.simulation.versions import Pair, PlanPair, Versions

Text = Mapping[str, str]
Rules = Mapping[str, Any]
BOTH = "both"
#: Changes of plans that were allowed, and of those that are: they have terms.
WAS_ALLOWED = (Change.LOST, Change.BETTER, Change.WORSE, Change.OTHER_TERMS)
NOW_ALLOWED = (Change.GAINED, Change.BETTER, Change.WORSE, Change.OTHER_TERMS)


@attrs.frozen
class Amounts:
    """A sum under the old version and under the new one."""

    old: Decimal
    new: Decimal

    @property
    def change(self) -> Decimal:
        """What it is more under the new version."""
        return self.new - self.old


@attrs.frozen
class CauseCount:
    """What changed plans of some rows, and of how many of them it alone."""

    kind: str
    rule: str | None
    code: str | None
    text: Text
    source: str | None
    rows: int
    alone: int


@attrs.frozen
class ChangeCount:
    """One change of a plan: rows, the sums of their payments and costs under each version, and what did it."""

    change: str
    rows: int
    payment: Amounts
    cost: Amounts
    causes: tuple[CauseCount, ...]


@attrs.frozen
class PlanSummary:
    """One plan: in which versions it is, rows by status under each, and what changed."""

    plan: str
    title: Text
    versions: str
    old: Mapping[str, int]
    new: Mapping[str, int]
    changes: tuple[ChangeCount, ...]


@attrs.frozen
class Offers:
    """Loans that have an offer under each version, and the payments and cost of the first plan that is allowed."""

    old_loans: int
    new_loans: int
    payment: Amounts
    cost: Amounts


@attrs.frozen
class PolicySummary:
    """One policy: in which versions it is, loans by what its changes come to, offers, and its plans.

    `newly_served` loans have an offer now and had none, `no_longer_served` ones the other way round.
    """

    policy: str
    title: Text
    currency: str
    versions: str
    loans: Mapping[str, int]
    newly_served: int
    no_longer_served: int
    offers: Offers
    plans: tuple[PlanSummary, ...]

    @property
    def rows(self) -> int:
        """The loans to which it applies, or may, under one of the versions."""
        return sum(self.loans.values())


@attrs.frozen
class SimulationSummary:
    """A whole simulation: rows, findings about rejected ones, policies that mean the same, and those compared.

    `rejected` rows are rejected under both versions; the others under one of them, so that they are not compared.
    `totals` are the offers of all policies of a currency.
    """

    compared: int
    rejected: int
    rejected_old_only: int
    rejected_new_only: int
    rejects: Mapping[str, int]
    unchanged: tuple[str, ...]
    policies: tuple[PolicySummary, ...]
    totals: Mapping[str, Offers]

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return self.compared + self.rejected + self.rejected_old_only + self.rejected_new_only


def simulation_summary(
    tally: ChangeTally, versions: Versions, old_rules: Rules, new_rules: Rules
) -> SimulationSummary:
    """Return the summary of a simulation.

    Args:
        tally: What was counted.
        versions: The policies.
        old_rules: What the rules of the old version say, by policy.
        new_rules: The same of the new version.
    """
    policies = tuple(
        _policy(pair, tally.policies[pair.id], (old_rules.get(pair.id), new_rules.get(pair.id)))
        for pair in versions.pairs
    )
    return SimulationSummary(
        tally.compared,
        tally.rejected,
        tally.rejected_old,
        tally.rejected_new,
        dict(sorted(tally.rejects.items(), key=lambda each: (-each[1], each[0]))),
        versions.unchanged,
        policies,
        _totals(policies),
    )


def _totals(policies: Iterable[PolicySummary]) -> dict[str, Offers]:
    found: dict[str, Offers] = {}
    for policy in policies:
        code = policy.currency
        found[code] = _together(found[code], policy.offers) if code in found else policy.offers
    return found


def _together(a: Offers, b: Offers) -> Offers:
    return Offers(
        a.old_loans + b.old_loans,
        a.new_loans + b.new_loans,
        Amounts(a.payment.old + b.payment.old, a.payment.new + b.payment.new),
        Amounts(a.cost.old + b.cost.old, a.cost.new + b.cost.new),
    )


def _policy(pair: Pair, found: PolicyChanges, rules: tuple[Any, Any]) -> PolicySummary:
    program = pair.either
    return PolicySummary(
        pair.id,
        program.title,
        program.currency,
        _versions(pair.old, pair.new),
        {str(each): found.loans.get(each, 0) for each in EFFECTS},
        found.served.get((False, True), 0),
        found.served.get((True, False), 0),
        _offers(found.offers, program.currency),
        tuple(_plan(plan, found.plans[plan.id], pair, rules) for plan in pair.plans),
    )


def _versions(old: object, new: object) -> str:
    if old is None:
        return NEW
    return OLD if new is None else BOTH


def _offers(found: Counts, code: str) -> Offers:
    payment, cost = (
        _amounts([found.get((version, figure), 0) for version in (OLD, NEW)], code)
        for figure in SUMMED
    )
    old, new = (found.get((version, "loans"), 0) for version in (OLD, NEW))
    return Offers(old, new, payment, cost)


def _amounts(minor: list[int], code: str) -> Amounts:
    digits = currency_of(code).exponent
    return Amounts(*(decimal(amount, digits) for amount in minor))


def _plan(plan: PlanPair, found: PlanChanges, pair: Pair, rules: tuple[Any, Any]) -> PlanSummary:
    said = tuple(each["plans"].get(plan.id) if each else None for each in rules)
    code = pair.either.currency
    return PlanSummary(
        plan.id,
        plan.either.title,
        _versions(plan.old, plan.new),
        _by_status(found.statuses, 0),
        _by_status(found.statuses, 1),
        tuple(_change(each, found, code, said) for each in Change if found.changes.get(each)),
    )


def _by_status(found: Counts, side: int) -> dict[str, int]:
    return {
        str(status): sum(n for pair, n in found.items() if pair[side] == str(status))
        for status in STATUSES
    }


def _change(change: Change, found: PlanChanges, code: str, said: tuple[Any, ...]) -> ChangeCount:
    payment, cost = (
        _amounts([found.sums.get((change, version, figure), 0) for version in (OLD, NEW)], code)
        for figure in SUMMED
    )
    causes = sorted(_causes(change, found, said), key=lambda each: (-each.rows, -each.alone))
    return ChangeCount(str(change), found.changes[change], payment, cost, tuple(causes))


def _causes(change: Change, found: PlanChanges, said: tuple[Any, ...]) -> Iterator[CauseCount]:
    for (of, cause), rows in found.causes.items():
        if of is change:
            rule = _rule(cause, change, said)
            yield CauseCount(
                str(cause.kind),
                cause.rule or None,
                rule.get("code"),
                rule.get("text", {}),
                rule.get("source"),
                rows,
                found.alone.get((of, cause), 0),
            )


def _rule(cause: Cause, change: Change, said: tuple[Any, ...]) -> Mapping[str, Any]:
    """Return what a rule says: in the old version where it kept a plan that is gained now from being allowed."""
    if cause.kind is not Kind.RULE:
        return {}
    old, new = said
    sides = (old, new) if change is Change.GAINED else (new, old)
    rules = (rule for side in sides if side for rule in side["rules"])
    return next((rule for rule in rules if rule["rule"] == cause.rule), {})


def summary_json(summary: SimulationSummary) -> dict[str, Any]:
    """Return a summary as JSON has it: counts as numbers, amounts as text."""
    found: dict[str, Any] = attrs.asdict(
        summary, value_serializer=lambda _, __, v: str(v) if isinstance(v, Decimal) else v
    )
    return {"same": not summary.policies, **found}
