"""The offer of a plan: the search for terms, the guarantees that bind them, and the proof that less would not do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property

import attrs

from policyengine.decision.later import Later
from policyengine.decision.terms import Terms
from policyengine.decision.trace import (
    OfferFinding,
    OneLess,
    Result,
    RuleFinding,
    Truth,
    Unknown,
    merged,
)
from policyengine.decision.values import encode
from policyengine.evaluators.reference.findings import comparisons, finding
from policyengine.evaluators.reference.logic import conjunction
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.ir.nodes import Node
from policyengine.ir.program import OfferDefinition, PlanDefinition, Program, Rule
from policyengine.plans.glance import Glance, payment_limits
from policyengine.plans.ladder import Found, Ladder
from policyengine.plans.least_cost import least_cost
from policyengine.plans.position import position_of
from policyengine.plans.prospect import Prospect
from policyengine.plans.waterfall import waterfall

SEARCHES: dict[str, Callable[[Ladder], Found]] = {"waterfall": waterfall, "least_cost": least_cost}


def offer_of(plan: PlanDefinition, program: Program, valuation: Valuation) -> OfferFinding:
    """Return the terms that can be offered, or the rules at the terms that came nearest."""
    offer = plan.offer
    position = position_of(valuation.situation, offer.levers, valuation.scale)
    if isinstance(position, Unknown):
        return OfferFinding(position, _until(offer, valuation, position))
    ladder = Ladder(
        offer.levers,
        position,
        valuation.scale,
        offer.negative_amortisation,
        _Judge(valuation, offer),
    )
    return _judged(SEARCHES[offer.choose](ladder), plan, program, valuation)


@attrs.frozen(slots=False)
class _Judge:
    """Answers the search: values with the terms in sight, and whether terms meet the rules."""

    valuation: Valuation
    offer: OfferDefinition

    def value(self, node: Node, prospect: Prospect | Glance | None) -> Result:
        return self.valuation.with_terms(prospect).value(node)

    def holds(self, prospect: Prospect) -> Truth:
        return self._all(self.offer.until, prospect)

    def accepts(self) -> bool:
        return bool(self.offer.accept)

    def acceptable(self, prospect: Prospect) -> Truth:
        return self._all(self.offer.accept, prospect) if self.offer.accept else False

    def limits(self) -> Sequence[Node]:
        return self._limits

    def shortfall(self, prospect: Prospect) -> tuple[int, Fraction]:
        """Return how many rules fail, and by how much in all where that is a number."""
        with_terms = self.valuation.with_terms(prospect)
        failing = [r for r in self.offer.until if with_terms.truth(r.test) is False]
        return len(failing), sum(_missing_by(failing, with_terms), Fraction(0))

    @cached_property
    def _limits(self) -> tuple[Node, ...]:
        return payment_limits((rule.test for rule in self.offer.until), self.valuation.value)

    def _all(self, rules: Iterable[Rule], prospect: Prospect) -> Truth:
        with_terms = self.valuation.with_terms(prospect)
        return conjunction([with_terms.truth(rule.test) for rule in rules])


def _missing_by(rules: Iterable[Rule], valuation: Valuation) -> Iterator[Fraction]:
    for rule in rules:
        for found in comparisons(rule.test, valuation):
            if isinstance(found.left, (int, Fraction)) and isinstance(found.right, (int, Fraction)):
                yield abs(Fraction(found.left) - Fraction(found.right))
            elif isinstance(found.left, date) and isinstance(found.right, date):
                yield Fraction(abs((found.left - found.right).days))


def _judged(
    found: Found, plan: PlanDefinition, program: Program, valuation: Valuation
) -> OfferFinding:
    with_terms = valuation.with_terms(found.prospect)
    until = _until(plan.offer, with_terms, merged(found.holds))
    prospect = found.prospect
    if found.holds is not True or prospect is None:
        obstacle = found.obstacle if found.prospect is None else None
        if not found.target_met:
            until = (*_as_targets(until), *_accepted(plan.offer, with_terms))
        return OfferFinding(found.holds, until, obstacle=obstacle)
    if not found.target_met:
        until = (*_as_targets(until), *_accepted(plan.offer, with_terms))
    guarantees = tuple(
        finding(rule, "guarantee", with_terms)
        for rule in program.guarantees
        if _may_apply(rule, with_terms)
    )
    return OfferFinding(
        holds=conjunction([g.holds for g in guarantees]),
        rules=(*until, *guarantees),
        terms=Later(lambda: _terms(plan, program, with_terms, prospect)),
        schedule=Later(prospect.schedule),
        one_less=_one_less(found, plan.offer, valuation),
    )


def _one_less(found: Found, offer: OfferDefinition, valuation: Valuation) -> OneLess | None:
    if found.one_less is None:
        return None
    with_terms = valuation.with_terms(found.one_less)
    rules = (finding(rule, "until", with_terms) for rule in offer.until)
    return OneLess(
        levers=found.one_less.levers,
        payment=found.one_less.major(found.one_less.resumed.payment),
        failing=tuple(rule for rule in rules if rule.holds is not True),
    )


def _as_targets(rules: Iterable[RuleFinding]) -> Iterator[RuleFinding]:
    """What was aimed at and missed, where the offer is made all the same."""
    return (attrs.evolve(rule, kind="target") for rule in rules)


def _accepted(offer: OfferDefinition, valuation: Valuation) -> Iterator[RuleFinding]:
    return (finding(rule, "accept", valuation) for rule in offer.accept)


def _may_apply(rule: Rule, valuation: Valuation) -> bool:
    """A guarantee that certainly does not concern this loan is no reason for anything."""
    return rule.applies is None or valuation.truth(rule.applies) is not False


def _until(
    offer: OfferDefinition, valuation: Valuation, unknown: Unknown
) -> tuple[RuleFinding, ...]:
    """Return the rules at the terms that came nearest; without terms each is as unknown as they are."""
    found = (finding(rule, "until", valuation) for rule in offer.until)
    if valuation.prospect is None:
        return tuple(attrs.evolve(f, holds=unknown) for f in found)
    return tuple(found)


def _terms(
    plan: PlanDefinition, program: Program, valuation: Valuation, prospect: Prospect
) -> Terms:
    figures = {
        name: encode(valuation.value(figure.node), figure.node.type, program)
        for name, figure in plan.figures.items()
    }
    return prospect.terms(figures)
