"""The facts that the output of a decision table rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from policyengine.decision.trace import Result, Truth, Unknown
from policyengine.evaluators.reference.tables import accepts, row_fits
from policyengine.explain.cited.support import Support, joined, smallest
from policyengine.ir.nodes import Node
from policyengine.ir.program import TableDefinition, TableRow

#: A value and what it rests on.
Grounded = tuple[Result, Support]
Look = Callable[[Node], Grounded]
Fits = Sequence[tuple[TableRow, Truth]]


def enough(table: TableDefinition, inputs: Sequence[Grounded], look: Look) -> Support:
    """Return facts that suffice for a known output.

    The rows that fit go on fitting and those that do not go on failing; the outputs that were weighed stay.
    """
    fits = _weighed(table, [(row, row_fits(row, [v for v, _ in inputs])) for row in table.rows])
    kept = _matching(fits)
    for row, truth in fits:
        if truth is False and not kept & _rejecting(row, inputs):
            kept |= {_least(_rejecting(row, inputs), inputs)}
    return joined([*(inputs[i][1] for i in kept), *_outputs(table, fits, look)])


def every_reason(table: TableDefinition, inputs: Sequence[Grounded], look: Look) -> Support:
    """Return facts without which a known output is known no longer, whatever row it came from."""
    read = {
        i for row in table.rows for i, cell in enumerate(row.cells) if cell.intervals is not None
    }
    outputs = (look(node) for node in _all_outputs(table))
    known = (support for value, support in outputs if not isinstance(value, Unknown))
    return joined([*(inputs[i][1] for i in sorted(read)), *known])


def everything(table: TableDefinition, inputs: Sequence[Grounded], look: Look) -> Support:
    """Return what an unknown output rests on: what is missing, and all that was known."""
    fits = [(row, row_fits(row, [v for v, _ in inputs])) for row in table.rows]
    return joined([*(support for _, support in inputs), *_outputs(table, fits, look)])


def _weighed(table: TableDefinition, fits: Fits) -> Fits:
    """Return the rows that had a say: after one that certainly fits, later ones have none."""
    certain = next((i for i, (_, truth) in enumerate(fits) if truth is True), None)
    if certain is None or table.hit not in ("unique", "first"):
        return fits
    return fits[certain : certain + 1] if table.hit == "unique" else fits[: certain + 1]


def _matching(fits: Fits) -> set[int]:
    """Return the inputs that rows which fit look at."""
    rows = [row for row, truth in fits if truth is True]
    return {i for row in rows for i, cell in enumerate(row.cells) if cell.intervals is not None}


def _rejecting(row: TableRow, inputs: Sequence[Grounded]) -> set[int]:
    return {i for i, cell in enumerate(row.cells) if accepts(cell, inputs[i][0]) is False}


def _least(places: set[int], inputs: Sequence[Grounded]) -> int:
    least = smallest([inputs[i][1] for i in sorted(places)])
    return next(i for i in sorted(places) if inputs[i][1] == least)


def _outputs(table: TableDefinition, fits: Fits, look: Look) -> Iterator[Support]:
    if table.hit == "collect count":
        return
    yield from (look(row.output)[1] for row, truth in fits if truth is not False)
    if table.otherwise is not None and not any(truth is True for _, truth in fits):
        yield look(table.otherwise)[1]


def _all_outputs(table: TableDefinition) -> Iterator[Node]:
    if table.hit == "collect count":
        return
    yield from (row.output for row in table.rows)
    if table.otherwise is not None:
        yield table.otherwise
