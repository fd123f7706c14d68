"""An event: one thing that happened to a case, as somebody told it.

What the sender says stands in `details` as plain JSON, checked and in one spelling, so that two tellings of the same
are equal. Money there is a string with its decimals ("1200.00"), a day is ISO 8601.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

import attrs

#: JSON without binary fractions.
Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"


@attrs.frozen(order=False)
class Event:
    """One thing that happened.

    Attributes:
        id: The sender's name for it, unique within the case. The same event twice is one event.
        kind: One of the kinds that follow-up knows, such as `payment_made`.
        on: The day from which it counts, whenever it was heard of.
        sequence: Its place among the sender's events of that day, from 0.
        loan: The loan it is about; None where the case has only one, or where it is about the borrower.
        details: What the kind holds, such as `amount` and `currency`, and `facts` by their paths.
    """

    id: str
    kind: str
    on: date
    sequence: int = 0
    loan: str | None = None
    details: Mapping[str, Plain] = attrs.field(factory=dict)

    def to_plain(self) -> dict[str, Any]:
        """Return the event as plain JSON; `event_from_plain` is the way back."""
        return {
            "id": self.id,
            "kind": self.kind,
            "on": self.on.isoformat(),
            "sequence": self.sequence,
            "loan": self.loan,
            "details": dict(self.details),
        }


def event_from_plain(plain: Mapping[str, Any]) -> Event:
    """Return an event from what `to_plain` gave; it was checked before it was kept."""
    return Event(
        plain["id"],
        plain["kind"],
        date.fromisoformat(plain["on"]),
        plain["sequence"],
        plain["loan"],
        plain["details"],
    )


def place_of(event: Event) -> tuple[date, int, str]:
    """Return where an event stands in its log: no two events of a case share a place."""
    return event.on, event.sequence, event.id
