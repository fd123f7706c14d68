"""Facts and pairs of facts taken from the example borrowers: what is taken is asked for, or it cannot matter.

A few of each borrower's facts are taken, by chance but always the same; `EVERY_FACT=1` takes each of them.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import borrowers
import pytest
from asking import answered, some_answers, statuses, verdicts
from borrowers import Path_, Profile

import policyengine as pe
from policyengine.explain.asking.inquiry import Inquiry

POLICIES = pe.load(Path(__file__).parents[3] / "policies")
SINGLE, PAIRS = 3, 1
#: What stays undecided when one fact is taken: borrower, policy, loan and fact, with the reason. Nothing does.
UNDECIDED: dict[tuple[str, str, str, str], str] = {}
#: Facts that terms are worked out from, and others that only a proof shows not to matter: they are taken in every run.
HARD: dict[str, list[Path_]] = {
    "uk-breathing-space": [("loans", 0, "annual_rate")],
    "us-card-workout": [("loans", 0, "annual_rate"), ("loans", 0, "payment")],
    "us-mortgage-hamp": [("loans", 0, "property_value"), ("loans", 0, "annual_rate")],
    "us-mortgage-hamp-arrears": [("loans", 0, "arrears"), ("loans", 0, "market_rate")],
    "us-mortgage-imminent": [("loans", 0, "late_fees"), ("loans", 0, "taxes_and_insurance")],
    "us-mortgage-lasting": [("hardship", "resolved"), ("loans", 0, "remaining_term")],
    "us-mortgage-passing": [("hardship", "expected_months")],
    "us-mortgage-resolved": [("loans", 0, "forbearances"), ("loans", 0, "payment")],
    "us-student-loans": [("loans", 1, "annual_rate")],
}
NAMES = [name for name in borrowers.EXAMPLES if name != "five-lenders"]


@cache
def inquiries(name: str, *gone: Path_) -> tuple[Inquiry, ...]:
    try:
        return POLICIES.ask(borrowers.without(borrowers.EXAMPLES[name], *gone)).inquiries
    except pe.ProfileError:
        return ()  # without a list of loans there is nothing to assess


def gone_from(name: str) -> Iterator[tuple[Path_, ...]]:
    paths = borrowers.facts_of(borrowers.EXAMPLES[name])
    chance = random.Random(name)
    single = paths if os.environ.get("EVERY_FACT") else chance.sample(paths, SINGLE)
    yield from ((path,) for path in single)
    yield from (tuple(chance.sample(paths, 2)) for _ in range(PAIRS))


def loan_of(profile: Profile, inquiry: Inquiry) -> int:
    ids = [loan.get("id") for loan in profile.get("loans", [])]
    return ids.index(inquiry.loan) if inquiry.loan in ids else 0


def ends_of(profile: Profile, inquiry: Inquiry, place: int) -> dict[str, str]:
    """Return how each plan ends; an answer may give the loan another id, or end the policy's application."""
    loan = profile["loans"][place].get("id")
    found = statuses(POLICIES, profile, inquiry.policy, loan)
    return found or dict.fromkeys(inquiry.statuses, "does_not_apply")


def settled_ends(profile: Profile, inquiry: Inquiry, place: int) -> dict[str, str]:
    """Return the same, and of a plan that is certain what it is, even if the evaluator still waits."""
    found = ends_of(profile, inquiry, place)
    return {p: inquiry.certain.get(p, s) if s == "undetermined" else s for p, s in found.items()}


def asked_as(path: Path_, place: int) -> str:
    """Return the path by which a fact of a profile is asked for when a loan is assessed."""
    if path[:2] == ("loans", place):
        path = ("loan", *path[2:])
    head, *rest = path
    return f"{head}" + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in rest)


def in_one_currency(profile: Profile) -> bool:
    """Whether no answer made a policy of another country apply: such a profile is refused, not decided."""
    try:
        POLICIES.decide(profile)
    except pe.ProfileError as error:
        if [found.code for found in error.diagnostics] != ["wrong-currency"]:
            raise
        return False
    return True


def looked_at(name: str) -> Iterator[tuple[Profile, Inquiry, int]]:
    for gone in gone_from(name):
        profile = borrowers.without(borrowers.EXAMPLES[name], *gone)
        for inquiry in inquiries(name, *gone):
            yield profile, inquiry, loan_of(profile, inquiry)


@pytest.mark.parametrize("name", NAMES)
def test_every_witness_ends_differently(name: str) -> None:
    for profile, inquiry, place in looked_at(name):
        for question in inquiry.questions:
            seen = question.witness
            ends = []
            for answer in (seen.first, seen.second):
                full = answered(profile, {**seen.others, question.path: answer}, place)
                ends.append(ends_of(full, inquiry, place).get(seen.plan or ""))
            if seen.plan is not None:
                assert ends == [seen.first_status, seen.second_status], (question.path, seen)
            assert seen.first_status != seen.second_status


