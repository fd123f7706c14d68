"""The waterfall: each step starts at its least; steps are raised in order, each only as far as needed.

The first terms on the line that meet the rules are the offer. Terms of which it is not known whether they meet
them end the search: what comes after might not be the least. Of terms whose payment a glance shows to be too high
no schedule is worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

import attrs

from policyengine.causes import Cause
from policyengine.decision.trace import Unknown
from policyengine.finance.errors import FinanceError
from policyengine.ir import levers as ir
from policyengine.plans.ladder import MOST, Choice, Found, Ladder
from policyengine.plans.levers import NotKnown
from policyengine.plans.nearest import Nearest
from policyengine.plans.prospect import Prospect


def waterfall(ladder: Ladder) -> Found:
    """Return the first terms that meet the rules, or where the search ended."""
    try:
        levers = ladder.applicable()
        obstacle = ladder.obstacle(levers)
        if obstacle:
            return Found(False, None, obstacle)
        return _Search(ladder, levers).run()
    except NotKnown as error:
        return Found(error.unknown, None)


def last_terms(ladder: Ladder) -> Prospect | None:
    """Return the last terms on the line that can be worked out, every step at its most; None where none can."""
    with suppress(NotKnown):
        levers = ladder.applicable()
        if not ladder.obstacle(levers):
            return _Search(ladder, levers).last_on_the_line()
    return None


@attrs.define
class _Search:
    ladder: Ladder
    levers: Sequence[ir.Lever]
    tried: int = 0
    failure: Cause | None = None
    last: tuple[Choice, Prospect] | None = None
    at: Choice = ()
    nearest: Nearest = attrs.field()

    @nearest.default
    def _none_yet(self) -> Nearest:
        return Nearest(self.ladder, self.levers)

    def run(self) -> Found:
        """Return where the search ended."""
        try:
            return self._run()
        except NotKnown as error:
            return Found(error.unknown, None, tried=self.tried, choice=self.at)

    def _run(self) -> Found:
        for choice in self._choices():
            prospect = self._worked_out(choice)
            if prospect is None:
                continue
            holds = self.ladder.judge.holds(prospect)
            if isinstance(holds, Unknown):
                return Found(holds, prospect, tried=self.tried, choice=choice)
            if holds:
                less = self._one_less(choice)
                return Found(True, prospect, one_less=less, tried=self.tried, choice=choice)
            self.last = choice, prospect
            if not self.ladder.probing:
                self.nearest.note(choice, prospect)
        return self._acceptable() if self.ladder.judge.accepts() else self._nothing()

    def _choices(self) -> Iterator[Choice]:
        """Yield the line of choices, leaving out what a glance excludes; each step's last is always there."""
        for step in range(len(self.levers)):
            self.at = (*(MOST,) * step, 0)
            before, start, count = self._stretch(step)
            if start < count:
                for place in self.ladder.possible(self.levers, before, start, count):
                    self.at = (*before, place)
                    yield self.at

    def _stretch(self, step: int) -> tuple[Choice, int, int]:
        """Return the part of the line on which a step is raised: what is before it, its first place and their end."""
        before, start = (MOST,) * step, 0 if step == 0 else 1
        return before, start, max(self._count(before), 1 - start)

    def _count(self, before: Choice) -> int:
        try:
            return self.ladder.count(self.levers, before)
        except FinanceError as error:
            self.failure = error.cause
            return 0

    def _worked_out(self, choice: Choice) -> Prospect | None:
        self.tried += 1
        try:
            return self.ladder.work_out(self.ladder.draft(self.levers, choice))
        except FinanceError as error:
            self.failure = error.cause
            return None

    def _one_less(self, choice: Choice) -> Prospect | None:
        """Return the terms one step less generous than a choice; None where it is the least there is."""
        *before, place = choice
        step = len(before)
        if place > (0 if step == 0 else 1):
            return self._worked_out((*before, place - 1))
        return self._worked_out(tuple(before)) if step else None

    def _nothing(self) -> Found:
        """No terms meet the rules."""
        nearest = self._nearest()
        return Found(
            False, nearest, None if nearest else self.ladder.said(self.failure), tried=self.tried
        )

    def _acceptable(self) -> Found:
        """The steps have run out: the last terms may still be acceptable."""
        last = self.last_on_the_line()
        if last is None:
            return Found(False, None, self.ladder.said(self.failure), tried=self.tried)
        acceptable = self.ladder.judge.acceptable(last)
        return Found(acceptable, last, target_met=False, tried=self.tried)

    def _nearest(self) -> Prospect | None:
        """Return the nearest terms on the whole line."""
        if self.ladder.probing:
            return None
        with suppress(NotKnown):
            for step in reversed(range(len(self.levers))):
                self.nearest.look_back(*self._stretch(step))
        return self.nearest.prospect

    def last_on_the_line(self) -> Prospect | None:
        """Return the last terms on the line that can be worked out; a glance may have passed over them."""
        for step in reversed(range(len(self.levers))):
            before, start, count = self._stretch(step)
            for place in reversed(range(start, count)):
                choice = (*before, place)
                if self.last and self.last[0] == choice:
                    return self.last[1]
                prospect = self._worked_out(choice)
                if prospect is not None:
                    return prospect
        return self.last[1] if self.last else None
