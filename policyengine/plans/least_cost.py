"""The cheapest terms: every choice among the settings of all levers, lowest cost to the lender first.

Cost is what the lender gives up in value today at the contract rate; ties are broken by the order of the file, the
lesser concession first. Choices are visited in that order, lever by lever. A greater setting never costs less before
rounding, so once the closed form says that a setting costs more than the best terms found, beyond what rounding can
account for, the greater ones are left out. Where an amount is agreed, more months of it may cost less: only what is
given up of the balances bounds the cost then. Where the plan's rate is above the contract's or may rise later, or the
least of a lever depends on the terms before it, nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

import attrs

from policyengine.decision.trace import Truth, Unknown
from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import LONGEST
from policyengine.finance.rate import periodic
from policyengine.ir import levers as ir
from policyengine.plans.draft import Draft
from policyengine.plans.ladder import Choice, Found, Ladder
from policyengine.plans.levers import NotKnown, agrees_amount, follows_terms, makes_rate_rise
from policyengine.plans.prospect import Prospect


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


@attrs.define
class _Search:
    ladder: Ladder
    levers: Sequence[ir.Lever]
    any_may_cost_less: bool
    bound: Callable[[Draft], Fraction | None]
    best: Prospect | None = None
    chosen: Choice = ()
    undecided: Prospect | None = None
    unknown: Truth = False
    unknown_choice: Choice = ()
    nearest: Prospect | None = None
    missed_by: tuple[int, object] | None = None
    obstacle: str | None = None
    tried: int = 0

    def run(self) -> Found:
        self._visit(())
        if self.undecided is not None and (self.best is None or self._might_be_less()):
            return Found(self.unknown, self.undecided, tried=self.tried)
        if self.best is not None:
            return Found(True, self.best, one_less=self._one_less(), tried=self.tried)
        return Found(False, self.nearest, None if self.nearest else self.obstacle, tried=self.tried)

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
        try:
            count = max(self.ladder.count(self.levers, choice), 1)
        except FinanceError as error:
            self.obstacle = self.ladder.said(error)
            return ()
        if len(choice) < len(self.levers) - 1:
            return range(count)
        return self.ladder.possible(self.levers, choice, 0, count)

    def _too_costly(self, choice: Choice) -> bool:
        if self.best is None or self.any_may_cost_less:
            return False
        try:
            bound = self.bound(self.ladder.draft(self.levers, choice))
        except FinanceError:
            return False
        return bound is not None and bound >= self.best.cost

    def _consider(self, choice: Choice) -> None:
        self.tried += 1
        prospect = self._worked_out(choice)
        if prospect is None:
            return
        holds = self.ladder.judge.holds(prospect)
        if isinstance(holds, Unknown):
            if self.undecided is None or prospect.cost < self.undecided.cost:
                self.undecided, self.unknown, self.unknown_choice = prospect, holds, choice
        elif not holds:
            self._remember(prospect)
        elif self.best is None or prospect.cost < self.best.cost:
            self.best, self.chosen = prospect, choice

    def _remember(self, prospect: Prospect) -> None:
        missed_by = self.ladder.judge.shortfall(prospect)
        if self.missed_by is None or missed_by < self.missed_by:
            self.nearest, self.missed_by = prospect, missed_by

    def _might_be_less(self) -> bool:
        """Whether terms that could not be judged would be chosen before the best ones."""
        assert self.best is not None  # noqa: S101  # asked only then
        assert self.undecided is not None  # noqa: S101
        unknown = (self.undecided.cost, self.unknown_choice)
        return unknown < (self.best.cost, self.chosen)

    def _one_less(self) -> Prospect | None:
        """Return terms with one raised lever one step less generous, the last whose rules they fail.

        Other such terms may meet the rules: they cost more.
        """
        for index in reversed(range(len(self.chosen))):
            if self.chosen[index] > 0:
                less = list(self.chosen)
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
