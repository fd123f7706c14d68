"""What came of a run, written in a format by its name."""

from __future__ import annotations

from policyengine import __version__
from policyengine.report.interchange.github import github
from policyengine.report.interchange.junit import junit
from policyengine.report.interchange.note import Note
from policyengine.report.interchange.sarif import sarif
from policyengine.testing.formats.notes import notes_from
from policyengine.testing.formats.outcome import Outcome
from policyengine.testing.formats.suites import suites_from
from policyengine.testing.text import summary

JUNIT, SARIF, GITHUB = "junit", "sarif", "github"
FORMATS = (JUNIT, SARIF, GITHUB)


def written(format_: str, outcome: Outcome, exit_code: int) -> str:
    """Return all that came of a run in one of `FORMATS`."""
    if format_ == JUNIT:
        return junit(suites_from(outcome))
    found = exchanged(format_, notes_from(outcome), exit_code, complete=not outcome.refused)
    said = [summary(report) for report, _ in outcome.reports] if format_ == GITHUB else []
    return found + "".join(f"{line}\n" for line in said)


def exchanged(format_: str, notes: tuple[Note, ...], exit_code: int, *, complete: bool) -> str:
    """Return notes as SARIF or for GitHub."""
    if format_ == GITHUB:
        return github(notes)
    return sarif(notes, version=__version__, exit_code=exit_code, complete=complete)
