"""Decision tables. With unknown inputs the output is known only where every possible row agrees."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from policyengine.decision.trace import Result, Truth, Unknown, merged
from policyengine.decision.why import Why
from policyengine.evaluators.reference.logic import conjunction
from policyengine.ir.nodes import Node
from policyengine.ir.program import Cell, TableDefinition, TableRow

Value = Callable[[Node], Result]


def lookup(table: TableDefinition, inputs: Sequence[Result], value: Value) -> Result:
    """Return the output of a table for its inputs; `value` gives the outputs' values."""
    fits = [(row, row_fits(row, inputs)) for row in table.rows]
    if table.hit.startswith("collect"):
        return _collected(table, fits, value)
    if table.hit == "priority":
        return _of_priority(table, fits, inputs, value)
    return _first(table, fits, inputs, value)


def row_fits(row: TableRow, inputs: Sequence[Result]) -> Truth:
    """Return whether a row fits the inputs."""
    return conjunction([accepts(c, i) for c, i in zip(row.cells, inputs, strict=True)])


def accepts(cell: Cell, value: Result) -> Truth:
    """Return whether a cell accepts an input; what accepts everything accepts the unknown too."""
    if cell.intervals is None:
        return True
    return value if isinstance(value, Unknown) else cell.accepts(value)


def _first(
    table: TableDefinition,
    fits: list[tuple[TableRow, Truth]],
    inputs: Sequence[Result],
    value: Value,
) -> Result:
    """Return the first row that fits; in a unique table no other can."""
    possible: list[Result] = []
    for row, truth in _certain_first(table, fits):
        if isinstance(truth, Unknown):
            possible.append(value(row.output))
        elif truth:
            possible.append(value(row.output))
            return _agreed(table, possible, inputs)
    return _agreed(table, [*possible, _otherwise(table, fits, value)], inputs)


def _certain_first(
    table: TableDefinition, fits: list[tuple[TableRow, Truth]]
) -> list[tuple[TableRow, Truth]]:
    """In a unique table a row that certainly fits excludes all others, wherever it stands."""
    certain = [fit for fit in fits if fit[1] is True]
    return certain if table.hit == "unique" and certain else fits


def _of_priority(
    table: TableDefinition,
    fits: list[tuple[TableRow, Truth]],
    inputs: Sequence[Result],
    value: Value,
) -> Result:
    """Return the output that comes first in the table's order, among the rows that fit."""
    outputs = [(value(row.output), truth) for row, truth in fits if truth is not False]
    unknown = [output for output, _ in outputs if isinstance(output, Unknown)]
    if unknown:
        return merged(*unknown, *inputs)
    rank = {output: place for place, output in enumerate(table.order)}
    certain = [rank.get(o, len(rank)) for o, t in outputs if t is True]  # type: ignore[arg-type]
    best = min(certain, default=len(rank) + 1)
    possible: list[Result] = [
        o
        for o, t in outputs
        if rank.get(o, len(rank)) < best or (t is True and rank.get(o, len(rank)) == best)  # type: ignore[arg-type]
    ]
    if not certain:
        possible.append(_otherwise(table, fits, value))
    return _agreed(table, possible, inputs)


def _collected(table: TableDefinition, fits: list[tuple[TableRow, Truth]], value: Value) -> Result:
    unknown = [truth for _, truth in fits if isinstance(truth, Unknown)]
    outputs = [value(row.output) for row, truth in fits if truth is not False]
    how = table.hit.removeprefix("collect ")
    if unknown or (how != "count" and any(isinstance(o, Unknown) for o in outputs)):
        return merged(*unknown, *outputs)
    if how == "count":
        return len(outputs)
    if not outputs:
        return _otherwise(table, fits, value)
    if how == "sum":
        total, *rest = outputs
        for output in rest:
            total = total + output  # type: ignore[operator]  # numbers of one type
        return total
    return min(outputs) if how == "min" else max(outputs)


def _otherwise(table: TableDefinition, fits: list[tuple[TableRow, Truth]], value: Value) -> Result:
    """Return the output where no row fits."""
    if table.otherwise is not None:
        return value(table.otherwise)
    unknown = [truth for _, truth in fits if isinstance(truth, Unknown)]
    if unknown:
        return merged(*unknown)
    return Unknown(undefined=frozenset({Why("no_row", table=table.name)}))


def _agreed(table: TableDefinition, possible: list[Result], inputs: Sequence[Result]) -> Result:
    """Return the one value that all possible rows give, or unknown."""
    if len(possible) == 1:  # whatever is missing, it is this
        return possible[0]
    known = [p for p in possible if not isinstance(p, Unknown)]
    if len(known) == len(possible) and all(p == known[0] for p in known):
        return known[0]
    unknown = merged(*inputs, *possible)
    if unknown == Unknown():
        return Unknown(undefined=frozenset({Why("several_rows", table=table.name)}))
    return unknown
