"""The counts of a run with the names and texts that they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import attrs

from policyengine.decision.columns import OUTCOMES, STATUSES
from policyengine.decision.decimals import decimal
from policyengine.finance.money import currency
from policyengine.portfolio.tally import PlanTally, PolicyTally, Tally

#: Reasons of a plan that are shown.
MOST_REASONS = 5
Text = Mapping[str, str]


@attrs.frozen
class ReasonCount:
    """A condition that denies a plan: to how many rows it is the first that fails, and of how many it fails at all."""

    rule: str
    code: str | None
    text: Text
    first: int
    failing: int


@attrs.frozen
class PlanSummary:
    """One plan: rows by status, the reasons of denials, most frequent first, and the cost of the offers."""

    plan: str
    title: Text
    status: Mapping[str, int]
    reasons: tuple[ReasonCount, ...]
    cost: Decimal
    mean_cost: Decimal | None


@attrs.frozen
class PolicySummary:
    """One policy: the rows it applies to, or may, by outcome; those on the exact path; its plans."""

    policy: str
    title: Text
    currency: str
    rows: int
    outcome: Mapping[str, int]
    exact: int
    plans: tuple[PlanSummary, ...]


@attrs.frozen
class Summary:
    """A whole run: rows that were decided and rejected, those to which no policy applies, and the policies."""

    decided: int
    rejected: int
    without_policy: int
    rejects: Mapping[str, int]
    policies: tuple[PolicySummary, ...]

    def languages(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of some languages in which all of it can be said."""
        return tuple(
            lang for lang in known if all(lang in policy.title for policy in self.policies)
        )


def summary_of(tally: Tally, rules: Mapping[str, Any]) -> Summary:
    """Return the summary of a run.

    Args:
        tally: What was counted.
        rules: What the masks stand for, by policy, as the sidecar has it.
    """
    return Summary(
        tally.decided,
        tally.rejected,
        tally.without_policy,
        dict(sorted(tally.rejects.items(), key=lambda each: (-each[1], each[0]))),
        tuple(_policy(name, found, rules[name]) for name, found in tally.policies.items()),
    )


def _policy(name: str, found: PolicyTally, rules: Mapping[str, Any]) -> PolicySummary:
    plans = (
        _plan(plan, found.plans[plan], said, rules["currency"])
        for plan, said in rules["plans"].items()
    )
    outcome = {str(o): found.outcome.get(str(o), 0) for o in OUTCOMES}
    title, code = rules["title"], rules["currency"]
    return PolicySummary(name, title, code, found.rows, outcome, found.exact, tuple(plans))


def _plan(name: str, found: PlanTally, said: Mapping[str, Any], code: str) -> PlanSummary:
    status = {str(s): found.status.get(str(s), 0) for s in STATUSES}
    offers, digits = status[str(STATUSES[0])], currency(code).exponent
    mean = decimal((2 * found.cost + offers) // (2 * offers), digits) if offers else None
    reasons = sorted(_reasons(found, said["rules"]), key=lambda each: (-each.first, -each.failing))
    return PlanSummary(
        name, said["title"], status, tuple(reasons), decimal(found.cost, digits), mean
    )


def _reasons(found: PlanTally, rules: list[Mapping[str, Any]]) -> Iterator[ReasonCount]:
    for bit, failing in found.failing.items():
        rule = rules[bit]
        first = found.first.get(bit, 0)
        yield ReasonCount(rule["rule"], rule["code"], rule["text"], first, failing)


def summary_json(summary: Summary) -> dict[str, Any]:
    """Return a summary as JSON has it: counts as numbers, amounts as text."""
    found: dict[str, Any] = attrs.asdict(
        summary, value_serializer=lambda _, __, v: str(v) if isinstance(v, Decimal) else v
    )
    return found
