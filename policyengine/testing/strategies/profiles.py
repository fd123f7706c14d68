"""Strategies of borrowers under one policy: near where it changes its mind, or plainly at random.

A borrower whom a plan is allowed is taken, some facts are moved to other values, one is aimed at a turn, and some are
taken away. What is drawn for a fact does not depend on the other facts, so that each shrinks by itself: to not being
known, else to how it was, else to the simplest value. All facts are drawn at once, as bytes: that is five times as fast
as one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import strategies as st

from policyengine.evaluators.base import Evaluator
from policyengine.finance.calendar import due_dates
from policyengine.finance.errors import FinanceError
from policyengine.ir.nodes import Fact
from policyengine.ir.program import Program
from policyengine.ir.reach import reached
from policyengine.ir.sight import expressions_in
from policyengine.model.types import Value
from policyengine.testing.strategies.aiming import Aim, aimed, targets_of
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.choices import days_of
from policyengine.testing.strategies.plainly import plainly
from policyengine.testing.strategies.witnesses import Witnesses, witnesses_of

#: One byte of chance for each fact, and one that picks a value.
_PARTS = 256
#: Of so many facts so many are missing, by profile; the first is what a profile shrinks to.
_MISSING = (10, 0, 0, 0, 75)
#: Of so many facts so many are moved away from the borrower one started from.
_MOVED = (0, 0, 20, 50, 150)
_STEPS = (0, -1, 1)


def borrowers(
    program: Program,
    evaluator: Evaluator,
    *,
    missing: float | None = None,
    near_thresholds: bool = True,
    aim_at: str | None = None,
) -> st.SearchStrategy[Borrower]:
    """Return a strategy of borrowers; see `profiles`. `aim_at` is the fact that is aimed wherever it can be."""
    shares = _MISSING if missing is None else (round(_PARTS * missing),)
    if not near_thresholds:
        return plainly(program, shares)
    recipe = Recipe(program, evaluator, witnesses_of(program), shares, aim_at)
    return st.fixed_dictionaries(recipe.draws()).map(recipe.borrower)


@attrs.frozen(eq=False)
class Recipe:
    """How a borrower is made from what was drawn."""

    program: Program
    evaluator: Evaluator
    witnesses: Witnesses
    shares: tuple[int, ...]
    aim_at: str | None = None

    def draws(self) -> dict[str, st.SearchStrategy[Any]]:
        """Return what is drawn: whom to start from, the day, what is aimed at, and two bytes for each fact."""
        choices = self.witnesses.choices
        days, targets = len(self._days), max(1, len(targets_of(self.program)))
        found: dict[str, st.SearchStrategy[Any]] = {
            "base": st.integers(0, len(self.witnesses.borrowers) - 1),
            "missing": st.sampled_from(self.shares),
            "moved": st.sampled_from(_MOVED),
            "day": st.integers(0, 3 * days - 1),
            "aim": st.tuples(
                st.integers(0, 2 * targets), st.integers(0, 63), st.sampled_from(_STEPS)
            ),
            "others": st.integers(0, 3),
        }
        many = 2 * len(choices)
        return found | {"facts": st.binary(min_size=many, max_size=many)}

    def borrower(self, drawn: Mapping[str, Any]) -> Borrower:
        """Return the borrower that was drawn."""
        facts: bytes = drawn["facts"]
        chances = dict(zip(self.witnesses.choices, facts[::2], strict=True))
        picks = dict(zip(self.witnesses.choices, facts[1::2], strict=True))
        found = self._dated(self.witnesses.borrowers[drawn["base"]], drawn["day"])
        moved = [path for path, chance in chances.items() if chance >= _PARTS - drawn["moved"]]
        found = self._moved(found, {path: picks[path] for path in moved})
        found = self._aimed(found, *drawn["aim"])
        gone = [path for path, chance in chances.items() if chance < drawn["missing"]]
        return consistent(self._with_others(found.without(*gone), drawn["others"]))

    @property
    def _days(self) -> tuple[date, ...]:
        return days_of(self.program, self.witnesses.today)

    def _dated(self, base: Borrower, day: int) -> Borrower:
        """Return the borrower on a day; most stay on their own."""
        place = day - 2 * len(self._days)
        if place < 0:
            return base
        found = attrs.evolve(base, as_of=self._days[place])
        due = found.facts.get("loan.next_due")
        return found if due is None else found.with_fact("loan.next_due", _due_after(found.as_of))

    def _moved(self, base: Borrower, picks: Mapping[str, int]) -> Borrower:
        values = {path: self.witnesses.choices[path].values for path in picks}
        facts = {path: each[picks[path] % len(each)] for path, each in values.items() if each}
        return attrs.evolve(base, facts={**base.facts, **facts})

    def _aimed(self, borrower: Borrower, which: int, fact: int, steps: int) -> Borrower:
        """Return the borrower with a fact where something turns; half of them stay as they are."""
        targets = targets_of(self.program)
        place = which - len(targets) - 1
        if place < 0 or not targets:
            return borrower
        target = targets[place % len(targets)]
        known = [p for p in target.facts if p in borrower.facts and p in self.witnesses.choices]
        if not known:
            return borrower
        path = self.aim_at if self.aim_at in known else known[fact % len(known)]
        aim = Aim(target, path, steps)
        return aimed(borrower, aim, self.witnesses.choices, self.program, self.evaluator)

    def _with_others(self, borrower: Borrower, count: int) -> Borrower:
        if count < 2 or not _reads_other_loans(self.program):
            return borrower
        other: dict[str, Value] = {"id": "L-2"}
        if "loan.payment" in borrower.facts:
            other["payment"] = borrower.facts["loan.payment"]
        return attrs.evolve(borrower, others=(other,))


def consistent(borrower: Borrower) -> Borrower:
    """Return the borrower without an agreed day of the month on which the next payment cannot fall due."""
    due, day = borrower.facts.get("loan.next_due"), borrower.facts.get("loan.due_day")
    if not isinstance(due, date) or not isinstance(day, int):
        return borrower
    try:
        due_dates(due, 1, day)
    except FinanceError:
        return borrower.without("loan.due_day")
    return borrower


def _due_after(day: date) -> date:
    return day + timedelta(days=10)


def _reads_other_loans(program: Program) -> bool:
    nodes = reached(expressions_in(program), program)
    return any(isinstance(node, Fact) and node.path == "loans" for node in nodes)
