"""The waterfall: each step starts at its least; steps are raised in order, each only as far as needed.

The first terms on the line that meet the rules are the offer. Terms of which it is not known whether they meet
them end the search: what comes after might not be the least. Where a lever can only lower the level payment and a
rule bounds the payment, the stretch in which the payment is certainly too high is passed over by bisection; from
there on every setting is worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from policyengine.decision.trace import Unknown
from policyengine.finance.errors import FinanceError
from policyengine.ir import levers as ir
from policyengine.plans.ladder import MAX_TRIED, MOST, Choice, Found, Ladder
from policyengine.plans.levers import LOWERING, NotKnown
from policyengine.plans.prospect import Prospect


def waterfall(ladder: Ladder) -> Found:
    """Return the first terms that meet the rules, or where the search ended."""
    try:
        levers = ladder.applicable()
        if not ladder.usable(levers):
            return Found(False, None, "no step can be used")
        return _Search(ladder, levers).run()
    except NotKnown as error:
        return Found(error.unknown, None)


@attrs.define
class _Search:
    ladder: Ladder
    levers: Sequence[ir.Lever]
    tried: int = 0
    obstacle: str | None = None
    nearest: Prospect | None = None
    last: Prospect | None = None

    def run(self) -> Found:
        for choice in self._choices():
            prospect = self._worked_out(choice)
            if prospect is None:
                continue
            holds = self.ladder.judge.holds(prospect)
            if isinstance(holds, Unknown):
                return Found(holds, prospect, tried=self.tried)
            if holds:
                return Found(True, prospect, one_less=self._one_less(choice), tried=self.tried)
            self._remember(prospect)
            if self.tried > MAX_TRIED:
                gave_up = Unknown(undefined=frozenset({f"more than {MAX_TRIED} terms were tried"}))
                return Found(gave_up, self.nearest, tried=self.tried)
        return self._fallen_through()

    def _choices(self) -> Iterator[Choice]:
        """Yield the line of choices, leaving out what a glance excludes; each step's last is always there."""
        for step in range(len(self.levers)):
            before: Choice = (MOST,) * step
            count = self.ladder.count(self.levers, before)
            start = 0 if step == 0 else 1
            for place in self._places(before, start, count):
                yield (*before, place)

    def _places(self, before: Choice, start: int, count: int) -> Iterator[int]:
        if start >= count:
            if start == 0:
                yield 0
            return
        possible = self._first_possible(before, start, count)
        if possible == count:
            yield count - 1
        yield from range(possible, count)

    def _first_possible(self, before: Choice, start: int, count: int) -> int:
        if not isinstance(self.levers[len(before)], LOWERING) or not self.ladder.judge.limits():
            return start
        low, high = start, count
        while low < high:
            middle = (low + high) // 2
            if self.ladder.excluded(self.ladder.draft(self.levers, (*before, middle))):
                low = middle + 1
            else:
                high = middle
        return low

    def _worked_out(self, choice: Choice) -> Prospect | None:
        self.tried += 1
        try:
            return self.ladder.work_out(self.ladder.draft(self.levers, choice))
        except FinanceError as error:
            self.obstacle = str(error)
            return None

    def _one_less(self, choice: Choice) -> Prospect | None:
        """Return the terms one step less generous than a choice; None where it is the least there is."""
        *before, place = choice
        step = len(before)
        if place > (0 if step == 0 else 1):
            return self._worked_out((*before, place - 1))
        return self._worked_out(tuple(before)) if step else None

    def _remember(self, prospect: Prospect) -> None:
        self.last = prospect
        shortfall = self.ladder.judge.shortfall
        if self.nearest is None or shortfall(prospect) < shortfall(self.nearest):
            self.nearest = prospect

    def _fallen_through(self) -> Found:
        """The steps have run out: the last terms may still be acceptable."""
        if self.last is None:
            return Found(False, None, self.obstacle, tried=self.tried)
        acceptable = self.ladder.judge.acceptable(self.last)
        if acceptable is False:
            return Found(False, self.nearest, tried=self.tried)
        return Found(acceptable, self.last, target_met=False, tried=self.tried)
