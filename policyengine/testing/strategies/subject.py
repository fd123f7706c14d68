"""A policy under trial: made-up borrowers are decided about, each once."""

from __future__ import annotations

import attrs

from policyengine.decision.decision import Decision
from policyengine.decision.from_trace import decision_from
from policyengine.decision.trace import Trace
from policyengine.explain.cited.citing import Citing
from policyengine.facts.facts import Situation
from policyengine.policy_set import Policy, PolicySet
from policyengine.testing.strategies.borrower import Borrower


@attrs.frozen(eq=False)
class Subject:
    """One policy and the set it comes from, whose evaluator decides."""

    policy: Policy

    @classmethod
    def of(cls, policy: Policy) -> Subject:
        """Return a policy as the only one of its set."""
        alone = attrs.evolve(policy.policies, programs=(policy.program,))
        return cls(Policy(alone, policy.program))

    @property
    def policies(self) -> PolicySet:
        """The set that holds this policy alone."""
        return self.policy.policies

    def decided(self, borrower: Borrower) -> Decision | None:
        """Return what is decided about a borrower, or None where the policy does not apply to the loan."""
        return self.about(borrower.situation())

    def about(self, situation: Situation) -> Decision | None:
        """Return what is decided about a loan, or None where the policy does not apply to it."""
        trace = self.trace(situation)
        return None if trace is None else decision_from(trace, Citing(trace))

    def trace(self, situation: Situation) -> Trace | None:
        """Return what is found about a loan, or None where the policy does not apply to it."""
        program, evaluator = self.policy.program, self.policies.evaluator
        if not program.in_force(situation.as_of) or evaluator.applies(program, situation) is False:
            return None
        return evaluator.evaluate(program, situation)
