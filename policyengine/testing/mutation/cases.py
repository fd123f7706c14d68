"""Cases made ready once, to be held against many mutants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import attrs

from policyengine.decision.decision import Decision
from policyengine.diagnostics import PolicyEngineError
from policyengine.facts.profile import Profile
from policyengine.ir.program import Program
from policyengine.loading import Loaded, TestsInFile
from policyengine.model.test_file import Case
from policyengine.policy_set import Policy, PolicySet
from policyengine.testing.expect import mismatches
from policyengine.testing.given import prepared
from policyengine.testing.mutation.watching import Watched, Watcher
from policyengine.testing.run import day_of


@attrs.frozen(eq=False)
class ReadyCase:
    """A case with its profile read."""

    case: Case
    policy: str
    file: str
    profile: Profile
    loan: str | None
    as_of: date | None

    @property
    def name(self) -> str:
        """What the case is called, and the file that it stands in."""
        return f"{self.case.name.text} ({self.file})"

    def kills(self, program: Program, policies: PolicySet) -> bool:
        """Whether the expectation is not met under a program; of a decision, also where there is none."""
        try:
            decision = self._decided(program, policies)
        except PolicyEngineError:
            return self._decides
        return not self._decides or bool(mismatches(self.case, decision))

    def meets(self, program: Program, policies: PolicySet, watched: Watched) -> set[int]:
        """Return the mutants for which this case may come out otherwise."""
        watcher = Watcher(watched)
        watching = attrs.evolve(policies, evaluator=watcher.evaluator)
        if self._decides:
            mismatches(self.case, self._decided(program, watching))
        else:
            with suppress(PolicyEngineError):
                self._decided(program, watching)
        return watcher.met

    @property
    def _decides(self) -> bool:
        """Whether a decision is expected at all; otherwise that the policy does not apply."""
        return self.case.expect.applies is not False

    def _decided(self, program: Program, policies: PolicySet) -> Decision:
        alone = attrs.evolve(policies, programs=(program,))
        return Policy(alone, program).decide(self.profile, as_of=self.as_of, loan=self.loan)


def ready_cases(loaded: Loaded, policies: PolicySet, containing: str) -> Iterator[ReadyCase]:
    """Yield the cases whose name, policy or file contains a text, their profiles read."""
    for tests in loaded.tests:
        for case in tests.form.cases:
            texts = (case.name.text, tests.form.policy.text, tests.file.name)
            if any(containing in text for text in texts):
                yield _ready(case, tests, loaded, policies)


def _ready(case: Case, tests: TestsInFile, loaded: Loaded, policies: PolicySet) -> ReadyCase:
    as_of, name = day_of(case), tests.form.policy.text

    def applies(profile: Profile) -> tuple[str | None, ...]:
        decisions = policies.decide(profile, as_of=as_of).decisions
        return tuple(each.loan for each in decisions if each.policy == name)

    given = prepared(case.given, tests, loaded.root, applies)
    return ReadyCase(case, name, tests.file.name, given.profile, given.loan, as_of)
