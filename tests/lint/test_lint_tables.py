"""Gaps, overlaps and idle rows against brute force, and against the reference evaluator."""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from linting import load, tangled_table

from policyengine.decision.trace import Unknown
from policyengine.evaluators.reference.tables import lookup
from policyengine.ir.nodes import Constant, Fact, Node
from policyengine.ir.program import (
    Cell,
    Interval,
    Program,
    TableDefinition,
    TableInput,
    TableRow,
)
from policyengine.lint._grid import Column
from policyengine.lint._pieces import Piece
from policyengine.lint.table_gap import gap
from policyengine.lint.table_not_checked import check as check_size
from policyengine.lint.table_overlap import shared
from policyengine.lint.table_unreachable_row import idle
from policyengine.model.types import BOOLEAN, DAYS, INTEGER, MONEY, Kind, Type, Value
from policyengine.source import SourceFile, Span

NOWHERE = Span(SourceFile("none", ""), 0, 0)
PROGRAM: Program = load("").programs[0]
SEVERITY = Type(Kind.ENUM, "severity")
HITS = ("unique", "first", "priority", "collect sum", "collect max", "collect count")

#: Inputs and all the values worth trying: thresholds lie from 0 to 4, so one step or half beyond and between.
GRIDS: dict[str, tuple[Type, str | None, list[Any]]] = {
    "whole": (INTEGER, None, list(range(-2, 7))),
    "days, never negative": (DAYS, "loan.days_past_due", list(range(7))),
    "money, never negative": (MONEY, "borrower.income", [Fraction(n, 2) for n in range(11)]),
    "enum": (SEVERITY, "borrower.severity", ["mild", "moderate", "severe"]),
    "truth": (BOOLEAN, "borrower.willing", [False, True]),
}

_ends = st.integers(0, 4)


def _between(ends: tuple[int, int], includes_high: bool) -> Interval:
    low, high = sorted(ends)
    return Interval(low, high, includes_high=includes_high or low == high)


_intervals = st.one_of(
    st.builds(_between, st.tuples(_ends, _ends), st.booleans()),
    st.builds(lambda end, closed: Interval(None, end, includes_high=closed), _ends, st.booleans()),
    st.builds(lambda end, closed: Interval(end, None, includes_low=closed), _ends, st.booleans()),
)
_ordered_cells = st.one_of(
    st.just(Cell(None)),
    st.builds(
        lambda intervals: Cell(tuple(intervals)), st.lists(_intervals, min_size=1, max_size=2)
    ),
)


def _points(values: list[Value]) -> st.SearchStrategy[Cell]:
    sets = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
    cells = sets.map(lambda chosen: Cell(tuple(Interval(v, v) for v in chosen)))
    return st.one_of(st.just(Cell(None)), cells)


def _input(name: str) -> TableInput:
    type_, path, _ = GRIDS[name]
    node = Fact(type=type_, span=NOWHERE, path=path) if path else None
    return TableInput(type_, node, None if path else "n", NOWHERE)


def _constant(value: int) -> Node:
    return Constant(type=INTEGER, span=NOWHERE, value=value)


@st.composite
def tables(draw: st.DrawFn) -> tuple[TableDefinition, list[tuple[Any, ...]]]:
    """Draw a table, and every input that could make a difference to it."""
    names = draw(st.lists(st.sampled_from(sorted(GRIDS)), min_size=1, max_size=3, unique=True))
    cells = [
        _ordered_cells
        if GRIDS[n][0].kind in (Kind.INTEGER, Kind.DAYS, Kind.MONEY)
        else _points(GRIDS[n][2])
        for n in names
    ]
    rows = draw(st.lists(st.tuples(*cells), min_size=1, max_size=6))
    table = TableDefinition(
        key="small.loan#t",
        name="t",
        hit=draw(st.sampled_from(HITS)),
        inputs=tuple(_input(name) for name in names),
        output=INTEGER,
        rows=tuple(TableRow(row, _constant(i), NOWHERE) for i, row in enumerate(rows)),
        otherwise=None,
        order=tuple(range(len(rows))),
        span=NOWHERE,
    )
    return table, list(product(*(GRIDS[name][2] for name in names)))


def _fitting(table: TableDefinition, given_: tuple[Any, ...]) -> list[int]:
    return [
        index
        for index, row in enumerate(table.rows)
        if all(cell.accepts(value) for cell, value in zip(row.cells, given_, strict=True))
    ]


