"""Whether the reasons of a plan name figures of terms that nobody has been offered.

Of a plan that is not decided yet the rules are held against the terms found so far. What they say of these, such as a
payment, may be another once the plan is decided, so whoever shows it says that it is provisional.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.decision.trace import PlanFinding, RuleFinding, Unknown
from policyengine.ir.nodes import Node, PlanValue
from policyengine.ir.program import named_in


def names_terms(found: PlanFinding) -> bool:
    """Whether a rule of a plan names a figure of its terms that is known, in its words or its condition."""
    return any(_names_terms(rule) for rule in found.offer.rules)


def _names_terms(found: RuleFinding) -> bool:
    figures = (
        part for node in _named(found) for part in node.walk() if isinstance(part, PlanValue)
    )
    return any(not isinstance(found.value(figure), Unknown) for figure in figures)


def _named(found: RuleFinding) -> Iterator[Node]:
    yield from found.rule.conditions
    yield from named_in(found.rule.wording)
