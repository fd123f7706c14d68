"""The settings of a plan's levers in their order, and the draft for any choice among them.

A choice is a place for each lever; levers that it does not reach are at their least. What a lever stands on (its
`when`, its cap, the balances it touches) must be known once it is reached; before that only where its least is
a change.

In a waterfall the choices form one line, from the least concession to the greatest: each lever in turn is raised from
its least to its most, the earlier ones staying at their most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Protocol, TypeAlias

import attrs

from policyengine.causes import Cause, cause
from policyengine.decision.trace import Result, Truth, Unknown, merged
from policyengine.decision.why import Why
from policyengine.finance.errors import FinanceError
from policyengine.ir import levers as ir
from policyengine.ir.clashes import clashes
from policyengine.ir.nodes import Node
from policyengine.plans.draft import Draft
from policyengine.plans.glance import Glance
from policyengine.plans.levers import (
    Ground,
    NotKnown,
    Setting,
    settings,
    starts_unchanged,
)
from policyengine.plans.position import Position, balances_of
from policyengine.plans.prospect import Prospect
from policyengine.plans.series import Series
from policyengine.plans.traits import follows_terms, lowers_payment

#: Months of schedules that are worked out in one search before it gives up and says so: about a second.
MAX_MONTHS = 300_000
#: What a schedule costs besides its months, and what a glance costs, in months.
_EACH, _GLANCE = 20, 10

Choice: TypeAlias = tuple[int, ...]
MOST = -1


@attrs.define
class Effort:
    """What a search has cost so far, in months of schedules, and what it may cost."""

    most: int = MAX_MONTHS
    months: int = 0

    def add(self, months: int) -> None:
        """Count some more.

        Raises:
            NotKnown: It is too much: the search gives up.
        """
        self.months += months
        if self.months > self.most:
            gave_up = Why("too_many_months", months=self.most)
            raise NotKnown(Unknown(undefined=frozenset({gave_up})))


class Judge(Protocol):
    """What the search asks of an evaluator."""

    def value(self, node: Node, prospect: Prospect | Glance | None) -> Result:
        """Return the value of an expression; `plan.` names the prospect."""

    def holds(self, prospect: Prospect) -> Truth:
        """Return whether terms meet the rules."""

    def accepts(self) -> bool:
        """Return whether terms that miss the target may be enough at all."""

    def acceptable(self, prospect: Prospect) -> Truth:
        """Return whether terms that miss the target may be offered all the same."""

    def limits(self) -> Sequence[Node]:
        """Return the rules that only bound the payment: terms that break one at a glance meet nothing."""

    def out_of_reach(self, glance: Glance) -> bool:
        """Return whether payments of at least so much neither meet the rules nor are enough."""

    def shortfall(self, prospect: Prospect) -> tuple[int, Fraction]:
        """Return how far terms are from meeting the rules: how many fail, and what is missing in all.

        What is missing of one comparison is the share of its sides by which they are apart, so that it has no unit.
        """

    def least_shortfall(self, glance: Glance) -> tuple[int, Fraction]:
        """Return how far terms are from meeting the rules at least."""


@attrs.frozen
class Found:
    """Where a search ended.

    `holds` is true with the terms found; false with the nearest terms, or where the offer says what is enough with the
    last ones, if any could be worked out; unknown with the terms that could not be judged. `one_less` are the terms one
    step less generous than those found, `obstacle` says why no terms could be worked out, `tried` how many were.
    `choice` is the place of the terms found, or the one where the search had to stop.
    """

    holds: Truth
    prospect: Prospect | None
    obstacle: Why | None = None
    one_less: Prospect | None = None
    target_met: bool = True
    choice: Choice | None = None
    tried: int = 0


@attrs.frozen
class Ladder:
    """The levers of a plan over a position.

    `probing` says that it only matters whether there are terms, not how near others come.
    """

    levers: Sequence[ir.Lever]
    position: Position
    scale: int
    currency: str
    negative_amortisation: bool
    judge: Judge
    effort: Effort = attrs.field(factory=Effort)
    probing: bool = False
    _seen: dict[Choice, Sequence[Setting]] = attrs.field(factory=dict)
    _drafts: dict[Choice, Draft] = attrs.field(factory=dict)

    def when(self, lever: ir.Lever) -> Truth:
        """Return whether the `when` of a lever holds."""
        return True if lever.when is None else self.judge.value(lever.when, None)  # type: ignore[return-value]  # the types were checked

    def applicable(self) -> Sequence[ir.Lever]:
        """Return the levers whose `when` holds, or of which that is not known."""
        return [lever for lever in self.levers if self.when(lever) is not False]

    def obstacle(self, levers: Sequence[ir.Lever]) -> Why | None:
        """Return why no terms can be worked out, whatever the settings; None where they might be.

        Raises:
            NotKnown: Two levers could not both be taken, and it is not known whether both apply; or none certainly can
                do anything, and of one that is not known.
        """
        try:
            self.position.check()
        except FinanceError as error:
            return self.said(error.cause)
        for clash in clashes([lever for lever in levers if self.when(lever) is True]):
            return self.why("clashing_steps", why=clash.why)
        for clash in clashes(levers):
            raise NotKnown(merged(self.when(clash.earlier), self.when(clash.later)))
        return self._unusable(levers)

    def said(self, failure: Cause | None) -> Why | None:
        """Return what is wrong with figures as a reader sees it."""
        return self.why("not_repayable", why=failure) if failure else None

    def draft(self, levers: Sequence[ir.Lever], choice: Choice) -> Draft:
        """Return the draft for a choice; levers that it does not reach are at their least.

        Raises:
            FinanceError: A lever stands on terms that cannot be worked out.
            NotKnown: A lever stands on something that is not known, or the search has cost too much.
        """
        try:
            return self._draft(levers, choice)
        except FinanceError:
            self.effort.add(_EACH)  # or a search without a single schedule would have no end
            raise

    def _draft(self, levers: Sequence[ir.Lever], choice: Choice) -> Draft:
        choice = choice[: len(levers)]
        path, draft = choice[:-1], self._before_last(levers, choice)
        for lever in levers[len(path) :]:
            found = self._found(lever, draft, path, reached=len(path) < len(choice))
            place = choice[-1] if len(path) < len(choice) else 0
            path, draft = (*path, place), _set(found, place, draft)
        return draft

    def _before_last(self, levers: Sequence[ir.Lever], choice: Choice) -> Draft:
        """Return the draft before the last lever that a choice reaches: many choices share it."""
        before = choice[:-1]
        if not before:
            return Draft.from_position(self.position)
        if before not in self._drafts:
            self._drafts[before] = self._draft(levers[: len(before)], before)
        return self._drafts[before]

    def _found(
        self, lever: ir.Lever, draft: Draft, path: Choice, *, reached: bool
    ) -> Sequence[Setting]:
        """Return the settings of a lever after a choice; none where it is not reached and its least is no change."""
        if path not in self._seen:
            try:
                self._seen[path] = self.settings(lever, draft)
            except (NotKnown, FinanceError):
                if reached or not starts_unchanged(lever, self.ground(draft)):
                    raise
                return ()
        return self._seen[path]

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
        """Return what a lever can do to a draft.

        Raises:
            NotKnown: Whether it is used, a balance that it touches or a setting of it is not known.
            FinanceError: A setting stands on terms that cannot be worked out, or is one that no terms could have; or
                a balance that it touches is below zero.
        """
        when = self.when(lever)
        missing = self.position.missing & {f"loan.{name}" for name in balances_of(lever)}
        if isinstance(when, Unknown) or missing:
            raise NotKnown(merged(when, Unknown(missing)))
        self.position.check_balances(balances_of(lever))
        return settings(lever, self.ground(draft))

    def ground(self, draft: Draft) -> Ground:
        """Return what the settings of a lever over a draft stand on."""
        return Ground(draft, self.scale, self.judge.value, self.sketch, self.work_out)

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
        self.effort.add(_EACH + (1 if draft.settled_for is not None else max(draft.term or 0, 0)))
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

    def _unusable(self, levers: Sequence[ir.Lever]) -> Why | None:
        """Return why no lever can do anything to the loan as it stands, which is no relief; or None."""
        untouched, why, unknown = Draft.from_position(self.position), [], None
        for lever in levers:
            try:
                found = self.settings(lever, untouched)
            except FinanceError:
                return None
            except NotKnown as error:
                unknown = unknown or error
                continue
            if found:
                return None
            why.append(cause("unusable", step=lever.name, why=found.empty))
        if unknown:
            raise unknown
        return self.why("no_usable_step", why=tuple(why) or cause("no_when_holds"))

    def why(self, code: str, **values: object) -> Why:
        """Return a reason whose amounts are in the position's currency."""
        return Why(code, currency=self.currency, **values)


def _set(found: Sequence[Setting], place: int, draft: Draft) -> Draft:
    """Return a draft with a lever at a place, or at its most; as it is where the lever can do nothing."""
    if not len(found):
        return draft
    last = len(found) - 1
    return found[last if place == MOST else min(place, last)](draft)
