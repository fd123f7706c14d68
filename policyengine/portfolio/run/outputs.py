"""Files of columns by the ending of their names: Parquet, CSV and Arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from policyengine.diagnostics import Diagnostic, UsageError
from policyengine.portfolio.results import ROW
from policyengine.portfolio.run.files import RESUME, whole
from policyengine.portfolio.sources.opening import unknown_ending

#: Rows of a row group of Parquet, and up to a batch more.
GROUP_ROWS = 1 << 17


def write_columns(path: Path, beside: Path, schema: Any, batches: Iterable[Any]) -> None:
    """Write batches as a file of the kind that its name says.

    Raises:
        PortfolioError: It cannot be written; nothing is left of it.
    """
    with writing(path, beside, schema) as write:
        for batch in batches:
            write(batch)


@contextmanager
def writing(
    path: Path, beside: Path, schema: Any, hint: str = RESUME
) -> Iterator[Callable[[Any], None]]:
    """Yield what writes a batch to a file of the kind that its name says; it takes its place when it is whole.

    Raises:
        PortfolioError: It cannot be written; nothing is left of it.
    """
    kind = _KINDS[path.suffix.lower()]
    with whole(path, beside, hint) as part, kind(part, schema) as write:
        yield write


def check_output(path: Path, schema: Any) -> None:
    """Do nothing where a file can hold the columns.

    Raises:
        UsageError: Its name does not say what kind of file it is, that kind cannot hold a column that is kept, or its
            folder is not there.
    """
    if not path.parent.is_dir():
        message = f"there is no folder `{path.parent}`"
        raise UsageError([Diagnostic("no-such-path", message, hint="make it first")])
    if path.suffix.lower() not in _KINDS:
        raise UsageError([unknown_ending(str(path))])
    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    if nested and path.suffix.lower() == ".csv":
        message = f"`{nested[0]}`: a CSV file holds no lists and records"
        hint = "write Parquet, or do not keep the column"
        raise UsageError([Diagnostic("wrong-type", message, hint=hint)])


def check_apart(*files: Path) -> None:
    """Do nothing where files are all different ones.

    Raises:
        UsageError: Two of them are the same.
    """
    names = [path.resolve() for path in files]
    twice = [path for path, name in zip(files, names, strict=True) if names.count(name) > 1]
    if twice:
        message = f"`{twice[0]}` is named twice: what is read and written are files of their own"
        raise UsageError([Diagnostic("already-there", message, hint="choose another name")])


def check_free(path: Path, *, overwrite: bool) -> None:
    """Do nothing where a file may be written.

    Raises:
        UsageError: There is one already, and it is not to be replaced.
    """
    if path.exists() and not overwrite:
        message = f"there is a file `{path}` already"
        hint = "choose another name, or pass `--overwrite`"
        raise UsageError([Diagnostic("already-there", message, hint=hint)])


@contextmanager
def _parquet(path: Path, schema: Any) -> Iterator[Callable[[Any], None]]:
    """Write row groups of several batches, with statistics of the rows' numbers alone.

    What is known of each column of each group stays in memory until the file ends: with a group for each batch and all
    statistics it grows by two bytes a row.
    """
    numbered = [ROW] if ROW in schema.names else False
    with pq.ParquetWriter(path, schema, compression="zstd", write_statistics=numbered) as writer:
        group = _Group(writer)
        yield group.add
        group.end()


@attrs.define
class _Group:
    """Batches that become one row group."""

    writer: Any
    batches: list[Any] = attrs.field(factory=list)
    rows: int = 0

    def add(self, batch: Any) -> None:
        self.batches.append(batch)
        self.rows += batch.num_rows
        if self.rows >= GROUP_ROWS:
            self.end()

    def end(self) -> None:
        if self.batches:
            self.writer.write_table(
                pa.Table.from_batches(self.batches), row_group_size=self.rows or None
            )
        self.batches, self.rows = [], 0


@contextmanager
def _csv(path: Path, schema: Any) -> Iterator[Callable[[Any], None]]:
    with pa.csv.CSVWriter(path, schema) as writer:
        yield writer.write_batch


@contextmanager
def _arrow(path: Path, schema: Any) -> Iterator[Callable[[Any], None]]:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        yield writer.write_batch


_KINDS = {
    ".parquet": _parquet,
    ".pq": _parquet,
    ".csv": _csv,
    ".arrow": _arrow,
    ".ipc": _arrow,
    ".feather": _arrow,
}
