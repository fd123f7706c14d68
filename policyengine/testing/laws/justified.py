"""What a justification promises, whatever the policy: one function for each law, which says how a case breaks it.

The tests of the engine hold generated decisions against the same laws, and against more of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import attrs

from policyengine.decision.cited import Cited
from policyengine.decision.decision import Decision, Outcome, Plan, Status
from policyengine.decision.from_trace import decision_from
from policyengine.decision.trace import Trace
from policyengine.explain.cited.citing import Citing
from policyengine.facts import profile as facts_profile
from policyengine.facts.facts import Situation
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.ir.program import Program
from policyengine.policy_set import PolicySet
from policyengine.testing.laws.restricting import Profile, blank, fact, only, without


@attrs.frozen(slots=False)
class Case:
    """One loan of a profile under one policy; `place` is where the loan stands in the profile."""

    policies: PolicySet
    program: Program
    profile: Profile
    place: int

    @cached_property
    def decision(self) -> Decision:
        """What is decided."""
        return self.decided(self.profile, self.place)

    @cached_property
    def of_nothing(self) -> Decision:
        """What is decided where no fact is known."""
        return self.decided(blank(self.profile), self.place)

    @cached_property
    def situation(self) -> Situation:
        """The facts, with the loan under assessment."""
        return self.about(self.profile, self.place)

    @cached_property
    def trace(self) -> Trace:
        """What the evaluator found."""
        return self.policies.evaluator.evaluate(self.program, self.situation)

    def decided(self, profile: Profile, place: int) -> Decision:
        """Return what is decided about another profile."""
        trace = self.policies.evaluator.evaluate(self.program, self.about(profile, place))
        return decision_from(trace, Citing(trace))

    def about(self, profile: Profile, place: int) -> Situation:
        """Return the facts of another profile."""
        given = facts_profile.Profile.from_mapping(profile)
        coined = currency(self.program.currency)
        return facts_from(given, self.policies.dictionary, coined, None).about(place)

    def of_cited(self, cited: Cited) -> Decision:
        """What is decided where only the facts cited are known."""
        return self.decided(*only(self.profile, cited.given, self.place))

    def less_cited(self, cited: Cited) -> Decision:
        """What is decided where all but the facts cited are known."""
        return self.decided(without(self.profile, cited.given, self.place), self.place)


JustificationLaw = Callable[[Case], Iterator[str]]


def what_is_cited_was_given(case: Case) -> Iterator[str]:
    """Facts cited as given are given, those cited as absent are not."""
    decision = case.decision
    of_plans = (plan.cited for plan in decision.plans)
    of_referrals = (referral.cited for referral in decision.referrals)
    for cited in (decision.cited, *of_plans, *of_referrals):
        for path in cited.given:
            if fact(case.profile, path, case.place) is None:
                yield f"`{path}` is cited and was not given"
        for path in cited.absent:
            if fact(case.profile, path, case.place) is not None:
                yield f"`{path}` is cited as absent and was given"


def only_the_open_cites_what_is_absent(case: Case) -> Iterator[str]:
    """What is decided rests on facts that are there; only a referral may rest on absence."""
    for plan in case.decision.plans:
        if plan.status is Status.ALLOWED and plan.cited.absent:
            yield f"{plan.plan} is allowed and cites {plan.cited.absent} as absent"


def the_cited_facts_alone_give_the_same_plan(case: Case) -> Iterator[str]:
    """The facts that a plan's status rests on suffice for it, and of an allowed plan for the terms."""
    for plan in case.decision.plans:
        again = case.of_cited(plan.cited).plan(plan.plan)
        if again.status is not plan.status:
            yield f"{plan.plan} is {plan.status}, of {plan.cited} alone {again.status}"
        elif (again.terms, again.schedule) != (plan.terms, plan.schedule):
            yield f"{plan.plan} has other terms of {plan.cited} alone"


def the_cited_facts_alone_give_the_same_outcome(case: Case) -> Iterator[str]:
    """The facts that the outcome rests on suffice for it."""
    decision = case.decision
    again = case.of_cited(decision.cited).outcome
    if again is not decision.outcome:
        yield f"the outcome is {decision.outcome}, of {decision.cited} alone {again}"


def the_cited_facts_alone_give_the_same_referral(case: Case) -> Iterator[str]:
    """The facts that a referral rests on suffice for it."""
    for i, referral in enumerate(case.decision.referrals):
        again = case.of_cited(referral.cited).referrals[i]
        if again.holds is not referral.holds:
            yield f"{referral.referral}: {referral.holds}, of {referral.cited} alone {again.holds}"


def without_the_cited_facts_nothing_denies(case: Case) -> Iterator[str]:
    """A plan that the policy denies whatever the borrower says stays denied."""
    for plan in case.decision.plans:
        if plan.status is Status.DENIED:
            again = case.less_cited(plan.cited).plan(plan.plan).status
            if again is Status.DENIED and not denied_anyway(case, plan):
                yield f"{plan.plan} is denied without {plan.cited} too"


def without_the_cited_facts_nothing_refuses(case: Case) -> Iterator[str]:
    """A refusal that the facts decide does not stand without them."""
    decision = case.decision
    if decision.outcome is Outcome.REFUSE and case.of_nothing.outcome is not Outcome.REFUSE:
        again = case.less_cited(decision.cited).outcome
        if again is Outcome.REFUSE:
            yield f"refused without {decision.cited} too"


def denied_anyway(case: Case, plan: Plan) -> bool:
    """Whether no fact could keep the policy from denying a plan."""
    return case.of_nothing.plan(plan.plan).status is Status.DENIED


#: Every law of justifications; another one is one more line.
JUSTIFICATION_LAWS: tuple[JustificationLaw, ...] = (
    what_is_cited_was_given,
    only_the_open_cites_what_is_absent,
    the_cited_facts_alone_give_the_same_plan,
    the_cited_facts_alone_give_the_same_outcome,
    the_cited_facts_alone_give_the_same_referral,
    without_the_cited_facts_nothing_denies,
    without_the_cited_facts_nothing_refuses,
)
