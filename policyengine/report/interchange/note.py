"""A finding as other programs take it: how grave, under which code, what, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

import attrs

from policyengine.diagnostics import Diagnostic, Severity
from policyengine.source import Span


class Level(StrEnum):
    """How grave a note is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@attrs.frozen
class Place:
    """A place in a file: lines and columns from 1, the end being the first character after it.

    `said` is what there is to see, where it is not what the note is about.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    said: str = ""


@attrs.frozen
class Note:
    """A finding; `title` is what it is called in a list, `message` may have several lines."""

    level: Level
    code: str
    title: str
    message: str
    place: Place | None = None
    related: tuple[Place, ...] = ()


def place_of(span: Span, said: str = "") -> Place:
    """Return where a span is, its file being called as readers call it."""
    end_line, end_column = span.file.line_and_column(span.end)
    return Place(span.file.name, span.line, span.column, end_line, end_column, said)


def notes_of(diagnostics: Iterable[Diagnostic]) -> Iterator[Note]:
    """Yield the notes of findings whose files are called as readers call them."""
    levels = {Severity.ERROR: Level.ERROR, Severity.WARNING: Level.WARNING}
    for found in diagnostics:
        at = f" ({found.path})" if found.path and not found.span else ""
        hint = f"\nhelp: {found.hint}" if found.hint else ""
        yield Note(
            level=levels[found.severity],
            code=found.code,
            title=found.code,
            message=f"{found.message}{at}{hint}",
            place=place_of(found.span) if found.span else None,
            related=tuple(place_of(each.span, each.message) for each in found.related),
        )
