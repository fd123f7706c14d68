"""The cheapest terms: every choice among the settings of all levers, lowest cost to the lender first.

Cost is what the lender gives up in value today at the contract rate; ties are broken by the order of the file, the lesser
concession first. Choices are visited in that order, lever by lever. A greater setting never costs less before
rounding, so once the closed form says that a setting costs more than the best terms found, beyond what rounding can
account for, the greater ones are left out. Where the plan's rate is above the contract's nothing is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs

from policyengine.decision.trace import Unknown
from policyengine.finance.errors import FinanceError
from policyengine.finance.rate import periodic
from policyengine.ir import levers as ir
from policyengine.plans.draft import Draft
from policyengine.plans.ladder import MAX_TRIED, Choice, Found, Ladder
from policyengine.plans.levers import LOWERING, NotKnown
from policyengine.plans.prospect import Prospect


def least_cost(ladder: Ladder) -> Found:
    """Return the cheapest terms that meet the rules, or where the search ended."""
    try:
        levers = ladder.applicable()
        if not ladder.usable(levers):
            return Found(False, None, "no step can be used")
        return _Search(ladder, levers).run()
    except NotKnown as error:
        return Found(error.unknown, None)


class _GivenUp(Exception):
    def __init__(self, unknown: Unknown, prospect: Prospect | None) -> None:
        self.unknown, self.prospect = unknown, prospect
        super().__init__()


@attrs.define
class _Search:
    ladder: Ladder
    levers: Sequence[ir.Lever]
    best: Prospect | None = None
    chosen: Choice = ()
    nearest: Prospect | None = None
    obstacle: str | None = None
    tried: int = 0

    def run(self) -> Found:
        try:
            self._visit(())
        except _GivenUp as error:
            return Found(error.unknown, error.prospect, tried=self.tried)
        if self.best is not None:
            return Found(True, self.best, one_less=self._one_less(), tried=self.tried)
        return Found(False, self.nearest, None if self.nearest else self.obstacle, tried=self.tried)

    def _visit(self, choice: Choice) -> None:
        if len(choice) == len(self.levers):
            self._consider(choice)
            return
        count = max(self.ladder.count(self.levers, choice), 1)
        for place in range(self._first_possible(choice, count), count):
            further = (*choice, place)
            if self._too_costly(further):
                return
            self._visit(further)

    def _first_possible(self, choice: Choice, count: int) -> int:
        """Pass over what a glance excludes; among the settings of the last lever only."""
        innermost = len(choice) == len(self.levers) - 1
        if not innermost or not isinstance(self.levers[-1], LOWERING):
            return 0
        low, high = 0, count
        while low < high:
            middle = (low + high) // 2
            if self.ladder.excluded(self.ladder.draft(self.levers, (*choice, middle))):
                low = middle + 1
            else:
                high = middle
        return low

    def _too_costly(self, choice: Choice) -> bool:
        if self.best is None:
            return False
        bound = cost_bound(self.ladder.draft(self.levers, choice))
        return bound is not None and bound >= self.best.cost

    def _consider(self, choice: Choice) -> None:
        self.tried += 1
        if self.tried > MAX_TRIED:
            gave_up = Unknown(undefined=frozenset({f"more than {MAX_TRIED} terms were tried"}))
            raise _GivenUp(gave_up, self.best or self.nearest)
        try:
            prospect = self.ladder.work_out(self.ladder.draft(self.levers, choice))
        except FinanceError as error:
            self.obstacle = str(error)
            return
        holds = self.ladder.judge.holds(prospect)
        if isinstance(holds, Unknown):
            raise _GivenUp(holds, prospect)
        if not holds:
            self._remember(prospect)
        elif self.best is None or prospect.cost < self.best.cost:
            self.best, self.chosen = prospect, choice

    def _remember(self, prospect: Prospect) -> None:
        shortfall = self.ladder.judge.shortfall
        if self.nearest is None or shortfall(prospect) < shortfall(self.nearest):
            self.nearest = prospect

    def _one_less(self) -> Prospect | None:
        """Return the terms with the last raised lever one step less generous."""
        raised = [index for index, place in enumerate(self.chosen) if place > 0]
        if not raised:
            return None
        less = list(self.chosen)
        less[raised[-1]] -= 1
        try:
            return self.ladder.work_out(self.ladder.draft(self.levers, tuple(less)))
        except FinanceError:
            return None


def cost_bound(draft: Draft) -> Fraction | None:
    """Return what terms cost at least, in minor units, or None where no closed form says it.

    Each rounded payment and each rounded interest is within half a unit of the exact one, and the last payment takes
    what the others leave: two units a month cover all of it.
    """
    if not draft.is_level or draft.rate > draft.position.annual_rate or not draft.repayment_months:
        return None
    owed, months = draft.bearing - draft.forborne, draft.repayment_months
    if owed <= 0:
        return None
    contract, plan = periodic(draft.position.annual_rate), periodic(draft.rate)
    payments = owed * _annuity(contract, months) / _annuity(plan, months)
    at_end = draft.interest_free / (1 + contract) ** months
    covered = draft.balance + draft.forgiven + sum(draft.waived.values())
    return covered - payments - at_end - 2 * (months + 1)


def _annuity(rate: Fraction, months: int) -> Fraction:
    """Return the value today of one unit paid each month."""
    if rate == 0:
        return Fraction(months)
    grown = (1 + rate) ** months
    return (grown - 1) / (rate * grown)
