"""The terms nearest to the rules, where none meet them.

Fewest rules fail at them; among as many, what is missing is least in all; among as little, they are the furthest on in
the order of the file. A glance shows at least how far terms are from the rules, so most are passed over without
a schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

import attrs

from policyengine.finance.errors import FinanceError
from policyengine.ir import levers as ir
from policyengine.plans.ladder import Choice, Effort, Ladder
from policyengine.plans.prospect import Prospect
from policyengine.plans.traits import follows_terms, lowers_payment

#: Months of schedules that are worked out to find the nearest terms; then the nearest of those will do.
MAX_MONTHS = 50_000

#: How many rules fail, and what is missing in all.
Missing: TypeAlias = tuple[int, Fraction]


@attrs.define
class Nearest:
    """The nearest of the terms that were looked at."""

    ladder: Ladder
    levers: Sequence[ir.Lever]
    prospect: Prospect | None = None
    _choice: Choice = ()
    _missing: Missing = (0, Fraction(0))
    _seen: set[Choice] = attrs.field(factory=set)
    _effort: Effort = attrs.field(factory=lambda: Effort(MAX_MONTHS))

    def note(self, choice: Choice, prospect: Prospect) -> Missing:
        """Remember terms that fail if they are the nearest so far, and return what is missing."""
        missing = self.ladder.judge.shortfall(prospect)
        self.note_missing(choice, prospect, missing)
        return missing

    def note_missing(self, choice: Choice, prospect: Prospect, missing: Missing) -> None:
        """Do the same where it is known what is missing."""
        self._seen.add(choice)
        if self.prospect is None or self._nearer(missing, choice):
            self.prospect, self._choice, self._missing = prospect, choice, missing

    def look_back(self, before: Choice, start: int, count: int) -> None:
        """Look at the places of the lever after a choice, the greatest first, except where a glance is enough."""
        lever, later = self.levers[len(before)], self.levers[len(before) + 1 :]
        falls = lowers_payment(lever) and not any(map(follows_terms, later))
        for place in reversed(range(start, count)):
            if self._too_far((*before, place)):
                if falls:
                    return
            elif (*before, place) not in self._seen:
                self._work_out((*before, place))

    def _nearer(self, missing: Missing, choice: Choice) -> bool:
        if missing != self._missing:
            return missing < self._missing
        return (len(choice), choice) > (len(self._choice), self._choice)

    def _too_far(self, choice: Choice) -> bool:
        ladder = attrs.evolve(self.ladder, effort=self._effort)
        try:
            glance = ladder.glance(ladder.draft(self.levers, choice))
        except FinanceError:
            return False
        if self.prospect is None or glance is None:
            return False
        return not self._nearer(ladder.judge.least_shortfall(glance), choice)

    def _work_out(self, choice: Choice) -> None:
        ladder = attrs.evolve(self.ladder, effort=self._effort)
        try:
            self.note(choice, ladder.work_out(ladder.draft(self.levers, choice)))
        except FinanceError:
            self._seen.add(choice)
