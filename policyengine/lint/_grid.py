"""A decision table as a grid: each column cut at its thresholds, each piece with the rows that accept it.

Rows are bits of a number. A search goes through the columns with the rows that still fit, leaves a branch as
soon as a row takes everything that is left, and tries each set of rows once: the product of the columns is
never built. What would take too long all the same raises `TooLarge`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

import attrs

from policyengine.ir.nodes import Derived, Node
from policyengine.ir.program import Cell, Program, TableDefinition, TableInput
from policyengine.ir.showing import written
from policyengine.lint._forms import form_of
from policyengine.lint._pieces import Piece, pieces
from policyengine.lint._ranges import ANYTHING, range_of
from policyengine.model.types import Value

#: Looks at a piece of a column; some tenths of a second.
LIMIT = 200_000


class TooLarge(Exception):
    """The table cannot be decided within the bound."""


@attrs.frozen
class Column:
    """One input: its name, its pieces, and for each piece the rows that accept it."""

    name: str
    pieces: tuple[Piece, ...]
    rows: tuple[int, ...]

    def limited_to(self, row: int) -> Column:
        """Return the column with the pieces that a row accepts."""
        kept = [i for i, rows in enumerate(self.rows) if rows >> row & 1]
        return Column(
            self.name,
            tuple(self.pieces[i] for i in kept),
            tuple(self.rows[i] for i in kept),
        )

    def options(self, rows: int) -> Iterator[tuple[Piece, int]]:
        """Yield the sets of rows that are left, once each, with a piece that leaves them."""
        seen: set[int] = set()
        for piece, accepting in zip(self.pieces, self.rows, strict=True):
            left = rows & accepting
            if left not in seen:
                seen.add(left)
                yield piece, left


Grid = tuple[Column, ...]


@attrs.define
class _Search:
    """Looks for an input that no row accepts."""

    grid: Grid
    left: int = LIMIT
    _taking_all: list[int] = attrs.field(init=False)
    _covered: set[tuple[int, int]] = attrs.field(factory=set)

    @_taking_all.default
    def _rows_that_take_all(self) -> list[int]:
        """Return, for each column, the rows that accept everything from there on."""
        taking, rows = [-1], -1
        for column in reversed(self.grid):
            for accepting in column.rows:
                rows &= accepting
            taking.append(rows)
        return taking[::-1]

    def hole(self, depth: int, rows: int) -> tuple[Piece, ...] | None:
        if not rows:
            return tuple(column.pieces[0] for column in self.grid[depth:])
        if depth == len(self.grid) or (depth, rows) in self._covered:
            return None
        if not rows & self._taking_all[depth]:
            self._spend(len(self.grid[depth].pieces))
            for piece, left in self.grid[depth].options(rows):
                found = self.hole(depth + 1, left)
                if found is not None:
                    return (piece, *found)
        self._covered.add((depth, rows))
        return None

    def _spend(self, looks: int) -> None:
        self.left -= looks
        if self.left < 0:
            raise TooLarge


def hole(table: TableDefinition, program: Program) -> str | None:
    """Return an input that no row accepts, as a message shows it, or None."""
    grid = grid_of(table, program)
    return _text(grid, _Search(grid).hole(0, _all_rows(table)))


def overlaps(table: TableDefinition, program: Program) -> Iterator[tuple[int, int, str]]:
    """Yield a row, the first earlier row that an input fits as well, and the input."""
    grid = grid_of(table, program)
    if len(table.rows) ** 2 * len(grid) > LIMIT * 10:
        raise TooLarge
    accepted = [[_accepted(column, row) for column in grid] for row in range(len(table.rows))]
    for later, one in enumerate(accepted):
        for earlier in range(later):
            both = [a & b for a, b in zip(one, accepted[earlier], strict=True)]
            if all(both):
                common = [c.pieces[_lowest(bits)] for c, bits in zip(grid, both, strict=True)]
                yield later, earlier, _text(grid, common) or ""
                break


def idle_rows(table: TableDefinition, program: Program) -> Iterator[tuple[int, bool]]:
    """Yield the rows that never decide, and whether any input fits them at all."""
    grid, left = grid_of(table, program), LIMIT
    for row in range(len(table.rows)):
        own = tuple(column.limited_to(row) for column in grid)
        fits = all(column.pieces for column in own)
        if fits and table.hit == "first":
            search = _Search(own, left)
            idle = search.hole(0, (1 << row) - 1) is None
            left = search.left
        else:
            idle = not fits
        if idle:
            yield row, fits


def grid_of(table: TableDefinition, program: Program) -> Grid:
    """Return the columns of a table; inputs that say the same are one column."""
    alike: dict[Hashable, list[int]] = {}
    for index, input_ in enumerate(table.inputs):
        alike.setdefault(_identity(index, input_, program), []).append(index)
    return tuple(_column(indices, table, program) for indices in alike.values())


def domain_of(input_: TableInput, cells: Iterable[Cell], program: Program) -> tuple[Piece, ...]:
    """Return the pieces of an input, cut by the cells; a bound name may be anything of its type."""
    limits = range_of(input_.node, program) if input_.node else ANYTHING
    return pieces(input_.type, _thresholds(cells), limits, program.dictionary)


def _identity(index: int, input_: TableInput, program: Program) -> Hashable:
    return index if input_.node is None else form_of(_resolved(input_.node, program))


def _resolved(node: Node, program: Program) -> Node:
    while isinstance(node, Derived):
        node = program.derived[node.key].node
    return node


def _column(indices: Sequence[int], table: TableDefinition, program: Program) -> Column:
    input_ = table.inputs[indices[0]]
    cells = [row.cells[index] for row in table.rows for index in indices]
    found = domain_of(input_, cells, program)
    if len(found) * len(cells) > LIMIT * 5:
        raise TooLarge
    rows = tuple(_accepting(piece.sample, indices, table) for piece in found)
    return Column(input_.name or written(input_.span), found, rows)


def _accepting(value: Value, indices: Sequence[int], table: TableDefinition) -> int:
    bits = 0
    for place, row in enumerate(table.rows):
        if all(row.cells[index].accepts(value) for index in indices):
            bits |= 1 << place
    return bits


def _thresholds(cells: Iterable[Cell]) -> Iterator[Value]:
    for cell in cells:
        for interval in cell.intervals or ():
            yield from (end for end in (interval.low, interval.high) if end is not None)


def _accepted(column: Column, row: int) -> int:
    return sum(1 << place for place, rows in enumerate(column.rows) if rows >> row & 1)


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _all_rows(table: TableDefinition) -> int:
    return (1 << len(table.rows)) - 1


def _text(grid: Grid, found: Sequence[Piece] | None) -> str | None:
    if found is None:
        return None
    return ", ".join(f"{c.name} = {piece.text}" for c, piece in zip(grid, found, strict=True))
