"""One loan decided by generated source: statuses, terms and schedules in whole numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs

from policyengine.decision.decided import (
    Decided,
    DecidedPlan,
    RuleIds,
    WholeTerms,
    outcome_from,
)
from policyengine.decision.decision import Status
from policyengine.decision.screening import Mask, Screening
from policyengine.evaluators.base import Probe
from policyengine.evaluators.compiled.offers.from_program import CompiledOffer, Offers, Solved
from policyengine.evaluators.compiled.support import NoValue
from policyengine.evaluators.deciding import instead_of, plan_by, referrals_of
from policyengine.facts.facts import Situation
from policyengine.ir.program import PlanDefinition

_DENIED, _ALLOWED, _UNDETERMINED = Status.DENIED, Status.ALLOWED, Status.UNDETERMINED
#: The typed inputs of an offer; None where a fact is missing or below what the vocabulary allows.
Inputs = tuple[Any, ...] | None


@attrs.frozen(eq=False)
class LoanOffers:
    """The offers of a policy over one loan: their functions on the day, and the typed inputs of each."""

    offers: Offers
    compiled: tuple[CompiledOffer, ...]
    inputs: tuple[Inputs, ...]
    as_of: date
    complete: bool

    def solved(self, place: int) -> Solved | None:
        """Return the terms of a plan; None where they are left to the other evaluator."""
        solve, inputs = self.compiled[place].solve, self.inputs[place]
        if solve is None or inputs is None:
            return None
        try:
            return solve(self.as_of, inputs)
        except (NoValue, ZeroDivisionError):
            return None

    def decided(self, screening: Screening, probe: Probe) -> Decided:
        """Return what is decided; `probe` answers of the plans that are left to the other evaluator."""
        program = self.offers.program
        applies = screening.applies is True
        complete = self.complete and applies
        plans = []
        for place, plan in enumerate(program.plans):
            failed, unknown = screening.failed_masks[place], screening.unknown_masks[place]
            ids = self.offers.ids[place]
            if failed:
                plans.append(DecidedPlan(plan.id, _DENIED, ids[failed], ids[unknown], None, None))
                continue
            solved = self.solved(place)
            if solved is None:
                plans.append(plan_by(plan, program, probe, complete=complete))
            else:
                plans.append(_plan(plan, ids, unknown, solved, complete=complete))
        referrals = referrals_of(screening, program)
        statuses = [plan.status for plan in plans]
        outcome = outcome_from(statuses, instead_of(program, referrals), applies=applies)
        return Decided(outcome, tuple(plans), referrals)


def loan_offers(offers: Offers, situation: Situation) -> LoanOffers:
    """Return the offers of a policy over one loan."""
    return LoanOffers(
        offers,
        offers.on(situation.as_of),
        tuple(layout.inputs(situation) for layout in offers.layouts),
        situation.as_of,
        all(situation.get(path) is not None for path in offers.program.required),
    )


def _plan(
    plan: PlanDefinition, ids: RuleIds, unknown: Mask, solved: Solved, *, complete: bool
) -> DecidedPlan:
    holds, _, failed, _, _, terms, rows = solved
    failed <<= len(plan.require)
    if not holds:
        return DecidedPlan(plan.id, _DENIED, ids[failed], ids[unknown], None, None)
    if unknown or not complete:
        return DecidedPlan(plan.id, _UNDETERMINED, ids[failed], ids[unknown], None, None)
    return DecidedPlan(plan.id, _ALLOWED, ids[failed], (), WholeTerms(*terms), rows)
