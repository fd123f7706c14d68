"""What every decision keeps, one function for each law: it says how a case breaks it, or nothing.

A law of another explanation is one more function in `LAWS`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

import attrs
from asking import answered, some_answers, verdicts
from restricting import Profile, blank, changed, fact, only, without

import policyengine as pe
from policyengine.decision.cited import Cited
from policyengine.decision.decision import Outcome, Status
from policyengine.decision.from_trace import decision_from
from policyengine.decision.trace import Trace
from policyengine.decision.values import Json
from policyengine.explain.asking.from_situation import inquiry_of
from policyengine.explain.changes import changes_of
from policyengine.explain.cited.citing import Citing
from policyengine.facts.facts import Situation
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.ir.program import Program
from policyengine.record.replay import replay

SALT = bytes(range(32))


@attrs.frozen(slots=False)
class Case:
    """One loan of a profile under one policy; `place` is where the loan stands in the profile."""

    policies: pe.PolicySet
    program: Program
    profile: Profile
    place: int

    @cached_property
    def decision(self) -> pe.Decision:
        return self.decided(self.profile, self.place)

    @cached_property
    def of_nothing(self) -> pe.Decision:
        """What is decided where no fact is known."""
        return self.decided(blank(self.profile), self.place)

    @cached_property
    def situation(self) -> Situation:
        return self.about(self.profile, self.place)

    @cached_property
    def trace(self) -> Trace:
        return self.policies.evaluator.evaluate(self.program, self.situation)

    def decided(self, profile: Profile, place: int) -> pe.Decision:
        trace = self.policies.evaluator.evaluate(self.program, self.about(profile, place))
        return decision_from(trace, Citing(trace))

    def about(self, profile: Profile, place: int) -> Situation:
        given = pe.Profile.from_mapping(profile)
        coined = currency(self.program.currency)
        return facts_from(given, self.policies.dictionary, coined, None).about(place)

    def of_cited(self, cited: Cited) -> pe.Decision:
        """What is decided where only the facts cited are known."""
        return self.decided(*only(self.profile, cited.given, self.place))

    def less_cited(self, cited: Cited) -> pe.Decision:
        """What is decided where all but the facts cited are known."""
        return self.decided(without(self.profile, cited.given, self.place), self.place)


Law = Callable[[Case], Iterator[str]]


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
    for plan in case.decision.plans:
        again = case.of_cited(plan.cited).plan(plan.plan)
        if again.status is not plan.status:
            yield f"{plan.plan} is {plan.status}, of {plan.cited} alone {again.status}"
        elif (again.terms, again.schedule) != (plan.terms, plan.schedule):
            yield f"{plan.plan} has other terms of {plan.cited} alone"


def the_cited_facts_alone_give_the_same_outcome(case: Case) -> Iterator[str]:
    decision = case.decision
    again = case.of_cited(decision.cited).outcome
    if again is not decision.outcome:
        yield f"the outcome is {decision.outcome}, of {decision.cited} alone {again}"


def the_cited_facts_alone_give_the_same_referral(case: Case) -> Iterator[str]:
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
    decision = case.decision
    if decision.outcome is Outcome.REFUSE and case.of_nothing.outcome is not Outcome.REFUSE:
        again = case.less_cited(decision.cited).outcome
        if again is Outcome.REFUSE:
            yield f"refused without {decision.cited} too"


def denied_anyway(case: Case, plan: pe.Plan) -> bool:
    """Whether no fact could keep the policy from denying a plan."""
    return case.of_nothing.plan(plan.plan).status is Status.DENIED


def what_would_change_a_denial_changes_it(case: Case) -> Iterator[str]:
    for found in case.trace.plans:
        plan = case.decision.plan(found.plan.id)
        if plan.status is not Status.DENIED:
            continue
        for change in changes_of(found, case.trace, case.policies.evaluator).found:
            again = case.decided(changed(case.profile, change, case.place), case.place)
            if again.plan(plan.plan).status is not change.status:
                yield f"{plan.plan} is not {change.status} after {change}"


def what_is_asked_can_change_the_decision(case: Case) -> Iterator[str]:
    """Each question's two answers end differently, as it says; only the open is asked about."""
    inquiry = inquiry_of(case.program, case.situation, case.policies.evaluator)
    for question in inquiry.questions:
        seen = question.witness
        answers = [{**seen.others, question.path: each} for each in (seen.first, seen.second)]
        ends = [_end(case, seen.plan, each) for each in answers]
        if ends != [seen.first_status, seen.second_status] or ends[0] == ends[1]:
            yield f"`{question.path}` ends in {ends} by {seen}"
    if case.decision.outcome is Outcome.REFUSE and inquiry.asked:
        yield f"{inquiry.asked} are asked about after a refusal"
    open_ = {plan.plan for plan in case.decision.plans if plan.asks}  # others have no value at all
    if open_ - inquiry.certain.keys() and not inquiry.asked:
        yield f"nothing is asked about {open_}"


