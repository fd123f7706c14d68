"""Mutants of decision tables: rows exchanged or dropped, limits of cells moved, outputs and `otherwise` changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.program import Cell, Interval, Program, TableDefinition, TableRow
from policyengine.ir.showing import shown, written
from policyengine.model.types import ORDERED, Kind, Type
from policyengine.source import Span
from policyengine.testing.mutation.mutant import Kind as Change
from policyengine.testing.mutation.mutant import Mutant, Swap, short
from policyengine.testing.mutation.reading import beside, fact_named, nodes_of

#: Kinds whose values are counted, so that what lies below 31 lies at or below 30.
_COUNTED = (Kind.DAYS, Kind.MONTHS, Kind.INTEGER)


def of_tables(program: Program) -> Iterator[Mutant]:
    """Yield the mutants of the tables that decide something."""
    used = {node.key for node in nodes_of(program) if isinstance(node, ir.Lookup)}
    for key, table in program.tables.items():
        if key in used:
            yield from _exchanged(table)
            yield from _dropped(table)
            for place in range(len(table.inputs)):
                yield from _cells(table, place, program)
            yield from _outputs(table, program)


def _mutant(kind: Change, span: Span, said: str, table: TableDefinition, **new: Any) -> Mutant:
    swap = Swap(table, attrs.evolve(table, **new))
    return Mutant(kind, span, f"table `{table.name}`: {said}", (swap,))


def _exchanged(table: TableDefinition) -> Iterator[Mutant]:
    """Yield two rows in the other order where the first decides, else with each other's outputs."""
    for place, (one, other) in enumerate(pairwise(table.rows)):
        if table.hit == "first":
            new, said = (other, one), "were exchanged"
        else:
            new = (attrs.evolve(one, output=other.output), attrs.evolve(other, output=one.output))
            said = "gave each other's outputs"
            if written(one.output.span) == written(other.output.span):
                continue
        rows = (*table.rows[:place], *new, *table.rows[place + 2 :])
        said = f"`{_row(one)}` and `{_row(other)}` {said}"
        yield _mutant(Change.TABLE, other.span, said, table, rows=rows)


def _dropped(table: TableDefinition) -> Iterator[Mutant]:
    for row in table.rows if len(table.rows) > 1 else ():
        rows = tuple(each for each in table.rows if each is not row)
        yield _mutant(Change.TABLE, row.span, f"`{_row(row)}` was dropped", table, rows=rows)


def _row(row: TableRow) -> str:
    return short(written(row.span))


# Cells


@attrs.frozen
class _Cut:
    """A place between two values: below a value, or above it."""

    value: Any
    above: bool


def _cells(table: TableDefinition, place: int, program: Program) -> Iterator[Mutant]:
    given = table.inputs[place]
    kind = given.type.kind
    if kind not in ORDERED:
        yield from _options(table, place)
        return
    of_fact = given.node is not None and fact_named(given.node, program) is not None
    for cut, row in _cuts(table, place, kind).items():
        for value in beside(cut.value, kind, program.scale, of_fact=of_fact):
            rows = tuple(_moved(each, place, cut, value, kind) for each in table.rows)
            said = f"{shown(cut.value, given.type)} became {shown(value, given.type)} from `{_row(row)}` on"
            yield _mutant(Change.TABLE, row.span, said, table, rows=rows)


def _cuts(table: TableDefinition, place: int, kind: Kind) -> dict[_Cut, TableRow]:
    """Return the places between values that the cells of an input end at, each with the row where it is met first."""
    found: dict[_Cut, TableRow] = {}
    for row in table.rows:
        for interval in row.cells[place].intervals or ():
            for cut in (_low(interval, kind), _high(interval, kind)):
                if cut is not None:
                    found.setdefault(cut, row)
    return found


def _low(interval: Interval, kind: Kind) -> _Cut | None:
    if interval.low is None:
        return None
    above = not interval.includes_low
    return (
        _Cut(interval.low + 1, False) if above and kind in _COUNTED else _Cut(interval.low, above)
    )


def _high(interval: Interval, kind: Kind) -> _Cut | None:
    if interval.high is None:
        return None
    above = interval.includes_high
    return (
        _Cut(interval.high + 1, False) if above and kind in _COUNTED else _Cut(interval.high, above)
    )


def _moved(row: TableRow, place: int, cut: _Cut, value: Any, kind: Kind) -> TableRow:
    """Return a row in which every end at the place has moved with it."""
    cell = row.cells[place]
    if cell.intervals is None:
        return row
    by = value - cut.value
    intervals = tuple(
        attrs.evolve(
            each,
            low=each.low + by if _low(each, kind) == cut else each.low,
            high=each.high + by if _high(each, kind) == cut else each.high,
        )
        for each in cell.intervals
    )
    return _with_cell(row, place, Cell(tuple(each for each in intervals if not _empty(each))))


def _empty(interval: Interval) -> bool:
    return interval.low is not None and interval.high is not None and interval.low > interval.high


def _with_cell(row: TableRow, place: int, cell: Cell) -> TableRow:
    cells = (*row.cells[:place], cell, *row.cells[place + 1 :])
    return attrs.evolve(row, cells=cells)


def _options(table: TableDefinition, place: int) -> Iterator[Mutant]:
    """Yield cells that accept one value less."""
    for at, row in enumerate(table.rows):
        intervals = row.cells[place].intervals or ()
        for option in intervals if len(intervals) > 1 else ():
            rest = tuple(each for each in intervals if each is not option)
            new = _with_cell(row, place, Cell(rest))
            rows = (*table.rows[:at], new, *table.rows[at + 1 :])
            said = f"`{option.low}` was dropped from `{_row(row)}`"
            yield _mutant(Change.TABLE, row.span, said, table, rows=rows)


# Outputs


def _outputs(table: TableDefinition, program: Program) -> Iterator[Mutant]:
    for at, row in enumerate(table.rows):
        for new, other in _others(row.output, table.output, program):
            rows = (*table.rows[:at], attrs.evolve(row, output=new), *table.rows[at + 1 :])
            said = f"the output of `{_row(row)}` became `{other}`"
            yield _mutant(Change.TABLE, row.output.span, said, table, rows=rows)
    if table.otherwise is not None:
        for new, other in _others(table.otherwise, table.output, program):
            said = f"`otherwise: {written(table.otherwise.span)}` became `{other}`"
            yield _mutant(Change.DEFAULT, table.otherwise.span, said, table, otherwise=new)


def _others(node: ir.Node, type_: Type, program: Program) -> Iterator[tuple[ir.Node, str]]:
    """Yield other constants: one step away, the other truth, the next value of an enum."""
    if not isinstance(node, ir.Constant):
        return
    values: Iterable[Any] = beside(node.value, type_.kind, program.scale, of_fact=False)
    if isinstance(node.value, bool):
        values = (not node.value,)
    elif type_.kind is Kind.ENUM:
        known = program.dictionary.values_of(type_)
        after = (known.index(str(node.value)) + 1) % len(known)
        values = known[after : after + 1] if len(known) > 1 else ()
    for value in values:
        yield attrs.evolve(node, value=value), shown(value, type_)
