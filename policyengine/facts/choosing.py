"""Some rows of facts of many rows, and facts one below the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from policyengine.facts.columns import Column, FactColumns, Flags, ListColumn

Rows = NDArray[np.int64]


def rows_of(facts: FactColumns, rows: Rows) -> FactColumns:
    """Return the facts of some rows, in the order of `rows`."""
    loans = taken(facts.loans, rows)
    assert isinstance(loans, ListColumn)  # noqa: S101  # as it was
    return attrs.evolve(facts, rows=len(rows), facts=_each(facts.facts, rows), loans=loans)


def taken(column: Column | ListColumn, rows: Rows) -> Column | ListColumn:
    """Return some rows of a column, in the order of `rows`."""
    known = None if column.known is None else column.known[rows]
    if isinstance(column, Column):
        return Column(column.values[rows], known)
    starts = column.offsets[rows]
    lengths = column.offsets[rows + 1] - starts
    offsets = offsets_of(lengths)
    members = np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])
    return ListColumn(offsets, known, _each(column.fields, members))


def _each(fields: Mapping[str, Column | ListColumn], rows: Rows) -> dict[str, Column | ListColumn]:
    return {name: taken(field, rows) for name, field in fields.items()}


def offsets_of(lengths: NDArray[Any]) -> NDArray[np.int64]:
    """Return where lists of these lengths begin and end."""
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))


def stacked(
    above: Column | ListColumn | None, below: Column | ListColumn | None, rows: tuple[int, int]
) -> Column | ListColumn:
    """Return a column below another; one that is not there is not known of its rows.

    Args:
        above: The column above.
        below: The column below, of the same fact; one of the two is there.
        rows: How many rows each of them has.
    """
    first = above if above is not None else _unknown(below, rows[0])
    second = below if below is not None else _unknown(above, rows[1])
    known = _flags(first, rows[0]), _flags(second, rows[1])
    all_known = None if first.known is None and second.known is None else np.concatenate(known)
    if isinstance(first, Column) and isinstance(second, Column):
        return Column(np.concatenate((first.values, second.values)), all_known)
    assert isinstance(first, ListColumn)  # noqa: S101  # both are of one fact
    assert isinstance(second, ListColumn)  # noqa: S101
    members = int(first.offsets[-1]), int(second.offsets[-1])
    names = [*first.fields, *(name for name in second.fields if name not in first.fields)]
    return ListColumn(
        np.concatenate((first.offsets, second.offsets[1:] + members[0])),
        all_known,
        {n: stacked(first.fields.get(n), second.fields.get(n), members) for n in names},
    )


def _unknown(like: Column | ListColumn | None, rows: int) -> Column | ListColumn:
    nowhere = np.zeros(rows, np.bool_)
    if isinstance(like, ListColumn):
        return ListColumn(np.zeros(rows + 1, np.int64), nowhere, {})
    return Column(np.zeros(rows, np.int64), nowhere)


def _flags(column: Column | ListColumn, rows: int) -> Flags:
    return np.ones(rows, np.bool_) if column.known is None else column.known
