"""Where a policy changes its mind: the values that facts are compared with, and the days on which something begins.

They are read from the programs: comparisons with constants, parameters at all their dates, cells of tables, options of
a set, and the ranges of the vocabulary. Facts that are compared through others are aimed at in `aiming`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.nodes import Node
from policyengine.ir.program import Program, TableDefinition
from policyengine.ir.reach import reached
from policyengine.ir.sight import expressions_in
from policyengine.model.types import Value

_DAY = timedelta(days=1)


@attrs.frozen(eq=False)
class Limits:
    """The values that facts are compared with, by path, and the edges of everything that is dated.

    A field of a list's members stands under its name with a point before it. `comparisons` are all those that name no
    terms; `days` are the first and last days of dated values and of the policy.
    """

    values: Mapping[str, tuple[Value, ...]]
    days: tuple[date, ...]
    comparisons: tuple[ir.Compare, ...]

    def of(self, path: str) -> tuple[Value, ...]:
        """Return the values that a fact, or a field of a member, is compared with."""
        return self.values.get(path, ())


@lru_cache(maxsize=64)
def limits_of(program: Program) -> Limits:
    """Return where a policy changes its mind."""
    nodes = tuple(reached(expressions_in(program), program))
    found: dict[str, dict[Value, None]] = defaultdict(dict)
    for path, value in chain.from_iterable(_limits(node, program) for node in nodes):
        found[path][value] = None
    apart = (node for node in nodes if isinstance(node, ir.Compare))
    return Limits(
        values={path: tuple(values) for path, values in found.items()},
        days=tuple(sorted(set(_days(program)))),
        comparisons=tuple(node for node in apart if _stands_alone(node)),
    )


def _limits(node: Node, program: Program) -> Iterator[tuple[str, Value]]:
    if isinstance(node, ir.Compare):
        yield from _pairs(node.left, node.right, program)
        yield from _pairs(node.right, node.left, program)
    elif isinstance(node, ir.Member):
        for option in node.options:
            yield from _pairs(node.value, option, program)
    elif isinstance(node, ir.Lookup):
        yield from _cells(node, program.tables[node.key], program)


def _pairs(side: Node, other: Node, program: Program) -> Iterator[tuple[str, Value]]:
    path = _named(side, program)
    if path is not None:
        yield from ((path, value) for value in _constants(other, program))


def _cells(
    node: ir.Lookup, table: TableDefinition, program: Program
) -> Iterator[tuple[str, Value]]:
    arguments = iter(node.arguments)
    for place, given in enumerate(table.inputs):
        path = _named(given.node if given.node is not None else next(arguments), program)
        if path is not None:
            intervals = (i for row in table.rows for i in row.cells[place].intervals or ())
            ends = (end for i in intervals for end in (i.low, i.high))
            yield from ((path, end) for end in ends if end is not None)


def _named(node: Node, program: Program) -> str | None:
    """Return the path of the one fact that an expression is, or the field of a member."""
    if isinstance(node, ir.Derived):
        return _named(program.derived[node.key].node, program)
    if isinstance(node, ir.Field):
        return f".{node.name}"
    return node.path if isinstance(node, ir.Fact) else None


def _constants(node: Node, program: Program) -> Iterable[Value]:
    """Return the values that an expression without facts can have: a parameter has one for each date."""
    if isinstance(node, ir.Constant):
        return (node.value,)
    if isinstance(node, ir.Parameter):
        return tuple(each.value for each in program.parameters[node.key].values)
    if isinstance(node, ir.Derived):
        return _constants(program.derived[node.key].node, program)
    return ()


def _days(program: Program) -> Iterator[date]:
    dated = (value for each in program.parameters.values() for value in each.values)
    for ends in ((program.starts, program.ends), *((v.starts, v.ends) for v in dated)):
        yield from (end for end in ends if end is not None)


def around(days: Iterable[date]) -> Iterator[date]:
    """Yield each day with the day before and the day after."""
    for day in days:
        yield from (day - _DAY, day, day + _DAY)


def _stands_alone(node: Node) -> bool:
    """Whether it can be worked out from facts alone: it names no terms and no member of a list."""
    return not any(isinstance(part, (ir.PlanValue, ir.Field)) for part in node.walk())
