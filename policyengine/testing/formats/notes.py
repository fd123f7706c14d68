"""What came of a run as notes, each at its line: what failed, what was refused, what was never seen."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.report.interchange.note import Level, Note, Place, notes_of, place_of
from policyengine.report.places import Places
from policyengine.testing.coverage.counted import Coverage
from policyengine.testing.coverage.points import Point
from policyengine.testing.coverage.text import below, never_seen
from policyengine.testing.formats.outcome import Outcome
from policyengine.testing.results import FileResult
from policyengine.testing.trouble import (
    NOTHING_TESTED,
    Trouble,
    of_case,
    of_empty,
    of_law,
)

NEVER_SEEN, BELOW = "never-seen", "coverage-below"


def notes_from(outcome: Outcome) -> tuple[Note, ...]:
    """Return everything that went wrong, and with coverage what was never seen."""
    return tuple(_notes(outcome))


def _notes(outcome: Outcome) -> Iterator[Note]:
    yield from notes_of(outcome.refused)
    for said in outcome.nothing:
        yield Note(Level.ERROR, NOTHING_TESTED, NOTHING_TESTED, said)
    for report, places in outcome.reports:
        yield from notes_of(places.located(report.findings))
        for file in report.files:
            yield from _of_file(file, places)
    if outcome.coverage is not None:
        yield from _never(outcome.coverage)
    if outcome.falls_short and outcome.coverage is not None and outcome.least is not None:
        yield Note(Level.ERROR, BELOW, BELOW, below(outcome.coverage, outcome.least))


def _of_file(file: FileResult, places: Places) -> Iterator[Note]:
    yield from notes_of(places.located(file.errors))
    if file.empty:
        yield _note(file.name, of_empty(file.span, places))
    for case in file.cases:
        if not case.passed:
            yield _note(case.name, of_case(case, places))
    for law in file.laws:
        if not law.kept:
            yield _note(law.law, of_law(law, places))


def _note(title: str, trouble: Trouble) -> Note:
    place = place_of(trouble.span) if trouble.span else None
    return Note(Level.ERROR, trouble.code, title, f"{trouble.message}\n{trouble.text}", place)


def _never(coverage: Coverage) -> Iterator[Note]:
    for unit in coverage.units:
        for point, ways in unit.never:
            said = never_seen(point, ways)
            yield Note(Level.NOTE, NEVER_SEEN, f"coverage of {unit.of}", said, _place(point))


def _place(point: Point) -> Place:
    return Place(point.file, point.line, point.column, point.line, point.column + 1)
