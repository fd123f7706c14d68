"""What every source of rows offers, and what is said where one cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import attrs
import numpy as np
import pyarrow as pa

from policyengine.diagnostics import Diagnostic, PortfolioError
from policyengine.facts.choosing import Rows
from policyengine.facts.profile import cannot_open
from policyengine.portfolio.rejects import Reject

#: Rows of a batch: some tens of megabytes with its decisions.
BATCH_ROWS = 1 << 16


@attrs.frozen(eq=False)
class Chunk:
    """Some rows as a record batch, their places in the source, and rows among them that could not be split into cells.

    `end` is the place after the last row that this chunk settles.
    """

    batch: Any
    rows: Rows
    end: int
    rejects: tuple[Reject, ...] = ()


class Source(Protocol):
    """Rows with columns, to be read once from a place on, a batch at a time."""

    @property
    def schema(self) -> Any:
        """The names and types of the columns."""

    @property
    def rows(self) -> int | None:
        """How many rows there are, or about how many; None where nobody knows before the end."""

    def chunks(self, start: int = 0) -> Iterator[Chunk]:
        """Yield the rows from a place on, in their order."""


def without_views(schema: Any) -> Any:
    """Return names and types with plain text and lists in place of views, which not every kernel reads."""
    return pa.schema([pa.field(f.name, _without_views(f.type), f.nullable) for f in schema])


def _without_views(type_: Any) -> Any:
    types = pa.types
    if types.is_string_view(type_):
        return pa.large_string()
    if types.is_dictionary(type_):
        return pa.dictionary(type_.index_type, _without_views(type_.value_type), type_.ordered)
    if types.is_struct(type_):
        return pa.struct([pa.field(f.name, _without_views(f.type), f.nullable) for f in type_])
    if types.is_list_view(type_) or types.is_large_list_view(type_) or types.is_large_list(type_):
        return pa.large_list(_without_views(type_.value_type))
    if types.is_list(type_):
        return pa.list_(_without_views(type_.value_type))
    return type_


def chunks_of(batches: Iterator[Any], schema: Any, start: int, skipped: int = 0) -> Iterator[Chunk]:
    """Yield batches as chunks of at most `BATCH_ROWS`, without the rows before a place.

    Args:
        batches: All rows from the place `skipped` on.
        schema: The names and types that they shall have.
        start: The place of the first row to yield.
        skipped: The place of the first row of the batches.
    """
    at = skipped
    for given in batches:
        batch = given if given.schema.equals(schema) else given.cast(schema)
        first = max(start - at, 0)
        for place in range(first, batch.num_rows, BATCH_ROWS):
            part = batch.slice(place, BATCH_ROWS)
            begin = at + place
            yield Chunk(part, np.arange(begin, begin + part.num_rows), begin + part.num_rows)
        at += batch.num_rows


def even(chunks: Iterable[Chunk], start: int, size: int) -> Iterator[Chunk]:
    """Yield the same rows in chunks that end at multiples of `size`, wherever reading began.

    Args:
        chunks: All rows from the place `start` on.
        start: The place of the first row.
        size: Places of a chunk; the last one may have fewer.
    """
    held: list[Chunk] = []
    until = (start // size + 1) * size
    for given in chunks:
        chunk = given
        while chunk.end >= until:
            head, chunk = _cut(chunk, until)
            yield _joined([*held, head])
            held, until = [], until + size
        held.append(chunk)
    if any(chunk.batch.num_rows or chunk.rejects for chunk in held):
        yield _joined(held)


def _cut(chunk: Chunk, place: int) -> tuple[Chunk, Chunk]:
    count = int(np.searchsorted(chunk.rows, place))
    before = tuple(reject for reject in chunk.rejects if reject.row < place)
    after = tuple(reject for reject in chunk.rejects if reject.row >= place)
    return (
        Chunk(chunk.batch.slice(0, count), chunk.rows[:count], place, before),
        Chunk(chunk.batch.slice(count), chunk.rows[count:], chunk.end, after),
    )


def _joined(chunks: list[Chunk]) -> Chunk:
    if len(chunks) == 1:
        return chunks[0]
    filled = [chunk.batch for chunk in chunks if chunk.batch.num_rows]
    return Chunk(
        pa.concat_batches(filled) if filled else chunks[0].batch,
        np.concatenate([chunk.rows for chunk in chunks]),
        chunks[-1].end,
        tuple(reject for chunk in chunks for reject in chunk.rejects),
    )


@contextmanager
def readable(path: str, what: str) -> Iterator[None]:
    """Turn what goes wrong while a file is read into an error that says so.

    Raises:
        PortfolioError: It cannot be opened, or is not what its name says.
    """
    try:
        yield
    except pa.ArrowException as error:
        raise PortfolioError([_broken(path, what, error)]) from None
    except OSError as error:
        if error.errno is None:  # Arrow says so of a file that is cut off
            raise PortfolioError([_broken(path, what, error)]) from None
        raise PortfolioError([cannot_open(path, error)]) from None


def _broken(path: str, what: str, error: Exception) -> Diagnostic:
    del error  # it may repeat what stands in the file
    hint = "is it whole, and of the kind that its name says?"
    return Diagnostic("unreadable-file", f"`{path}` cannot be read as {what}", hint=hint)
