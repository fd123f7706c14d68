"""Solves the offers of a program for many rows, by threads over blocks of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import date
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from policyengine.decision.columns import NONE, STATUSES, TERMS, Codes, Masks
from policyengine.decision.decision import Status
from policyengine.evaluators.compiled.columns.from_program import BLOCK
from policyengine.evaluators.compiled.columns.offers.compiling import compiled_offer
from policyengine.evaluators.compiled.columns.offers.shapes import rounded
from policyengine.evaluators.compiled.columns.offers.source import (
    OfferSource,
    layout_of,
    offer_source,
)
from policyengine.evaluators.compiled.columns.screening import ScreenedColumns
from policyengine.evaluators.compiled.columns.shapes import (
    Array,
    Each,
    Lists,
    Shape,
    Shapes,
    shapes_of,
)
from policyengine.evaluators.compiled.functions import changes_of
from policyengine.evaluators.compiled.layout import Layout
from policyengine.evaluators.compiled.offers.analysis import Offer, offer_on
from policyengine.evaluators.compiled.writing import NotWritten
from policyengine.facts.columns import Column, FactColumns, Flags, ListColumn
from policyengine.ir.program import PlanDefinition, Program

#: Rows that a thread takes at a time.
_ROWS = 16 * BLOCK


@attrs.frozen(eq=False)
class Solved:
    """What is decided of a plan: status, masks and terms of each row."""

    status: Codes
    failed: Masks
    unknown: Masks
    terms: NDArray[np.int64]


@attrs.frozen(eq=False)
class _Ready:
    source: OfferSource
    run: Callable[..., None]


@attrs.frozen(eq=False)
class _Known:
    """The offers of a program while its parameters stay the same, and what they read."""

    offers: tuple[Offer, ...]
    layout: Layout


@attrs.frozen(eq=False)
class Offers:
    """Offers solved by compiled source; functions are kept by plan, parameters in force, and shapes."""

    compile: Callable[[str], Callable[..., None]] = compiled_offer
    _known: dict[tuple[str, int], _Known] = attrs.field(factory=dict)
    _ready: dict[tuple[Offer, Shapes], _Ready | None] = attrs.field(factory=dict)

    def solve(
        self,
        program: Program,
        facts: FactColumns,
        screened: ScreenedColumns,
        complete: Flags,
        exact: Flags,
        pool: Executor,
    ) -> list[Solved]:
        """Return what is decided of each plan; rows that columns cannot decide are marked in `exact`."""
        known = self._of(program, facts.as_of)
        shapes = _shapes(facts, known.layout, pool.map)
        columns, tasks, found = arrays_of(facts, shapes), [], []
        for place, offer in enumerate(known.offers):
            inputs = _Inputs.of_group(place, screened, complete, facts.rows)
            solved = _empty(facts.rows)
            outputs = (solved.failed, solved.unknown, solved.status, solved.terms, exact)
            run = self._running(offer, known.layout, shapes, facts, (inputs, outputs, columns))
            found.append(solved)
            tasks += [
                pool.submit(run, start, min(start + _ROWS, facts.rows))
                for start in range(0, facts.rows, _ROWS)
            ]
        for task in tasks:
            task.result()
        return found

    def carried(self, program: Program, plan: PlanDefinition, facts: FactColumns) -> bool:
        """Return whether columns carry a plan's offer, for facts such as these."""
        known = self._of(program, facts.as_of)
        offer = next(offer for offer in known.offers if offer.plan is plan)
        shapes = _shapes(facts, known.layout, map)
        return self._compiled(offer, known.layout, facts.as_of, shapes) is not None

    def sources(self, program: Program, facts: FactColumns) -> list[OfferSource | None]:
        """Return the source of each plan's offer, for facts such as these; None where columns do not carry it."""
        known = self._of(program, facts.as_of)
        shapes = _shapes(facts, known.layout, map)
        every = [self._compiled(each, known.layout, facts.as_of, shapes) for each in known.offers]
        return [None if ready is None else ready.source for ready in every]

    def _running(
        self,
        offer: Offer,
        layout: Layout,
        shapes: Shapes,
        facts: FactColumns,
        given: tuple[_Inputs, tuple[Any, ...], Sequence[Array]],
    ) -> Callable[[int, int], None]:
        """Return what writes the results of some rows."""
        inputs, outputs, columns = given
        ready = self._compiled(offer, layout, facts.as_of, shapes)
        if ready is None:
            return lambda start, stop: _left(start, stop, inputs, outputs)
        words = _places(ready.source.words, facts.texts)
        arguments = (facts.as_of.toordinal(), words, *inputs.arrays, *outputs, *columns)
        ready.run(0, 0, *arguments)  # compiles, before threads could at once
        return lambda start, stop: ready.run(start, stop, *arguments)

    def _compiled(self, offer: Offer, layout: Layout, day: date, shapes: Shapes) -> _Ready | None:
        """Return the function of an offer; None where columns do not carry it."""
        key = offer, shapes
        if key not in self._ready:
            self._ready[key] = self._made(offer, layout, day, shapes)
        return self._ready[key]

    def _made(self, offer: Offer, layout: Layout, day: date, shapes: Shapes) -> _Ready | None:
        try:
            source = offer_source(offer, layout, day, shapes)
        except NotWritten:
            return None
        return _Ready(source, self.compile(source.text))

    def _of(self, program: Program, day: date) -> _Known:
        key = program.digest, bisect_right(changes_of(program), day)
        if key not in self._known:
            offers = tuple(offer_on(program, plan, day) for plan in program.plans)
            self._known[key] = _Known(offers, layout_of(offers))
        return self._known[key]


