"""How the plans and the outcome stand once answers are given: what the evaluator decides, put together from its parts.

A plan's parts are worked out once for each set of answers that they can read, so that the same terms are not searched
for again because of a fact which another rule reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import attrs

from policyengine.decision.decision import Decision, Outcome, Status
from policyengine.decision.from_trace import outcome_of
from policyengine.decision.trace import Truth, Unknown, merged
from policyengine.explain.asking.atoms import Atom, plan_atoms, rule_atom
from policyengine.explain.asking.case import Answers, Case
from policyengine.ir.program import PlanDefinition

DOES_NOT_APPLY = "does_not_apply"


@attrs.frozen(eq=False)
class Standing:
    """The parts of the plans that are open, by plan, and those of the referrals that replace a refusal.

    `decision` is what is decided before anything is answered; what is not open in it stays as it is.
    """

    case: Case
    decision: Decision
    plans: Mapping[str, tuple[Atom, ...]]
    instead: tuple[Atom, ...]

    @classmethod
    def of(cls, case: Case) -> Standing:
        """Return how a case stands."""
        decision = case.decided()
        plans = {plan.id: plan for plan in case.program.plans}
        parts = {
            found.plan: tuple(plan_atoms(plans[found.plan], case))
            for found in decision.plans
            if found.status is Status.UNDETERMINED
        }
        referrals = [r for r in case.program.referrals if r.instead_of_refusal]
        return cls(case, decision, parts, tuple(rule_atom(r.rule, case) for r in referrals))

    def end(self, plan: PlanDefinition | None, answers: Answers) -> str:
        """Return the status of a plan, or the outcome where no plan is asked about; neither where it does not apply."""
        with self.case.budget.apart():
            if self.case.applies(answers) is False:
                return DOES_NOT_APPLY
            return str(self._status(plan.id, answers) if plan else self._outcome(answers))

    def asks(self, plan: PlanDefinition | None, answers: Answers) -> tuple[str, ...]:
        """Return what is waited for, of one plan or of all: what holds most plans open first, then what is cheaper."""
        with self.case.budget.apart():
            names = self.plans if plan is None else (plan.id,)
            found = Counter(path for name in names for path in self._waits(name, answers))
            if plan is None:
                found.update(dict.fromkeys(merged(self.case.applies(answers)).missing, 0))
                if self._outcome(answers) is Outcome.NEED_INFORMATION:
                    instead = merged(*(atom.truth(answers) for atom in self.instead))
                    found.update(dict.fromkeys(instead.missing, 0))
        return tuple(sorted(found, key=lambda path: (-found[path], self.case.cost(path), path)))

    def _waits(self, name: str, answers: Answers) -> frozenset[str]:
        truths = list(self._truths(name, answers))
        return frozenset() if False in truths else merged(*truths).missing

    def _truths(self, name: str, answers: Answers) -> Iterable[Truth]:
        return (atom.truth(answers) for atom in self.plans[name])

    def _status(self, name: str, answers: Answers) -> Status:
        if name not in self.plans:
            return self.decision.plan(name).status
        unknown = False
        for truth in self._truths(name, answers):
            if truth is False:
                return Status.DENIED
            unknown |= isinstance(truth, Unknown)
        return Status.UNDETERMINED if unknown else Status.ALLOWED

    def _outcome(self, answers: Answers) -> Outcome:
        statuses = {self._status(plan.plan, answers) for plan in self.decision.plans}
        truths = [atom.truth(answers) for atom in self.instead]
        instead = [None if isinstance(truth, Unknown) else truth for truth in truths]
        return outcome_of(statuses, instead, self.case.applies(answers))
