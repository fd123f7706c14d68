"""How the events of a log move an agreement: what has happened since its state was entered, and what was paid.

What holds at an event is in `evaluators/follow_up.py`, which a network may take the place of.
"""

from __future__ import annotations

from datetime import date

import attrs

from policyengine.cases.agreement import Agreement
from policyengine.cases.ground import Entry
from policyengine.evaluators.follow_up import Follower, Happened
from policyengine.facts.facts import Facts
from policyengine.ir.program import FollowUpDefinition, Program, TransitionDefinition

COMPLETED = "completed"


@attrs.frozen(eq=False)
class Moved:
    """A transition that was taken: the event and its day, and the facts as they stood, which its text may name."""

    way: TransitionDefinition
    event: str
    on: date
    facts: Facts


@attrs.frozen(eq=False)
class Followed:
    """An agreement and where it stands after some events.

    Attributes:
        agreement: What was signed.
        loan: The place of its loan.
        state: The state it is in; None where nothing follows it.
        entered: The day on which it came into the state.
        paid: What was paid since signing, in minor units.
        since: The events since the state was entered.
        moved: The transition that led into the state; None at the start.
        replaced: The signing that took its place, if any.
    """

    agreement: Agreement
    loan: int
    state: str | None
    entered: date
    paid: int = 0
    since: tuple[Happened, ...] = ()
    moved: Moved | None = None
    replaced: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing moves it any more."""
        return self.replaced is not None or self.state == COMPLETED


def begun(agreement: Agreement, loan: int, program: Program | None) -> Followed:
    """Return an agreement as it is signed."""
    follow_up = definition_of(agreement, program)
    return Followed(agreement, loan, follow_up.start if follow_up else None, agreement.signed)


def definition_of(agreement: Agreement, program: Program | None) -> FollowUpDefinition | None:
    """Return what an agreement is followed by; None where the policies have no such thing any more."""
    return program.follow_up.get(agreement.follow_up or "") if program else None


def after(
    followed: Followed, entry: Entry, facts: Facts, program: Program | None, follower: Follower
) -> Followed:
    """Return an agreement after one more event; `facts` are those after it."""
    agreement, state, event = followed.agreement, followed.state, entry.event
    is_paid = event.kind == "payment_made"
    paid = followed.paid + (entry.amount or 0) if is_paid else followed.paid
    follow_up = definition_of(agreement, program)
    if follow_up is None or state is None:
        return attrs.evolve(followed, paid=paid)
    on_time = not is_paid or paid >= agreement.due_by(event.on)
    since = (*followed.since, Happened(event.kind, event.on.toordinal(), on_time))
    way = follower.taken(follow_up, state, since)
    if way is None:
        return attrs.evolve(followed, paid=paid, since=since)
    moved = Moved(way, event.id, event.on, facts)
    return Followed(agreement, followed.loan, way.go, event.on, paid, (), moved)
