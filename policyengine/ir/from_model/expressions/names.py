"""Names: facts, parameters, derived values, members of lists, and what `plan.` stands for."""

from __future__ import annotations

import attrs

from policyengine.diagnostics import did_you_mean, nearest_or_list
from policyengine.ir import nodes as ir
from policyengine.ir.dictionary import LOANS, FactDefinition
from policyengine.ir.from_model.expressions.elaboration import Elaboration, reads
from policyengine.ir.from_model.expressions.lookups import lookup
from policyengine.ir.plan_values import PLAN_QUESTIONS, PLAN_VALUES
from policyengine.model.types import (
    DATE,
    Type,
)
from policyengine.syntax import expression_tree as tree


@reads(tree.Path)
def _path(e: Elaboration, node: tree.Path, expected: Type | None) -> ir.Node | None:
    first, *rest = node.parts
    if first in e.where.variables:
        return _field(e, node, first, rest)
    if first == "plan":
        return plan_value(e, node, rest)
    if not rest:
        return _single_name(e, node, first, expected)
    return _fact(e, node)


def _fact(e: Elaboration, node: tree.Path) -> ir.Node | None:
    fact = e.scope.dictionary.facts.get(node.name)
    if fact is None or node.name not in e.scope.visible:
        return _unknown_name(e, node, [*e.scope.visible])
    return _allowed_fact(e, node, fact)


def _allowed_fact(e: Elaboration, node: tree.Path, fact: FactDefinition) -> ir.Node | None:
    if fact.protected:
        return e.error(
            "protected-fact",
            f"`{fact.path}` is protected and may not be used in a rule",
            node,
            "decide on the borrower's means and loan, not on who they are",
        )
    return ir.Fact(type=fact.type, span=e.span(node), path=fact.path)


def _single_name(
    e: Elaboration, node: tree.Path, name: str, expected: Type | None
) -> ir.Node | None:
    span, scope = e.span(node), e.scope
    if name == "as_of":
        return ir.AsOf(type=DATE, span=span)
    if name == "loans":
        return ir.Fact(type=LOANS, span=span, path="loans")
    if name in scope.parameters:
        parameter = scope.parameters[name]
        return ir.Parameter(type=parameter.type, span=span, key=parameter.key)
    if name in scope.written_derived:
        return _derived(e, node, name)
    if name in scope.written_tables:
        return lookup(e, node, name, ())
    if name in scope.unreadable:
        return None
    if expected and name in scope.dictionary.values_of(expected):
        return e.error(
            "unknown-name",
            f"`{name}` is not a name",
            node,
            f'a value of {expected.of} is written in quotes: `"{name}"`',
        )
    return _unknown_name(e, node, [*scope.own_names(), *scope.visible, "loans", "as_of"])


#: Values derived from one another in a row: more is a mistake, or a program.
_MAX_CHAIN = 30


def _derived(e: Elaboration, node: tree.Path, name: str) -> ir.Node | None:
    if name in e.scope.under_way:
        way = [*e.scope.under_way[e.scope.under_way.index(name) :], name]
        return e.error(
            "cycle",
            f"`{name}` is derived from itself: " + " → ".join(f"`{n}`" for n in way),
            node,
            "one of them must stand on facts alone",
        )
    if len(e.scope.under_way) >= _MAX_CHAIN:
        return e.error(
            "too-deep",
            f"more than {_MAX_CHAIN} values derived from one another",
            node,
            "derive a value from fewer steps",
        )
    derived = e.scope.elaborate_derived(name)
    if derived is None:
        return None
    return ir.Derived(type=derived.type, span=e.span(node), key=e.scope.key(name))


def _field(e: Elaboration, node: tree.Path, variable: str, rest: list[str]) -> ir.Node | None:
    fields = e.scope.dictionary.records.get(e.where.variables[variable], {})
    if len(rest) != 1 or rest[0] not in fields:
        name = ".".join(rest)
        return e.error(
            "unknown-name",
            f"`{node.name}` is not a field of {e.where.variables[variable]}",
            node,
            nearest_or_list(name, fields),
        )
    fact = fields[rest[0]]
    if _allowed_fact(e, node, fact) is None:
        return None
    return ir.Field(type=fact.type, span=e.span(node), variable=variable, name=rest[0])


def plan_value(e: Elaboration, node: tree.Path, rest: list[str]) -> ir.Node | None:
    """Return what `plan.<name>` stands for."""
    name = ".".join(rest)
    if not e.where.plan:
        return e.error(
            "plan-not-known-yet",
            f"`{node.name}` is not known here: there are no terms yet",
            node,
            "use it under `until`, in a guarantee, in `figures` or in a later step",
        )
    if name in PLAN_QUESTIONS:
        return e.error(
            "missing-argument",
            f"`{node.name}` asks for a number of months",
            node,
            f"write `{node.name}(3 months)`",
        )
    if name not in PLAN_VALUES:
        hint = nearest_or_list(name, [*PLAN_VALUES, *PLAN_QUESTIONS])
        return e.error("unknown-name", f"`{node.name}` is not known of a plan", node, hint)
    return ir.PlanValue(type=PLAN_VALUES[name], span=e.span(node), name=name)


def _unknown_name(e: Elaboration, node: tree.Path, known: list[str]) -> ir.Node | None:
    record = f"{node.parts[0]}."
    fields = [name for name in known if name.startswith(record)] if len(node.parts) > 1 else []
    hint = did_you_mean(node.name, [*known, "true", "false"]) or (
        nearest_or_list(node.name, fields) if fields else None
    )
    return e.error("unknown-name", f"`{node.name}` is not a known name", node, hint)


@reads(tree.At)
def _read_at(e: Elaboration, node: tree.At, _expected: Type | None) -> ir.Node | None:
    parameter = e.read(node.parameter)
    date = e.of_type(node.date, DATE)
    if parameter is None or date is None:
        return None
    if not isinstance(parameter, ir.Parameter):
        return e.error("bad-argument", "`at` asks for a parameter before it", node.parameter)
    return attrs.evolve(parameter, at=date, span=e.span(node))
