"""The conditions of many rows, all at once: which fail and which are not known."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from policyengine.decision.columns import Masks
from policyengine.decision.screening import Groups
from policyengine.evaluators.compiled.columns.compiling import Function, compiled
from policyengine.evaluators.compiled.columns.from_program import BLOCK, Output, Source, source_of
from policyengine.evaluators.compiled.columns.reckoned import reckoned_with
from policyengine.evaluators.compiled.columns.shapes import Shapes, arrays_of, shapes_of
from policyengine.evaluators.compiled.from_program import Conditions, conditions_of
from policyengine.facts.columns import FactColumns, Flags
from policyengine.ir.program import Program
from policyengine.ir.reach import reached
from policyengine.keeping.folder import usual_folder

#: Rows that a thread takes at a time.
_ROWS = 128 * BLOCK
Memory: TypeAlias = NDArray[np.uint8]
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
    memory: Memory = attrs.field(repr=False)


@attrs.frozen(eq=False, slots=False)
class ColumnsEvaluator:
    """Screens columns by compiled source: one function for a program, the parameters in force, and shapes.

    `folder` is where compiled functions are kept for another start; None keeps them nowhere.
    """

    threads: int = attrs.field(factory=lambda: os.cpu_count() or 1)
    folder: Path | None = attrs.field(factory=usual_folder)
    _conditions: dict[str, Conditions] = attrs.field(factory=dict)
    _reckoned: dict[str, frozenset[str]] = attrs.field(factory=dict)
    _sources: dict[tuple[str, int, Shapes], Source] = attrs.field(factory=dict)
    _functions: dict[str, Function] = attrs.field(factory=dict)
    _lock: Lock = attrs.field(factory=Lock)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.threads)

    def screen(
        self, program: Program, facts: FactColumns, *, reuse: ScreenedColumns | None = None
    ) -> ScreenedColumns:
        """Return what holds of each row, of the conditions that stand on no terms.

        Args:
            program: The policy.
            facts: The rows.
            reuse: An earlier result that nobody reads any more: its arrays are written over where they fit.
        """
        conditions, shapes = self.conditions(program), self.shapes(program, facts)
        source = self.source(program, facts.as_of, shapes)
        masks = _outputs(source.outputs, facts.rows, reuse)
        flagged = np.zeros(facts.rows, np.bool_) if source.flags else None
        arguments = (
            facts.as_of.toordinal(),
            _places(source.words, facts.texts),
            *(np.array(tests, np.int64) for tests in source.tests),
            *arrays_of(facts, shapes),
            *masks.arrays,
            *([] if flagged is None else [flagged]),
        )
        self._run(self._function(source, arguments), facts.rows, arguments)
        failed, unknown = _masks(conditions.groups, facts.rows, source.outputs, masks.arrays)
        return ScreenedColumns(
            conditions.groups, failed, unknown, source.left, flagged, masks.memory
        )

    def conditions(self, program: Program) -> Conditions:
        """Return the conditions of a policy, and what they read."""
        if program.digest not in self._conditions:
            found = conditions_of(program)
            rules = (rule for group in found.groups.all for rule in group.rules)
            nodes = reached((node for rule in rules for node in rule.conditions), program)
            self._reckoned[program.digest] = reckoned_with(nodes, program)
            self._conditions[program.digest] = found
        return self._conditions[program.digest]

    def shapes(self, program: Program, facts: FactColumns) -> Shapes:
        """Return the shapes of what a policy's conditions read of some rows."""
        layout = self.conditions(program).layout
        return shapes_of(facts, layout, self._reckoned[program.digest], self._pool.map)

    def source(self, program: Program, day: date, shapes: Shapes) -> Source:
        """Return the source of a policy's conditions on a day, for columns of some shapes."""
        conditions = self.conditions(program)
        key = (program.digest, bisect_right(conditions.changes, day), shapes)
        if key not in self._sources:
            self._sources[key] = source_of(conditions, day, shapes)
        return self._sources[key]

    def _function(self, source: Source, arguments: Sequence[Any]) -> Function:
        with self._lock:
            if source.text not in self._functions:
                self._functions[source.text] = compiled(
                    source.text, (0, 0, *arguments), self.folder
                )
            return self._functions[source.text]

    def _run(self, run: Function, rows: int, arguments: Sequence[Any]) -> None:
        starts = range(0, rows, _ROWS)
        for done in [
            self._pool.submit(run, start, min(start + _ROWS, rows), *arguments) for start in starts
        ]:
            done.result()


@attrs.frozen(eq=False)
class _Outputs:
    arrays: list[Masks]
    memory: Memory


def _outputs(outputs: Sequence[Output], rows: int, reuse: ScreenedColumns | None) -> _Outputs:
    """Return arrays for all masks, side by side: large pieces of memory are had at less cost."""
    size = rows * sum(each.width for each in outputs)
    memory = np.empty(size, np.uint8) if reuse is None else reuse.memory
    if memory.size < size:
        memory = np.empty(size, np.uint8)
    arrays: dict[Output, Masks] = {}
    at = 0
    # The widest first, so that each begins at a multiple of its width.
    for each in sorted(outputs, key=lambda output: -output.width):
        arrays[each] = memory[at : at + rows * each.width].view(_DTYPES[each.width])
        at += rows * each.width
    return _Outputs([arrays[each] for each in outputs], memory)


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
