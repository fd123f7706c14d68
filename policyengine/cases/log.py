"""The log of a case: its events in their order, each once, whatever order they came in."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from policyengine.cases.event import Event, place_of
from policyengine.cases.from_mapping import as_told
from policyengine.cases.ground import Entry
from policyengine.diagnostics import CaseError, Diagnostic

Log = tuple[Entry, ...]


def told_before(log: Log, event: Event) -> Entry | None:
    """Return the entry of an event that was told before; None where it is new.

    Raises:
        CaseError: Another event goes by its id.
    """
    found = next((entry for entry in log if entry.event.id == event.id), None)
    if found is not None and as_told(found.event) != as_told(event):
        message = f"the event `{event.id}` was told before with different content"
        hint = "an event that was told wrongly is put right by another one, with an id of its own"
        raise CaseError([Diagnostic("differing-event", message, path="id", hint=hint)])
    return found


def place_in(log: Log, event: Event) -> int:
    """Return before how many events of the log an event stands."""
    return bisect_right(log, place_of(event), key=_place)


def _place(entry: Entry) -> tuple[date, int, str]:
    return place_of(entry.event)