def _shapes(facts: FactColumns, layout: Layout, each: Each) -> Shapes:
    read = {slot.name for slot in layout.facts}
    return rounded(shapes_of(facts, layout, read, each))


@attrs.frozen(eq=False)
class _Inputs:
    """What is known of each row before its offer: whether the policy does not apply, and the requirements."""

    elsewhere: Masks
    complete: Flags
    fails: Masks
    unsure: Masks

    @classmethod
    def of_group(cls, place: int, screened: ScreenedColumns, complete: Flags, rows: int) -> _Inputs:
        masks = (screened.failed[-2], screened.failed[place], screened.unknown[place])
        elsewhere, fails, unsure = (_alike(mask, rows) for mask in masks)
        return cls(elsewhere, complete, fails, unsure.astype(fails.dtype, copy=False))

    @property
    def arrays(self) -> tuple[Array, ...]:
        return self.elsewhere, self.complete, self.fails, self.unsure


def _alike(mask: Masks, rows: int) -> Masks:
    """Return a mask as an array of its own, where it takes no room: functions are compiled for one kind of array."""
    return np.zeros(rows, mask.dtype) if mask.strides == (0,) else mask


def _empty(rows: int) -> Solved:
    return Solved(
        np.full(rows, NONE, np.int8),
        np.zeros(rows, np.uint64),
        np.zeros(rows, np.uint64),
        np.zeros((len(TERMS), rows), np.int64),
    )


def _left(start: int, stop: int, inputs: _Inputs, outputs: Sequence[Any]) -> None:
    """Decide of some rows what requirements alone decide, and mark the others, of a plan that columns do not carry."""
    failed, unknown, status, _terms, exact = (each[..., start:stop] for each in outputs)
    elsewhere, _complete, fails, unsure = (each[start:stop] for each in inputs.arrays)
    here = elsewhere == 0
    failed[here], unknown[here] = fails[here], unsure[here]
    denied = here & (fails != 0)
    status[denied] = STATUSES.index(Status.DENIED)
    exact |= here & ~denied


def _places(words: Sequence[str], texts: Sequence[str]) -> NDArray[np.int64]:
    place = {text: i for i, text in enumerate(texts)} if words else {}
    return np.array([place.get(word, -1) for word in words], np.int64)


def arrays_of(facts: FactColumns, shapes: Shapes) -> list[Array]:
    """Return the arrays of some shapes; what is known of all rows is said of each."""
    found: list[Array] = []
    for path, shape in shapes:
        found += _arrays(
            facts.loans if path == "loans" else facts.facts.get(path), shape, facts.rows
        )
    return found


def _arrays(column: Column | ListColumn | None, shape: Shape, count: int) -> list[Array]:
    if shape is None or column is None:
        return []
    values = column.values if isinstance(column, Column) else column.offsets
    known = np.ones(count, np.bool_) if column.known is None else column.known
    found = [_plain(values), _plain(known)]
    if isinstance(shape, Lists) and isinstance(column, ListColumn):
        members = int(column.offsets[-1])
        for name, field in shape.fields:
            found += _arrays(column.fields.get(name), field, members)
    return found


def _plain(array: Array) -> Array:
    """Return an array as the compiled functions expect it: side by side in memory, and not to be written to."""
    found = np.ascontiguousarray(array).view()
    found.flags.writeable = False
    return found
