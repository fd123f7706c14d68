"""What came of a run as suites of tests: one for each test file, and one for what belongs to none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policyengine.diagnostics import Diagnostic
from policyengine.report.diagnostics import diagnostic_text
from policyengine.report.interchange import junit
from policyengine.report.places import Places
from policyengine.testing.coverage.text import below, coverage_text, in_all
from policyengine.testing.formats.notes import BELOW
from policyengine.testing.formats.outcome import Outcome
from policyengine.testing.results import FileResult
from policyengine.testing.trouble import NOTHING_TESTED, Trouble, of_case, of_empty, of_law

#: What findings about files that are no tests, and coverage, are tests of.
_POLICIES, _COVERAGE = "policies", "policy coverage"


def suites_from(outcome: Outcome) -> tuple[junit.Suite, ...]:
    """Return the suites of a run."""
    whole = (*_refused(outcome), *_covered(outcome))
    files = (_suite(f, places) for report, places in outcome.reports for f in report.files)
    own = (junit.Suite(_POLICIES, whole),) if whole else ()
    return (*own, *(suite for suite in files if suite.tests))


def _refused(outcome: Outcome) -> Iterator[junit.Entry]:
    yield from _findings(outcome.refused, _POLICIES)
    for report, places in outcome.reports:
        yield from _findings(places.located(report.findings), _POLICIES)
    for said in outcome.nothing:
        trouble = junit.Trouble("failure", NOTHING_TESTED, said, said)
        yield junit.Entry("something is tested", _POLICIES, trouble)


def _findings(findings: Iterable[Diagnostic], of: str) -> Iterator[junit.Entry]:
    for found in findings:
        name = f"{found.code}: {found.span}" if found.span else found.code
        text = "\n".join(line.plain for line in diagnostic_text(found))
        yield junit.Entry(name, of, junit.Trouble("error", found.code, found.message, text))


def _covered(outcome: Outcome) -> Iterator[junit.Entry]:
    coverage = outcome.coverage
    if coverage is None:
        return
    trouble = None
    if outcome.falls_short and outcome.least is not None:
        trouble = junit.Trouble("failure", BELOW, below(coverage, outcome.least), in_all(coverage))
    text = "\n".join(line.plain for line in coverage_text(coverage))
    yield junit.Entry(_COVERAGE, _POLICIES, trouble, text)


def _suite(file: FileResult, places: Places) -> junit.Suite:
    return junit.Suite(places.path(file.name), tuple(_tests(file, places)))


def _tests(file: FileResult, places: Places) -> Iterator[junit.Entry]:
    yield from _findings(places.located(file.errors), file.policy)
    if file.empty:
        yield junit.Entry("file", file.policy, _trouble(of_empty(file.span, places)))
    for case in file.cases:
        trouble = None if case.passed else _trouble(of_case(case, places))
        yield junit.Entry(case.name, file.policy, trouble)
    for law in file.laws:
        trouble = None if law.kept else _trouble(of_law(law, places))
        yield junit.Entry(f"law {law.law}", file.policy, trouble)


def _trouble(found: Trouble) -> junit.Trouble:
    kind = "error" if found.is_error else "failure"
    return junit.Trouble(kind, found.code, found.message, found.text)
