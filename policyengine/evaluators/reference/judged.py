"""What each condition of a plan comes to at the terms that are looked at, in the order of its masks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import attrs

from policyengine.decision.trace import Truth, Unknown, merged
from policyengine.evaluators.base import Offered
from policyengine.evaluators.reference.findings import holds
from policyengine.evaluators.reference.offers import SEARCHES, ladder_of
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.ir.program import OfferDefinition, PlanDefinition, Program, Rule
from policyengine.plans.ladder import Found, Ladder
from policyengine.plans.position import position_of
from policyengine.plans.prospect import Prospect
from policyengine.plans.waterfall import last_terms

#: Whether a condition holds; None where it is not looked at.
Looked: TypeAlias = Truth | None


def judged(
    plan: PlanDefinition,
    program: Program,
    valuation: Valuation,
    offer: Callable[[PlanDefinition], Offered],
) -> tuple[Looked, ...]:
    """Return whether each condition of a plan holds, in the order of `rules_of`.

    Args:
        plan: The plan.
        program: Its policy.
        valuation: The values for one loan.
        offer: Says whether there is an offer; it is asked where no requirement fails.
    """
    require = [holds(rule, valuation) for rule in plan.require]
    definition, guarantees = plan.offer, program.guarantees
    if any(truth is False for truth in require):
        count = len(definition.until) + len(definition.accept) + len(guarantees) + 1
        return (*require, *[None] * count)
    offered = offer(plan)
    if offered.terms is True:
        return (*require, *_at_the_offer(offered.prospect, definition, guarantees, valuation))
    position = position_of(valuation.situation, definition.levers, valuation.scale)
    if isinstance(position, Unknown):
        return (*require, *_without_terms(position, definition, guarantees))
    ladder = attrs.evolve(ladder_of(definition, position, valuation), probing=True)
    return (*require, *_at_terms(_found(definition, ladder), definition, guarantees, valuation))


def _at_the_offer(
    prospect: Prospect | None,
    offer: OfferDefinition,
    guarantees: Sequence[Rule],
    valuation: Valuation,
) -> list[Looked]:
    """Return the rules at terms that were found; terms that meet the target are enough."""
    at = valuation.with_terms(prospect)
    until = _truths(offer.until, at)
    met = all(truth is True for truth in until)
    accept = _unseen(offer.accept) if met else _truths(offer.accept, at)
    return [*until, *accept, *_truths(guarantees, at), True]


def _found(offer: OfferDefinition, ladder: Ladder) -> Found:
    """Return where a search ends that finds no terms; where nothing fits, at the last ones or those nearest to fit."""
    search = SEARCHES[offer.choose]
    found = search(ladder)
    if found.holds is not False or found.prospect is not None:
        return found
    afresh = attrs.evolve(ladder, effort=type(ladder.effort)())
    if offer.choose == "waterfall":
        return attrs.evolve(found, prospect=last_terms(afresh))
    return search(attrs.evolve(afresh, probing=False))


def _at_terms(
    found: Found, offer: OfferDefinition, guarantees: Sequence[Rule], valuation: Valuation
) -> list[Looked]:
    if found.prospect is None:
        return _without_terms(found.holds, offer, guarantees)
    at = valuation.with_terms(found.prospect)
    until = _truths(offer.until, at)
    accept = _unseen(offer.accept) if found.target_met else _truths(offer.accept, at)
    return [*until, *accept, *_unseen(guarantees), True]


def _without_terms(why: Truth, offer: OfferDefinition, guarantees: Sequence[Rule]) -> list[Looked]:
    """Return that there are none, or that it is not known what they would be held against."""
    if why is False:
        return [*_unseen(offer.until), *_unseen(offer.accept), *_unseen(guarantees), False]
    unknown = merged(why)
    until: list[Looked] = [unknown] * len(offer.until)
    return [*until, *_unseen(offer.accept), *_unseen(guarantees), unknown]


def _truths(rules: Iterable[Rule], valuation: Valuation) -> list[Looked]:
    return [holds(rule, valuation) for rule in rules]


def _unseen(rules: Sequence[Rule]) -> list[Looked]:
    return [None] * len(rules)
