"""The conditions of many rows, all at once: which fail and which are not known."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from policyengine.decision.columns import Masks
from policyengine.decision.screening import Groups
from policyengine.evaluators.compiled.columns.compiling import compiled
from policyengine.evaluators.compiled.columns.extents import reckoned_with
from policyengine.evaluators.compiled.columns.from_program import BLOCK, Output, Source, source_of
from policyengine.evaluators.compiled.columns.shapes import Shapes, arrays_of, shapes_of
from policyengine.evaluators.compiled.from_program import Conditions, conditions_of
from policyengine.facts.columns import FactColumns, Flags
from policyengine.ir.program import Program
from policyengine.ir.reach import reached

#: Rows that a thread takes at a time.
_ROWS = 32 * BLOCK
_DTYPES = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


@attrs.frozen(eq=False)
class ScreenedColumns:
    """Which conditions fail and which are not known, of each row.

    `failed` and `unknown` have an array for each of `groups.all`: the plans, whether the policy applies, the referrals.
    A mask that is zero of all rows takes no room and cannot be written to. `left` are the conditions of each group that
    no row knows the bits of, and `flagged` the rows of which no bit counts (None: no row): another evaluator decides.
    """

    groups: Groups
    failed: tuple[Masks, ...]
    unknown: tuple[Masks, ...]
    left: tuple[int, ...]
    flagged: Flags | None


@attrs.frozen(eq=False)
class _Ready:
    source: Source
    run: Callable[..., None]


@attrs.frozen(eq=False, slots=False)
class ColumnsEvaluator:
    """Screens columns by compiled source; functions are kept by program, parameters in force, and shapes."""

    threads: int = attrs.field(factory=lambda: os.cpu_count() or 1)
    _conditions: dict[str, Conditions] = attrs.field(factory=dict)
    _reckoned: dict[str, frozenset[str]] = attrs.field(factory=dict)
    _ready: dict[tuple[str, int, Shapes], _Ready] = attrs.field(factory=dict)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.threads)

    def screen(self, program: Program, facts: FactColumns) -> ScreenedColumns:
        """Return what holds of each row, of the conditions that stand on no terms."""
        conditions = self.conditions(program)
        shapes = shapes_of(
            facts, conditions.layout, self._reckoned[program.digest], self._pool.map
        )
        ready = self.ready(conditions, facts.as_of, shapes)
        outputs = _outputs(ready.source.outputs, facts.rows)
        flagged = np.zeros(facts.rows, np.bool_) if ready.source.flags else None
        arguments = (
            facts.as_of.toordinal(),
            _places(ready.source.words, facts.texts),
            *(np.array(tests, np.int64) for tests in ready.source.tests),
            *arrays_of(facts, shapes),
            *outputs,
            *([] if flagged is None else [flagged]),
        )
        self._run(ready.run, facts.rows, arguments)
        failed, unknown = _masks(conditions.groups, facts.rows, ready.source.outputs, outputs)
        return ScreenedColumns(conditions.groups, failed, unknown, ready.source.left, flagged)

    def conditions(self, program: Program) -> Conditions:
        """Return the conditions of a policy, and what they read."""
        if program.digest not in self._conditions:
            found = conditions_of(program)
            rules = (rule for group in found.groups.all for rule in group.rules)
            nodes = reached((node for rule in rules for node in rule.conditions), program)
            self._reckoned[program.digest] = reckoned_with(nodes, program)
            self._conditions[program.digest] = found
        return self._conditions[program.digest]

    def ready(self, conditions: Conditions, day: date, shapes: Shapes) -> _Ready:
        """Return the compiled function for a day and for columns of some shapes."""
        era = bisect_right(conditions.changes, day)
        key = (conditions.program.digest, era, shapes)
        if key not in self._ready:
            source = source_of(conditions, day, shapes)
            self._ready[key] = _Ready(source, compiled(source.text))
        return self._ready[key]

    def _run(self, run: Callable[..., None], rows: int, arguments: Sequence[Any]) -> None:
        run(0, 0, *arguments)  # compiles, before threads could at once
        starts = range(0, rows, _ROWS)
        for done in [
            self._pool.submit(run, start, min(start + _ROWS, rows), *arguments) for start in starts
        ]:
            done.result()


def _outputs(outputs: Sequence[Output], rows: int) -> list[Masks]:
    """Return arrays for all masks, side by side: large pieces of memory are had at less cost."""
    whole = np.empty(rows * sum(each.width for each in outputs), np.uint8)
    found, at = [], 0
    # The widest first, so that each begins at a multiple of its width.
    for each in sorted(outputs, key=lambda output: -output.width):
        size = rows * each.width
        found.append((each, whole[at : at + size].view(_DTYPES[each.width])))
        at += size
    arrays = dict(found)
    return [arrays[each] for each in outputs]


def _places(words: Sequence[str], texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the place of each text that a policy names among the rows' texts; -1 where no row has it."""
    place = {text: i for i, text in enumerate(texts)} if words else {}
    return np.array([place.get(word, -1) for word in words], np.int64)


def _masks(
    groups: Groups, rows: int, outputs: Sequence[Output], arrays: Sequence[Masks]
) -> tuple[tuple[Masks, ...], tuple[Masks, ...]]:
    found = {(o.group, o.unknown): array for o, array in zip(outputs, arrays, strict=True)}
    none = np.broadcast_to(np.zeros(1, np.uint8), rows)
    failed, unknown = (
        tuple(found.get((place, which), none) for place in range(len(groups.all)))
        for which in (False, True)
    )
    return failed, unknown
