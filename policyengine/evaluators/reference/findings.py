"""Whether a rule holds, with the values of its comparisons."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.decision.later import Later
from policyengine.decision.trace import ComparisonFinding, RuleFinding, Truth
from policyengine.evaluators.reference.logic import disjunction, negation
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.ir.nodes import And, Compare, Node, Or
from policyengine.ir.program import Rule
from policyengine.plans.prospect import Prospect


def finding(rule: Rule, kind: str, valuation: Valuation) -> RuleFinding:
    """Return whether a rule holds, and what its parts come to."""
    return RuleFinding(
        rule=rule,
        holds=holds(rule, valuation),
        kind=kind,
        value=valuation.value,
        parts=Later(lambda: tuple(finding(part, kind, valuation) for part in rule.parts)),
        comparisons=Later(lambda: tuple(comparisons(rule.test, valuation))),
    )


def holds(rule: Rule, valuation: Valuation) -> Truth:
    """Return whether a rule holds; one that does not apply does."""
    truth = valuation.truth(rule.test)
    if rule.applies is None:
        return truth
    return disjunction([negation(valuation.truth(rule.applies)), truth])


def comparisons(node: Node, valuation: Valuation) -> Iterator[ComparisonFinding]:
    """Yield the comparisons of a rule with the values on both sides."""
    if isinstance(node, (And, Or)):
        for operand in node.operands:
            yield from comparisons(operand, valuation)
    elif isinstance(node, Compare):
        yield comparison(node, valuation)


def comparison(node: Compare, valuation: Valuation) -> ComparisonFinding:
    """Return a comparison with the values on both sides."""
    row = next(valuation.instalments_asked(node), None)
    prospect = valuation.prospect
    return ComparisonFinding(
        node,
        valuation.value(node.left),
        valuation.value(node.right),
        prospect.instalment(row) if row and isinstance(prospect, Prospect) else None,
    )
