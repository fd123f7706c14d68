"""Files of columns by the ending of their names: Parquet, CSV and Arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from policyengine.diagnostics import Diagnostic, UsageError
from policyengine.portfolio.run.files import whole
from policyengine.portfolio.sources.opening import unknown_ending


def write_columns(path: Path, beside: Path, schema: Any, batches: Iterable[Any]) -> None:
    """Write batches as a file of the kind that its name says.

    Raises:
        PortfolioError: It cannot be written; nothing is left of it.
    """
    with whole(path, beside) as part, _KINDS[path.suffix.lower()](part, schema) as write:
        for batch in batches:
            write(batch)


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


@contextmanager
def _parquet(path: Path, schema: Any) -> Iterator[Callable[[Any], None]]:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield writer.write_batch


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
