"""Logs of what happens after a decision: a plan signed, instalments paid or missed, facts that change.

Days are those of the schedule, the day before and the day after. What a case would refuse is left out, so that every
log can be opened again; a log shrinks to fewer events.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import attrs
from hypothesis import strategies as st

from policyengine.cases.case import Case
from policyengine.cases.event import Event
from policyengine.decision.decision import Status
from policyengine.diagnostics import CaseError, ProfileError
from policyengine.policy_set import Policy
from policyengine.testing.strategies.borrower import Borrower, Written, plain
from policyengine.testing.strategies.choices import Choices
from policyengine.testing.strategies.profiles import borrowers
from policyengine.testing.strategies.subject import Subject
from policyengine.testing.strategies.witnesses import witnesses_of

_KINDS = ("contact", "payment_made", "payment_missed", "fact_changed", "hardship_ended")


@attrs.frozen(eq=False)
class EventLog:
    """The profile that a case is opened with, on its own day, and the events told of it in their order."""

    profile: Written
    events: tuple[Event, ...]


def event_logs(policy: Policy, *, most: int = 8) -> st.SearchStrategy[EventLog]:
    """Return a strategy of logs of at most so many events, of borrowers to whom the policy applies."""
    subject = Subject.of(policy)
    choices = dict(witnesses_of(policy.program).choices)
    made = borrowers(policy.program, policy.policies.evaluator, missing=0)
    drawn = st.tuples(made, st.integers(0, most), st.randoms(use_true_random=False))

    def log(each: tuple[Borrower, int, Random]) -> EventLog | None:
        borrower, count, random = each
        profile = borrower.profile()
        try:
            case = subject.policies.open_case(profile)
        except (CaseError, ProfileError):
            return None
        for number in range(count):
            case = _after(case, _Next(case, choices, random).event(number))
        return EventLog(profile, tuple(case.events))

    return drawn.map(log).filter(lambda found: found is not None)  # type: ignore[return-value]


def _after(case: Case, event: dict[str, Any]) -> Case:
    """Return the case with an event, or without it where the case refuses it."""
    try:
        return case.record(event, as_of=max(case.as_of, event["on"]))
    except CaseError:
        return case


@attrs.frozen
class _Next:
    """What happens next to a case."""

    case: Case
    choices: dict[str, Choices]
    random: Random

    def event(self, number: int) -> dict[str, Any]:
        """Return an event: as long as nothing is signed, a signing where a plan is allowed."""
        allowed = [
            (decision.policy, plan.plan)
            for decision in self.case.decisions.decisions
            for plan in decision.plans
            if plan.status is Status.ALLOWED
        ]
        head = {"id": f"e{number}", "loan": "L-1"}
        if allowed and not self.case.state.agreements:
            chosen = dict(zip(("policy", "plan"), self.random.choice(allowed), strict=True))
            return {**head, "kind": "plan_signed", "on": self.case.as_of, **chosen}
        kind = self.random.choice(_KINDS)
        return {**head, "kind": kind, "on": self._day(), **self._details(kind)}

    def _day(self) -> date:
        """Return a day about the next due date, or soon after today."""
        today = self.case.as_of
        dues = [due.due for each in self.case.state.agreements for due in each.agreement.schedule]
        coming = [due for due in dues if due > today][:2]
        about = [due + timedelta(days) for due in coming for days in (0, -1, 1)]
        return self.random.choice([*about, today + timedelta(1)])

    def _details(self, kind: str) -> dict[str, Any]:
        if kind == "payment_made":
            return {"amount": str(self.random.choice(self._amounts()))}
        if kind == "fact_changed":
            path = self.random.choice(sorted(self.choices))
            value = self.random.choice(self.choices[path].values or (None,))
            return {"facts": {path: None if value is None else plain(value)}}
        return {}

    def _amounts(self) -> list[Decimal]:
        """Return payments: an instalment, one cent less, and a small one."""
        state = self.case.state.agreements
        dues = [Decimal(due.payment) / 100 for each in state for due in each.agreement.schedule[:1]]
        whole = [due for due in dues if due > 1]
        return [*whole, *(due - Decimal("0.01") for due in whole), Decimal("1.00")]