def _end(case: Case, plan: str | None, answers: Mapping[str, Json]) -> str:
    """Return how a plan ends, or the whole where it is about none, once answers are given."""
    profile = answered(case.profile, answers, case.place)
    if case.policies.evaluator.applies(case.program, case.about(profile, case.place)) is False:
        return "does_not_apply"
    decision = case.decided(profile, case.place)
    return str(decision.plan(plan).status if plan else decision.outcome)


def what_cannot_matter_does_not(case: Case) -> Iterator[str]:
    """Whatever a fact that is certified irrelevant, or needed only, is: no plan ends otherwise for it."""
    inquiry = inquiry_of(case.program, case.situation, case.policies.evaluator)
    found, chance = verdicts(inquiry), random.Random(len(inquiry.irrelevant))
    idle = [p for p, kind in found.items() if kind in ("examined", "needed") and not _dated(p)]
    told = _told(case, [p for p, kind in found.items() if kind != "not_read"], chance)
    for path in idle:
        ends = {
            tuple(_ends(case, {**told, path: answer}, inquiry.certain))
            for answer in _answers(case, path, chance, 3)
        }
        if len(ends) > 1:
            yield f"`{path}` is {found[path]}, and with {told} ends in {ends}"


def what_is_certain_stays(case: Case) -> Iterator[str]:
    """A plan that is certain ends so whatever the missing facts are, unless the evaluator waits for more."""
    inquiry = inquiry_of(case.program, case.situation, case.policies.evaluator)
    chance = random.Random(len(inquiry.irrelevant))
    told = _told(case, sorted(verdicts(inquiry)), chance)
    for plan, status in inquiry.certain.items():
        end = _end(case, plan, told)
        if end not in (status, Status.UNDETERMINED, "does_not_apply"):
            yield f"{plan} is certainly {status}, and with {told} {end}"


def _told(case: Case, paths: Iterable[str], chance: random.Random) -> dict[str, Any]:
    """Return an answer to each question by chance; a due date must fit the agreed day, which is not told."""
    told = {p: a for p in paths if not _dated(p) for a in _answers(case, p, chance, 1)}
    loan = case.situation
    if loan.get("loan.next_due") is None:
        agreed = loan.get("loan.due_day")
        told["loan.next_due"] = date(2024, 12, agreed if isinstance(agreed, int) else 15)
    return told


def _dated(path: str) -> bool:
    return path.endswith((".next_due", ".due_day"))


def _answers(case: Case, path: str, chance: random.Random, count: int) -> list[Any]:
    answers = some_answers(case.policies, path, chance, max(count, 2))
    return chance.sample(answers, min(count, len(answers)))


def _ends(case: Case, answers: Mapping[str, Json], certain: Mapping[str, str]) -> Iterator[str]:
    """Yield how each plan ends; of one that is certain already, the evaluator may still wait for something."""
    for plan in case.program.plans:
        end = _end(case, plan.id, answers)
        yield certain.get(plan.id, end) if end == Status.UNDETERMINED else end


def a_record_is_made_again_byte_for_byte(case: Case) -> Iterator[str]:
    alone = attrs.evolve(case.policies, programs=(case.program,))
    backwards = {key: case.profile[key] for key in reversed(case.profile)}
    once, again = (alone.record(profile, salt=SALT) for profile in (case.profile, backwards))
    if once != again:
        yield "another order of the facts makes another record"
    if not replay(once, alone, pe.Profile.from_mapping(case.profile), SALT).same:
        yield "a record is not made again"


#: Every law; another one is one more line.
LAWS: tuple[Law, ...] = (
    what_is_cited_was_given,
    only_the_open_cites_what_is_absent,
    the_cited_facts_alone_give_the_same_plan,
    the_cited_facts_alone_give_the_same_outcome,
    the_cited_facts_alone_give_the_same_referral,
    without_the_cited_facts_nothing_denies,
    without_the_cited_facts_nothing_refuses,
    what_would_change_a_denial_changes_it,
    what_is_asked_can_change_the_decision,
    what_cannot_matter_does_not,
    what_is_certain_stays,
    a_record_is_made_again_byte_for_byte,
)


def broken(case: Case) -> list[str]:
    """Return how a case breaks any law."""
    return [f"{law.__name__}: {how}" for law in LAWS for how in law(case)]
