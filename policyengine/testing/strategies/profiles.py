"""Strategies of borrowers under one policy: near where it changes its mind, or plainly at random.

A borrower whom a plan is allowed is taken, some facts are moved to other values, one is aimed at a turn, and some are
taken away. All is drawn at once, as bytes: that is five times as fast as fact by fact, and of examples that are drawn
in parts Hypothesis makes most of the others by exchanging parts. It shrinks bytes by putting them in order, which says
nothing of facts; so a breach of a law is made simple in `laws.trying`, on the borrower.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

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
#: Of so many facts so many are missing, by profile.
_MISSING = (10, 0, 0, 0, 75)
#: Of so many facts so many are moved away from the borrower one started from.
_MOVED = (0, 0, 20, 50, 150)
_STEPS = (0, -1, 1)
#: Five bytes, and three numbers of two bytes each, before those of the facts.
_HEAD = 11


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
    return st.binary(min_size=recipe.size, max_size=recipe.size).map(recipe.borrower)


# Hypothesis writes down, of each example, the function that made it: this one's policy would take most of the time.
@attrs.frozen(eq=False, repr=False)
class Recipe:
    """How a borrower is made from what was drawn."""

    program: Program
    evaluator: Evaluator
    witnesses: Witnesses
    shares: tuple[int, ...]
    aim_at: str | None = None

    @property
    def size(self) -> int:
        """How many bytes are drawn: some for the whole, and two for each fact."""
        return _HEAD + 2 * len(self.witnesses.choices)

    def borrower(self, drawn: bytes) -> Borrower:
        """Return the borrower that was drawn."""
        missing, moved, base, others, step, day, target, fact = _numbers(drawn)
        paths, chances, picks = self.witnesses.choices, drawn[_HEAD::2], drawn[_HEAD + 1 :: 2]
        least = _PARTS - _MOVED[moved % len(_MOVED)]
        moves = {
            p: k for p, chance, k in zip(paths, chances, picks, strict=True) if chance >= least
        }
        known = self.witnesses.borrowers
        found = self._moved(self._dated(known[base % len(known)], day), moves)
        found = self._aimed(found, target, fact, _STEPS[step % len(_STEPS)])
        share = self.shares[missing % len(self.shares)]
        gone = [path for path, chance in zip(paths, chances, strict=True) if chance < share]
        return consistent(self._with_others(found.without(*gone), others % 4))

    @property
    def _days(self) -> tuple[date, ...]:
        return days_of(self.program, self.witnesses.today)

    def _dated(self, base: Borrower, day: int) -> Borrower:
        """Return the borrower on a day; most stay on their own."""
        place = day % (3 * len(self._days)) - 2 * len(self._days)
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
        place = which % (2 * len(targets) + 1) - len(targets) - 1
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


def _numbers(drawn: bytes) -> tuple[int, ...]:
    pairs = (int.from_bytes(drawn[at : at + 2], "big") for at in (5, 7, 9))
    return (*drawn[:5], *pairs)


def _due_after(day: date) -> date:
    return day + timedelta(days=10)


def _reads_other_loans(program: Program) -> bool:
    nodes = reached(expressions_in(program), program)
    return any(isinstance(node, Fact) and node.path == "loans" for node in nodes)
