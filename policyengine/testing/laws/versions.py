"""Laws about two versions of a policy: the new one only more generous than the old, or only stricter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import attrs

from policyengine.decision.decision import Status
from policyengine.diagnostics import Diagnostic
from policyengine.ir.program import Program
from policyengine.policy_set import Policy
from policyengine.testing.laws.decisions import _OfOneDecision
from policyengine.testing.laws.law import Breach, Idle, Seen, plans_of, status_of
from policyengine.testing.laws.names import unknown_plans
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.subject import Subject


@attrs.frozen
class _Compared(_OfOneDecision):
    than: Policy
    plans: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the law is called in a report."""
        about = (f"than version {self.than.program.version}", *self.plans)
        return f"{self.name}: {', '.join(about)}"

    name: ClassVar[str] = ""

    def problems(self, program: Program) -> Iterator[Diagnostic]:
        """Yield a finding for each plan that does not exist in the policy."""
        yield from unknown_plans(self.plans, program)

    def _seen(self, borrower: Borrower, subject: Subject) -> tuple[Seen, Seen]:
        """Return what is decided under the old version and under the new."""
        old = Seen(borrower, Subject.of(self.than).decided(borrower))
        new = Seen(borrower, subject.decided(borrower))
        if old.decision is None and new.decision is None:
            raise Idle
        return old, new

    def _lost(self, before: Seen, after: Seen, words: tuple[str, str]) -> Breach | None:
        """Return a plan that one version allows and the other does not."""
        if before.decision is None:
            return None
        for plan in plans_of(before.decision, self.plans):
            found = status_of(after, plan.plan)
            if plan.status is Status.ALLOWED and found is not Status.ALLOWED:
                ends = "missing, or the policy does not apply" if found is None else str(found)
                said = f"`{plan.plan}` is allowed under the {words[0]} version, and {ends} under the {words[1]}"
                return Breach(said, plan.plan, before, after)
        return None


@attrs.frozen
class OnlyMoreGenerous(_Compared):
    """Whatever plan the old version allows, the new one allows too."""

    name: ClassVar[str] = "only_more_generous"

    def breach(self, borrower: Borrower, drawn: None, subject: Subject) -> Breach | None:
        """Return the plan that the new version takes away."""
        del drawn
        old, new = self._seen(borrower, subject)
        return self._lost(old, new, ("old", "new"))


@attrs.frozen
class OnlyStricter(_Compared):
    """Whatever plan the new version allows, the old one allowed too."""

    name: ClassVar[str] = "only_stricter"

    def breach(self, borrower: Borrower, drawn: None, subject: Subject) -> Breach | None:
        """Return the plan that the new version gives besides."""
        del drawn
        old, new = self._seen(borrower, subject)
        return self._lost(new, old, ("new", "old"))
