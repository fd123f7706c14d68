"""Runs the cases of test files under the policies that were loaded with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from policyengine.diagnostics import Diagnostic, PolicyEngineError, PolicyError, nearest_or_list
from policyengine.facts.profile import Profile
from policyengine.loading import Loaded, TestsInFile
from policyengine.model.literals import LiteralError, read_literal
from policyengine.model.test_file import Case
from policyengine.model.types import DATE
from policyengine.policy_set import Policy, PolicySet, policy_set_from
from policyengine.testing.coverage import coverage_of
from policyengine.testing.expect import mismatches, unmentioned
from policyengine.testing.given import at_place, prepared
from policyengine.testing.names import unknown_names
from policyengine.testing.results import CaseResult, FileResult, Report


def run_tests(loaded: Loaded, *, containing: str = "", evaluator: str = "reference") -> Report:
    """Run every case whose name, policy or file contains a text.

    Args:
        loaded: Policies and their test files, as `load_files` returns them.
        containing: What the name of a case, its policy or its file must contain.
        evaluator: What decides.

    Raises:
        PolicyError: Something in the files is wrong.
        UsageError: There is no policy, or no such evaluator.
    """
    policies = policy_set_from(loaded, evaluator=evaluator)
    files = tuple(_File(tests, policies, loaded, containing).run() for tests in loaded.tests)
    decided = [case.decision for file in files for case in file.cases if case.decision]
    tested = {file.policy for file in files if file.cases}
    return Report(
        files=files,
        coverage=tuple(
            coverage_of(program, (d for d in decided if d.policy == program.id))
            for program in policies.programs
            if program.id in tested
        ),
    )


def name_findings(loaded: Loaded) -> Iterator[Diagnostic]:
    """Yield a finding for everything that test files name and the policies do not have."""
    programs = {program.id: program for program in loaded.programs}
    for tests in loaded.tests:
        program = programs.get(tests.form.policy.text)
        if program is None:
            yield _no_policy(tests, loaded)
        else:
            for case in tests.form.cases:
                yield from unknown_names(case, program)


def _no_policy(tests: TestsInFile, loaded: Loaded) -> Diagnostic:
    name = tests.form.policy
    hint = nearest_or_list(name.text, [program.id for program in loaded.programs])
    return Diagnostic("unknown-name", f"there is no policy `{name.text}`", name.span, hint)


@attrs.frozen
class _File:
    """One test file being run."""

    tests: TestsInFile
    policies: PolicySet
    loaded: Loaded
    containing: str

    def run(self) -> FileResult:
        name = self.tests.form.policy.text
        policy = self.policies.get(name)
        result = FileResult(
            name=self.tests.file.name,
            path=self.tests.path,
            policy=name,
            cases=(),
            empty=not self.tests.form.cases,
        )
        if policy is None:
            return attrs.evolve(result, errors=(_no_policy(self.tests, self.loaded),))
        return attrs.evolve(result, cases=tuple(self._cases(policy)))

    def _cases(self, policy: Policy) -> Iterator[CaseResult]:
        for case in self.tests.form.cases:
            if self._is_wanted(case):
                yield self._case(case, policy)

    def _is_wanted(self, case: Case) -> bool:
        form, file = self.tests.form, self.tests.file
        return any(
            self.containing in text for text in (case.name.text, form.policy.text, file.name)
        )

    def _case(self, case: Case, policy: Policy) -> CaseResult:
        result = CaseResult(case.name.text, case.name.span)
        errors = tuple(unknown_names(case, policy.program))
        if errors:
            return attrs.evolve(result, errors=errors)
        try:
            return self._decided(case, policy, result)
        except PolicyEngineError as error:
            place = case.given.loan.span if case.given.loan else case.name.span
            return attrs.evolve(result, errors=at_place(error, place))

    def _decided(self, case: Case, policy: Policy, result: CaseResult) -> CaseResult:
        as_of = _as_of(case)

        def applies(profile: Profile) -> tuple[str | None, ...]:
            decisions = self.policies.decide(profile, as_of=as_of).decisions
            return tuple(d.loan for d in decisions if d.policy == policy.program.id)

        given = prepared(case.given, self.tests, self.loaded.root, applies)
        decision = policy.decide(given.profile, as_of=as_of, loan=given.loan)
        return attrs.evolve(
            result,
            decision=decision,
            mismatches=mismatches(case, decision),
            unmentioned=unmentioned(case, decision),
        )


def _as_of(case: Case) -> date | None:
    if case.as_of is None:
        return None
    try:
        found = read_literal(DATE, case.as_of.text)
    except LiteralError as error:
        finding = Diagnostic(error.code, error.message, case.as_of.span, error.hint)
        raise PolicyError([finding]) from None
    return found if isinstance(found, date) else None
