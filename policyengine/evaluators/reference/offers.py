"""The offer of a plan: the search for terms, the guarantees that bind them, and the proof that less would not do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property

import attrs

from policyengine.decision.later import Later
from policyengine.decision.terms import Terms
from policyengine.decision.trace import (
    LimitFinding,
    LookedInto,
    MissFinding,
    OfferFinding,
    OneLess,
    Result,
    RuleFinding,
    SearchFinding,
    ShortfallFinding,
    Truth,
    Unknown,
    merged,
)
from policyengine.decision.values import encode
from policyengine.evaluators.base import At, Offered
from policyengine.evaluators.reference.findings import comparison, finding
from policyengine.evaluators.reference.logic import conjunction
from policyengine.evaluators.reference.shortfall import failing, shortfall, summed
from policyengine.evaluators.reference.steps import search_finding
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.ir.nodes import Node
from policyengine.ir.program import OfferDefinition, PlanDefinition, Program, Rule
from policyengine.plans.glance import Glance, payment_limits
from policyengine.plans.ladder import MOST, Found, Ladder
from policyengine.plans.least_cost import least_cost
from policyengine.plans.moves import Move, Search, moves
from policyengine.plans.position import Position, position_of
from policyengine.plans.prospect import Prospect
from policyengine.plans.waterfall import waterfall

SEARCHES: dict[str, Search] = {"waterfall": waterfall, "least_cost": least_cost}


def offer_of(plan: PlanDefinition, program: Program, valuation: Valuation) -> OfferFinding:
    """Return the terms that can be offered, or the rules at the terms that came nearest."""
    offer = plan.offer
    position = position_of(valuation.situation, offer.levers, valuation.scale)
    if isinstance(position, Unknown):
        until = _until(offer, valuation, position)
        return OfferFinding(position, Later.known(LookedInto(until, SearchFinding(position))))
    ladder, search = ladder_of(offer, position, valuation), SEARCHES[offer.choose]
    return _judged(search(ladder), _Asked(plan, program, valuation, ladder, search))


def terms_at(plan: PlanDefinition, at: At, valuation: Valuation) -> Terms:
    """Return the terms where a search ended, as a reader sees them: the steps before the last are at their most."""
    offer, (step, setting) = plan.offer, at.place
    position = position_of(valuation.situation, offer.levers, valuation.scale)
    assert isinstance(position, Position)  # noqa: S101  # there are terms
    ladder = ladder_of(offer, position, valuation)
    levers, before = ladder.applicable(), offer.levers[:step]
    reached = sum(lever in before for lever in levers)
    draft = ladder.draft(levers, (*(MOST,) * reached, setting))
    prospect = Prospect.from_rows(ladder.sketch(draft), at.rows)
    return _terms(plan, valuation.program, valuation.with_terms(prospect), prospect)


def found_from(position: Position, offer: OfferDefinition, valuation: Valuation) -> Found:
    """Return where the search for terms ends that starts from a position."""
    return SEARCHES[offer.choose](ladder_of(offer, position, valuation))


def offered(plan: PlanDefinition, program: Program, valuation: Valuation) -> Offered:
    """Return whether there is an offer, without looking for how near other terms come."""
    offer = plan.offer
    position = position_of(valuation.situation, offer.levers, valuation.scale)
    if isinstance(position, Unknown):
        return Offered(position, kept=True, months=0)
    ladder = attrs.evolve(ladder_of(offer, position, valuation), probing=True)
    found = SEARCHES[offer.choose](ladder)
    terms = False if found.prospect is None and found.holds is True else found.holds
    if terms is not True or found.prospect is None:
        return Offered(terms, kept=True, months=ladder.effort.months)
    guarantees = _guarantees(program, valuation.with_terms(found.prospect))
    kept = conjunction([g.holds for g in guarantees])
    return Offered(True, kept, ladder.effort.months, found.prospect)


def ladder_of(offer: OfferDefinition, position: Position, valuation: Valuation) -> Ladder:
    """Return the settings of an offer's levers over a position."""
    return Ladder(
        offer.levers,
        position,
        valuation.scale,
        valuation.program.currency,
        offer.negative_amortisation,
        _Judge(valuation, offer),
    )


