"""Why a case, a law or a file did not pass: under a code, at a place, in one line and in full."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from rich.text import Text

from policyengine.diagnostics import Diagnostic
from policyengine.report.diagnostics import counted, diagnostic_text
from policyengine.report.layout import Page
from policyengine.report.places import Places
from policyengine.source import Span
from policyengine.testing.law_text import write_law
from policyengine.testing.results import CaseResult, LawResult
from policyengine.testing.text import case_text

CASE_FAILED, LAW_BROKEN, NOTHING_TESTED = "case-failed", "law-broken", "nothing-tested"
EMPTY = "a test file without a case tests nothing"


@attrs.frozen
class Trouble:
    """What went wrong. `is_error` says that nothing could be held against anything; files are called as readers do."""

    code: str
    message: str
    span: Span | None
    lines: tuple[str, ...]
    is_error: bool = False

    @property
    def text(self) -> str:
        """All lines, as `policyengine test` writes them."""
        return "\n".join(self.lines).strip("\n")


def of_case(case: CaseResult, places: Places) -> Trouble:
    """Return why a case did not pass."""
    lines = _plain(case_text(case, places))
    if case.errors:
        return _of_errors(case.errors, case.span, places, lines)
    first, *more = case.mismatches
    said = f"{first.what}: expected {first.expected}, came {first.actual}{_more(len(more))}"
    return Trouble(CASE_FAILED, said, places.span(first.span), lines)


def of_law(law: LawResult, places: Places) -> Trouble:
    """Return why a law does not hold, or could not be tried."""
    page = Page()
    write_law(law, page, places)
    lines = _plain(page.lines)
    if law.breach is None:
        return _of_errors(law.errors, law.span, places, lines)
    return Trouble(LAW_BROKEN, law.breach.said, places.span(law.span), lines)


def of_problems(problems: tuple[Diagnostic, ...], otherwise: Span, places: Places) -> Trouble:
    """Return what findings amount to; without a place they stand at another."""
    located = places.located(problems)
    return _of_errors(
        problems,
        otherwise,
        places,
        _plain(line for each in located for line in diagnostic_text(each)),
    )


def of_empty(span: Span, places: Places) -> Trouble:
    """Return that a file tests nothing."""
    return Trouble(NOTHING_TESTED, EMPTY, places.span(span), (EMPTY,))


def _of_errors(
    errors: tuple[Diagnostic, ...], otherwise: Span, places: Places, lines: tuple[str, ...]
) -> Trouble:
    first, *more = places.located(errors)
    said = f"{first.message}{_more(len(more))}"
    span = first.span or places.span(otherwise)
    return Trouble(first.code, said, span, lines, is_error=True)


def _more(count: int) -> str:
    return f" (and {counted(count, 'more finding')})" if count else ""


def _plain(lines: Iterable[Text]) -> tuple[str, ...]:
    return tuple(line.plain for line in lines)
