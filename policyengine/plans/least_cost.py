"""The cheapest terms: every choice among the settings of all levers, lowest cost to the lender first.

Cost is what the lender gives up in value today at the contract rate. Payments are rounded, so costs that are the same
before rounding differ by a few units: whatever costs at most one minor unit more for each month of the cheapest terms
counts as just as cheap. Among these the order of the file decides, the lesser concession first. Choices are visited in
that order, lever by lever, so that only terms cheaper than all before them can be the cheapest or stand before them:
the others are within the same reach as terms that were visited earlier.

A greater setting never costs less before rounding, so once the closed form says that a setting costs more than the
best terms found, beyond what rounding can account for, the greater ones are left out. Where an amount is agreed, more
months of it may cost less: only what is given up of the balances bounds the cost then. Where the plan's rate is above
the contract's or may rise later, or the least of a lever depends on the terms before it, nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction

import attrs

from policyengine.decision.trace import Truth, Unknown
from policyengine.decision.why import Why
from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import LONGEST
from policyengine.finance.rate import periodic
from policyengine.ir import levers as ir
from policyengine.plans.draft import Draft
from policyengine.plans.ladder import Choice, Found, Ladder
from policyengine.plans.levers import NotKnown
from policyengine.plans.nearest import Nearest
from policyengine.plans.prospect import Prospect
from policyengine.plans.traits import agrees_amount, follows_terms, makes_rate_rise


def least_cost(ladder: Ladder) -> Found:
    """Return the cheapest terms that meet the rules, or where the search ended."""
    try:
        levers = ladder.applicable()
        obstacle = ladder.obstacle(levers)
        if obstacle:
            return Found(False, None, obstacle)
        bound = least_given_up if any(map(agrees_amount, levers)) else cost_bound
        return _Search(ladder, levers, any(map(_may_cost_less, levers)), bound).run()
    except NotKnown as error:
        return Found(error.unknown, None)


def _may_cost_less(lever: ir.Lever) -> bool:
    """Whether more of a concession may cost less: the least of the lever may change, or its rate rise later."""
    return follows_terms(lever) or makes_rate_rise(lever)


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
    any_may_cost_less: bool
    bound: Callable[[Draft], Fraction | None]
    meeting: _Records = attrs.field(factory=_Records)
    undecided: _Records = attrs.field(factory=_Records)
    obstacle: Why | None = None
    tried: int = 0
    nearest: Nearest = attrs.field()

    @nearest.default
    def _none_yet(self) -> Nearest:
        return Nearest(self.ladder, self.levers)

    def run(self) -> Found:
        self._visit(())
        open_ = self._open()
        if open_ is not None:
            return Found(open_.holds, open_.prospect, tried=self.tried)
        if self.meeting.found:
            chosen = self.meeting.chosen
            less = self._one_less(chosen.choice)
            choice = chosen.choice
            return Found(True, chosen.prospect, one_less=less, tried=self.tried, choice=choice)
        nearest = self._nearest()
        return Found(False, nearest, None if nearest else self.obstacle, tried=self.tried)

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
            self.obstacle = self.ladder.said(error)
            return 0

    def _too_costly(self, choice: Choice) -> bool:
        if not self.meeting.found or self.any_may_cost_less:
            return False
        try:
            bound = self.bound(self.ladder.draft(self.levers, choice))
        except FinanceError:
            return False
        return bound is not None and bound >= self.meeting.cheapest.prospect.cost

    def _consider(self, choice: Choice) -> None:
        self.tried += 1
        prospect = self._worked_out(choice)
        if prospect is None:
            return
        holds = self.ladder.judge.holds(prospect)
        if holds is False:
            self.nearest.note(choice, prospect)
            return
        records = self.undecided if isinstance(holds, Unknown) else self.meeting
        records.note(_Candidate(choice, prospect, holds))

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
            self.obstacle = self.ladder.said(error)
            return None


def cost_bound(draft: Draft) -> Fraction | None:
    """Return what terms cost at least, in minor units, or None where no closed form says it.

    That is the cost of level payments over the same months, and of nothing paid on top: where less is paid at first, in
    a holiday or in steps, more is owed in every month, and each month's balance costs the difference of the rates.
    Each rounded payment and each rounded interest is within a unit of the exact one, and the last payment takes what
    the others leave: three units a month cover all of it. Of a rate that changes there is no such form.
    """
    if draft.later_rates or draft.agreed:
        return None
    if draft.method != "level" or draft.settled_for is not None:
        return None
    owed, months = draft.bearing - draft.forborne, draft.term
    if draft.rate > draft.position.annual_rate or months is None or months <= 0 or owed <= 0:
        return None
    contract, plan = periodic(draft.position.annual_rate), periodic(draft.rate)
    payments = owed * _annuity(contract, months) / _annuity(plan, months)
    at_end = draft.interest_free / (1 + contract) ** months
    covered = owed + draft.interest_free + draft.forgiven + sum(draft.waived.values())
    return covered - payments - at_end - 3 * (months + 1)


def least_given_up(draft: Draft) -> Fraction | None:
    """Return what terms cost at least, in minor units, whatever is paid when; None where no bound is known.

    At a rate no higher than the contract's no payment is worth more than what it repays, but for half a unit a month
    by which interest is rounded. What is left is what is given up of the balances.
    """
    if draft.later_rates or draft.rate > draft.position.annual_rate:
        return None
    months = max(draft.term or 0, LONGEST)
    return draft.forgiven + sum(draft.waived.values()) - Fraction(months + 1, 2)


def _annuity(rate: Fraction, months: int) -> Fraction:
    """Return the value today of one unit paid each month."""
    if rate == 0:
        return Fraction(months)
    grown = (1 + rate) ** months
    return (grown - 1) / (rate * grown)
