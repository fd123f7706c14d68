"""The settings of a plan's levers in their order, and the draft for any choice among them.

A choice is a place for each lever. In a waterfall the choices form one line, from the least concession to the
greatest: each lever in turn is raised from its least to its most, the earlier ones staying at their most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeAlias

import attrs

from policyengine.decision.trace import Result, Truth, Unknown
from policyengine.finance.errors import FinanceError
from policyengine.ir import levers as ir
from policyengine.ir.clashes import clashes
from policyengine.ir.nodes import Node
from policyengine.plans import amounts
from policyengine.plans.draft import Draft
from policyengine.plans.glance import Glance
from policyengine.plans.levers import (
    Ground,
    NotKnown,
    Setting,
    follows_terms,
    lowers_payment,
    settings,
)
from policyengine.plans.position import Position
from policyengine.plans.prospect import Prospect
from policyengine.plans.series import Series

#: Months of schedules that are worked out in one search before it gives up and says so: about a second.
MAX_MONTHS = 300_000
#: What a schedule costs besides its months, and what a glance costs, in months.
_EACH, _GLANCE = 20, 10

Choice: TypeAlias = tuple[int, ...]
MOST = -1


@attrs.define
class Effort:
    """What a search has cost so far, in months of schedules."""

    months: int = 0

    def add(self, months: int) -> None:
        """Count some more.

        Raises:
            NotKnown: It is too much: the search gives up.
        """
        self.months += months
        if self.months > MAX_MONTHS:
            gave_up = f"more than {MAX_MONTHS} months of schedules were worked out"
            raise NotKnown(Unknown(undefined=frozenset({gave_up})))


class Judge(Protocol):
    """What the search asks of an evaluator."""

    def value(self, node: Node, prospect: Prospect | Glance | None) -> Result:
        """Return the value of an expression; `plan.` names the prospect."""

    def holds(self, prospect: Prospect) -> Truth:
        """Return whether terms meet the rules."""

    def acceptable(self, prospect: Prospect) -> Truth:
        """Return whether terms that miss the target may be offered all the same."""

    def limits(self) -> Sequence[Node]:
        """Return the rules that only bound the payment: terms that break one at a glance meet nothing."""

    def shortfall(self, prospect: Prospect) -> tuple[int, object]:
        """Return how far terms are from meeting the rules, to be compared with others."""


@attrs.frozen
class Found:
    """Where a search ended.

    `holds` is true with the terms found; false with the terms that came nearest, if any could be worked out; unknown
    with the terms that could not be judged. `one_less` are the terms one step less generous than those found,
    `obstacle` says why no terms could be worked out, `tried` how many were.
    """

    holds: Truth
    prospect: Prospect | None
    obstacle: str | None = None
    one_less: Prospect | None = None
    target_met: bool = True
    tried: int = 0


@attrs.frozen
class Ladder:
    """The levers of a plan over a position."""

    levers: Sequence[ir.Lever]
    position: Position
    scale: int
    negative_amortisation: bool
    judge: Judge
    effort: Effort = attrs.field(factory=Effort)
    _seen: dict[Choice, Sequence[Setting]] = attrs.field(factory=dict)

    def applicable(self) -> Sequence[ir.Lever]:
        """Return the levers whose `when` holds.

        Raises:
            NotKnown: Whether one does is not known.
        """
        return [lever for lever in self.levers if self._holds(lever.when)]

    def obstacle(self, levers: Sequence[ir.Lever]) -> str | None:
        """Return why no terms can be worked out, whatever the settings; None where they might be."""
        try:
            self.position.check()
        except FinanceError as error:
            return self.said(error)
        for clash in clashes(levers):
            return f"{clash.why}, and both apply"
        return self._unusable(levers)

    def said(self, error: FinanceError) -> str:
        """Return what is wrong with figures as a reader sees them."""
        return amounts.said(error, self.scale)

    def draft(self, levers: Sequence[ir.Lever], choice: Choice) -> Draft:
        """Return the draft for a choice; levers without a place in it are at their least.

        Raises:
            FinanceError: A lever stands on terms that cannot be worked out.
            NotKnown: The search has cost too much.
        """
        try:
            return self._draft(levers, choice)
        except FinanceError:
            self.effort.add(_EACH)  # or a search without a single schedule would have no end
            raise

    def _draft(self, levers: Sequence[ir.Lever], choice: Choice) -> Draft:
        draft = Draft.from_position(self.position)
        path: Choice = ()
        for index, lever in enumerate(levers):
            if path not in self._seen:
                self._seen[path] = self.settings(lever, draft)
            found = self._seen[path]
            place = choice[index] if index < len(choice) else 0
            path += (place,)
            if len(found):
                last = len(found) - 1
                draft = found[last if place == MOST else min(place, last)](draft)
        return draft

    def count(self, levers: Sequence[ir.Lever], choice: Choice) -> int:
        """Return how many settings the lever after a choice has.

        Raises:
            FinanceError: It stands on terms that cannot be worked out.
            NotKnown: The search has cost too much.
        """
        draft = self.draft(levers[: len(choice)], choice)
        try:
            return len(self.settings(levers[len(choice)], draft))
        except FinanceError:
            self.effort.add(_EACH)
            raise

    def settings(self, lever: ir.Lever, draft: Draft) -> Series[Setting]:
        """Return what a lever can do to a draft."""
        return settings(
            lever, Ground(draft, self.scale, self.judge.value, self.sketch, self.work_out)
        )

    def sketch(self, draft: Draft) -> Prospect:
        """Return a draft of which no schedule is needed."""
        return Prospect(draft, self.scale, self.negative_amortisation)

    def work_out(self, draft: Draft) -> Prospect:
        """Return the schedule of a draft.

        Raises:
            FinanceError: It cannot be repaid.
            NotKnown: A fact is missing for it, or the search has cost too much.
        """
        missing = draft.missing()
        if missing:
            raise NotKnown(Unknown(missing))
        self.effort.add(_EACH + max(draft.term or 0, 0))
        prospect = Prospect.from_draft(
            draft, self.scale, negative_amortisation=self.negative_amortisation
        )
        if draft.until_repaid is not None:  # how many months follows from the schedule
            self.effort.add(prospect.term)
        return prospect

    def glance(self, draft: Draft) -> Glance | None:
        """Return a draft's level payment without its schedule, or None where it has no such payment."""
        self.effort.add(_GLANCE)
        try:
            return Glance.from_draft(draft, self.scale)
        except FinanceError:
            return None

    def excluded(self, levers: Sequence[ir.Lever], choice: Choice) -> bool:
        """Whether a glance shows that a choice cannot meet the rules."""
        try:
            glance = self.glance(self.draft(levers, choice))
        except FinanceError:
            return False
        return any(self.judge.value(limit, glance) is False for limit in self.judge.limits())

    def possible(
        self, levers: Sequence[ir.Lever], before: Choice, start: int, count: int
    ) -> Iterator[int]:
        """Yield the places of the lever after a choice, from `start` on, without those that a glance excludes.

        The last one is always there, for the reader to see by how much it fails. Where the payment only falls from
        place to place, the stretch in which it is certainly too high is passed over by bisection.
        """
        lever, later = levers[len(before)], levers[len(before) + 1 :]
        low, high = start, count
        if not self.judge.limits():
            high = start
        elif lowers_payment(lever) and not any(map(follows_terms, later)):
            while low < high:
                middle = (low + high) // 2
                if self.excluded(levers, (*before, middle)):
                    low = middle + 1
                else:
                    high = middle
        for place in range(min(low, count - 1), count):
            if low >= high or place == count - 1 or not self.excluded(levers, (*before, place)):
                yield place

    def _unusable(self, levers: Sequence[ir.Lever]) -> str | None:
        """Return why no lever can do anything to the loan as it stands, which is no relief; or None."""
        untouched, why = Draft.from_position(self.position), []
        try:
            for lever in levers:
                found = self.settings(lever, untouched)
                if found:
                    return None
                why.append(f"`{lever.name}`: {found.empty}")
        except FinanceError:
            return None
        return "no step can be used: " + ("; ".join(why) or "the `when` of none holds")

    def _holds(self, when: Node | None) -> bool:
        if when is None:
            return True
        holds = self.judge.value(when, None)
        if isinstance(holds, Unknown):
            raise NotKnown(holds)
        return bool(holds)
