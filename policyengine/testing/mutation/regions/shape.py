"""What an expression says, whatever its place: equal for two expressions that mean the same, letter by letter."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.program import Cell, Interval, ParameterDefinition, Program, TableDefinition

_APART = frozenset({"span", "note", "source", "assumed", "name"})


def shape(part: Any, program: Program) -> Hashable:
    """Return the shape of an expression, with that of everything it names."""
    if isinstance(part, ir.Derived):
        return shape(program.derived[part.key].node, program)
    if isinstance(part, tuple):
        return tuple(shape(each, program) for each in part)
    if isinstance(part, (ir.Node, Cell, Interval)) or _is_definition(part):
        return (type(part).__name__, *_fields(part, program), *_named(part, program))
    return part if isinstance(part, Hashable) else str(part)


def _is_definition(part: Any) -> bool:
    return attrs.has(type(part)) and type(part).__module__.endswith("ir.program")


def _fields(part: Any, program: Program) -> tuple[Hashable, ...]:
    kept = {"name"} if isinstance(part, (ir.Field, ir.PlanValue)) else set()
    names = [each.name for each in attrs.fields(type(part))]
    return tuple(shape(getattr(part, name), program) for name in names if name not in _APART - kept)


def _named(part: Any, program: Program) -> tuple[Hashable, ...]:
    found: ParameterDefinition | TableDefinition | None = None
    if isinstance(part, ir.Parameter):
        found = program.parameters[part.key]
    elif isinstance(part, ir.Lookup):
        found = program.tables[part.key]
    return () if found is None else (shape(found, program),)
