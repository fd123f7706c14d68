"""Runs the cases and laws of test files under the policies that were loaded with them.

A policy in which something is wrong is left out, and said so; the tests of all others run.
"""

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
from policyengine.testing.contradictions import contradictions
from policyengine.testing.coverage import coverage_of
from policyengine.testing.expect import mismatches, unmentioned
from policyengine.testing.given import at_place, prepared
from policyengine.testing.names import unknown_names
from policyengine.testing.results import CaseResult, FileResult, LawResult, Report
from policyengine.testing.usable import usable_of

#: Borrowers that each law is tried on.
EXAMPLES = 100


def run_tests(
    loaded: Loaded, *, containing: str = "", evaluator: str = "reference", examples: int = EXAMPLES
) -> Report:
    """Run every case and every law whose name, policy or file contains a text.

    Args:
        loaded: Policies and their test files, as `load_files` returns them.
        containing: What the name of a case or law, its policy or its file must contain.
        evaluator: What decides.
        examples: Borrowers that each law is tried on.

    Raises:
        PolicyError: Something is wrong in every policy.
        UsageError: There is no policy, or no such evaluator.
    """
    usable, findings = usable_of(loaded)
    policies = policy_set_from(usable, evaluator=evaluator)
    run = _Run(policies, loaded, containing, evaluator, examples)
    files = tuple(_File(tests, run).run() for tests in usable.tests)
    decided = [case.decision for file in files for case in file.cases if case.decision]
    tested = {file.policy for file in files if file.cases}
    return Report(
        files=files,
        coverage=tuple(
            coverage_of(program, (d for d in decided if d.policy == program.id))
            for program in policies.programs
            if program.id in tested
        ),
        findings=findings,
    )


def name_findings(loaded: Loaded) -> Iterator[Diagnostic]:
    """Yield a finding for everything that test files name and the policies do not have."""
    programs = {program.id: program for program in loaded.programs}
    for tests in loaded.tests:
        program = programs.get(tests.form.policy.text)
        if program is None:
            yield _no_policy(tests, loaded)
        else:
            yield from contradictions(tests.form)
            for case in tests.form.cases:
                yield from unknown_names(case, program)


def _no_policy(tests: TestsInFile, loaded: Loaded) -> Diagnostic:
    name = tests.form.policy
    hint = nearest_or_list(name.text, [program.id for program in loaded.programs])
    return Diagnostic("unknown-name", f"there is no policy `{name.text}`", name.span, hint)


@attrs.frozen
class _Run:
    policies: PolicySet
    loaded: Loaded
    containing: str
    evaluator: str
    examples: int


@attrs.frozen
class _File:
    """One test file being run."""

    tests: TestsInFile
    asked: _Run

    def run(self) -> FileResult:
        form = self.tests.form
        name = form.policy.text
        policy = self.asked.policies.get(name)
        result = FileResult(
            name=self.tests.file.name,
            path=self.tests.path,
            policy=name,
            cases=(),
            empty=not (form.cases or form.laws),
        )
        if policy is None:
            return attrs.evolve(result, errors=(self._no_policy(),))
        return attrs.evolve(
            result,
            cases=tuple(self._cases(policy)),
            laws=tuple(self._laws(policy)),
            errors=tuple(contradictions(form)),
        )

    def _no_policy(self) -> Diagnostic:
        """Return that the policy of the file does not exist, or that it cannot be used."""
        named = self.tests.form.policy
        if any(program.id == named.text for program in self.asked.loaded.programs):
            message = f"`{named.text}` cannot be tested: something is wrong in its files"
            return Diagnostic("not-tested", message, named.span, "correct them first")
        return _no_policy(self.tests, self.asked.loaded)

    def _laws(self, policy: Policy) -> Iterator[LawResult]:
        for law in self.tests.form.laws:
            if self._is_wanted(law.name):
                from policyengine.testing.laws.from_file import law_result  # noqa: PLC0415 - Hypothesis

                folder, asked = self.tests.path.parent, self.asked
                yield law_result(law, policy, folder, asked.evaluator, asked.examples)

    def _cases(self, policy: Policy) -> Iterator[CaseResult]:
        for case in self.tests.form.cases:
            if self._is_wanted(case.name.text):
                yield self._case(case, policy)

    def _is_wanted(self, name: str) -> bool:
        form, file = self.tests.form, self.tests.file
        return any(self.asked.containing in text for text in (name, form.policy.text, file.name))

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
            decisions = self.asked.policies.decide(profile, as_of=as_of).decisions
            return tuple(d.loan for d in decisions if d.policy == policy.program.id)

        given = prepared(case.given, self.tests, self.asked.loaded.root, applies)
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
