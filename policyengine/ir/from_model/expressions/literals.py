"""Numbers, dates, truth values and quoted words."""

from __future__ import annotations

from fractions import Fraction

from policyengine.diagnostics import nearest_or_list
from policyengine.ir import nodes as ir
from policyengine.ir.from_model.expressions.elaboration import Elaboration, reads
from policyengine.model.types import (
    BOOLEAN,
    DATE,
    DAYS,
    INTEGER,
    MONTHS,
    NUMBER,
    RATE,
    TEXT,
    Kind,
    Type,
)
from policyengine.syntax import expression_tree as tree

_UNIT_TYPES = {"days": (DAYS, 1), "months": (MONTHS, 1), "years": (MONTHS, 12)}


@reads(tree.Number)
def _read_number(e: Elaboration, node: tree.Number, _expected: Type | None) -> ir.Node:
    if node.unit == "%":
        return e.constant(node, RATE, Fraction(node.digits) / 100)
    if node.unit:
        type_, factor = _UNIT_TYPES[node.unit]
        if "." in node.digits:
            e.error("not-a-number", f"`{e.source(node)}` is not a whole number", node)
            return e.constant(node, type_, 0)
        return e.constant(node, type_, int(node.digits) * factor)
    if "." in node.digits:
        return e.constant(node, NUMBER, Fraction(node.digits))
    return e.constant(node, INTEGER, int(node.digits))


@reads(tree.DateLiteral)
def _read_date_literal(e: Elaboration, node: tree.DateLiteral, _expected: Type | None) -> ir.Node:
    return e.constant(node, DATE, node.value)


@reads(tree.BooleanLiteral)
def _read_boolean_literal(
    e: Elaboration, node: tree.BooleanLiteral, _expected: Type | None
) -> ir.Node:
    return e.constant(node, BOOLEAN, node.value)


@reads(tree.TextLiteral)
def _text(e: Elaboration, node: tree.TextLiteral, expected: Type | None) -> ir.Node | None:
    if expected is None or expected.kind is not Kind.ENUM:
        return e.constant(node, TEXT, node.value)
    values = e.scope.dictionary.values_of(expected)
    if node.value not in values:
        return e.error(
            "unknown-value",
            f"`{node.value}` is not a value of {expected.of}",
            node,
            nearest_or_list(node.value, values),
        )
    return e.constant(node, expected, node.value)
