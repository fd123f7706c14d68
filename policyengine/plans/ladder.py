"""The settings of a plan's levers in their order, and the draft for any choice among them.

A choice is a place for each lever. In a waterfall the choices form one line, from the least concession to the
greatest: each lever in turn is raised from its least to its most, the earlier ones staying at their most.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import attrs

from policyengine.decision.trace import Result, Truth, Unknown
from policyengine.finance.errors import FinanceError
from policyengine.ir import levers as ir
from policyengine.ir.nodes import Node
from policyengine.plans.draft import Draft
from policyengine.plans.glance import Glance
from policyengine.plans.levers import Ground, NotKnown, Setting, settings
from policyengine.plans.position import Position
from policyengine.plans.prospect import Prospect

#: Terms that are worked out in one search before it gives up and says so.
MAX_TRIED = 20_000

Choice: TypeAlias = tuple[int, ...]
MOST = -1


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

    def applicable(self) -> Sequence[ir.Lever]:
        """Return the levers whose `when` holds.

        Raises:
            NotKnown: Whether one does is not known.
        """
        return [lever for lever in self.levers if self._holds(lever.when)]

    def usable(self, levers: Sequence[ir.Lever]) -> bool:
        """Whether any lever can do anything: the loan as it stands is no relief."""
        untouched = Draft.from_position(self.position)
        return any(len(self.settings(lever, untouched)) for lever in levers)

    def draft(self, levers: Sequence[ir.Lever], choice: Choice) -> Draft:
        """Return the draft for a choice; levers without a place in it are at their least."""
        draft = Draft.from_position(self.position)
        for index, lever in enumerate(levers):
            found = self.settings(lever, draft)
            if len(found):
                place = choice[index] if index < len(choice) else 0
                draft = found[len(found) - 1 if place == MOST else min(place, len(found) - 1)](
                    draft
                )
        return draft

    def count(self, levers: Sequence[ir.Lever], choice: Choice) -> int:
        """Return how many settings the lever after a choice has."""
        return len(self.settings(levers[len(choice)], self.draft(levers[: len(choice)], choice)))

    def settings(self, lever: ir.Lever, draft: Draft) -> Sequence[Setting]:
        """Return what a lever can do to a draft."""
        return settings(lever, Ground(draft, self.scale, self.judge.value, self.work_out))

    def work_out(self, draft: Draft) -> Prospect:
        """Return the schedule of a draft.

        Raises:
            FinanceError: It cannot be repaid.
        """
        return Prospect.from_draft(
            draft, self.scale, negative_amortisation=self.negative_amortisation
        )

    def glance(self, draft: Draft) -> Glance | None:
        """Return a draft's level payment without its schedule, or None where it has no such payment."""
        try:
            return Glance.from_draft(draft, self.scale)
        except FinanceError:
            return None

    def excluded(self, draft: Draft) -> bool:
        """Whether a glance shows that a draft cannot meet the rules."""
        glance = self.glance(draft)
        if glance is None:
            return False
        return any(self.judge.value(limit, glance) is False for limit in self.judge.limits())

    def _holds(self, when: Node | None) -> bool:
        if when is None:
            return True
        holds = self.judge.value(when, None)
        if isinstance(holds, Unknown):
            raise NotKnown(holds)
        return bool(holds)