def _output(node: Node) -> Any:
    assert isinstance(node, Constant)
    return node.value


@settings(max_examples=400)
@given(tables())
def test_a_gap_is_found_exactly_where_the_evaluator_has_no_row(
    drawn: tuple[TableDefinition, list[tuple[Any, ...]]],
) -> None:
    table, grid = drawn
    without = [g for g in grid if isinstance(lookup(table, g, _output), Unknown)]
    found = gap(table, PROGRAM)
    assert (found is not None) == bool(without)
    if table.hit != "collect count":
        assert bool(without) == any(not _fitting(table, g) for g in grid)


@settings(max_examples=400)
@given(tables())
def test_overlaps_are_found_exactly_where_two_rows_fit(
    drawn: tuple[TableDefinition, list[tuple[Any, ...]]],
) -> None:
    table, grid = drawn
    together = [_fitting(table, g) for g in grid]
    meeting: dict[int, int] = {}
    for later in range(len(table.rows)):
        earlier = [e for fits in together if later in fits for e in fits if e < later]
        if earlier and table.hit == "unique":
            meeting[later] = min(earlier)
    assert {later: earlier for later, earlier, _ in shared(table, PROGRAM)} == meeting


@settings(max_examples=400)
@given(tables())
def test_idle_rows_are_those_that_no_input_reaches(
    drawn: tuple[TableDefinition, list[tuple[Any, ...]]],
) -> None:
    table, grid = drawn
    together = [_fitting(table, g) for g in grid]
    fitting = {row for fits in together for row in fits}
    deciding = {fits[0] for fits in together if fits} if table.hit == "first" else fitting
    expected = [(r, r in fitting) for r in range(len(table.rows)) if r not in deciding]
    assert idle(table, PROGRAM) == expected


@settings(max_examples=400)
@given(tables())
def test_the_witness_of_a_gap_fits_no_row(
    drawn: tuple[TableDefinition, list[tuple[Any, ...]]],
) -> None:
    table, _ = drawn
    found = gap(table, PROGRAM)
    if found is not None:
        shown = [part.rsplit(" = ", 1)[1] for part in found.split(", ")]
        assert (
            _fitting(table, tuple(_read(t, i) for t, i in zip(shown, table.inputs, strict=True)))
            == []
        )


def _read(text: str, input_: TableInput) -> Any:
    match input_.type.kind:
        case Kind.BOOLEAN:
            return text == "true"
        case Kind.ENUM:
            return text
        case _:
            return Fraction(text.split(maxsplit=1)[0])


def calls(run: Callable[[], Any]) -> tuple[int, Any]:
    """Return how many functions were called in the meantime, which no busy machine changes, and what came of it."""
    counted = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        found = run()
    finally:
        sys.setprofile(before)
    return counted, found


def for_each_day(days: int) -> str:
    rows = "".join(f'      - ["{n} days", {{mild, severe}}, {n}]\n' for n in range(days))
    rest = f'      - [">= {days} days", any, 1]\n      - ["0 days..{days - 1} days", moderate, 2]\n'
    head = "tables:\n  t:\n    hit: unique\n    inputs: [loan.days_past_due, borrower.severity]\n"
    return f"{head}    output: integer\n    rows:\n{rows}{rest}derive: {{p: t}}\n"


def test_the_work_for_a_table_for_every_day_grows_with_its_rows() -> None:
    few, _ = calls(lambda: load(for_each_day(40)))
    many, loaded = calls(lambda: load(for_each_day(80)))
    assert {d.code for d in loaded.findings.items} == {"unused-name"}
    assert many < 3.5 * few


def test_what_is_too_large_is_given_up() -> None:
    (program,) = load(tangled_table()).programs
    took, found = calls(lambda: list(check_size(program)))
    assert [d.code for d in found] == ["table-not-checked"]
    assert took < 1_200_000


def test_a_column_yields_each_set_of_rows_once() -> None:
    column = Column("n", (Piece(1, "1"), Piece(2, "2"), Piece(3, "3")), (0b01, 0b10, 0b01))
    assert [(piece.text, left) for piece, left in column.options(0b11)] == [("1", 1), ("2", 2)]
    assert column.limited_to(0).pieces == (Piece(1, "1"), Piece(3, "3"))
