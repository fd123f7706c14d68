"""Rules, offers and referrals: everything that holds for one loan under one policy."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from policyengine.decision.terms import Terms
from policyengine.decision.trace import (
    ComparisonFinding,
    OfferFinding,
    PlanFinding,
    ReferralFinding,
    Result,
    RuleFinding,
    Trace,
    Truth,
    Unknown,
    merged,
)
from policyengine.decision.values import encode
from policyengine.evaluators.reference.logic import conjunction, disjunction, negation
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.facts.facts import Situation
from policyengine.finance.money import currency
from policyengine.ir.nodes import And, Compare, Node, Or
from policyengine.ir.program import OfferDefinition, PlanDefinition, Program, Rule
from policyengine.plans.position import position_of
from policyengine.plans.prospect import Prospect
from policyengine.plans.waterfall import Found, Waterfall


@attrs.frozen
class ReferenceEvaluator:
    """Evaluates everything, in the order of the file."""

    name: str = "reference"

    def applies(self, program: Program, situation: Situation) -> Truth:
        """Return whether a policy applies to the loan under assessment."""
        return _applies(program, _valuation(program, situation))

    def evaluate(self, program: Program, situation: Situation) -> Trace:
        """Return what holds for one loan under one policy."""
        valuation = _valuation(program, situation)
        return Trace(
            program=program,
            situation=situation,
            applies=_applies(program, valuation),
            derived={key: valuation.value(d.node) for key, d in program.derived.items()},
            plans=tuple(_plan(plan, program, valuation) for plan in program.plans),
            referrals=tuple(
                ReferralFinding(r, finding(r.rule, "referral", valuation))
                for r in program.referrals
            ),
        )


def _valuation(program: Program, situation: Situation) -> Valuation:
    return Valuation(program, situation, 10 ** currency(program.currency).exponent)


def _applies(program: Program, valuation: Valuation) -> Truth:
    return valuation.truth(program.applies_to) if program.applies_to else True


def finding(rule: Rule, kind: str, valuation: Valuation) -> RuleFinding:
    """Return whether a rule holds, with the values of its comparisons."""
    holds = valuation.truth(rule.test)
    if rule.applies is not None:
        holds = disjunction([negation(valuation.truth(rule.applies)), holds])
    return RuleFinding(
        rule=rule,
        holds=holds,
        kind=kind,
        parts=tuple(finding(part, kind, valuation) for part in rule.parts),
        comparisons=tuple(_comparisons(rule.test, valuation)),
        value=valuation.value,
    )


def _comparisons(node: Node, valuation: Valuation) -> Iterator[ComparisonFinding]:
    if isinstance(node, (And, Or)):
        for operand in node.operands:
            yield from _comparisons(operand, valuation)
    elif isinstance(node, Compare):
        row = next(valuation.instalments_asked(node), None)
        yield ComparisonFinding(
            node,
            valuation.value(node.left),
            valuation.value(node.right),
            valuation.prospect.instalment(row) if row and valuation.prospect else None,
        )


def _plan(plan: PlanDefinition, program: Program, valuation: Valuation) -> PlanFinding:
    return PlanFinding(
        plan=plan,
        require=tuple(finding(rule, "require", valuation) for rule in plan.require),
        offer=_offer(plan, program, valuation),
    )


@attrs.frozen
class _Judge:
    """Answers the waterfall: values with the terms in sight, and whether terms meet the rules."""

    valuation: Valuation
    until: tuple[Rule, ...]

    def value(self, node: Node, prospect: Prospect | None) -> Result:
        return self.valuation.with_terms(prospect).value(node)

    def holds(self, prospect: Prospect) -> Truth:
        with_terms = self.valuation.with_terms(prospect)
        return conjunction([with_terms.truth(rule.test) for rule in self.until])


def _offer(plan: PlanDefinition, program: Program, valuation: Valuation) -> OfferFinding:
    offer = plan.offer
    position = position_of(valuation.situation, offer.levers, valuation.scale)
    if isinstance(position, Unknown):
        return OfferFinding(position, None, None, _until(offer, valuation, position))
    waterfall = Waterfall(
        offer.levers,
        position,
        valuation.scale,
        offer.negative_amortisation,
        _Judge(valuation, offer.until),
    )
    return _judged(waterfall.search(), plan, program, valuation)


def _judged(
    found: Found, plan: PlanDefinition, program: Program, valuation: Valuation
) -> OfferFinding:
    with_terms = valuation.with_terms(found.prospect)
    until = _until(plan.offer, with_terms, merged(found.holds))
    if found.holds is not True or found.prospect is None:
        obstacle = found.obstacle if found.prospect is None else None
        return OfferFinding(found.holds, None, None, until, obstacle)
    guarantees = tuple(
        finding(rule, "guarantee", with_terms)
        for rule in program.guarantees
        if _may_apply(rule, with_terms)
    )
    return OfferFinding(
        holds=conjunction([g.holds for g in guarantees]),
        terms=_terms(plan, program, with_terms, found.prospect),
        schedule=found.prospect.schedule(),
        rules=(*until, *guarantees),
    )


def _may_apply(rule: Rule, valuation: Valuation) -> bool:
    """A guarantee that certainly does not concern this loan is no reason for anything."""
    return rule.applies is None or valuation.truth(rule.applies) is not False


def _until(
    offer: OfferDefinition, valuation: Valuation, unknown: Unknown
) -> tuple[RuleFinding, ...]:
    """Return the rules at the last terms tried; without terms each is as unknown as they are."""
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
