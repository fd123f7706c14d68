"""Runs the cases and laws of test files under the policies that were loaded with them.

A policy in which something is wrong is left out, and said so; the tests of all others run.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

import attrs

from policyengine.diagnostics import Diagnostic, PolicyEngineError, PolicyError, nearest_or_list
from policyengine.facts.profile import Profile
from policyengine.ir.program import Program
from policyengine.loading import Loaded, TestsInFile
from policyengine.model.laws import WrittenLaw
from policyengine.model.literals import LiteralError, read_literal
from policyengine.model.test_file import Case
from policyengine.model.types import DATE
from policyengine.policy_set import Policy, PolicySet, policy_set_from
from policyengine.testing.contradictions import contradictions
from policyengine.testing.coverage.counted import Observed
from policyengine.testing.expect import mismatches, unmentioned
from policyengine.testing.given import Prepared, at_place, prepared
from policyengine.testing.names import unknown_names
from policyengine.testing.places import value_after
from policyengine.testing.results import CaseResult, FileResult, LawResult, Mismatch, Report
from policyengine.testing.usable import usable_of

#: Borrowers that each law is tried on.
EXAMPLES = 100


def run_tests(
    loaded: Loaded,
    *,
    containing: str = "",
    evaluator: str = "reference",
    examples: int = EXAMPLES,
    observed: Observed | None = None,
) -> Report:
    """Run every case and every law whose name, policy or file contains a text.

    Args:
        loaded: Policies and their test files, as `load_files` returns them.
        containing: What the name of a case or law, its policy or its file must contain.
        evaluator: What decides.
        examples: Borrowers that each law is tried on.
        observed: Counts what the cases show of their policies; of a policy without a case it counts that as well,
            unless only some cases are run.

    Raises:
        PolicyError: Something is wrong in every policy.
        UsageError: There is no policy, or no such evaluator.
    """
    run, findings = run_of(loaded, evaluator=evaluator, examples=examples, observed=observed)
    if observed is not None and not containing:
        for program in run.policies.programs:
            observed.expect(program, loaded)
    files = tuple(FileRun(tests, run).result(containing) for tests in loaded.tests)
    return Report(files=files, findings=findings)


def run_of(
    loaded: Loaded,
    *,
    evaluator: str = "reference",
    examples: int = EXAMPLES,
    observed: Observed | None = None,
) -> tuple[Run, tuple[Diagnostic, ...]]:
    """Return what the tests of files are run with, and what keeps policies from being tested.

    Raises:
        PolicyError: Something is wrong in every policy.
        UsageError: There is no policy, or no such evaluator.
    """
    usable, findings = usable_of(loaded)
    if loaded.tests and not (usable.programs or usable.findings.errors):
        raise PolicyError(_no_policy(tests, loaded) for tests in loaded.tests)
    policies = policy_set_from(usable, evaluator=evaluator)
    return Run(policies, loaded, evaluator, examples, observed), findings


def name_findings(loaded: Loaded) -> Iterator[Diagnostic]:
    """Yield a finding for everything that test files name and the policies do not have."""
    programs = {program.id: program for program in loaded.programs}
    for tests in loaded.tests:
        program = programs.get(tests.form.policy.text)
        if program is None:
            yield _no_policy(tests, loaded)
        else:
            yield from contradictions(tests, _before(tests, loaded))
            for case in tests.form.cases:
                yield from unknown_names(case, program)
            yield from _law_problems(tests, program)


def _law_problems(tests: TestsInFile, program: Program) -> Iterator[Diagnostic]:
    if tests.form.laws:
        from policyengine.testing.laws.from_file import law_problems  # noqa: PLC0415 - Hypothesis

        for law in tests.form.laws:
            yield from law_problems(law, program, tests.path.parent)


def _before(tests: TestsInFile, loaded: Loaded) -> Iterator[TestsInFile]:
    """Yield the files of the same policy that come before one."""
    for other in loaded.tests:
        if other is tests:
            return
        if other.form.policy.text == tests.form.policy.text:
            yield other


def _no_policy(tests: TestsInFile, loaded: Loaded) -> Diagnostic:
    name = tests.form.policy
    hint = nearest_or_list(name.text, [program.id for program in loaded.programs])
    return Diagnostic("unknown-name", f"there is no policy `{name.text}`", name.span, hint)


@attrs.frozen(eq=False)
class Run:
    """What tests are run with: the policies that can be tested, and how."""

    policies: PolicySet
    loaded: Loaded
    evaluator: str
    examples: int
    observed: Observed | None = None


@attrs.frozen(eq=False)
class FileRun:
    """One test file being run."""

    tests: TestsInFile
    asked: Run

    def result(self, containing: str = "") -> FileResult:
        """Run the cases and laws whose name, policy or file contains a text."""
        form = self.tests.form
        result = FileResult(
            name=self.tests.file.name,
            path=self.tests.path,
            policy=form.policy.text,
            span=form.policy.span,
            cases=(),
            errors=self.problems,
            empty=not (form.cases or form.laws),
        )
        if self.policy is None:
            return result
        wanted = partial(self._is_wanted, containing)
        return attrs.evolve(
            result,
            cases=tuple(self.case(case) for case in form.cases if wanted(case.name.text)),
            laws=tuple(self.law(law) for law in form.laws if wanted(law.name)),
        )

    @property
    def policy(self) -> Policy | None:
        """The policy that the file tests; None where there is none, or where it cannot be used."""
        return self.asked.policies.get(self.tests.form.policy.text)

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the file as a whole."""
        if self.policy is None:
            return (self._no_policy(),)
        before = _before(self.tests, self.asked.loaded)
        return tuple(contradictions(self.tests, before))

    def _no_policy(self) -> Diagnostic:
        """Return that the policy of the file does not exist, or that it cannot be used."""
        named = self.tests.form.policy
        if any(program.id == named.text for program in self.asked.loaded.programs):
            message = f"`{named.text}` cannot be tested: something is wrong in its files"
            return Diagnostic("not-tested", message, named.span, "correct them first")
        return _no_policy(self.tests, self.asked.loaded)

    def _is_wanted(self, containing: str, name: str) -> bool:
        form, file = self.tests.form, self.tests.file
        return any(containing in text for text in (name, form.policy.text, file.name))

    def law(self, law: WrittenLaw) -> LawResult:
        """Try a law on made-up borrowers."""
        from policyengine.testing.laws.from_file import law_result  # noqa: PLC0415 - Hypothesis

        folder, asked = self.tests.path.parent, self.asked
        if asked.observed is not None:
            asked.observed.expect(self._tested.program, asked.loaded)
        return law_result(law, self._tested, folder, asked.evaluator, asked.examples)

    def case(self, case: Case) -> CaseResult:
        """Decide a case, and hold what came against what was expected."""
        return self._case(case, self._tested)

    @property
    def _tested(self) -> Policy:
        return self.asked.policies[self.tests.form.policy.text]

    def _case(self, case: Case, policy: Policy) -> CaseResult:
        result = CaseResult(case.name.text, case.name.span, reviewed=case.reviewed)
        errors = tuple(unknown_names(case, policy.program))
        if errors:
            return attrs.evolve(result, errors=errors)
        try:
            return self._decided(case, policy, result)
        except PolicyEngineError as error:
            place = case.given.loan.span if case.given.loan else case.name.span
            return attrs.evolve(result, errors=at_place(error, place))

    def _decided(self, case: Case, policy: Policy, result: CaseResult) -> CaseResult:
        as_of = day_of(case)

        def applies(profile: Profile) -> tuple[str | None, ...]:
            decisions = self.asked.policies.decide(profile, as_of=as_of).decisions
            return tuple(d.loan for d in decisions if d.policy == policy.program.id)

        given = prepared(case.given, self.tests, self.asked.loaded.root, applies)
        if self.asked.observed is not None:
            self.asked.observed.expect(policy.program, self.asked.loaded)
        if case.expect.applies is False:
            found = _without_decision(policy, given, as_of, case)
            return attrs.evolve(result, mismatches=found)
        decision, trace = policy.traced(given.profile, as_of=as_of, loan=given.loan)
        if self.asked.observed is not None:
            self.asked.observed.case(decision, trace)
        return attrs.evolve(
            result,
            decision=decision,
            mismatches=mismatches(case, decision),
            unmentioned=unmentioned(case, decision),
        )


def _without_decision(
    policy: Policy, given: Prepared, as_of: date | None, case: Case
) -> tuple[Mismatch, ...]:
    """Return what a case that expects no decision differs in: none where the policy does not apply to the loan."""
    alone = attrs.evolve(policy.policies, programs=(policy.program,))
    decisions = alone.decide(given.profile, as_of=as_of).decisions
    if not [each for each in decisions if given.loan in (None, each.loan)]:
        return ()
    return (Mismatch("applies", "false", "true", value_after("applies", case.expect.span)),)


def day_of(case: Case) -> date | None:
    """Return the day of a case's decision, or None where the profile says it.

    Raises:
        PolicyError: It is no date.
    """
    if case.as_of is None:
        return None
    try:
        found = read_literal(DATE, case.as_of.text)
    except LiteralError as error:
        finding = Diagnostic(error.code, error.message, case.as_of.span, error.hint)
        raise PolicyError([finding]) from None
    return found if isinstance(found, date) else None
