"""Quantifiers and aggregates over lists."""

from __future__ import annotations

import attrs

from policyengine.diagnostics import nearest_or_list
from policyengine.ir import nodes as ir
from policyengine.ir.from_model import typing
from policyengine.ir.from_model.expressions.elaboration import Elaboration, reads
from policyengine.model.literals import a_kind
from policyengine.model.types import (
    BOOLEAN,
    DATE,
    INTEGER,
    ORDERED,
    Kind,
    Type,
)
from policyengine.syntax import expression_tree as tree


@reads(tree.Quantified)
def _read_quantified(
    e: Elaboration, node: tree.Quantified, _expected: Type | None
) -> ir.Node | None:
    members = _members(e, node.members)
    inner = _inside(e, node.variable, node, members)
    if members is None or inner is None:
        return None
    condition = inner.of_type(node.condition, BOOLEAN) if node.condition else None
    if node.condition and condition is None:
        return None
    if node.condition is None and node.kind != "count":
        return e.error(
            "missing-argument",
            f"`{node.kind}` needs a condition",
            node,
            f"write `{node.kind}({node.variable} in … where …)`",
        )
    return ir.Quantified(
        type=INTEGER if node.kind == "count" else BOOLEAN,
        span=e.span(node),
        kind=node.kind,
        variable=node.variable,
        members=members,
        condition=condition,
    )


@reads(tree.Aggregate)
def _read_aggregate(e: Elaboration, node: tree.Aggregate, _expected: Type | None) -> ir.Node | None:
    kind = node.callee.name
    if kind not in ("sum", "min", "max", "latest"):
        hint = nearest_or_list(kind, ("sum", "min", "max", "latest"))
        return e.error("unknown-name", f"`{kind}` does not work on a list", node.callee, hint)
    members = _members(e, node.members)
    inner = _inside(e, node.variable, node, members)
    if members is None or inner is None:
        return None
    value = inner.read(node.value)
    condition = inner.of_type(node.condition, BOOLEAN) if node.condition else None
    if value is None or (node.condition and condition is None):
        return None
    return _aggregated(e, node, kind, members, value, condition)


def _aggregated(
    e: Elaboration,
    node: tree.Aggregate,
    kind: str,
    members: ir.Node,
    value: ir.Node,
    condition: ir.Node | None,
) -> ir.Node | None:
    if kind == "latest" and value.type != DATE:
        return e.error("type-mismatch", "`latest` asks for dates", node.value, "use `max`")
    fits = (
        typing.sum_type(value.type, value.type) is not None
        if kind == "sum"
        else value.type.kind in ORDERED
    )
    if not fits:
        return e.error(
            "type-mismatch", f"`{kind}` does not work on {a_kind(value.type)}", node.value
        )
    return ir.Aggregate(
        type=value.type,
        span=e.span(node),
        kind="max" if kind == "latest" else kind,
        value=value,
        variable=node.variable,
        members=members,
        condition=condition,
    )


def _members(e: Elaboration, node: tree.Expression) -> ir.Node | None:
    members = e.read(node)
    if members is not None and members.type.kind is not Kind.LIST:
        return e.error("type-mismatch", f"`{e.source(node)}` is not a list", node)
    return members


def _inside(
    e: Elaboration, variable: str, node: tree.Expression, members: ir.Node | None
) -> Elaboration | None:
    taken = {*e.scope.own_names(), *e.scope.records(), *e.where.variables}
    if variable in taken | {"loans", "plan", "as_of"}:
        e.error(
            "name-taken", f"`{variable}` already means something else", node, "use another name"
        )
        return None
    if members is None or members.type.of is None:
        return None
    return attrs.evolve(e, where=e.where.with_variable(variable, members.type.of))
