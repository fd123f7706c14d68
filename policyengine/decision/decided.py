"""What is decided about one loan, in whole numbers and without words: outcome, statuses, terms, schedules, rule ids.

It is the same decision as the full one, for callers who decide many times and read little.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

import attrs

from policyengine.decision.decision import Outcome, Status
from policyengine.decision.screening import Mask
from policyengine.ir.program import PlanDefinition, Program, Rule

#: One payment: its number, when it is due, the payment, its interest and principal, and what is owed after it.
Row: TypeAlias = tuple[int, date, int, int, int, int]
#: The id of the condition that there are terms at all.
TERMS_AT_ALL = "terms"


class WholeTerms(NamedTuple):
    """Terms: amounts in minor units, the annual rate in billionths (half up where it is finer), months as they are."""

    payment: int
    max_payment: int
    term_months: int
    annual_rate: int
    total_paid: int
    total_interest: int
    waived: int
    forborne: int
    forgiven: int
    cost: int


class DecidedPlan(NamedTuple):
    """One plan: its status, the rules that fail and those not known, and where it is allowed terms and payments.

    Of what the rules are held against, `decision.columns` says. `failed` also names a target that is missed, where
    the terms are offered all the same.
    """

    plan: str
    status: Status
    failed: tuple[str, ...]
    unknown: tuple[str, ...]
    terms: WholeTerms | None
    schedule: tuple[Row, ...] | None


@attrs.frozen
class Decided:
    """The outcome, each plan, and whether each referral holds; None is not known."""

    outcome: Outcome
    plans: tuple[DecidedPlan, ...]
    referrals: tuple[bool | None, ...]


def rules_of(plan: PlanDefinition, program: Program) -> tuple[Rule | None, ...]:
    """Return the conditions of a plan in the order of their bits; None for that there are terms at all."""
    offer = plan.offer
    return (*plan.require, *offer.until, *offer.accept, *program.guarantees, None)


class RuleIds(dict[Mask, tuple[str, ...]]):
    """The ids of the rules that a mask of `rules_of` stands for; each mask that occurs is spelled out once."""

    def __init__(self, plan: PlanDefinition, program: Program) -> None:
        super().__init__()
        ids = (rule.id if rule else TERMS_AT_ALL for rule in rules_of(plan, program))
        self._each = tuple((1 << place, id_) for place, id_ in enumerate(ids))

    def __missing__(self, mask: Mask) -> tuple[str, ...]:
        self[mask] = found = tuple(id_ for bit, id_ in self._each if mask & bit)
        return found


def status_from(require: tuple[Mask, Mask], terms: bool | None, *, complete: bool) -> Status:
    """Return the status of a plan.

    Args:
        require: What it requires and fails, and what of that is not known.
        terms: Whether there is an offer; None where that is not known. Not asked where a requirement fails.
        complete: Whether the policy certainly applies and all that it needs of any plan is known.
    """
    failed, unknown = require
    if failed or terms is False:
        return Status.DENIED
    return Status.ALLOWED if terms and complete and not unknown else Status.UNDETERMINED


def outcome_from(
    statuses: Sequence[Status], instead: Sequence[bool | None], *, applies: bool
) -> Outcome:
    """Return what is to be done; `applies` says whether the policy certainly applies."""
    if Status.ALLOWED in statuses:
        return Outcome.OFFER
    if Status.UNDETERMINED in statuses or not applies:
        return Outcome.NEED_INFORMATION
    if True in instead:
        return Outcome.REFER
    return Outcome.NEED_INFORMATION if None in instead else Outcome.REFUSE
