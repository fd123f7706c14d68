"""One loan decided by generated source: statuses, terms and schedules in whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import attrs

from policyengine.decision.decided import Decided, DecidedPlan, RuleIds
from policyengine.decision.decision import Status
from policyengine.decision.screening import Mask, Screening
from policyengine.evaluators.compiled.offers.from_program import (
    CompiledOffer,
    OfferInputs,
    Offers,
    Solved,
)
from policyengine.evaluators.deciding import decided_from
from policyengine.facts.facts import Situation
from policyengine.ir.program import PlanDefinition

_DENIED, _ALLOWED, _UNDETERMINED = Status.DENIED, Status.ALLOWED, Status.UNDETERMINED
#: What the other evaluator decides of the plan at a place.
Other = Callable[[int], DecidedPlan]


@attrs.frozen(eq=False)
class LoanOffers:
    """The offers of a policy over one loan: their functions on the day, and the typed inputs of each."""

    offers: Offers
    compiled: tuple[CompiledOffer, ...]
    inputs: tuple[OfferInputs, ...]
    as_of: date
    complete: bool

    def solved(self, place: int) -> Solved | None:
        """Return the terms of a plan; None where they are left to the other evaluator."""
        return self.compiled[place].solved(self.as_of, self.inputs[place])

    def decided(self, screening: Screening, other: Other) -> Decided:
        """Return what is decided; `other` says it of the plans that are left to the other evaluator."""
        program = self.offers.program
        plans = [self.decided_plan(k, screening, other) for k in range(len(program.plans))]
        return decided_from(tuple(plans), screening, program)

    def decided_plan(self, place: int, screening: Screening, other: Other) -> DecidedPlan:
        """Return what is decided of one plan."""
        failed, unknown = screening.failed_masks[place], screening.unknown_masks[place]
        plan, ids = self.offers.program.plans[place], self.offers.ids[place]
        if failed:
            return DecidedPlan(plan.id, _DENIED, ids[failed], ids[unknown], None, None)
        solved = self.solved(place)
        if solved is None:
            return other(place)
        certain = not unknown and self.complete and screening.applies is True
        return _plan(plan, ids, unknown, solved, certain=certain)


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
    plan: PlanDefinition, ids: RuleIds, unknown: Mask, solved: Solved, *, certain: bool
) -> DecidedPlan:
    count = len(plan.require)
    failed, unknown = solved.failed << count, unknown | solved.unknown << count
    if solved.holds and certain:
        return DecidedPlan(plan.id, _ALLOWED, ids[failed], ids[unknown], solved.terms, solved.rows)
    status = _DENIED if solved.holds is False else _UNDETERMINED
    return DecidedPlan(plan.id, status, ids[failed], ids[unknown], None, None)
