"""Arrow files and streams: batches before the place that is asked for are passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from policyengine.portfolio.sources.source import Chunk, chunks_of, readable, without_views

_WHAT = "an Arrow file"
_MAGIC = b"ARROW1"


class IpcSource:
    """The rows of an Arrow file, or of a file that holds an Arrow stream."""

    def __init__(self, path: str) -> None:
        """Open the file.

        Raises:
            PortfolioError: It is no whole Arrow file.
        """
        self.path = path
        with readable(path, _WHAT):
            with open(path, "rb") as file:  # noqa: PTH123  # as every source is opened
                self._is_file = file.read(len(_MAGIC)) == _MAGIC
            self.schema: Any = without_views(self._reader().schema)

    @property
    def rows(self) -> int | None:
        """How many rows there are; a stream does not say."""
        if not self._is_file:
            return None
        with readable(self.path, _WHAT):
            reader = self._reader()
            return sum(int(reader.get_batch(i).num_rows) for i in range(reader.num_record_batches))

    def chunks(self, start: int = 0) -> Iterator[Chunk]:
        """Yield the rows from a place on, in their order."""
        with readable(self.path, _WHAT):
            yield from chunks_of(self._batches(), self.schema, start)

    def _reader(self) -> Any:
        opened = pa.memory_map(self.path) if self._is_file else pa.OSFile(self.path)
        return (pa.ipc.open_file if self._is_file else pa.ipc.open_stream)(opened)

    def _batches(self) -> Iterator[Any]:
        reader = self._reader()
        if not self._is_file:
            return iter(reader)
        return (reader.get_batch(i) for i in range(reader.num_record_batches))
