"""Expressions of the IR. Every node knows its type and its place; chains and units are resolved.

Nodes compare by identity, so that an evaluator may keep notes about them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import attrs

from policyengine.model.types import Type, Value
from policyengine.source import Span


@attrs.frozen(eq=False, kw_only=True)
class Node:
    """The root of all expressions."""

    type: Type
    span: Span

    def children(self) -> Iterator[Node]:
        """Yield the nodes directly below."""
        kind: Any = type(self)
        for name in _names(kind):
            value = getattr(self, name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                yield from (v for v in value if isinstance(v, Node))

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, outermost first."""
        yield self
        for child in self.children():
            yield from child.walk()


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in attrs.fields(kind))


@attrs.frozen(eq=False, kw_only=True)
class Constant(Node):
    """A value that is written in the policy."""

    value: Value


@attrs.frozen(eq=False, kw_only=True)
class Fact(Node):
    """A fact of the borrower or of the loan under assessment, such as `loan.principal`, or `loans`."""

    path: str


@attrs.frozen(eq=False, kw_only=True)
class Field(Node):
    """A field of the member that a quantifier's variable stands for."""

    variable: str
    name: str


@attrs.frozen(eq=False, kw_only=True)
class Parameter(Node):
    """A parameter on the day of the decision, or on another day."""

    key: str
    at: Node | None = None


@attrs.frozen(eq=False, kw_only=True)
class Derived(Node):
    """A derived value."""

    key: str


@attrs.frozen(eq=False, kw_only=True)
class PlanValue(Node):
    """Something about the terms under consideration, such as `plan.max_payment`."""

    name: str
    arguments: tuple[Node, ...] = ()


@attrs.frozen(eq=False, kw_only=True)
class AsOf(Node):
    """The day of the decision."""


@attrs.frozen(eq=False, kw_only=True)
class Known(Node):
    """Whether a fact is given."""

    operand: Node


@attrs.frozen(eq=False, kw_only=True)
class Not(Node):
    """Negation."""

    operand: Node


@attrs.frozen(eq=False, kw_only=True)
class And(Node):
    """All of the operands."""

    operands: tuple[Node, ...]


@attrs.frozen(eq=False, kw_only=True)
class Or(Node):
    """Any of the operands."""

    operands: tuple[Node, ...]


@attrs.frozen(eq=False, kw_only=True)
class Compare(Node):
    """`==`, `!=`, `<`, `<=`, `>` or `>=` of two values of one type."""

    operator: str
    left: Node
    right: Node


@attrs.frozen(eq=False, kw_only=True)
class Member(Node):
    """Whether a value is one of several."""

    value: Node
    options: tuple[Node, ...]


@attrs.frozen(eq=False, kw_only=True)
class Arithmetic(Node):
    """`+`, `-`, `*` or `/`, exact."""

    operator: str
    left: Node
    right: Node


@attrs.frozen(eq=False, kw_only=True)
class Negate(Node):
    """Unary minus."""

    operand: Node


@attrs.frozen(eq=False, kw_only=True)
class Choose(Node):
    """`if … then … else …`."""

    condition: Node
    then: Node
    otherwise: Node


@attrs.frozen(eq=False, kw_only=True)
class Extremum(Node):
    """The least (`min`) or the greatest (`max`) of the operands."""

    kind: str
    operands: tuple[Node, ...]


@attrs.frozen(eq=False, kw_only=True)
class Absolute(Node):
    """The value without its sign."""

    operand: Node


@attrs.frozen(eq=False, kw_only=True)
class RoundTo(Node):
    """A value rounded to a multiple of a step: `round` (half away from zero), `floor` or `ceil`."""

    mode: str
    operand: Node
    step: Node


@attrs.frozen(eq=False, kw_only=True)
class LevelPayment(Node):
    """The level instalment of a loan: principal, annual rate, months."""

    principal: Node
    rate: Node
    months: Node


@attrs.frozen(eq=False, kw_only=True)
class MonthsToRepay(Node):
    """The months in which a monthly payment repays a balance: principal, annual rate, payment."""

    principal: Node
    rate: Node
    payment: Node


@attrs.frozen(eq=False, kw_only=True)
class Between(Node):
    """Whole `months` or `days` from one date to another."""

    unit: str
    start: Node
    end: Node


@attrs.frozen(eq=False, kw_only=True)
class Shift(Node):
    """A date moved by `months` (month end falls back) or `days`; `sign` is 1 or -1."""

    unit: str
    date: Node
    amount: Node
    sign: int


@attrs.frozen(eq=False, kw_only=True)
class Quantified(Node):
    """`any`, `all` or `count` of the members for which the condition holds."""

    kind: str
    variable: str
    members: Node
    condition: Node | None


@attrs.frozen(eq=False, kw_only=True)
class Aggregate(Node):
    """`sum`, `min` or `max` of a value over the members for which the condition holds."""

    kind: str
    value: Node
    variable: str
    members: Node
    condition: Node | None


@attrs.frozen(eq=False, kw_only=True)
class Lookup(Node):
    """The output of a decision table; the arguments bind its open inputs in their order."""

    key: str
    arguments: tuple[Node, ...] = ()
