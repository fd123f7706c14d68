"""The facts that an offer rests on: the loan as it stands, and all that the search for terms read."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from policyengine.decision.trace import Unknown, merged
from policyengine.evaluators.reference.offers import found_from
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.explain.cited.grounds import Grounds
from policyengine.explain.cited.reading import Reading
from policyengine.explain.cited.support import Support, joined
from policyengine.facts.facts import Situation
from policyengine.ir.program import OfferDefinition, PlanDefinition
from policyengine.plans.ladder import Found
from policyengine.plans.position import needed_for, position_of, read_where_known, shown_besides


@attrs.frozen
class Searched:
    """Where a search ended, and what it rests on. `found` is None where there was nothing to start from."""

    found: Found | None
    support: Support


def searched(offer: OfferDefinition, valuation: Valuation) -> Searched:
    """Search for terms once more, and note what is read."""
    situation = valuation.situation
    start = _given(situation, [*needed_for(offer.levers), *read_where_known(offer.levers)])
    position = position_of(situation, offer.levers, valuation.scale)
    if isinstance(position, Unknown):
        return Searched(None, start | Support(absent=position.missing))
    reading = Reading(situation.facts, situation.loan)
    found = found_from(position, offer, Valuation(valuation.program, reading))
    missing = merged(found.holds).missing
    return Searched(found, start | Support(frozenset(reading.read), missing))


def shown_in_terms(plan: PlanDefinition, grounds: Grounds) -> Support:
    """Return what the terms show besides: figures, due dates, and what is owed outside the plan."""
    besides = _given(grounds.valuation.situation, shown_besides(plan.offer.levers))
    known = (
        grounds.of(figure.node)
        for figure in plan.figures.values()
        if not isinstance(grounds.valuation.value(figure.node), Unknown)
    )
    return joined([besides, *known])


def _given(situation: Situation, paths: Iterable[str]) -> Support:
    return Support(frozenset(path for path in paths if situation.get(path) is not None))
