"""What came of test files, for the terminal and as JSON.

FAIL father fell ill
  --> policies/aibank/consumer-loan.test.yaml:8:16
   |
 8 |       outcome: refuse
   |                ^^^^^^
   = outcome
     - expected: refuse
     + actual:   offer
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from policyengine.diagnostics import Diagnostic
from policyengine.report.diagnostics import (
    counted,
    diagnostic_text,
    diagnostics_json,
    place_json,
    snippet,
)
from policyengine.report.layout import Page
from policyengine.report.places import Places
from policyengine.report.view import MARKS, STYLES
from policyengine.testing.law_text import law_json, reason_json, write_law, write_reason
from policyengine.testing.results import CaseResult, FileResult, Mismatch, Report

_INDENT = 5


def report_text(report: Report, places: Places, *, width: int = 80) -> list[Text]:
    """Return the lines of a run: every file, what went wrong in it, and a summary."""
    page = Page(width)
    page.lines += _errors(report.findings, places)
    for file in report.files:
        _write_file(file, page, places)
    page.blank()
    page.write(summary(report), style="bold green" if report.passed else "bold red")
    return page.lines


def summary(report: Report) -> str:
    """Say how many cases passed, failed and could not be run."""
    broken = sum(bool(case.errors) for case in report.cases)
    failed = len(report.failed) - broken
    passed = len(report.cases) - len(report.failed)
    said = [f"{passed} passed"] if report.cases else []
    said += [] if report.cases or report.laws else ["no case was run"]
    said += [f"{failed} failed"] if failed else []
    unread = len(report.unreviewed)
    said += [f"{unread} not reviewed"] if unread else []
    said += [f"{broken} could not be run"] if broken else []
    empty = len(report.empty)
    said += [f"{counted(empty, 'file')} without a case"] if empty else []
    return ", ".join([*said, *_laws_summary(report)])


def _laws_summary(report: Report) -> Iterator[str]:
    kept = sum(law.kept for law in report.laws)
    untried = sum(bool(law.errors) for law in report.laws)
    broken = len(report.laws) - kept - untried
    if report.laws:
        yield f"{counted(kept, 'law')} kept"
    if broken:
        yield f"{counted(broken, 'law')} broken"
    if untried:
        yield f"{counted(untried, 'law')} could not be tried"


def case_text(case: CaseResult, places: Places, *, width: int = 80) -> list[Text]:
    """Return the lines of one case that did not pass, or nothing."""
    page = Page(width)
    _write_case(case, page, places)
    return page.lines


def _write_file(file: FileResult, page: Page, places: Places) -> None:
    if not (file.cases or file.empty or file.errors or file.laws):
        return
    good = all(case.passed for case in file.cases) and all(law.kept for law in file.laws)
    good = good and not file.empty and not file.errors
    said = f"{places.path(file.name)}: {', '.join(_counts(file))}"
    style = STYLES[good]
    page.line(f"{MARKS[good]} {said}", style=style)
    if file.empty:
        page.write("a test file without a case tests nothing", indent=2, style=style)
    page.lines += _errors(file.errors, places)
    for case in file.cases:
        _write_case(case, page, places)
        if case.unmentioned:
            plans = ", ".join(f"`{plan}`" for plan in case.unmentioned)
            page.write(f"note: `{case.name}` does not mention {plans}", indent=2, style="dim")
    for law in file.laws:
        write_law(law, page, places)


def _counts(file: FileResult) -> Iterator[str]:
    passed, kept = sum(case.passed for case in file.cases), sum(law.kept for law in file.laws)
    if file.cases or not file.laws:
        yield f"{passed} of {counted(len(file.cases), 'case')} passed"
    unread = sum(not case.reviewed for case in file.cases)
    if unread:
        yield f"{unread} not reviewed"
    if file.laws:
        yield f"{kept} of {counted(len(file.laws), 'law')} kept"


def _write_case(case: CaseResult, page: Page, places: Places) -> None:
    if case.passed:
        return
    page.blank()
    page.write(case.name, mark="FAIL" if not case.errors else "ERROR", mark_style="bold red")
    page.lines += _errors(case.errors, places)
    for mismatch in case.mismatches:
        _write_mismatch(mismatch, page, places)
    page.blank()


def _errors(errors: tuple[Diagnostic, ...], places: Places) -> Iterator[Text]:
    for error in places.located(errors):
        yield from diagnostic_text(error)


def _write_mismatch(mismatch: Mismatch, page: Page, places: Places) -> None:
    page.lines += snippet(places.span(mismatch.span))
    page.write(mismatch.what, indent=3, mark="=")
    page.write(mismatch.expected, indent=_INDENT, mark="- expected:", mark_style="green")
    page.write(mismatch.actual, indent=_INDENT, mark="+ actual:  ", mark_style="red")
    if mismatch.because:
        page.write("decided by:", indent=_INDENT)
    for reason in mismatch.because:
        write_reason(reason, page, places)


# JSON


def report_json(report: Report, places: Places) -> dict[str, Any]:
    """Return what came of a run as plain mappings."""
    return {
        "passed": report.passed,
        "summary": summary(report),
        "errors": diagnostics_json(places.located(report.findings)),
        "files": [_file_json(file, places) for file in report.files],
    }


def _file_json(file: FileResult, places: Places) -> dict[str, Any]:
    return {
        "file": places.path(file.name),
        "policy": file.policy,
        "errors": diagnostics_json(places.located(file.errors)),
        "cases": [case_json(case, places) for case in file.cases],
        "laws": [law_json(law, places) for law in file.laws],
    }


def case_json(case: CaseResult, places: Places) -> dict[str, Any]:
    """Return what came of one case as plain mappings."""
    return {
        "name": case.name,
        "passed": case.passed,
        "reviewed": case.reviewed,
        **place_json(places.span(case.span)),
        "mismatches": [_mismatch_json(mismatch, places) for mismatch in case.mismatches],
        "errors": diagnostics_json(places.located(case.errors)),
        "unmentioned": list(case.unmentioned),
    }


def _mismatch_json(mismatch: Mismatch, places: Places) -> dict[str, Any]:
    return {
        "what": mismatch.what,
        "expected": mismatch.expected,
        "actual": mismatch.actual,
        **place_json(places.span(mismatch.span)),
        "because": [reason_json(reason) for reason in mismatch.because],
    }
