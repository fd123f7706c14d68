"""What every decision keeps, one function for each law: it says how a case breaks it, or nothing.

Those of justifications are shipped, for the policies of others. A law of another explanation is one more function in
`LAWS`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import attrs
from asking import answered, some_answers, verdicts

import policyengine as pe
from policyengine.decision.decision import Outcome, Status
from policyengine.decision.reasons import plainly
from policyengine.decision.trace import PlanFinding, RuleFinding
from policyengine.decision.values import Json
from policyengine.explain.asking.from_situation import inquiry_of
from policyengine.explain.changes import changes_of
from policyengine.record.replay import replay
from policyengine.testing.coverage.points import points_of
from policyengine.testing.coverage.watching import seen_in
from policyengine.testing.laws.justified import JUSTIFICATION_LAWS, Case
from policyengine.testing.laws.restricting import changed

SALT = bytes(range(32))

Law = Callable[[Case], Iterator[str]]


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


def coverage_counts_what_decides(case: Case) -> Iterator[str]:
    """Each plan counts in its status, and each rule that is looked at as it came out."""
    points = points_of(case.program, {})
    seen = seen_in(case.decision, case.trace, points)
    for found in case.trace.plans:
        status = str(case.decision.plan(found.plan.id).status)
        if (points.plans[found.plan.id], status) not in seen:
            yield f"{found.plan.id} is not counted as {status}"
        for rule in _looked_at(found):
            way = {True: "true", False: "false", None: "unknown"}[plainly(rule.holds)]
            point = points.of_node.get(id(rule.rule.test))
            if rule.rule.applies is None and point and (point, way) not in seen:
                yield f"{found.plan.id}: {point.name} is not counted as {way}"


def _looked_at(found: PlanFinding) -> Iterator[RuleFinding]:
    yield from found.require
    if all(rule.holds is not False for rule in found.require):
        there_are_terms = found.offer.terms is not None or found.offer.shortfall is not None
        yield from found.offer.rules if there_are_terms else ()


#: Every law; another one is one more line.
LAWS: tuple[Law, ...] = (
    *JUSTIFICATION_LAWS,
    what_would_change_a_denial_changes_it,
    what_is_asked_can_change_the_decision,
    what_cannot_matter_does_not,
    what_is_certain_stays,
    a_record_is_made_again_byte_for_byte,
    coverage_counts_what_decides,
)


def broken(case: Case) -> list[str]:
    """Return how a case breaks any law."""
    return [f"{law.__name__}: {how}" for law in LAWS for how in law(case)]
