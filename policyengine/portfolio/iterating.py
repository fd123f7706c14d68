"""Rows decided while somebody asks for them: nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from policyengine.portfolio.deciding import Job
from policyengine.portfolio.rejects import SCHEMA as REJECTS
from policyengine.portfolio.run.run import decides
from policyengine.portfolio.run.sidecar import rules_json
from policyengine.portfolio.run.stream import in_order
from policyengine.portfolio.sources.source import BATCH_ROWS, Source, even
from policyengine.portfolio.tally import Tally, nothing_counted


class Portfolio(Iterator[Any]):
    """The decisions of a source as Arrow record batches, in the order of its rows.

    Attributes:
        schema: The columns of the decisions; see docs/reference/portfolio.md.
        rules: What the masks stand for, by policy.
        tally: What was counted so far.
    """

    def __init__(self, source: Source, job: Job, *, workers: int = 1) -> None:
        self.schema: Any = job.schema
        self.rules = rules_json(job.programs)
        self.tally: Tally = nothing_counted(job.programs)
        self._rejects: list[Any] = []
        chunks = even(source.chunks(), 0, BATCH_ROWS)
        self._decided = in_order(decides(job), chunks, workers)

    def __next__(self) -> Any:
        batch, _ = next(self._decided)
        self.tally += batch.tally
        if batch.rejects.num_rows:
            self._rejects.append(batch.rejects)
        return batch.decided

    @property
    def rejects(self) -> Any:
        """The rows that were not decided so far, and why, as an Arrow table."""
        return pa.Table.from_batches(self._rejects, REJECTS)
