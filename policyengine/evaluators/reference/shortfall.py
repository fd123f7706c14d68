"""How far terms are from meeting a rule, as a number that can be compared with that of other terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import attrs

from policyengine.decision.trace import Result, Truth
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.ir.nodes import And, Compare, Node, Not, Or
from policyengine.ir.program import Rule

_WHOLE, _NOTHING = Fraction(1), Fraction(0)
OPPOSITES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def shortfall(rules: Iterable[Rule], valuation: Valuation) -> tuple[int, Fraction]:
    """Return how many rules fail, and what is missing in all."""
    return summed((rule.test for rule in rules), valuation)


def summed(tests: Iterable[Node], valuation: Valuation) -> tuple[int, Fraction]:
    """Return how many of some conditions fail, and what they miss in all."""
    failing = [test for test in tests if valuation.truth(test) is False]
    return len(failing), sum((_missing(test, valuation) for test in failing), _NOTHING)


def failing(node: Node, valuation: Valuation, *, wanted: bool = True) -> Iterator[Compare | None]:
    """Yield the comparisons for which a condition fails, as they would have to hold; None for what is no comparison.

    Where one of several is enough, it is the one that misses least.
    """
    match node:
        case Not(operand=operand):
            yield from failing(operand, valuation, wanted=not wanted)
        case And() | Or():
            fail = [part for part in node.operands if _fails(valuation.truth(part), wanted)]
            if isinstance(node, And) is not wanted:
                fail = [min(fail, key=lambda part: _missing(part, valuation, wanted=wanted))]
            for part in fail:
                yield from failing(part, valuation, wanted=wanted)
        case Compare():
            operator = node.operator if wanted else OPPOSITES[node.operator]
            yield attrs.evolve(node, operator=operator)
        case _:
            yield None


def _missing(node: Node, valuation: Valuation, *, wanted: bool = True) -> Fraction:
    """Return what a condition misses of being true, or of being false.

    Of several that must hold it is the sum, of several of which one is enough the least. What is no comparison of
    amounts misses a whole.
    """
    if isinstance(node, Not):
        return _missing(node.operand, valuation, wanted=not wanted)
    if isinstance(node, (And, Or)):
        parts = [_missing(part, valuation, wanted=wanted) for part in node.operands]
        return sum(parts, _NOTHING) if isinstance(node, And) is wanted else min(parts)
    return _of_one(node, valuation) if _fails(valuation.truth(node), wanted) else _NOTHING


def _fails(truth: Truth, wanted: bool) -> bool:
    return truth is (not wanted)


def _of_one(node: Node, valuation: Valuation) -> Fraction:
    if not isinstance(node, Compare):
        return _WHOLE
    return _apart(valuation.value(node.left), valuation.value(node.right))


def _apart(left: Result, right: Result) -> Fraction:
    """Return by which share of their size two amounts are apart, from none to a whole.

    It grows as one side moves away from the other, and it has no unit: months and money can be held against each other.
    """
    if not isinstance(left, (int, Fraction)) or not isinstance(right, (int, Fraction)):
        return _WHOLE
    size = abs(Fraction(left)) + abs(Fraction(right))
    return abs(Fraction(left) - Fraction(right)) / size if size else _NOTHING
