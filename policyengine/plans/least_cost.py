"""The cheapest terms: every choice among the settings of all levers, lowest cost to the lender first.

Cost is what the lender gives up in value today at the contract rate. Payments are rounded, so costs that are the same
before rounding differ by a few units: whatever costs at most one minor unit more for each month of the cheapest terms
counts as just as cheap. Among these the order of the file decides, the lesser concession first. Choices are visited in
that order, lever by lever, so that only terms cheaper than all before them can be the cheapest or stand before them:
the others are within the same reach as terms that were visited earlier.

Once a closed form says that a setting, and whatever is greater, costs no less than the best terms found, beyond what
rounding can account for, it is left out with the greater ones; `bounds` says when. Choices that lead to equal terms
have one schedule.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TypeAlias

import attrs

from policyengine.causes import Cause
from policyengine.decision.trace import Truth, Unknown
from policyengine.finance.errors import FinanceError
from policyengine.ir import levers as ir
from policyengine.plans.bounds import Bound, bound_of
from policyengine.plans.draft import Draft
from policyengine.plans.ladder import Choice, Found, Ladder
from policyengine.plans.levers import NotKnown
from policyengine.plans.nearest import Missing, Nearest
from policyengine.plans.prospect import Prospect

#: What a choice costs whose terms were worked out before, in months of schedules.
_AGAIN = 5

#: What became of terms: why there are none, what is missing, or None where they meet the rules or may.
_Fate: TypeAlias = Cause | Missing | None


def least_cost(ladder: Ladder) -> Found:
    """Return the cheapest terms that meet the rules, or where the search ended."""
    try:
        levers = ladder.applicable()
        obstacle = ladder.obstacle(levers)
        if obstacle:
            return Found(False, None, obstacle)
        return _Search(ladder, levers, bound_of(ladder, levers)).run()
    except NotKnown as error:
        return Found(error.unknown, None)


@attrs.frozen
class _Candidate:
    """Terms that meet the rules, or of which that is not known."""

    choice: Choice
    prospect: Prospect
    holds: Truth

    @property
    def rank(self) -> tuple[int, Choice]:
        return self.prospect.cost, self.choice

    @property
    def reach(self) -> int:
        """The cost up to which others are as cheap as these terms."""
        return self.prospect.cost + self.prospect.term


@attrs.define
class _Records:
    """Candidates in the order of the file, each cheaper than all before it."""

    found: list[_Candidate] = attrs.field(factory=list)

    def note(self, candidate: _Candidate) -> None:
        if not self.found or candidate.prospect.cost < self.cheapest.prospect.cost:
            self.found.append(candidate)

    @property
    def cheapest(self) -> _Candidate:
        return self.found[-1]

    @property
    def chosen(self) -> _Candidate:
        """The first that is as cheap as the cheapest."""
        return next(c for c in self.found if c.prospect.cost <= self.cheapest.reach)


@attrs.define
class _Search:
    ladder: Ladder
    levers: Sequence[ir.Lever]
    bound: Bound
    meeting: _Records = attrs.field(factory=_Records)
    undecided: _Records = attrs.field(factory=_Records)
    fates: dict[Hashable, _Fate] = attrs.field(factory=dict)
    failure: Cause | None = None
    tried: int = 0
    nearest: Nearest = attrs.field()

    @nearest.default
    def _none_yet(self) -> Nearest:
        return Nearest(self.ladder, self.levers)

    def run(self) -> Found:
        self._visit(())
        open_ = self._open()
        if open_ is not None:
            return Found(open_.holds, open_.prospect, tried=self.tried, choice=open_.choice)
        if self.meeting.found:
            chosen = self.meeting.chosen
            less = self._one_less(chosen.choice)
            choice = chosen.choice
            return Found(True, chosen.prospect, one_less=less, tried=self.tried, choice=choice)
        nearest = self._nearest()
        return Found(
            False, nearest, None if nearest else self.ladder.said(self.failure), tried=self.tried
        )

    def _visit(self, choice: Choice) -> None:
        if len(choice) == len(self.levers):
            self._consider(choice)
            return
        for place in self._places(choice):
            further = (*choice, place)
            if self._too_costly(further):
                return
            self._visit(further)

    def _places(self, choice: Choice) -> Iterable[int]:
        """Pass over what a glance excludes; among the settings of the last lever only."""
        count = self._count(choice)
        if not count or len(choice) < len(self.levers) - 1:
            return range(count)
        return self.ladder.possible(self.levers, choice, 0, count)

    def _count(self, choice: Choice) -> int:
        """Return how many places there are for the next lever: one where it can do nothing."""
        try:
            return max(self.ladder.count(self.levers, choice), 1)
        except FinanceError as error:
            self.failure = error.cause
            return 0

    def _too_costly(self, choice: Choice) -> bool:
        """Whether terms at a choice, and at greater ones, neither are the cheapest nor stand before them.

        Of terms that cannot be judged, too, only the first as cheap can leave it open which are chosen.
        """
        costs = [r.cheapest.prospect.cost for r in (self.meeting, self.undecided) if r.found]
        if not costs:
            return False
        try:
            bound = self.bound(choice)
        except FinanceError:
            return False
        return bound is not None and bound >= min(costs)

    def _consider(self, choice: Choice) -> None:
        self.tried += 1
        try:
            draft = self.ladder.draft(self.levers, choice)
        except FinanceError as error:
            self.failure = error.cause
            return
        key = draft.key
        if key in self.fates:
            self._consider_again(choice, draft, self.fates[key])
        else:
            self.fates[key] = self._fate(choice, draft)

    def _fate(self, choice: Choice, draft: Draft) -> _Fate:
        try:
            prospect = self.ladder.work_out(draft)
        except FinanceError as error:
            self.failure = error.cause
            return self.failure
        holds = self.ladder.judge.holds(prospect)
        if holds is False:
            return self.nearest.note(choice, prospect)
        records = self.undecided if isinstance(holds, Unknown) else self.meeting
        records.note(_Candidate(choice, prospect, holds))
        return None

    def _consider_again(self, choice: Choice, draft: Draft, fate: _Fate) -> None:
        """Terms that were judged before: as the cheapest they come too late, but they may be the nearest."""
        self.ladder.effort.add(_AGAIN)
        if isinstance(fate, Cause):
            self.failure = fate
        elif fate is not None:
            self.nearest.note_missing(choice, self.ladder.sketch(draft), fate)

    def _nearest(self) -> Prospect | None:
        """Return the nearest of all terms."""
        if self.ladder.probing:
            return None
        with suppress(NotKnown):
            for choice in self._before_the_last(()):
                self.nearest.look_back(choice, 0, self._count(choice))
        return self.nearest.prospect

    def _before_the_last(self, choice: Choice) -> Iterator[Choice]:
        """Yield the choices among the settings of all levers but the last, the greatest first."""
        if len(choice) == len(self.levers) - 1:
            yield choice
            return
        for place in reversed(range(self._count(choice))):
            yield from self._before_the_last((*choice, place))

    def _open(self) -> _Candidate | None:
        """Return terms that could not be judged and would be the cheapest, or would be chosen before the others."""
        if not self.meeting.found:
            return self.undecided.cheapest if self.undecided.found else None
        cheapest, chosen = self.meeting.cheapest, self.meeting.chosen
        for candidate in reversed(self.undecided.found):
            before = candidate.choice < chosen.choice
            if candidate.rank < cheapest.rank or (
                before and candidate.prospect.cost <= cheapest.reach
            ):
                return candidate
        return None

    def _one_less(self, chosen: Choice) -> Prospect | None:
        """Return terms with one raised lever one step less generous, the last whose rules they fail.

        Other such terms may meet the rules: they cost more.
        """
        for index in reversed(range(len(chosen))):
            if chosen[index] > 0:
                less = list(chosen)
                less[index] -= 1
                prospect = self._worked_out(tuple(less))
                if prospect is not None and self.ladder.judge.holds(prospect) is False:
                    return prospect
        return None

    def _worked_out(self, choice: Choice) -> Prospect | None:
        try:
            return self.ladder.work_out(self.ladder.draft(self.levers, choice))
        except FinanceError as error:
            self.failure = error.cause
            return None
