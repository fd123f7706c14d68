"""A whole file decided: parts are kept as they are finished, and the output is put in its place whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa

from policyengine.diagnostics import Diagnostic, PortfolioError
from policyengine.portfolio.columns import Columns
from policyengine.portfolio.deciding import DecidedBatch, Job, decide_batch
from policyengine.portfolio.rejects import SCHEMA as REJECTS
from policyengine.portfolio.rejects import as_batch
from policyengine.portfolio.run.files import write_whole
from policyengine.portfolio.run.identity import Identity
from policyengine.portfolio.run.lock import locked
from policyengine.portfolio.run.memory import give_back
from policyengine.portfolio.run.outputs import check_apart, check_free, check_output, write_columns
from policyengine.portfolio.run.parts import Finished, Parts
from policyengine.portfolio.run.sidecar import FORMAT, Sidecar, rules_json, sidecar_path
from policyengine.portfolio.run.stream import in_order
from policyengine.portfolio.sources.csv import CsvSource
from policyengine.portfolio.sources.source import BATCH_ROWS, Chunk, Source, even
from policyengine.portfolio.tally import Tally, nothing_counted, tally_of

#: Rows of a part: what a kill can cost.
PART_ROWS = 4 * BATCH_ROWS


@attrs.frozen
class Order:
    """What is decided, and where it goes.

    Attributes:
        source: The rows.
        job: What is decided of them, and how.
        input: The file that the rows are from.
        policies: Where the policies are from, as it is said again in the sidecar.
        output: Where the decisions go.
        rejects: Where the rejects go.
        engine: The name and version of what decides.
        columns: What was said about columns.
        overwrite: Whether an output that is there may be replaced.
        workers: Batches that are decided at a time.
        batch_rows: Rows of a batch.
        part_rows: Rows of a part, a multiple of those of a batch.
    """

    source: Source
    job: Job
    input: Path
    policies: str
    output: Path
    rejects: Path
    engine: str
    columns: Columns = attrs.field(factory=Columns)
    overwrite: bool = False
    workers: int = 1
    batch_rows: int = BATCH_ROWS
    part_rows: int = PART_ROWS


@attrs.frozen
class Done:
    """What somebody who watches a run is told: where it begins, of how many rows, and then how far it is."""

    tally: Tally
    resumed: int
    afresh: bool


@attrs.define
class Watching:
    """Who watches a run: told where it begins, of how many rows, and then how far it is. `row` remembers that."""

    begun: Callable[[int, int | None], None] = lambda _start, _rows: None
    at: Callable[[int], None] = lambda _end: None
    row: int = 0

    def start(self, row: int, rows: int | None) -> None:
        """Say where the run begins."""
        self.row = row
        self.begun(row, rows)

    def advance(self, row: int) -> None:
        """Say how far it is."""
        self.row = row
        self.at(row)


def run(order: Order, watching: Watching | None = None) -> Done:
    """Decide a whole file.

    Raises:
        PortfolioError: It cannot be read or written to the end; finished parts are kept, and the same order goes on
            from there. Or another run writes the output.
        UsageError: There is an output already, or its name does not say what kind of file it is.
    """
    check_output(order.output, order.job.schema)
    check_output(order.rejects, REJECTS)
    with locked(order.output):
        check_apart(order.input, order.output, order.rejects, sidecar_path(order.output))
        check_free(order.output, overwrite=order.overwrite)
        identity = Identity.of(order.input)
        parts = Parts.beside(order.output)
        afresh = parts.prepare(_manifest(order, identity))
        resumed = _end(parts.finished())
        _decide(order, parts, watching or Watching(), identity)
        tally = _whole_tally(order, parts)
        _put_in_place(order, parts, identity, tally)
        return Done(tally, resumed, afresh)


def _manifest(order: Order, identity: Identity) -> dict[str, Any]:
    """Return what the parts of an output are made of."""
    return {
        "format": FORMAT,
        "engine": order.engine,
        "input": identity.digest,
        "policies": {program.id: program.digest for program in order.job.programs},
        **_asked(order),
        "schema": str(order.job.schema),
        "batch_rows": order.batch_rows,
        "part_rows": order.part_rows,
    }


def _asked(order: Order) -> dict[str, Any]:
    taking = order.job.taking
    return {
        "as_of": taking.as_of and taking.as_of.isoformat(),
        "currency": taking.currency,
        "options": {
            n: list(v) if isinstance(v, tuple) else v
            for n, v in attrs.asdict(order.columns).items()
        },
    }


def _end(finished: list[Finished]) -> int:
    return finished[-1].end if finished else 0


# Parts


def _decide(order: Order, parts: Parts, watching: Watching, identity: Identity) -> None:
    finished = parts.finished()
    start, number = _end(finished), len(finished)
    watching.start(start, _rows(order, identity))
    if parts.complete:
        return
    decided = in_order(decides(order.job), _chunks(order, start), order.workers)
    for pieces in _by_part(decided, order.part_rows):
        with parts.writing(number, order.job.schema) as writer:
            for batch, end in pieces:
                writer.add(batch, end)
                watching.advance(end)
            _check_unchanged(order, identity)
        give_back()  # or what one part needed stays beside what the next one does
        number += 1
    parts.complete_now()
    give_back()


def decides(job: Job) -> Callable[[Chunk], tuple[DecidedBatch, int]]:
    """Return what decides a chunk; also the place after its last row."""

    def decide(chunk: Chunk) -> tuple[DecidedBatch, int]:
        return _with_unsplit(decide_batch(job, chunk.batch, chunk.rows), chunk), chunk.end

    return decide


def _with_unsplit(decided: DecidedBatch, chunk: Chunk) -> DecidedBatch:
    """Return a batch with the rejects of the rows that could not even be split into cells."""
    if not chunk.rejects:
        return decided
    batches = [decided.rejects, as_batch(chunk.rejects)]
    merged = pa.Table.from_batches(batches).sort_by([("row", "ascending")]).combine_chunks()
    counted = decided.tally + tally_of({}, 0, chunk.rejects)
    return DecidedBatch(decided.decided, merged.to_batches()[0], counted)


def _rows(order: Order, identity: Identity) -> int | None:
    if isinstance(order.source, CsvSource):
        return max(identity.lines - 1, 0)
    return order.source.rows


def _chunks(order: Order, start: int) -> Iterator[Chunk]:
    return even(order.source.chunks(start), start, order.batch_rows)


def _by_part(
    decided: Iterator[tuple[DecidedBatch, int]], size: int
) -> Iterator[Iterator[tuple[DecidedBatch, int]]]:
    """Yield the batches of each part; every part is read to its end before the next one."""
    for first in decided:
        yield _one_part(first, decided, size)


def _one_part(
    first: tuple[DecidedBatch, int], following: Iterator[tuple[DecidedBatch, int]], size: int
) -> Iterator[tuple[DecidedBatch, int]]:
    piece: tuple[DecidedBatch, int] | None = first
    while piece is not None:
        yield piece
        piece = None if piece[1] % size == 0 else next(following, None)


def _check_unchanged(order: Order, identity: Identity) -> None:
    if not identity.is_unchanged(order.input):
        message = f"`{order.input}` was changed while it was read"
        raise PortfolioError(
            [Diagnostic("changed-input", message, hint="start again once it is whole")]
        )


# The output


def _whole_tally(order: Order, parts: Parts) -> Tally:
    return sum((part.tally for part in parts.finished()), nothing_counted(order.job.programs))


def _put_in_place(order: Order, parts: Parts, identity: Identity, tally: Tally) -> None:
    """Put the sidecar and the rejects in their place, and the output last: it is only there with the others."""
    sidecar = Sidecar(
        engine=order.engine,
        as_of=order.job.taking.as_of,
        currency=order.job.taking.currency,
        input={"path": str(order.input), "digest": identity.digest},
        options=_asked(order)["options"],
        policies=rules_json(order.job.programs),
        source=order.policies,
        summary=tally.to_json(),
    )
    write_whole(sidecar_path(order.output), sidecar.to_json(), parts.folder)
    write_columns(order.rejects, parts.folder, REJECTS, parts.rejects())
    write_columns(order.output, parts.folder, order.job.schema, parts.decided())
    parts.remove()
