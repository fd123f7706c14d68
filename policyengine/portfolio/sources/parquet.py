"""Parquet files: groups of rows before the place that is asked for are not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq

from policyengine.portfolio.sources.source import (
    BATCH_ROWS,
    Chunk,
    chunks_of,
    readable,
    without_views,
)

_WHAT = "Parquet"
#: Bytes that are read ahead of a column: what is read at once would be kept until the end.
_BUFFER = 1 << 16


class ParquetSource:
    """The rows of a Parquet file."""

    def __init__(self, path: str) -> None:
        """Open the file.

        Raises:
            PortfolioError: It is no whole Parquet file.
        """
        self.path = path
        with readable(path, _WHAT):
            self._file = pq.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER)
            self.schema: Any = without_views(self._file.schema_arrow)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self._file.metadata.num_rows)

    def chunks(self, start: int = 0) -> Iterator[Chunk]:
        """Yield the rows from a place on, in their order."""
        groups, skipped = self._from(start)
        with readable(self.path, _WHAT):
            batches = self._file.iter_batches(batch_size=BATCH_ROWS, row_groups=groups)
            yield from chunks_of(batches, self.schema, start, skipped)

    def _from(self, start: int) -> tuple[list[int], int]:
        """Return the groups with the rows from a place on, and the place of their first row."""
        metadata, first = self._file.metadata, 0
        for group in range(metadata.num_row_groups):
            rows = metadata.row_group(group).num_rows
            if first + rows > start:
                return list(range(group, metadata.num_row_groups)), first
            first += rows
        return [], first
