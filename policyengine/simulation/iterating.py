"""The rows of a source compared while somebody asks for them: memory does not grow with the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from policyengine.portfolio.rejects import Reject
from policyengine.portfolio.run.sidecar import rules_json
from policyengine.portfolio.run.stream import in_order
from policyengine.portfolio.sources.source import BATCH_ROWS, Chunk, Source, even
from policyengine.simulation.deciding import ComparedBatch, Comparison, compare_batch
from policyengine.simulation.tally import ChangeTally, nothing_compared
from policyengine.simulation.versions import Versions


class Simulation(Iterator[Any]):
    """What changes between two versions, as Arrow record batches: one line for each plan of a row that changed.

    Attributes:
        schema: The columns; see docs/how-to/compare-two-versions.md.
        versions: The policies that are compared, and those that say the same.
        old_rules: What the rules of the old version say, by policy; as the sidecar of a portfolio has them.
        new_rules: The same of the new version.
        tally: What was counted so far.
        rejects: What was wrong with rows of the last batch, each finding once.
        rows: How many rows there are, or about how many; None where nobody knows before the end.
        end: The place after the last row so far.
    """

    def __init__(self, source: Source, comparison: Comparison, *, workers: int = 1) -> None:
        self.schema: Any = comparison.schema
        self.versions: Versions = comparison.versions
        self.old_rules = rules_json(comparison.versions.old)
        self.new_rules = rules_json(comparison.versions.new)
        self.tally: ChangeTally = nothing_compared(comparison.versions)
        self.rejects: tuple[Reject, ...] = ()
        self.end = 0
        self.rows = source.rows
        chunks = even(source.chunks(), 0, BATCH_ROWS) if comparison.versions.pairs else iter(())
        self._compared = in_order(_compares(comparison), chunks, workers)

    def __next__(self) -> Any:
        found, self.end = next(self._compared)
        self.tally += found.tally
        self.rejects = found.rejects
        return found.changed


def _compares(comparison: Comparison) -> Callable[[Chunk], tuple[ComparedBatch, int]]:
    def compare(chunk: Chunk) -> tuple[ComparedBatch, int]:
        return compare_batch(comparison, chunk), chunk.end

    return compare
