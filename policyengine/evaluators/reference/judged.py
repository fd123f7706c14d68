"""What each condition of a plan comes to at the terms that are looked at, in the order of its masks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import attrs

from policyengine.decision.trace import Truth, Unknown, merged
from policyengine.evaluators.reference.findings import holds
from policyengine.evaluators.reference.offers import SEARCHES, ladder_of
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.ir.program import OfferDefinition, PlanDefinition, Program, Rule
from policyengine.plans.ladder import Found, Ladder
from policyengine.plans.position import position_of
from policyengine.plans.waterfall import last_terms

#: Whether a condition holds; None where it is not looked at.
Looked: TypeAlias = Truth | None


def judged(plan: PlanDefinition, program: Program, valuation: Valuation) -> tuple[Looked, ...]:
    """Return whether each condition of a plan holds, in the order of `rules_of`."""
    require = [holds(rule, valuation) for rule in plan.require]
    offer, guarantees = plan.offer, program.guarantees
    if any(truth is False for truth in require):
        count = len(offer.until) + len(offer.accept) + len(guarantees) + 1
        return (*require, *[None] * count)
    position = position_of(valuation.situation, offer.levers, valuation.scale)
    if isinstance(position, Unknown):
        return (*require, *_without_terms(position, offer, guarantees))
    ladder = attrs.evolve(ladder_of(offer, position, valuation), probing=True)
    return (*require, *_at_terms(_found(offer, ladder), offer, guarantees, valuation))


def _found(offer: OfferDefinition, ladder: Ladder) -> Found:
    """Return where the search ends; where nothing fits, at the last terms, or those nearest to the cheapest."""
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
    accept = _truths(offer.accept, at) if _is_last_resort(found) else _unseen(offer.accept)
    kept = _truths(guarantees, at) if found.holds is True else _unseen(guarantees)
    return [*until, *accept, *kept, True]


def _is_last_resort(found: Found) -> bool:
    """Whether it was asked if terms that miss the target are enough."""
    return not found.target_met


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
