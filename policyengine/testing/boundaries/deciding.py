"""Whether a condition decides: what becomes of a borrower as something is moved, and how much of that is its doing."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import attrs

from policyengine.decision.decided import Decided, DecidedPlan
from policyengine.decision.decision import Status
from policyengine.evaluators.base import Evaluator
from policyengine.ir.program import Program
from policyengine.testing.boundaries.conditions import About, Condition
from policyengine.testing.strategies.borrower import Borrower


class Grade(IntEnum):
    """What a condition does, the more the higher.

    `ALONE`: a plan is allowed, and denied for this rule alone; or a referral holds and does not; or the policy applies
    and does not. `TOGETHER`: so, but other rules fail at the same step. `TERMS`: it is the terms or the reasons that
    change. `NOTHING`: nothing does.
    """

    NOTHING = 0
    TERMS = 1
    TOGETHER = 2
    ALONE = 3


@attrs.frozen(eq=False)
class Decider:
    """Decides about borrowers, each once."""

    program: Program
    evaluator: Evaluator
    _known: dict[str, Decided | None] = attrs.field(factory=dict)

    @property
    def count(self) -> int:
        """How many were decided about."""
        return len(self._known)

    def decided(self, borrower: Borrower) -> Decided | None:
        """Return what is decided, in short; None where the policy does not apply."""
        key = key_of(borrower)
        if key not in self._known:
            self._known[key] = self._decide(borrower)
        return self._known[key]

    def _decide(self, borrower: Borrower) -> Decided | None:
        situation = borrower.situation()
        if not self.program.in_force(situation.as_of):
            return None
        if self.evaluator.applies(self.program, situation) is False:
            return None
        return self.evaluator.prepare(self.program, situation).decide()

    def grade(self, condition: Condition, borrowers: Sequence[Borrower]) -> Grade:
        """Return how much a condition decides between borrowers who differ in what is moved."""
        found = [self.decided(borrower) for borrower in borrowers]
        if condition.about is About.POLICY:
            return Grade.ALONE if None in found and any(found) else Grade.NOTHING
        known = [each for each in found if each is not None]
        if condition.about is About.REFERRAL:
            return self._referral(condition, known)
        grades = [self._plan(condition, plan, known) for plan in condition.plans]
        return max(grades, default=Grade.NOTHING)

    def opens(self, condition: Condition, known: Borrower, missing: Borrower) -> bool:
        """Whether what was certain is not any more for this condition, once a fact is missing."""
        before, after = self.decided(known), self.decided(missing)
        if before is None or after is None:
            return (before is None) != (after is None)
        if condition.about is About.REFERRAL:
            place = self._place(condition)
            return before.referrals[place] is not None and after.referrals[place] is None
        pairs = zip(before.plans, after.plans, strict=True)
        if condition.about is About.POLICY:
            return any(one.status is not other.status for one, other in pairs)
        return any(
            one.status is not Status.UNDETERMINED
            and other.status is Status.UNDETERMINED
            and (condition.about is About.TERMS or condition.id in other.unknown)
            for one, other in pairs
            if one.plan in condition.plans
        )

    def others_failing(
        self, condition: Condition, borrowers: Sequence[Borrower]
    ) -> tuple[str, ...]:
        """Return the other rules that fail, for the plan of the condition of which fewest do."""
        found = [each for each in map(self.decided, borrowers) if each is not None]
        failing = [self._failing(found, plan, condition.id) for plan in condition.plans]
        return min(failing, key=len, default=())

    def _failing(self, found: Sequence[Decided], plan: str, rule: str) -> tuple[str, ...]:
        """Return the rules that fail for a plan, but for one."""
        plans = (each for one in found for each in one.plans if each.plan == plan)
        return tuple(dict.fromkeys(name for each in plans for name in each.failed if name != rule))

    def _referral(self, condition: Condition, found: list[Decided]) -> Grade:
        place = self._place(condition)
        truths = {each.referrals[place] for each in found}
        return Grade.ALONE if {True, False} <= truths else Grade.NOTHING

    def _place(self, condition: Condition) -> int:
        return [each.id for each in self.program.referrals].index(condition.of)

    def _plan(self, condition: Condition, plan: str, found: list[Decided]) -> Grade:
        plans = [next(each for each in one.plans if each.plan == plan) for one in found]
        denied = [each for each in plans if each.status is Status.DENIED]
        if denied and any(each.status is Status.ALLOWED for each in plans):
            alone = any(set(each.failed) == {condition.id} for each in denied)
            shared = any(condition.id in each.failed for each in denied)
            if condition.about is About.TERMS or alone:
                return Grade.ALONE
            return Grade.TOGETHER if shared else Grade.TERMS
        return self._lesser(condition, plans)

    def _lesser(self, condition: Condition, plans: list[DecidedPlan]) -> Grade:
        if len({(each.status, each.failed, each.terms) for each in plans}) < 2:
            return Grade.NOTHING
        settled = {each.status for each in plans} == {Status.ALLOWED}
        return Grade.ALONE if settled and condition.about is About.TERMS else Grade.TERMS


def key_of(borrower: Borrower) -> str:
    """Return what tells borrowers apart."""
    return repr((borrower.as_of, sorted(borrower.facts.items()), borrower.others))
