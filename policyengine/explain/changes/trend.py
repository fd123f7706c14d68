"""Which way the value of an expression goes as facts move: what a proof of nearness stands on.

A condition rises where it can only go from false to unknown to true. An amount rises where it never falls; whether it
is known does not change on the way. The terms of a plan stay as they are. Where nothing is certain it is mixed, and
no conclusion is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from fractions import Fraction

import attrs

from policyengine.decision.trace import Result
from policyengine.evaluators.base import Probe
from policyengine.explain.changes.reach import Reach
from policyengine.ir import nodes as ir
from policyengine.ir.nodes import Node
from policyengine.ir.reach import speaks_of_terms

#: Values of a plan that are never below zero.
_NEVER_NEGATIVE = frozenset(
    {
        "payment",
        "max_payment",
        "first_payment",
        "payment_before_rounding",
        "max_payment_before",
        "max_payment_after",
        "total_paid",
        "term",
    }
)


class Trend(Enum):
    """Which way a value goes."""

    STILL = "still"
    RISES = "rises"
    FALLS = "falls"
    MIXED = "mixed"

    def turned(self) -> Trend:
        """Return the trend of the opposite."""
        return {Trend.RISES: Trend.FALLS, Trend.FALLS: Trend.RISES}.get(self, self)


STILL, RISES, FALLS, MIXED = Trend


def joined(trends: Iterable[Trend]) -> Trend:
    """Return the trend of what rises with each of several."""
    found = set(trends) - {STILL}
    return found.pop() if len(found) == 1 else MIXED if found else STILL


@attrs.frozen
class Trends:
    """The trends of expressions as some facts move (`facts`: whether each rises), from a start to an end."""

    reach: Reach
    facts: Mapping[str, Trend]
    start: Probe
    end: Probe

    def reads(self, *nodes: Node | None) -> bool:
        """Whether any of some expressions reads a fact that moves."""
        return not self.reach.of(*nodes).isdisjoint(self.facts)

    def of(self, node: Node) -> Trend:
        """Return the trend of an expression."""
        if not self.reads(node):
            return STILL
        match node:
            case ir.Fact(path=path):
                return self.facts[path]
            case ir.Derived(key=key):
                return self.of(self.reach.program.derived[key].node)
            case ir.Not(operand=operand) | ir.Negate(operand=operand):
                return self.of(operand).turned()
            case ir.And() | ir.Or() | ir.Extremum():
                return joined(self.of(operand) for operand in node.operands)
            case _:
                return self._other(node)

    def _other(self, node: Node) -> Trend:
        match node:
            case ir.Compare():
                return self._comparison(node)
            case ir.Arithmetic():
                return self._arithmetic(node)
            case ir.RoundTo(operand=operand, step=step) if not self.reads(step):
                return self.of(operand)
            case ir.Choose(condition=condition) if not self.reads(condition):
                return self._chosen(node)
            case ir.Choose(condition=ir.Compare()):
                return self._switched(node)
            case _:
                return MIXED

    def _comparison(self, node: ir.Compare) -> Trend:
        left, right = self.of(node.left), self.of(node.right)
        match node.operator:
            case "<" | "<=":
                return joined([left.turned(), right])
            case ">" | ">=":
                return joined([left, right.turned()])
            case _:
                return joined([left, right]) if left is right is STILL else MIXED

    def _arithmetic(self, node: ir.Arithmetic) -> Trend:
        left, right = node.left, node.right
        match node.operator:
            case "+":
                return joined([self.of(left), self.of(right)])
            case "-":
                return joined([self.of(left), self.of(right).turned()])
            case "*":
                return self._product(left, right)
            case _:
                return self._quotient(left, right)

    def _product(self, left: Node, right: Node) -> Trend:
        """A factor that is never negative keeps the trend of the other, one that is never positive turns it."""
        by_right = self._scaled(self.of(left), self._sign(right))
        by_left = self._scaled(self.of(right), self._sign(left))
        return joined([by_right, by_left])

    def _quotient(self, left: Node, right: Node) -> Trend:
        ends = [_number(probe.value(right)) for probe in (self.start, self.end)]
        below = self.of(right)
        if speaks_of_terms(right) or below is MIXED or None in ends or 0 in ends:
            return MIXED
        sign = self._sign(right)
        return joined(
            [
                self._scaled(self.of(left), sign),
                self._scaled(below.turned(), self._sign(left)) if sign else MIXED,
            ]
        )

    def _scaled(self, trend: Trend, sign: int) -> Trend:
        if trend is STILL:
            return STILL
        return {1: trend, -1: trend.turned()}.get(sign, MIXED)

    def _sign(self, node: Node) -> int:
        """Return 1 where a value is never negative on the way, -1 where never positive, 0 where neither is sure."""
        if speaks_of_terms(node):
            return 1 if self._never_negative(node) else 0
        if self.of(node) is MIXED:
            return 0
        ends = [_number(probe.value(node)) for probe in (self.start, self.end)]
        for sign in (1, -1):
            if all(end is not None and end * sign >= 0 for end in ends):
                return sign
        return 0

    def _never_negative(self, node: Node) -> bool:
        match node:
            case ir.PlanValue(name=name):
                return name in _NEVER_NEGATIVE
            case ir.Arithmetic(operator="+" | "*" | "/", left=left, right=right):
                return self._sign(left) == self._sign(right) == 1
            case ir.Extremum(operands=operands):
                return all(self._sign(operand) == 1 for operand in operands)
            case _:
                return False

    def _chosen(self, node: ir.Choose) -> Trend:
        """The condition stays: so does the branch."""
        condition = None if speaks_of_terms(node) else self.start.value(node.condition)
        if not isinstance(condition, bool):
            return MIXED
        return self.of(node.then if condition else node.otherwise)

    def _switched(self, node: ir.Choose) -> Trend:
        """The condition switches between branches that stay: from the one to the other, once."""
        trend, branches = self.of(node.condition), (node.then, node.otherwise)
        if speaks_of_terms(node) or any(self.reads(branch) for branch in branches):
            return MIXED
        switches = [probe.value(node.condition) for probe in (self.start, self.end)]
        then, otherwise = (_number(self.start.value(branch)) for branch in branches)
        if not all(isinstance(s, bool) for s in switches) or then is None or otherwise is None:
            return MIXED
        return trend if then >= otherwise else trend.turned()


def _number(value: Result) -> int | Fraction | None:
    """Return an amount, or a truth as one; None for what is unknown or no amount."""
    return value if isinstance(value, (int, Fraction)) else None
