"""What came of test files: frozen values, ready to be shown and counted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from policyengine.decision.decision import Decision, Reason
from policyengine.diagnostics import Diagnostic
from policyengine.source import Span

if TYPE_CHECKING:
    from policyengine.testing.laws.shown import ShownBreach  # trying laws needs Hypothesis


@attrs.frozen
class Mismatch:
    """An expectation that was not met, and the reasons that decided otherwise."""

    what: str
    expected: str
    actual: str
    span: Span
    because: tuple[Reason, ...] = ()


@attrs.frozen
class CaseResult:
    """What came of one case.

    `errors` say why it could not be decided or held against its expectation; `unmentioned` are the plans that
    the case says nothing about. One that was generated is `reviewed` once a person has read it.
    """

    name: str
    span: Span
    decision: Decision | None = None
    mismatches: tuple[Mismatch, ...] = ()
    errors: tuple[Diagnostic, ...] = ()
    unmentioned: tuple[str, ...] = ()
    reviewed: bool = True

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.mismatches and not self.errors


@attrs.frozen
class LawResult:
    """What came of one law.

    `borrowers` were made up for it, and of `spoke` of them it had something to say. `law` is its name with what it is
    about.
    """

    law: str
    span: Span
    borrowers: int = 0
    spoke: int = 0
    breach: ShownBreach | None = None
    errors: tuple[Diagnostic, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether nobody was found who breaks it."""
        return self.breach is None and not self.errors


@attrs.frozen
class FileResult:
    """What came of one test file. `errors` concern the file as a whole; its policy is named at `span`."""

    name: str
    path: Path
    policy: str
    span: Span
    cases: tuple[CaseResult, ...]
    errors: tuple[Diagnostic, ...] = ()
    empty: bool = False
    laws: tuple[LawResult, ...] = ()

    @property
    def all_errors(self) -> tuple[Diagnostic, ...]:
        """The errors of the file, of its cases and of its laws."""
        of_cases = (error for case in self.cases for error in case.errors)
        of_laws = (error for law in self.laws for error in law.errors)
        return (*self.errors, *of_cases, *of_laws)


@attrs.frozen
class Report:
    """What came of all test files of a run. `findings` are what keeps policies from being tested."""

    files: tuple[FileResult, ...]
    findings: tuple[Diagnostic, ...] = ()

    @property
    def laws(self) -> tuple[LawResult, ...]:
        """All laws, in the order of the files."""
        return tuple(law for file in self.files for law in file.laws)

    @property
    def cases(self) -> tuple[CaseResult, ...]:
        """All cases, in the order of the files."""
        return tuple(case for file in self.files for case in file.cases)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Everything that is wrong in the files themselves."""
        return (*self.findings, *(error for file in self.files for error in file.all_errors))

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases that did not come as expected."""
        return tuple(case for case in self.cases if not case.passed)

    @property
    def unreviewed(self) -> tuple[CaseResult, ...]:
        """The cases that were generated and that nobody has read."""
        return tuple(case for case in self.cases if not case.reviewed)

    @property
    def empty(self) -> tuple[FileResult, ...]:
        """The files without any case."""
        return tuple(file for file in self.files if file.empty)

    @property
    def passed(self) -> bool:
        """Whether all cases came as expected and all laws are kept; a run of neither has shown nothing."""
        broken = any(not law.kept for law in self.laws)
        return bool(self.cases or self.laws) and not (
            self.errors or self.failed or self.empty or broken
        )
