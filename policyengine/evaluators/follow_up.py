"""What follow-up means: which transition of an agreement's state an event takes.

This is the meaning; whatever matches faster, such as a network, is a `Follower` too and has to agree with it. It sees
names and whole numbers only: whether a payment was on time is reckoned before.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Protocol

import attrs

from policyengine.ir.program import FollowUpDefinition, TransitionDefinition
from policyengine.model.events import OPPOSITES


@attrs.frozen
class Happened:
    """One event of an agreement.

    Attributes:
        kind: Its kind, such as `payment_made`.
        day: The day from which it counts, as its number in the calendar.
        on_time: False for a payment that leaves something overdue under the signed schedule.
    """

    kind: str
    day: int
    on_time: bool = True


class Follower(Protocol):
    """Says which transition an event takes."""

    def taken(
        self, follow_up: FollowUpDefinition, state: str, since: Sequence[Happened]
    ) -> TransitionDefinition | None:
        """Return the transition that the last event takes, or None where it takes none.

        Args:
            follow_up: The states and what leads out of them.
            state: The state that the agreement is in.
            since: The events since that state was entered, in their order; the one that led into it is not among
                them. The one before the last was asked about before, with the same beginning, unless an event came
                late.
        """


@attrs.frozen
class ReferenceFollower:
    """Tries the transitions of the state in the order of the file, and takes the first that holds."""

    def taken(
        self, follow_up: FollowUpDefinition, state: str, since: Sequence[Happened]
    ) -> TransitionDefinition | None:
        """Return the transition that the last event takes, or None where it takes none."""
        ways = (way for way in follow_up.transitions if way.state == state)
        return next((way for way in ways if holds(way, since)), None)


_REFERENCE = ReferenceFollower()


def follower_of(evaluator: object) -> Follower:
    """Return what follows agreements for an evaluator: its own `follower` where it has one, or the reference."""
    follower: Follower = getattr(evaluator, "follower", _REFERENCE)
    return follower


def holds(way: TransitionDefinition, since: Sequence[Happened]) -> bool:
    """Whether a transition holds at the last of some events."""
    if not _counts(since[-1], way.event):
        return False
    return _often_enough(way, since) and _in_a_row(way, since)


def _counts(event: Happened, kind: str) -> bool:
    return event.kind == kind and event.on_time


def _often_enough(way: TransitionDefinition, since: Sequence[Happened]) -> bool:
    days = [event.day for event in since if _counts(event, way.event)]
    if way.within is not None:
        days = [day for day in days if day > since[-1].day - way.within]
    return len(days) >= way.count


def _in_a_row(way: TransitionDefinition, since: Sequence[Happened]) -> bool:
    """Whether the last outcomes were all of the kind; a payment that is not on time breaks any row of payments."""
    if way.consecutive is None:
        return True
    outcomes = (event for event in reversed(since) if _is_outcome(event, way.event))
    last = list(islice(outcomes, way.consecutive))
    return len(last) == way.consecutive and all(_counts(event, way.event) for event in last)


def _is_outcome(event: Happened, kind: str) -> bool:
    return event.kind in (kind, OPPOSITES.get(kind))
