"""Which types meet in an operation, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs

from policyengine.ir.nodes import Constant, Node
from policyengine.model.types import (
    DATE,
    DAYS,
    INTEGER,
    MONEY,
    MONTHS,
    NUMBER,
    RATE,
    Type,
)

#: Types without a dimension: they scale the others.
PLAIN = (INTEGER, NUMBER, RATE)


def is_bare_number(node: Node) -> bool:
    """Whether a node is a number written without a unit, which takes the type of what it meets."""
    return isinstance(node, Constant) and node.type in (INTEGER, NUMBER)


def as_type(node: Node, type_: Type) -> Node | None:
    """Return the node as a value of the type, or None where it is of another."""
    if node.type == type_:
        return node
    if is_bare_number(node) and type_ in (NUMBER, MONEY, RATE):
        assert isinstance(node, Constant)  # noqa: S101  # what is_bare_number says
        return attrs.evolve(node, type=type_, value=Fraction(node.value))  # type: ignore[arg-type]
    if type_ == NUMBER and node.type in PLAIN:
        return node
    return None


def common_type(nodes: list[Node]) -> Type | None:
    """Return the type that all nodes can be read as, or None where there is none."""
    types = {node.type for node in nodes if not is_bare_number(node)}
    if not types:
        return INTEGER if all(node.type == INTEGER for node in nodes) else NUMBER
    if len(types) == 1:
        (only,) = types
        if only == INTEGER and any(node.type == NUMBER for node in nodes):
            return NUMBER
        return only
    return NUMBER if types <= set(PLAIN) else None


def type_of_all(nodes: Sequence[Node]) -> Type:
    """Return the type of a value that is one of several, which can all be read as one type."""
    return common_type(list(nodes)) or nodes[0].type


def product_type(left: Type, right: Type) -> Type | None:
    """Return the type of a product."""
    if left in PLAIN and right in PLAIN:
        return _plain_product(left, right)
    for scaled, factor in ((left, right), (right, left)):
        if scaled == MONEY and factor in PLAIN:
            return MONEY
        if scaled in (DAYS, MONTHS) and factor == INTEGER:
            return scaled
    return None


def _plain_product(left: Type, right: Type) -> Type:
    if left == right == INTEGER:
        return INTEGER
    return RATE if {left, right} in ({RATE, INTEGER}, {RATE, NUMBER}) else NUMBER


def quotient_type(left: Type, right: Type) -> Type | None:
    """Return the type of a quotient; a division is exact."""
    if left in PLAIN and right in PLAIN:
        return RATE if left == RATE and right != RATE else NUMBER
    if left == right and left in (MONEY, DAYS, MONTHS):
        return NUMBER
    return MONEY if left == MONEY and right in PLAIN else None


def sum_type(left: Type, right: Type) -> Type | None:
    """Return the type of a sum or difference of two values that are no dates."""
    if left == right and left in (INTEGER, NUMBER, MONEY, RATE, DAYS, MONTHS):
        return left
    return NUMBER if left in PLAIN and right in PLAIN else None


def is_shift(left: Type, right: Type) -> bool:
    """Whether a sum moves a date."""
    return left == DATE and right in (DAYS, MONTHS)
