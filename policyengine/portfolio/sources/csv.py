"""CSV files: every cell is text and typed by the vocabulary; a row with too few or too many cells is a reject."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.csv

from policyengine.diagnostics import Diagnostic, PortfolioError
from policyengine.portfolio.rejects import Reject
from policyengine.portfolio.sources.source import BATCH_ROWS, Chunk, readable

_WHAT = "CSV"
_BLOCK = 1 << 24
_UNSPLIT = "wrong-shape"


class CsvSource:
    """The rows of a CSV file with names in its first line."""

    def __init__(self, path: str, lines: int | None = None) -> None:
        """Open the file.

        Args:
            path: The file.
            lines: How many lines it has, where that is known.

        Raises:
            PortfolioError: It has no line of names.
        """
        self.path, self._lines = path, lines
        with readable(path, _WHAT):
            names = _reader(path, _no_types([]), _Unsplit()).schema.names
        if len(set(names)) < len(names):
            repeated = next(name for name in names if names.count(name) > 1)
            message = f"there are several columns `{repeated}`"
            raise PortfolioError([Diagnostic("repeated-name", message, hint="rename all but one")])
        self.schema: Any = pa.schema([(name, pa.string()) for name in names])

    @property
    def rows(self) -> int | None:
        """About how many rows there are: a cell may hold a line break."""
        return None if self._lines is None else max(self._lines - 1, 0)

    def chunks(self, start: int = 0) -> Iterator[Chunk]:
        """Yield the rows from a place on, in their order."""
        unsplit = _Unsplit()
        with readable(self.path, _WHAT):
            at = 0
            for batch in _reader(self.path, _no_types(self.schema.names), unsplit):
                for place in range(0, batch.num_rows, BATCH_ROWS):
                    chunk = unsplit.placed(batch.slice(place, BATCH_ROWS), at)
                    at = chunk.end
                    if at > start:
                        yield _from(chunk, start)
        left = unsplit.left()
        if left and left[-1].row >= start:
            chosen = tuple(reject for reject in left if reject.row >= start)
            nothing = pa.RecordBatch.from_pylist([], self.schema)
            yield Chunk(nothing, np.zeros(0, np.int64), left[-1].row + 1, chosen)


def _no_types(names: list[str]) -> Any:
    """Return that cells are taken as they are written."""
    return pa.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
    )


def _reader(path: str, convert: Any, unsplit: _Unsplit) -> Any:
    return pa.csv.open_csv(
        path,
        read_options=pa.csv.ReadOptions(use_threads=False, block_size=_BLOCK),
        parse_options=pa.csv.ParseOptions(
            newlines_in_values=True, invalid_row_handler=unsplit.note
        ),
        convert_options=convert,
    )


@attrs.define
class _Unsplit:
    """Rows that could not be split into cells: the parser leaves them out and says their number."""

    _rejects: deque[Reject] = attrs.field(factory=deque)

    def note(self, row: Any) -> str:
        """Note a row; its text stays unsaid, as it may be sensitive."""
        cells = "cell" if row.actual_columns == 1 else "cells"
        message = f"the row has {row.actual_columns} {cells} where there are {row.expected_columns} columns"
        self._rejects.append(Reject(row.number - 2, "", _UNSPLIT, message))
        return "skip"

    def placed(self, batch: Any, first: int) -> Chunk:
        """Return a batch with the places of its rows, which those that were left out have moved on."""
        places, at, found = np.empty(batch.num_rows, np.int64), first, []
        done = 0
        while done < batch.num_rows:
            if self._rejects and self._rejects[0].row == at:
                found.append(self._rejects.popleft())
                at += 1
                continue
            until = self._rejects[0].row if self._rejects else at + batch.num_rows
            count = min(batch.num_rows - done, until - at)
            places[done : done + count] = np.arange(at, at + count)
            done, at = done + count, at + count
        return Chunk(batch, places, at, tuple(found))

    def left(self) -> tuple[Reject, ...]:
        """Return those behind the last row."""
        return tuple(self._rejects)


def _from(chunk: Chunk, start: int) -> Chunk:
    if len(chunk.rows) and chunk.rows[0] >= start and all(r.row >= start for r in chunk.rejects):
        return chunk
    first = int(np.searchsorted(chunk.rows, start))
    rejects = tuple(reject for reject in chunk.rejects if reject.row >= start)
    return Chunk(chunk.batch.slice(first), chunk.rows[first:], chunk.end, rejects)
