"""Sums and products, and dates moved by days or months."""

from __future__ import annotations

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.from_model import typing
from policyengine.ir.from_model.expressions.elaboration import (
    Elaboration,
    mismatch_hint,
    reads,
)
from policyengine.model.literals import a_kind
from policyengine.model.types import (
    DATE,
    Type,
)
from policyengine.syntax import expression_tree as tree


@reads(tree.Negative)
def _read_negative(e: Elaboration, node: tree.Negative, _expected: Type | None) -> ir.Node | None:
    operand = e.read(node.operand)
    if operand is None:
        return None
    if typing.is_bare_number(operand):
        assert isinstance(operand, ir.Constant)  # noqa: S101  # what is_bare_number says
        return attrs.evolve(operand, value=-operand.value, span=e.span(node))  # type: ignore[operator]
    if typing.sum_type(operand.type, operand.type) is None:
        return e.error("type-mismatch", f"{a_kind(operand.type)} has no sign", node)
    return ir.Negate(type=operand.type, span=e.span(node), operand=operand)


@reads(tree.Binary)
def _read_binary(e: Elaboration, node: tree.Binary, _expected: Type | None) -> ir.Node | None:
    left, right = e.read(node.left), e.read(node.right)
    if left is None or right is None:
        return None
    if node.operator in "+-":
        return _sum(e, node, left, right)
    kind = typing.product_type if node.operator == "*" else typing.quotient_type
    return _arithmetic(e, node, left, right, kind(left.type, right.type))


def _sum(e: Elaboration, node: tree.Binary, left: ir.Node, right: ir.Node) -> ir.Node | None:
    if typing.is_shift(left.type, right.type):
        return ir.Shift(
            type=DATE,
            span=e.span(node),
            unit=str(right.type.kind),
            date=left,
            amount=right,
            sign=1 if node.operator == "+" else -1,
        )
    left = typing.as_type(left, right.type) or left
    right = typing.as_type(right, left.type) or right
    return _arithmetic(e, node, left, right, typing.sum_type(left.type, right.type))


def _arithmetic(
    e: Elaboration, node: tree.Binary, left: ir.Node, right: ir.Node, type_: Type | None
) -> ir.Node | None:
    if type_ is None:
        return e.error(
            "type-mismatch",
            f"`{node.operator}` does not join {a_kind(left.type)} and {a_kind(right.type)}",
            node,
            mismatch_hint(left, right),
        )
    return ir.Arithmetic(
        type=type_, span=e.span(node), operator=node.operator, left=left, right=right
    )
