"""Logic, comparisons and choices. Chains are taken apart here."""

from __future__ import annotations

from policyengine.ir import nodes as ir
from policyengine.ir.from_model import typing
from policyengine.ir.from_model.expressions.elaboration import Elaboration, reads
from policyengine.model.literals import a_kind
from policyengine.model.types import (
    BOOLEAN,
    ORDERED,
    Type,
)
from policyengine.syntax import expression_tree as tree


@reads(tree.Negation)
def _read_negation(e: Elaboration, node: tree.Negation, _expected: Type | None) -> ir.Node | None:
    operand = e.of_type(node.operand, BOOLEAN)
    return operand and ir.Not(type=BOOLEAN, span=e.span(node), operand=operand)


@reads(tree.Junction)
def _read_junction(e: Elaboration, node: tree.Junction, _expected: Type | None) -> ir.Node | None:
    operands = e.all(node.operands, BOOLEAN)
    if operands is None:
        return None
    kind = ir.And if node.operator == "and" else ir.Or
    return kind(type=BOOLEAN, span=e.span(node), operands=operands)


@reads(tree.Comparison)
def _read_comparison(
    e: Elaboration, node: tree.Comparison, _expected: Type | None
) -> ir.Node | None:
    operands = e.comparable(node.operands)
    if operands is None:
        return None
    pairs = [
        _compare(e, node, operator, operands[i], operands[i + 1])
        for i, operator in enumerate(node.operators)
    ]
    if any(pair is None for pair in pairs):
        return None
    found = tuple(pair for pair in pairs if pair is not None)
    if len(found) == 1:
        return found[0]
    return ir.And(type=BOOLEAN, span=e.span(node), operands=found)


def _compare(
    e: Elaboration, node: tree.Comparison, operator: str, left: ir.Node, right: ir.Node
) -> ir.Node | None:
    if operator not in ("==", "!=") and left.type.kind not in ORDERED:
        return e.error(
            "type-mismatch",
            f"`{operator}` asks for values with an order, and {a_kind(left.type)} has none",
            node,
            "use `==`, `!=` or `in {…}`",
        )
    return ir.Compare(type=BOOLEAN, span=e.span(node), operator=operator, left=left, right=right)


@reads(tree.Membership)
def _read_membership(
    e: Elaboration, node: tree.Membership, _expected: Type | None
) -> ir.Node | None:
    options = node.options
    read = _within(e, node, options) if isinstance(options, tree.Range) else None
    inside = _one_of(e, node, options) if isinstance(options, tree.Choice) else read
    if inside is None or not node.negated:
        return inside
    return ir.Not(type=BOOLEAN, span=e.span(node), operand=inside)


def _within(e: Elaboration, node: tree.Membership, range_: tree.Range) -> ir.Node | None:
    upper = "<=" if range_.includes_high else "<"
    chain = tree.Comparison(
        node.start, node.end, (range_.low, node.value, range_.high), ("<=", upper)
    )
    return e.read(chain)


def _one_of(e: Elaboration, node: tree.Membership, choice: tree.Choice) -> ir.Node | None:
    operands = e.comparable((node.value, *choice.options))
    if operands is None:
        return None
    value, *options = operands
    return ir.Member(type=BOOLEAN, span=e.span(node), value=value, options=tuple(options))


@reads(tree.IfElse)
def _if_else(e: Elaboration, node: tree.IfElse, expected: Type | None) -> ir.Node | None:
    condition = e.of_type(node.condition, BOOLEAN)
    branches = e.comparable((node.then, node.otherwise), expected)
    if condition is None or branches is None:
        return None
    then, otherwise = branches
    return ir.Choose(
        type=typing.type_of_all(branches),
        span=e.span(node),
        condition=condition,
        then=then,
        otherwise=otherwise,
    )
