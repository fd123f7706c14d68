"""The steps of an offer: what became of each, with the rules at the terms that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from policyengine.decision.later import Later
from policyengine.decision.stage import StageKind
from policyengine.decision.trace import (
    ComparedFinding,
    ConditionFinding,
    RuleFinding,
    SearchFinding,
    StageFinding,
    TriedFinding,
    Truth,
    Unknown,
)
from policyengine.decision.why import Why
from policyengine.evaluators.reference.findings import comparison, finding
from policyengine.evaluators.reference.logic import conjunction
from policyengine.evaluators.reference.shortfall import OPPOSITES, failing
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.ir.nodes import And, Compare, Node, Not, Or
from policyengine.ir.program import OfferDefinition
from policyengine.ir.reach import speaks_of_terms
from policyengine.plans.ladder import Found, Ladder
from policyengine.plans.stages import Stage, Stages, Tried, of_least_cost, of_waterfall

_STAGES: Mapping[str, Stages] = {"waterfall": of_waterfall, "least_cost": of_least_cost}


def search_finding(
    found: Found, offer: OfferDefinition, ladder: Ladder, valuation: Valuation
) -> SearchFinding:
    """Return how a search went; its steps are worked out when somebody looks at them."""
    steps = _Steps(offer, valuation)
    return SearchFinding(
        holds=found.holds,
        begun=found.tried > 0 or found.choice is not None,
        target_met=found.target_met,
        tried=found.tried,
        obstacle=None if found.prospect else found.obstacle,
        ended=found,
        stages=Later(lambda: tuple(map(steps.stage, _STAGES[offer.choose](ladder, found)))),
    )


@attrs.frozen
class _Steps:
    offer: OfferDefinition
    valuation: Valuation

    def stage(self, stage: Stage) -> StageFinding:
        """Return what became of a step."""
        lever = stage.lever
        kind = "accept" if stage.kind is StageKind.ENOUGH else "until"
        return StageFinding(
            kind=stage.kind,
            step=lever.name if lever else None,
            condition=self._condition(lever.when) if lever and lever.when else None,
            span=lever.span if lever else self.offer.span,
            before=stage.before,
            after=stage.after,
            tried=tuple(self._tried(tried, kind) for tried in stage.tried),
            why=_why(stage.why),
            unknown=_unknown(stage.why),
        )

    def _condition(self, when: Node) -> ConditionFinding:
        return ConditionFinding(when, self.valuation.truth(when), self.valuation.value)

    def _tried(self, tried: Tried, kind: str) -> TriedFinding:
        prospect = tried.prospect
        if prospect is None:
            holds = tried.why if isinstance(tried.why, Unknown) else False
            return TriedFinding(tried.measures, holds, why=_why(tried.why))
        with_terms = self.valuation.with_terms(prospect)
        rules = self.offer.accept if kind == "accept" else self.offer.until
        found = tuple(finding(rule, kind, with_terms) for rule in rules)
        meets = conjunction([rule.holds for rule in found])
        return TriedFinding(
            measures=tried.measures,
            holds=meets,
            rules=found,
            compared=tuple(_compared(found, meets, with_terms)),
            levers=prospect.levers,
            payment=prospect.major(prospect.resumed.payment),
        )


def _why(why: Why | Unknown | None) -> Why | None:
    return None if isinstance(why, Unknown) else why


def _unknown(why: Why | Unknown | None) -> Unknown | None:
    return why if isinstance(why, Unknown) else None


def _compared(
    rules: Iterable[RuleFinding], holds: Truth, valuation: Valuation
) -> Iterator[ComparedFinding]:
    """Yield by how much each failing rule fails, or where all hold how much room each leaves."""
    for rule in rules:
        if rule.holds is holds is False:
            for node in dict.fromkeys(failing(rule.rule.test, valuation)):
                yield ComparedFinding(rule, comparison(node, valuation) if node else None)
        elif holds is True:
            for node in _leaving_room(rule.rule.test, valuation):
                yield ComparedFinding(rule, comparison(node, valuation))


def _leaving_room(node: Node, valuation: Valuation, *, wanted: bool = True) -> Iterator[Compare]:
    """Yield the comparisons of the terms that make a condition true, or where that is wanted false, as they hold."""
    match node:
        case Not(operand=operand):
            yield from _leaving_room(operand, valuation, wanted=not wanted)
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from _leaving_room(operand, valuation, wanted=wanted)
        case Compare() if speaks_of_terms(node) and valuation.truth(node) is wanted:
            yield attrs.evolve(node, operator=node.operator if wanted else OPPOSITES[node.operator])
