"""Decision tables used in expressions."""

from __future__ import annotations

from policyengine.diagnostics import nearest_or_list
from policyengine.ir import nodes as ir
from policyengine.ir.from_model.expressions.elaboration import Elaboration
from policyengine.model.types import (
    Type,
)
from policyengine.syntax import expression_tree as tree


def lookup(
    e: Elaboration, node: tree.Expression, name: str, arguments: tuple[tree.Argument, ...]
) -> ir.Node | None:
    """Return the lookup of a table, with the inputs that the caller binds."""
    if name in e.scope.under_way:
        return e.error("cycle", f"the table `{name}` looks itself up", node)
    table = e.scope.elaborate_table(name)
    if table is None:
        return None
    bound = {i.name: i.type for i in table.inputs if i.name}
    given = _bound(e, node, name, bound, arguments)
    if given is None:
        return None
    return ir.Lookup(type=table.output, span=e.span(node), key=table.key, arguments=given)


def _bound(
    e: Elaboration,
    node: tree.Expression,
    table: str,
    bound: dict[str, Type],
    arguments: tuple[tree.Argument, ...],
) -> tuple[ir.Node, ...] | None:
    given: dict[str | None, tree.Expression] = {}
    for argument in arguments:
        if argument.name and argument.name in given:
            e.error(
                "bad-argument", f"`{argument.name}` is bound twice", argument, "keep one of them"
            )
        given.setdefault(argument.name, argument.value)
        if argument.name not in bound:
            e.error(
                "bad-argument",
                f"the table `{table}` has no input `{argument.name}`"
                if argument.name
                else f"the inputs of the table `{table}` are bound by name",
                argument,
                nearest_or_list(argument.name or "", bound),
            )
    missing = [name for name in bound if name not in given]
    if missing:
        usage = ", ".join(f"{name} = …" for name in bound)
        e.error(
            "missing-argument",
            f"the input `{missing[0]}` of the table `{table}` is not bound",
            node,
            f"write `{table}({usage})`",
        )
        return None
    found = [e.of_type(given[name], type_) for name, type_ in bound.items()]
    if any(node is None for node in found) or len(arguments) != len(bound):
        return None
    return tuple(node for node in found if node is not None)
