"""What became of a case with each event of its log, in their order: what changed, why, and what it asks next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import attrs

from policyengine.cases.case import Case, opened_case
from policyengine.cases.changes import Change
from policyengine.cases.event import Event, place_of
from policyengine.cases.standing import standing_after


@attrs.frozen(eq=False)
class Step:
    """A case after one more event, or as it was opened, or as it stands at last.

    Attributes:
        day: The day from which the event counts.
        event: The event; None for the opening and for the last day.
        late_after: The event of a later place that had been told when this one was; None where it was not late.
        meanwhile: What changed since the event before, by the days alone.
        changes: What changed with the event.
        case: The case then.
    """

    day: date
    event: Event | None
    late_after: str | None
    meanwhile: tuple[Change, ...]
    changes: tuple[Change, ...]
    case: Case


def history_of(case: Case, told: Sequence[Event] = ()) -> Iterator[Step]:
    """Yield the opening of a case, each of its events in their order, and how it stands at last.

    What was signed stays as it was signed; everything else is decided by the policies of the case.

    Args:
        case: The case as it stands.
        told: Its events in the order in which they were heard; where it is given, late ones are marked.
    """
    ground = case._ground  # noqa: SLF001  # of the same room
    found, late = opened_case(ground.policies, case.opened, ground.currency), _late(told)
    yield Step(found.as_of, None, None, (), (), found)
    for entry in case._log:  # noqa: SLF001
        event = entry.event
        then = found.on(max(found.as_of, event.on))
        meanwhile = then.changes if then is not found else ()
        standing = standing_after(then._standing, (entry,), ground)  # noqa: SLF001
        found = then._with((*then._log, entry), standing, then.as_of)  # noqa: SLF001
        yield Step(event.on, event, late.get(event.id), meanwhile, found.changes, found)
    last = found.on(case.as_of)
    yield Step(case.as_of, None, None, last.changes if last is not found else (), (), last)


def _late(told: Iterable[Event]) -> dict[str, str]:
    """Return the events that came after one of a later place, with the latest of those."""
    found: dict[str, str] = {}
    latest: Event | None = None
    for event in told:
        if latest is None or place_of(event) > place_of(latest):
            latest = event
        else:
            found[event.id] = latest.id
    return found
