"""What became of each lever in a search, worked out again from where the search ended.

A search keeps no more than the place of its terms. On the line of a waterfall that says all: every lever before the
one that settles is at its most, every one after it at its least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs

from policyengine.decision.stage import Measure, StageKind
from policyengine.decision.trace import Unknown
from policyengine.decision.why import Why
from policyengine.finance.errors import FinanceError
from policyengine.ir import levers as ir
from policyengine.plans.draft import Draft
from policyengine.plans.ladder import MOST, Choice, Effort, Found, Ladder
from policyengine.plans.levers import NotKnown, Setting
from policyengine.plans.measures import measures
from policyengine.plans.prospect import Prospect
from policyengine.plans.series import Series


@attrs.frozen
class Tried:
    """Terms at some settings, or why there are none."""

    measures: tuple[Measure, ...] = ()
    prospect: Prospect | None = None
    why: Why | Unknown | None = None


@attrs.frozen
class Stage:
    """What became of a lever, and from what to what it was raised; no lever at the start and the end."""

    kind: StageKind
    lever: ir.Lever | None = None
    before: tuple[Measure, ...] = ()
    after: tuple[Measure, ...] = ()
    tried: tuple[Tried, ...] = ()
    why: Why | Unknown | None = None


#: Settings that are looked back at for one with a schedule.
_BACK = 120

Stages = Callable[[Ladder, Found], Iterator[Stage]]


def of_waterfall(ladder: Ladder, found: Found) -> Iterator[Stage]:
    """Yield the start and what became of each lever, in the order of the file."""
    ladder = attrs.evolve(ladder, effort=Effort())
    if not found.tried and found.choice is None:  # it did not begin
        yield from _each(ladder, lambda lever: _untaken(ladder, lever))
        return
    line = _Line(ladder, found, ladder.applicable())
    yield line.start()
    yield from _each(ladder, lambda lever: [line.of_lever(lever)])
    if not found.target_met and found.prospect:
        yield Stage(StageKind.ENOUGH, tried=(Tried(prospect=found.prospect),))


def of_least_cost(ladder: Ladder, found: Found) -> Iterator[Stage]:
    """Yield what each lever is set to, one of them with less of it, which fails; without terms why one did nothing."""
    ladder = attrs.evolve(ladder, effort=Effort())
    if found.choice is None:
        yield from _each(ladder, lambda lever: _untaken(ladder, lever))
        return
    cheapest = _Cheapest(ladder, found, ladder.applicable())
    yield from _each(ladder, lambda lever: [cheapest.of_lever(lever)])
    if found.one_less is None:
        yield cheapest.ending(None)


def _each(ladder: Ladder, stages: Callable[[ir.Lever], Iterable[Stage]]) -> Iterator[Stage]:
    for lever in ladder.levers:
        if ladder.when(lever) is False:
            yield Stage(StageKind.LEFT_OUT, lever)
        else:
            yield from stages(lever)


def _untaken(ladder: Ladder, lever: ir.Lever) -> Iterator[Stage]:
    """Yield why a lever could do nothing to the loan as it stands, where that is so."""
    try:
        found = ladder.settings(lever, Draft.from_position(ladder.position))
    except NotKnown as error:
        yield Stage(StageKind.NOT_KNOWN, lever, why=error.unknown)
    except FinanceError as error:
        yield Stage(StageKind.NOTHING, lever, why=ladder.said(error.cause))
    else:
        if not found:
            yield Stage(StageKind.NOTHING, lever, why=ladder.why("no_setting", why=found.empty))


@attrs.frozen
class _Search:
    """What both searches share: the levers that apply, and where the search ended."""

    ladder: Ladder
    found: Found
    levers: Sequence[ir.Lever]

    def of(self, lever: ir.Lever, draft: Draft) -> tuple[Measure, ...]:
        return measures(lever, draft, self.ladder.scale)

    def settled(self, now: tuple[Measure, ...], less: Tried | None) -> tuple[Tried, ...]:
        """Return the terms that are one step less generous, if any, and those that the search ended at."""
        holds, prospect = self.found.holds, self.found.prospect
        here = Tried(now, prospect, holds if isinstance(holds, Unknown) else None)
        return (here,) if less is None or isinstance(holds, Unknown) else (less, here)

    def work_out(self, choice: Choice, now: tuple[Measure, ...] = ()) -> Tried:
        try:
            return Tried(now, self.ladder.work_out(self.ladder.draft(self.levers, choice)))
        except FinanceError as error:
            return Tried(now, None, self.ladder.said(error.cause))
        except NotKnown as error:
            return Tried(now, None, error.unknown)


@attrs.frozen
class _Line(_Search):
    """The line of a waterfall."""

    def start(self) -> Stage:
        """Return the terms with every lever at its least."""
        ended = self.found.choice == (0,) and self.found.prospect
        start = self.settled((), None) if ended else (self.work_out((0,)),)
        return Stage(StageKind.START, tried=start)

    def of_lever(self, lever: ir.Lever) -> Stage:
        """Return what became of a lever."""
        place = self.levers.index(lever)
        try:
            return self._of_lever(place)
        except NotKnown as error:
            kind = StageKind.NOT_REACHED if place > self._last else StageKind.NOT_KNOWN
            return Stage(kind, lever, why=error.unknown)
        except FinanceError as error:
            kind = StageKind.NOT_REACHED if place > self._last else StageKind.NOTHING
            return Stage(kind, lever, why=self.ladder.said(error.cause))

    @property
    def _last(self) -> int:
        """The place of the lever that the search ended at; before the first where the start ended it."""
        choice = self.found.choice
        if choice is None:
            return len(self.levers)
        return -1 if choice == (0,) and self.found.prospect else len(choice) - 1

    def _of_lever(self, place: int) -> Stage:
        lever, draft = self.levers[place], self._draft(place)
        found = self.ladder.settings(lever, draft)
        if not found:
            return Stage(
                StageKind.NOTHING, lever, why=self.ladder.why("no_setting", why=found.empty)
            )
        if place == self._last:
            return self._ending(lever, draft, found)
        least, most = self.of(lever, found[0](draft)), self.of(lever, found[-1](draft))
        untouched = self.of(lever, draft)
        if most == untouched:
            return Stage(StageKind.NOTHING, lever, before=untouched)
        if len(found) == 1:
            return Stage(StageKind.FIXED, lever, after=most)
        if place > self._last:
            return Stage(StageKind.NOT_REACHED, lever, after=() if least == untouched else least)
        tried = tuple(self._furthest(lever, draft, found))
        return Stage(StageKind.RAISED, lever, least, most, tried)

    def _furthest(self, lever: ir.Lever, draft: Draft, found: Series[Setting]) -> Iterator[Tried]:
        """Yield the terms with a lever at its most; where there are none, first the last that there are."""
        place = self.levers.index(lever)
        most = self.work_out((MOST,) * (place + 1), self.of(lever, found[-1](draft)))
        if isinstance(most.why, Why):
            yield from self._before(lever, draft, found)
        yield most

    def _before(self, lever: ir.Lever, draft: Draft, found: Series[Setting]) -> Iterator[Tried]:
        before = (MOST,) * self.levers.index(lever)
        for place in reversed(range(max(len(found) - 1 - _BACK, 0), len(found) - 1)):
            tried = self.work_out((*before, place), self.of(lever, found[place](draft)))
            if tried.prospect:
                yield tried
                return

    def _draft(self, place: int) -> Draft:
        """Return the draft that a lever found."""
        choice = self.found.choice
        path = choice if choice and place > self._last else (MOST,) * place
        return self.ladder.draft(self.levers[:place], path)

    def _ending(self, lever: ir.Lever, draft: Draft, found: Series[Setting]) -> Stage:
        """Return the lever at which the search ended: one setting less, and the one that does."""
        holds, place = self.found.holds, (self.found.choice or (0,))[-1]
        least, now = self.of(lever, found[0](draft)), self.of(lever, found[place](draft))
        if isinstance(holds, Unknown):
            tried = self.settled(now, None) if self.found.prospect else ()
            return Stage(StageKind.NOT_KNOWN, lever, least, now, tried, holds)
        tried = self.settled(now, self._less(lever, draft, found) if place else None)
        return Stage(StageKind.SETTLES, lever, least, now, tried)

    def _less(self, lever: ir.Lever, draft: Draft, found: Series[Setting]) -> Tried:
        *before, place = self.found.choice or ()
        now = self.of(lever, found[place - 1](draft))
        if self.found.one_less:
            return Tried(now, self.found.one_less)
        return self.work_out((*before, place - 1), now)


@attrs.frozen
class _Cheapest(_Search):
    """The cheapest terms among all choices."""

    def of_lever(self, lever: ir.Lever) -> Stage:
        """Return what a lever is set to."""
        place = self.levers.index(lever)
        untouched, taken = self._draft(place), self._draft(place + 1)
        before, after = self.of(lever, untouched), self.of(lever, taken)
        if place == self._turning:
            return self.ending(lever, before, after)
        fixed = before != after and not ir.is_searched(lever)
        return Stage(StageKind.FIXED if fixed else StageKind.CHOSEN, lever, before, after)

    def ending(
        self,
        lever: ir.Lever | None,
        before: tuple[Measure, ...] = (),
        after: tuple[Measure, ...] = (),
    ) -> Stage:
        """Return the terms that were found, with those that have less of a lever, if any fail so."""
        holds, less = self.found.holds, self.found.one_less
        fails = Tried(self.of(lever, less.draft), less) if lever and less else None
        kind = StageKind.NOT_KNOWN if isinstance(holds, Unknown) else StageKind.SETTLES
        return Stage(kind, lever, before, after, self.settled(after, fails))

    def _draft(self, count: int) -> Draft:
        return self.ladder.draft(self.levers[:count], self.found.choice or ())

    @property
    def _turning(self) -> int | None:
        """The place of the lever that is less generous in the terms that fail, where there are any."""
        here, less = self.found.prospect, self.found.one_less
        if here is None or less is None:
            return None
        for place, lever in enumerate(self.levers):
            if self.of(lever, here.draft) != self.of(lever, less.draft):
                return place
        return len(self.levers) - 1
