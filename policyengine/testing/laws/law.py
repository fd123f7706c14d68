"""What a law is: something drawn besides a borrower, and whether both together break it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, ClassVar, Protocol

import attrs

from policyengine.decision.decision import Decision, Plan, Status
from policyengine.diagnostics import Diagnostic
from policyengine.ir.program import Program
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.subject import Subject


class Idle(Exception):
    """The law says nothing about this borrower, such as one of the terms of a plan that is not allowed."""


@attrs.frozen(eq=False)
class Seen:
    """A borrower, and what is decided; None where the policy does not apply to the loan."""

    borrower: Borrower
    decision: Decision | None

    def plan(self, name: str | None) -> Plan | None:
        """Return what is decided of a plan."""
        if self.decision is None or name is None:
            return None
        return next((plan for plan in self.decision.plans if plan.plan == name), None)


@attrs.frozen(eq=False)
class Breach:
    """How a law is broken: in a sentence, of which plan, for whom, and what is decided after the change.

    `remarks` say of facts by path that their values are as good as others.
    """

    said: str
    plan: str | None
    before: Seen
    after: Seen | None = None
    remarks: Mapping[str, str] = attrs.field(factory=dict)


class Law(Protocol):
    """Something that holds for every borrower.

    A law is pure: for the same borrower and the same draw it says the same.
    """

    name: ClassVar[str]

    @property
    def title(self) -> str:
        """What the law is called in a report, with what it is about."""

    @property
    def about(self) -> str | None:
        """The fact that borrowers should stand near a turn by, or None."""

    def problems(self, program: Program) -> Iterator[Diagnostic]:
        """Yield what keeps the law from being tried: names that the policy does not have."""

    def pick(self, subject: Subject, random: Random) -> Any:
        """Return what is drawn besides the borrower."""

    def breach(self, borrower: Borrower, drawn: Any, subject: Subject) -> Breach | None:
        """Return how the law is broken, or None where it is kept.

        Raises:
            Idle: The law says nothing here.
        """

    def sharper(self, breach: Breach, subject: Subject) -> Breach:
        """Return a breach with its two values as close to one another as can be."""

    def simpler(self, drawn: Any) -> Iterator[Any]:
        """Yield simpler values of what was drawn, the simplest first."""


def plans_of(decision: Decision, names: tuple[str, ...]) -> Iterator[Plan]:
    """Yield the plans that a law is about: those named, or all."""
    for plan in decision.plans:
        if not names or plan.plan in names:
            yield plan


def status_of(seen: Seen, plan: str) -> Status | None:
    """Return the status of a plan, or None where the policy does not apply."""
    found = seen.plan(plan)
    return None if found is None else found.status
