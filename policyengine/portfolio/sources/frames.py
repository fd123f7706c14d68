"""Rows that are in memory already: Arrow tables, batches and readers, and the frames of other libraries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from policyengine.diagnostics import Diagnostic, UsageError
from policyengine.portfolio.sources.source import Chunk, chunks_of, without_views

#: The Arrow C stream interface, which frames of pandas, polars and others speak.
_STREAM = "__arrow_c_stream__"


class FrameSource:
    """The rows of anything that gives Arrow batches; a stream can be read once."""

    def __init__(self, given: Any) -> None:
        """Take a table, a batch, a reader or a frame.

        Raises:
            UsageError: It is nothing of that kind.
        """
        if isinstance(given, pa.RecordBatch):
            given = pa.Table.from_batches([given])
        if not hasattr(given, _STREAM):
            message = "rows come from a file, an Arrow table or batch, or a frame"
            hint = "collect a lazy frame first" if hasattr(given, "collect") else None
            raise UsageError([Diagnostic("wrong-shape", message, hint=hint)])
        self.rows: int | None = given.num_rows if isinstance(given, pa.Table) else None
        self._reader = pa.RecordBatchReader.from_stream(given)
        self.schema: Any = without_views(self._reader.schema)

    def chunks(self, start: int = 0) -> Iterator[Chunk]:
        """Yield the rows from a place on, in their order."""
        return chunks_of(iter(self._reader), self.schema, start)
