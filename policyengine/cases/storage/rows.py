"""Rows to entries and back, within a transaction that somebody else has begun."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import Connection, insert, select, update

from policyengine.cases import chain
from policyengine.cases.chain import Entry, Head
from policyengine.cases.event import Event
from policyengine.cases.storage.errors import ConflictError
from policyengine.cases.storage.tables import CASES, ENTRIES
from policyengine.diagnostics import CaseError, Diagnostic
from policyengine.record.commitments import SALT_LENGTH

#: Names that one question asks for; databases have limits of their own.
_AT_A_TIME = 500


def head_at(connection: Connection, case: str, *, for_update: bool = False) -> Head | None:
    """Return where a case ends; None where there is none. Locked, it stays so until the transaction ends."""
    asked = select(CASES).where(CASES.c.case == case)
    row = connection.execute(asked.with_for_update() if for_update else asked).one_or_none()
    return None if row is None else head_of(row)


def head_of(row: Any) -> Head:
    """Return where a case ends from its row."""
    case, number, digest, erased = row
    return Head(case, number, digest, bool(erased))


def entries_at(connection: Connection, case: str, *where: Any) -> list[Entry]:
    """Return the entries of a case by their numbers, or those of them that are asked for."""
    asked = select(ENTRIES).where(ENTRIES.c.case == case, *where).order_by(ENTRIES.c.number)
    return [Entry(*row) for row in connection.execute(asked)]


def add(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add a case with its first entries."""
    end = chain.head_of(entries[-1])
    connection.execute(insert(CASES), attrs.asdict(end) | {"erased": int(end.erased)})
    connection.execute(insert(ENTRIES), [attrs.asdict(entry) for entry in entries])


def append(connection: Connection, head: Head, events: Sequence[Event]) -> Head:
    """Add the entries of events behind those that are there, and return where the case ends then."""
    entries, end = [], head
    for event in events:
        entries.append(chain.next_entry(end, event, new_salt()))
        end = chain.head_of(entries[-1])
    moved = update(CASES).where(CASES.c.case == head.case, CASES.c.number == head.number)
    done = connection.execute(moved.values(number=end.number, digest=end.digest))
    if done.rowcount != 1:
        raise ConflictError(head.case, head.number, head.number + 1)
    connection.execute(insert(ENTRIES), [attrs.asdict(entry) for entry in entries])
    return end


# Events


def there_of(connection: Connection, case: str, events: Sequence[Event]) -> dict[str, Entry]:
    """Return the entries that are there under the ids of events."""
    ids = [event.id for event in events]
    parts = (ids[start : start + _AT_A_TIME] for start in range(0, len(ids), _AT_A_TIME))
    found = (entries_at(connection, case, ENTRIES.c.event.in_(part)) for part in parts)
    return {entry.event or "": entry for part in found for entry in part}


def new_of(case: str, events: Sequence[Event], there: Mapping[str, Entry]) -> list[Event]:
    """Return the events that are not there yet, each once.

    Raises:
        CaseError: One is there with another content, or stands twice among them with different contents.
    """
    new: dict[str, Event] = {}
    for event in events:
        said = chain.written(event)
        entry, again = there.get(event.id), new.setdefault(event.id, event)
        if chain.written(again) != said or (entry and (entry.content, entry.personal) != said):
            raise CaseError([_differs(case, event)])
        if entry:
            del new[event.id]
    return list(new.values())


def new_salt() -> bytes:
    """Return a salt that was never used before."""
    return secrets.token_bytes(SALT_LENGTH)


def _differs(case: str, event: Event) -> Diagnostic:
    message = f"event `{event.id}` of case `{case}` is there already with another content"
    hint = "an event that was told wrongly is put right by another one, with an id of its own"
    return Diagnostic("differing-event", message, hint=hint)
