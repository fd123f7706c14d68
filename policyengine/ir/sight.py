"""What a program stands on: all else of a dictionary, of its regulations and of its own file changes nothing for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.dictionary import Dictionary, EnumDefinition, FactDefinition
from policyengine.ir.nodes import Node
from policyengine.ir.program import ParameterDefinition, Program, TableDefinition
from policyengine.ir.reach import reached
from policyengine.model.types import Kind, Type

#: Facts that the engine itself reads of a loan, whatever a policy names.
OF_THE_LOAN = frozenset(
    f"loan.{name}"
    for name in (
        "id",
        "principal",
        "annual_rate",
        "remaining_term",
        "method",
        "next_due",
        "due_day",
        "arrears",
        "accrued_interest",
        "penalty_interest",
        "fees",
        "late_fees",
    )
)


@attrs.frozen(eq=False)
class Sight:
    """The facts, enums and records that a program can see a value of, and its parameters and tables in use."""

    facts: Mapping[str, FactDefinition]
    enums: Mapping[str, EnumDefinition]
    records: Mapping[str, Mapping[str, FactDefinition]]
    parameters: Mapping[str, ParameterDefinition]
    tables: Mapping[str, TableDefinition]


@lru_cache(maxsize=256)
def sight(program: Program) -> Sight:
    """Return what a program stands on."""
    nodes = tuple(reached(expressions_in(program), program))
    parameters = _named(program.parameters, nodes, ir.Parameter)
    tables = _named(program.tables, nodes, ir.Lookup)
    facts = _facts(program, nodes)
    fields = {node.name for node in nodes if isinstance(node, ir.Field)}
    types = {node.type for node in nodes}
    types |= {each.type for each in (*parameters.values(), *facts.values())}
    types |= {each.type for table in tables.values() for each in table.inputs}
    types |= {table.output for table in tables.values()}
    records = _records(types, fields, program.dictionary)
    types |= {field.type for record in records.values() for field in record.values()}
    enums = _enums(types, program.dictionary)
    return Sight(facts, enums, records, parameters, tables)


def expressions_in(value: Any) -> Iterator[Node]:
    """Yield the whole expressions that a policy has anywhere, tables apart: these count where they are asked."""
    if isinstance(value, Node):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from expressions_in(each)
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from expressions_in(each)
    elif attrs.has(type(value)) and not isinstance(value, (Dictionary, TableDefinition)):
        for attribute in attrs.fields(type(value)):
            yield from expressions_in(getattr(value, attribute.name))


def _named(
    kept: Mapping[str, Any], nodes: tuple[Node, ...], kind: type[ir.Parameter | ir.Lookup]
) -> dict[str, Any]:
    keys = {node.key for node in nodes if isinstance(node, kind)}
    return {key: each for key, each in kept.items() if key in keys}


def _facts(program: Program, nodes: tuple[Node, ...]) -> dict[str, FactDefinition]:
    named = {node.path for node in nodes if isinstance(node, ir.Fact)}
    named |= {*OF_THE_LOAN, *program.required}
    facts = program.dictionary.facts
    seen = program.dictionary.vocabularies[program.vocabulary]
    return {path: facts[path] for path in sorted(named & facts.keys() & seen)}


def _records(
    types: set[Type], fields: set[str], dictionary: Dictionary
) -> dict[str, dict[str, FactDefinition]]:
    """Return the records behind lists, each with the fields that are named; lists within lists too."""
    found: dict[str, dict[str, FactDefinition]] = {}
    queue = [each.of for each in types if each.kind in (Kind.LIST, Kind.RECORD)]
    while queue:
        name = queue.pop() or ""
        if name in found or name not in dictionary.records:
            continue
        record = dictionary.records[name]
        found[name] = {field: record[field] for field in sorted(fields & record.keys())}
        queue += [each.type.of for each in found[name].values() if each.type.kind is Kind.LIST]
    return dict(sorted(found.items()))


def _enums(types: set[Type], dictionary: Dictionary) -> dict[str, EnumDefinition]:
    names = {each.of or "" for each in types if each.kind is Kind.ENUM}
    return {name: dictionary.enums[name] for name in sorted(names & dictionary.enums.keys())}
