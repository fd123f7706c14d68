"""What a failure says: the lines that `policyengine test` writes, and for the summary one line with its place."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

# There is no public way to say where a failure is; every plugin that does builds these.
from _pytest._code.code import (
    ReprEntryNative,
    ReprExceptionInfo,
    ReprFileLocation,
    ReprTraceback,
)
from rich.text import Text

from policyengine.diagnostics import Diagnostic
from policyengine.report.diagnostics import counted, diagnostic_text
from policyengine.report.layout import Page
from policyengine.report.places import Places
from policyengine.source import Span
from policyengine.testing.law_text import write_law
from policyengine.testing.results import CaseResult, LawResult
from policyengine.testing.text import case_text


@attrs.frozen
class Failure(Exception):
    """What went wrong: at a place, in one line and in full."""

    message: str
    span: Span
    lines: tuple[str, ...]

    def shown(self) -> ReprExceptionInfo:
        """Return the failure as pytest shows it, and as its reports keep it."""
        text = ReprEntryNative([f"{line}\n" for line in self.lines])
        place = ReprFileLocation(self.span.file.name, self.span.line, self.message)
        return ReprExceptionInfo(ReprTraceback([text], None, "native"), place)


def of_case(case: CaseResult, places: Places) -> Failure:
    """Return the failure of a case that did not come as expected, or that could not be run."""
    lines = _plain(case_text(case, places))
    if case.errors:
        return of_problems(case.errors, case.span, places, lines)
    first, *more = case.mismatches
    said = f"{first.what}: expected {first.expected}, came {first.actual}"
    return Failure(said + _more(len(more)), places.span(first.span), lines)


def of_law(law: LawResult, places: Places) -> Failure:
    """Return the failure of a law that somebody breaks, or that could not be tried."""
    page = Page()
    write_law(law, page, places)
    lines = _plain(page.lines)
    if law.breach is None:
        return of_problems(law.errors, law.span, places, lines)
    return Failure(law.breach.said, places.span(law.span), lines)


def of_problems(
    problems: tuple[Diagnostic, ...],
    otherwise: Span,
    places: Places,
    lines: tuple[str, ...] | None = None,
) -> Failure:
    """Return the failure that findings amount to; those without a place stand at another."""
    first, *more = places.located(problems)
    said = f"{first.severity}[{first.code}]: {first.message}{_more(len(more))}"
    whole = lines or _plain(line for each in (first, *more) for line in diagnostic_text(each))
    return Failure(said, first.span or places.span(otherwise), whole)


def _more(count: int) -> str:
    return f" (and {counted(count, 'more finding')})" if count else ""


def _plain(lines: Iterable[Text]) -> tuple[str, ...]:
    return tuple(line.plain for line in lines)
