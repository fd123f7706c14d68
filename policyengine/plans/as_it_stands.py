"""The loan as it stands: what would be paid if nothing were changed."""

from __future__ import annotations

from policyengine.decision.terms import AsItStands
from policyengine.decision.trace import Unknown
from policyengine.facts.facts import Situation
from policyengine.finance.errors import FinanceError
from policyengine.plans.draft import Draft
from policyengine.plans.position import Position, position_of
from policyengine.plans.prospect import Prospect


def as_it_stands(situation: Situation, scale: int) -> AsItStands:
    """Return the schedule of the loan without any lever, or why there is none.

    `scale` is the number of minor units in one major unit.
    """
    position = position_of(situation, (), scale)
    if isinstance(position, Unknown):
        return AsItStands(missing=tuple(sorted(position.missing)))
    return _repaid(position, scale)


def _repaid(position: Position, scale: int) -> AsItStands:
    """Interest may outgrow the payment of no lever: such a loan has no schedule to show."""
    try:
        draft = Draft.from_position(position)
        prospect = Prospect.from_draft(draft, scale, negative_amortisation=False)
    except FinanceError:
        return AsItStands()
    outside = {name: prospect.major(amount) for name, amount in draft.outside().items()}
    return AsItStands(schedule=prospect.schedule(), outside=outside)