def _guarantees(program: Program, with_terms: Valuation) -> tuple[RuleFinding, ...]:
    return tuple(
        finding(rule, "guarantee", with_terms)
        for rule in program.guarantees
        if _may_apply(rule, with_terms)
    )


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

    def out_of_reach(self, glance: Glance) -> bool:
        """Return whether a rule that bounds the payment fails; where less is enough, one of those too."""
        with_terms = self.valuation.with_terms(glance)
        ways = [self._limits, *([self._enough] if self.accepts() else [])]
        return all(any(with_terms.truth(limit) is False for limit in way) for way in ways)

    def shortfall(self, prospect: Prospect) -> tuple[int, Fraction]:
        return shortfall(self.offer.until, self.valuation.with_terms(prospect))

    def least_shortfall(self, glance: Glance) -> tuple[int, Fraction]:
        """Return the same of the parts that a glance knows; of a rule that has any failing, one rule fails."""
        with_terms = self.valuation.with_terms(glance)
        found = [summed(limits, with_terms) for limits in self._limits_by_rule]
        return sum(fail > 0 for fail, _ in found), sum(
            (missing for _, missing in found), Fraction(0)
        )

    @cached_property
    def _limits(self) -> tuple[Node, ...]:
        return tuple(limit for limits in self._limits_by_rule for limit in limits)

    @cached_property
    def _enough(self) -> tuple[Node, ...]:
        return payment_limits((rule.test for rule in self.offer.accept), self.valuation.value)

    @cached_property
    def _limits_by_rule(self) -> tuple[tuple[Node, ...], ...]:
        return tuple(payment_limits([r.test], self.valuation.value) for r in self.offer.until)

    def _all(self, rules: Iterable[Rule], prospect: Prospect) -> Truth:
        with_terms = self.valuation.with_terms(prospect)
        return conjunction([with_terms.truth(rule.test) for rule in rules])


@attrs.frozen
class _Asked:
    """What was asked for: the terms of a plan, by a search over its levers."""

    plan: PlanDefinition
    program: Program
    valuation: Valuation
    ladder: Ladder
    search: Search


def _judged(found: Found, asked: _Asked) -> OfferFinding:
    offer, with_terms = asked.plan.offer, asked.valuation.with_terms(found.prospect)
    until = _until(offer, with_terms, merged(found.holds))
    prospect = found.prospect
    if not found.target_met:
        until = (*_as_targets(until), *_accepted(offer, with_terms))
    searched = search_finding(found, offer, asked.ladder, asked.valuation)
    if found.holds is not True or prospect is None:
        nearest = LookedInto(
            rules=until,
            search=searched,
            obstacle=found.obstacle if prospect is None else None,
            shortfall=Later(lambda: _shortfall(found, until, asked)),
        )
        return OfferFinding(found.holds, Later.known(nearest))
    guarantees = _guarantees(asked.program, with_terms)
    looked = LookedInto(
        rules=(*until, *guarantees),
        search=searched,
        one_less=_one_less(found, offer, asked.valuation),
        shortfall=Later(lambda: _withheld(found, guarantees, asked)),
    )
    return OfferFinding(
        holds=conjunction([g.holds for g in guarantees]),
        looked=Later.known(looked),
        terms=Later(lambda: _terms(asked.plan, asked.program, with_terms, prospect)),
        schedule=Later(prospect.schedule),
    )


def _shortfall(
    found: Found, rules: Iterable[RuleFinding], asked: _Asked
) -> ShortfallFinding | None:
    """Return what is missing for an offer, where it is certain that there is none."""
    if found.holds is not False or found.prospect is None:
        return None
    return ShortfallFinding(
        levers=found.prospect.draft.levers,
        payment=found.prospect.major(found.prospect.resumed.payment),
        misses=tuple(_misses(rules, asked.valuation.with_terms(found.prospect))),
        limits=tuple(_limit(move) for move in moves(asked.ladder, asked.search)),
    )


def _withheld(
    found: Found, guarantees: Iterable[RuleFinding], asked: _Asked
) -> ShortfallFinding | None:
    """Return what terms that were found miss of the guarantees: no limit of a step is in their way."""
    misses = tuple(_misses(guarantees, asked.valuation.with_terms(found.prospect)))
    if found.prospect is None or not misses:
        return None
    payment = found.prospect.major(found.prospect.resumed.payment)
    return ShortfallFinding(found.prospect.draft.levers, payment, misses, ())


def _misses(rules: Iterable[RuleFinding], valuation: Valuation) -> Iterator[MissFinding]:
    for rule in rules:
        if rule.holds is False and rule.kind != "target":
            for node in dict.fromkeys(failing(rule.rule.test, valuation)):
                yield MissFinding(rule, comparison(node, valuation) if node else None)


def _limit(move: Move) -> LimitFinding:
    limit = move.limit
    return LimitFinding(
        step=limit.lever.name,
        setting=limit.setting,
        type=limit.type,
        limit=limit.value,
        enough=move.enough,
        looked_to=move.looked_to,
        span=limit.lever.span,
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
