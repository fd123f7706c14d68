"""Notes as GitHub's workflow commands: one line each, whatever stands in them."""

from __future__ import annotations

from collections.abc import Iterable

from policyengine.report.interchange.note import Level, Note

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def github(notes: Iterable[Note]) -> str:
    """Return the commands, each on a line."""
    return "".join(f"{_command(note)}\n" for note in notes)


def _command(note: Note) -> str:
    place, properties = note.place, {}
    if place is not None:
        properties = {"file": place.file, "line": place.line, "endLine": place.end_line}
        if place.line == place.end_line:  # columns are of one line
            properties |= {"col": place.column, "endColumn": place.end_column}
    properties["title"] = note.title
    said = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{_COMMANDS[note.level]} {said}::{_escaped(note.message)}"


def _escaped(text: str) -> str:
    """Return a message that stays on its line; `%` begins an escape."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Return the same for a property, which also ends at a comma or a colon."""
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
