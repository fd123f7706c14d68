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

from policyengine.decision.decision import Reason
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
from policyengine.testing.results import CaseResult, Coverage, FileResult, Mismatch, Report

_INDENT = 5


def report_text(report: Report, places: Places, *, width: int = 80) -> list[Text]:
    """Return the lines of a run: every file, what went wrong in it, coverage, and a summary."""
    page = Page(width)
    for file in report.files:
        _write_file(file, page, places)
    for coverage in report.coverage:
        _write_coverage(coverage, page)
    page.blank()
    page.write(summary(report), style="bold green" if report.passed else "bold red")
    return page.lines


def summary(report: Report) -> str:
    """Say how many cases passed, failed and could not be run."""
    broken = sum(bool(case.errors) for case in report.cases)
    failed = len(report.failed) - broken
    passed = len(report.cases) - len(report.failed)
    said = [f"{passed} passed" if report.cases else "no case was run"]
    said += [f"{failed} failed"] if failed else []
    said += [f"{broken} could not be run"] if broken else []
    empty = len(report.empty)
    said += [f"{counted(empty, 'file')} without a case"] if empty else []
    return ", ".join(said)


def case_text(case: CaseResult, places: Places, *, width: int = 80) -> list[Text]:
    """Return the lines of one case that did not pass, or nothing."""
    page = Page(width)
    _write_case(case, page, places)
    return page.lines


def _write_file(file: FileResult, page: Page, places: Places) -> None:
    if not (file.cases or file.empty or file.errors):
        return
    passed = sum(case.passed for case in file.cases)
    good = passed == len(file.cases) and not file.empty and not file.errors
    said = f"{places.path(file.name)}: {passed} of {counted(len(file.cases), 'case')} passed"
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
        _write_reason(reason, page, places)


def _write_reason(reason: Reason, page: Page, places: Places) -> None:
    text = next(iter(reason.text.values()), "")
    mark, style = MARKS[reason.holds], STYLES[reason.holds]
    said = f"{reason.rule} ({reason.code})" if reason.code else reason.rule
    page.write(f"{said}: {text}", indent=_INDENT, mark=mark, mark_style=style)
    page.line(places.path(reason.at), indent=_INDENT + 2, style="dim")


def _write_coverage(coverage: Coverage, page: Page) -> None:
    page.blank()
    page.write(f"coverage of {coverage.policy}", style="bold")
    for plan, statuses in coverage.plans.items():
        page.write(f"{plan}: {', '.join(statuses) or 'never decided'}", indent=2)
    for word, truth in (("met", True), ("unmet", False), ("unknown", None)):
        never = coverage.never(truth)
        shown = len(coverage.rules) - len(never)
        said = f"rules seen {word}: {shown} of {len(coverage.rules)}"
        rest = f"; never: {', '.join(never)}" if never else ""
        page.write(said + rest, indent=2, style="dim")


# JSON


def report_json(report: Report, places: Places) -> dict[str, Any]:
    """Return what came of a run as plain mappings."""
    return {
        "passed": report.passed,
        "summary": summary(report),
        "files": [_file_json(file, places) for file in report.files],
        "coverage": [_coverage_json(coverage) for coverage in report.coverage],
    }


def _file_json(file: FileResult, places: Places) -> dict[str, Any]:
    return {
        "file": places.path(file.name),
        "policy": file.policy,
        "errors": diagnostics_json(places.located(file.errors)),
        "cases": [_case_json(case, places) for case in file.cases],
    }


def _case_json(case: CaseResult, places: Places) -> dict[str, Any]:
    return {
        "name": case.name,
        "passed": case.passed,
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
        "because": [
            {"rule": r.rule, "code": r.code, "holds": r.holds, "at": r.at} for r in mismatch.because
        ],
    }


def _coverage_json(coverage: Coverage) -> dict[str, Any]:
    return {
        "policy": coverage.policy,
        "plans": {plan: list(statuses) for plan, statuses in coverage.plans.items()},
        "rules": {rule: list(truths) for rule, truths in coverage.rules.items()},
    }
