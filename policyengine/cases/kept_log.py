"""The log of a case as it is read back from its chain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs

from policyengine.cases.chain import Entry, Head, finding
from policyengine.cases.event import Event
from policyengine.cases.opening import Opening
from policyengine.diagnostics import CaseError


@attrs.frozen
class Log:
    """What is kept of a case: how it began, and its events in the order in which they were heard."""

    opening: Opening
    events: tuple[Event, ...]
    head: Head


def log_of(entries: Sequence[Entry], head: Head) -> Log:
    """Return the log that entries are, which were verified and not erased.

    Raises:
        CaseError: One of them is not written as entries are.
    """
    return Log(_opening_of(entries[0]), tuple(map(_event_of, entries[1:])), head)


def _opening_of(entry: Entry) -> Opening:
    content, personal = _parts(entry, ("as_of", "engine", "policies"), ("profile",))
    as_of = _day(content["as_of"], entry)
    return Opening(as_of, personal["profile"], content["policies"], content["engine"])


def _event_of(entry: Entry) -> Event:
    content, personal = _parts(entry, ("kind", "on", "sequence"), ("loan", "details"))
    return Event(
        entry.event or "",
        content["kind"],
        _day(content["on"], entry),
        content["sequence"],
        personal["loan"],
        personal["details"],
    )


def _parts(
    entry: Entry, public: tuple[str, ...], personal: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        found = json.loads(entry.content), json.loads(entry.personal or b"")
    except ValueError:
        raise _not_written_so(entry) from None
    for part, names in zip(found, (public, personal), strict=True):
        if not isinstance(part, dict) or part.keys() != set(names):
            raise _not_written_so(entry)
    return found


def _day(text: Any, entry: Entry) -> date:
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError):
        raise _not_written_so(entry) from None


def _not_written_so(entry: Entry) -> CaseError:
    return CaseError([finding(entry.case, entry.number, "is not written as entries are")])
