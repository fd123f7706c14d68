"""From what an evaluator found about one loan to what is decided, in whole numbers and without words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from policyengine.decision.decided import (
    Decided,
    DecidedPlan,
    Row,
    RuleIds,
    WholeTerms,
    outcome_from,
    status_from,
)
from policyengine.decision.decision import Status
from policyengine.decision.screening import Mask, Screening
from policyengine.decision.trace import Truth, Unknown
from policyengine.evaluators.base import Offered
from policyengine.facts.facts import Situation
from policyengine.finance.rounding import round_to_integer
from policyengine.ir.program import PlanDefinition, Program
from policyengine.plans.prospect import Prospect


def decided_from(plans: tuple[DecidedPlan, ...], screening: Screening, program: Program) -> Decided:
    """Return what is decided, once that is known of each plan."""
    referrals = referrals_of(screening, program)
    outcome = outcome_from(
        [plan.status for plan in plans],
        instead_of(program, referrals),
        applies=screening.applies is True,
    )
    return Decided(outcome, plans, referrals)


def is_certain(applies: Truth | None, program: Program, situation: Situation) -> bool:
    """Whether the policy certainly applies, and all that it needs of any plan is known."""
    return applies is True and all(situation.get(path) is not None for path in program.required)


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


def plan_from(
    plan: PlanDefinition,
    program: Program,
    truths: Sequence[Truth | None],
    offered: Offered | None,
    *,
    certain: bool,
) -> DecidedPlan:
    """Return what is decided of one plan.

    Args:
        plan: The plan.
        program: Its policy.
        truths: Whether each of its conditions holds, in the order of `rules_of`; None is not looked at.
        offered: Its offer; None where a requirement fails.
        certain: Whether the policy certainly applies and all that it needs of any plan is known.
    """
    require = truths[: len(plan.require)]
    holds = None if offered is None or isinstance(offered.holds, Unknown) else offered.holds
    masks = _mask(require, fails=True), _mask(require, fails=False)
    status = status_from(masks, holds, complete=certain)
    prospect = offered.prospect if offered and status is Status.ALLOWED else None
    ids = RuleIds(plan, program)
    return DecidedPlan(
        plan.id,
        status,
        ids[_mask(truths, fails=True)],
        ids[_mask(truths, fails=False)],
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