@pytest.mark.parametrize("name", NAMES)
def test_what_is_irrelevant_changes_nothing(name: str) -> None:
    chance = random.Random(name)
    for profile, inquiry, place in looked_at(name):
        if "undetermined" not in inquiry.statuses.values():
            continue
        read = [i.path for i in inquiry.irrelevant if i.certificate == "examined"]
        others = [
            i.path
            for i in inquiry.irrelevant
            if i.certificate == "not_read" and not i.path.endswith("due_day")
        ]
        for path in (*read, *chance.sample(others, min(2, len(others)))):
            known = answered(profile, completion(inquiry, chance), place)
            ends = {
                tuple(settled_ends(full, inquiry, place).items())
                for answer in (None, *some_answers(POLICIES, path, chance, 3))
                if (full := answered(known, {} if answer is None else {path: answer}, place))
                and in_one_currency(full)
            }
            assert len(ends) <= 1, (inquiry.policy, path, ends)


def completion(inquiry: Inquiry, chance: random.Random) -> dict[str, object]:
    """Return answers to all that is asked, or to some of it."""
    asked = [
        a.path
        for a in inquiry.asked
        if not a.path.endswith(("lender", "product", ".id", "due_day", "next_due"))
    ]
    return {
        path: chance.choice(some_answers(POLICIES, path, chance, 3))
        for path in asked
        if chance.random() < 0.8
    }


def hangs_on_the_outcome(name: str, gone: tuple[Path_, ...], inquiry: Inquiry) -> bool:
    """Whether all plans are denied, and still a referral or the policy's own application is open."""
    profile = borrowers.without(borrowers.EXAMPLES[name], *gone)
    (found,) = (
        d
        for d in POLICIES.decide(profile).decisions
        if (d.policy, d.loan) == (inquiry.policy, inquiry.loan)
    )
    decided = {**inquiry.statuses, **inquiry.certain}
    return set(decided.values()) == {"denied"} and found.outcome is pe.Outcome.NEED_INFORMATION


@pytest.mark.parametrize("name", NAMES)
def test_what_is_asked_settles(name: str) -> None:
    full = borrowers.EXAMPLES[name]
    before = {(d.policy, d.loan): d for d in POLICIES.decide(full).decisions}
    for gone in gone_from(name):
        if len(gone) > 1:
            continue
        for inquiry in inquiries(name, *gone):
            decision = before.get((inquiry.policy, inquiry.loan))
            if decision is None or any(p.status is pe.Status.UNDETERMINED for p in decision.plans):
                continue
            open_ = {
                p for p, s in inquiry.statuses.items() if s == "undetermined"
            } - inquiry.certain.keys()
            place = loan_of(borrowers.without(full, *gone), inquiry)
            names = {a.path for a in inquiry.asked}
            # Where every plan is denied, what is asked for must be what the outcome still waits for.
            assert names or not open_, (inquiry.policy, gone)
            if names:
                assert open_ or hangs_on_the_outcome(name, gone, inquiry), (inquiry.policy, gone)
            if open_ and len(gone[0]) <= 3:
                assert asked_as(gone[0], place) in names, (inquiry.policy, gone, names)


def ends_before(full: Profile, inquiry: Inquiry, place: int) -> dict[str, str]:
    """Return how each plan ends where nothing was taken; a loan whose id was taken is found by its place."""
    loan = full["loans"][place].get("id") if "loans" in full else inquiry.loan
    found = statuses(POLICIES, full, inquiry.policy, loan)
    return found or dict.fromkeys(inquiry.statuses, "does_not_apply")


@pytest.mark.parametrize("name", NAMES)
def test_a_fact_taken_is_named_or_restoring_it_changes_nothing(name: str) -> None:
    full = borrowers.EXAMPLES[name]
    for gone in gone_from(name):
        if len(gone) > 1:
            continue
        for inquiry in inquiries(name, *gone):
            place = loan_of(borrowers.without(full, *gone), inquiry)
            assert asked_as(gone[0], place) in verdicts(inquiry), (inquiry.policy, gone)
            if verdicts(inquiry)[asked_as(gone[0], place)] in ("not_read", "examined"):
                before = ends_before(full, inquiry, place)
                assert before == {**inquiry.statuses, **inquiry.certain}, (inquiry.policy, gone)


@pytest.mark.parametrize("name", NAMES)
def test_what_stays_undecided_is_listed(name: str) -> None:
    full, found, taken = borrowers.EXAMPLES[name], set(), set()
    single = [gone for gone in gone_from(name) if len(gone) == 1]
    for (path,) in dict.fromkeys((*single, *((path,) for path in HARD.get(name, [])))):
        for inquiry in inquiries(name, path):
            fact = asked_as(path, loan_of(borrowers.without(full, path), inquiry))
            place = name, inquiry.policy, inquiry.loan or "", fact
            taken.add(place)
            if verdicts(inquiry).get(fact) == "undecided":
                found.add(place)
    assert found == UNDECIDED.keys() & taken


@pytest.mark.parametrize("name", NAMES)
def test_the_smallest_set_settles(name: str) -> None:
    for profile, inquiry, place in looked_at(name):
        small = inquiry.smallest
        if small is not None:
            assert set(small.paths) <= {a.path for a in inquiry.asked}
            found = ends_of(answered(profile, small.answers, place), inquiry, place)
            assert {p: found[p] for p in small.statuses} == small.statuses
            assert "undetermined" not in small.statuses.values()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_asked_once_a_refusal_is_certain(name: str) -> None:
    for gone in gone_from(name):
        for inquiry in inquiries(name, *gone):
            if {**inquiry.statuses, **inquiry.certain} == dict.fromkeys(inquiry.statuses, "denied"):
                assert all(question.witness.plan is None for question in inquiry.questions)
                assert not inquiry.asked or hangs_on_the_outcome(name, gone, inquiry)
