"""What is decided about one loan, asked of any evaluator question by question."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Protocol

from policyengine.decision.decided import (
    Decided,
    DecidedPlan,
    Row,
    RuleIds,
    Status,
    WholeTerms,
    outcome_from,
    status_from,
)
from policyengine.decision.screening import Mask, Screening
from policyengine.decision.trace import Truth, Unknown
from policyengine.evaluators.base import Probe
from policyengine.facts.facts import Situation
from policyengine.finance.rounding import round_to_integer
from policyengine.ir.program import PlanDefinition, Program
from policyengine.plans.prospect import Prospect


class Asked(Protocol):
    """A loan under a policy."""

    @property
    def program(self) -> Program:
        """The policy."""

    @property
    def situation(self) -> Situation:
        """The facts, and the loan."""

    def screen(self) -> Screening:
        """Return which conditions that stand on no terms fail, and which are not known."""


def decided_by(probe: Probe, asked: Asked) -> Decided:
    """Return what is decided by an evaluator that answers single questions."""
    program, screening = asked.program, asked.screen()
    certain = is_certain(screening, program, asked.situation)
    plans = tuple(plan_by(plan, program, probe, complete=certain) for plan in program.plans)
    referrals = referrals_of(screening, program)
    applies = screening.applies is True
    outcome = outcome_from(
        [plan.status for plan in plans], instead_of(program, referrals), applies=applies
    )
    return Decided(outcome, plans, referrals)


def is_certain(screening: Screening, program: Program, situation: Situation) -> bool:
    """Whether the policy certainly applies, and all that it needs of any plan is known."""
    known = all(situation.get(path) is not None for path in program.required)
    return known and screening.applies is True


def referrals_of(screening: Screening, program: Program) -> tuple[bool | None, ...]:
    """Return whether each referral holds."""
    failed, unknown = screening.failed_masks[-1], screening.unknown_masks[-1]
    return tuple(
        False if failed >> place & 1 else None if unknown >> place & 1 else True
        for place in range(len(program.referrals))
    )


def instead_of(program: Program, referrals: Iterable[bool | None]) -> list[bool | None]:
    """Return whether the referrals hold that take the place of a refusal."""
    pairs = zip(program.referrals, referrals, strict=True)
    return [holds for referral, holds in pairs if referral.instead_of_refusal]


def plan_by(plan: PlanDefinition, program: Program, probe: Probe, *, complete: bool) -> DecidedPlan:
    """Return what is decided of one plan by single questions."""
    truths = probe.judged(plan)
    require = truths[: len(plan.require)]
    failed, unknown = _mask(truths, fails=True), _mask(truths, fails=False)
    offered = None if False in require else probe.offer(plan)
    holds = None if offered is None else offered.holds
    masks = _mask(require, fails=True), _mask(require, fails=False)
    terms = None if isinstance(holds, Unknown) else holds
    status = status_from(masks, terms, complete=complete)
    prospect = offered.prospect if offered and status is Status.ALLOWED else None
    ids = RuleIds(plan, program)
    return DecidedPlan(
        plan.id,
        status,
        ids[failed],
        ids[unknown],
        _terms(prospect) if prospect else None,
        _rows(prospect) if prospect else None,
    )


def _mask(truths: Iterable[Truth | None], *, fails: bool) -> Mask:
    bits = (t is False if fails else isinstance(t, Unknown) for t in truths)
    return sum(1 << place for place, bit in enumerate(bits) if bit)


def _terms(prospect: Prospect) -> WholeTerms:
    terms = prospect.terms({})
    rate = round_to_integer(Fraction(prospect.draft.rate) * 10**9)
    found = {name: getattr(terms, name) for name in WholeTerms._fields} | {"annual_rate": rate}
    return WholeTerms(
        **{n: v if isinstance(v, int) else int(v * prospect.scale) for n, v in found.items()}
    )


def _rows(prospect: Prospect) -> tuple[Row, ...]:
    return tuple((r.n, r.due, r.payment, r.interest, r.principal, r.balance) for r in prospect.rows)
