"""The five lenders' policies: what is missing decides nothing, and what a day or a cent decides.

The texts and numbers of the policies are not repeated here; their own test files hold them.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import attrs
import borrowers
import pytest
from borrowers import EXAMPLES, FIVE, Path_, Profile

import policyengine as pe
from policyengine.decision.decision import Outcome, Status

ALL = pe.load(Path(__file__).parents[2] / "policies")
POLICIES = attrs.evolve(ALL, programs=tuple(p for p in ALL.programs if p.currency == "CNY"))
LENDERS = sorted(POLICIES)
DELETIONS = [(name, path) for name in EXAMPLES for path in borrowers.facts_of(EXAMPLES[name])]


def decided(profile: Profile) -> dict[tuple[str, int], pe.Decision]:
    """Return the decisions by policy and place of the loan, for a loan may have lost its id."""
    ids = [loan.get("id") for loan in profile["loans"]]
    return {(d.policy, ids.index(d.loan)): d for d in POLICIES.decide(profile).decisions}


FULL = {name: decided(profile) for name, profile in EXAMPLES.items()}


def test_the_five_lenders_are_all_decided() -> None:
    assert len(LENDERS) == 5
    assert sorted(policy for policy, _ in FULL["five-lenders"]) == LENDERS
    assert all(d.outcome is Outcome.OFFER for d in FULL["five-lenders"].values())
    statuses = {p.status for full in FULL.values() for d in full.values() for p in d.plans}
    assert statuses == {Status.ALLOWED, Status.DENIED}  # the examples know all that is asked


def name_of(path: Path_) -> str:
    return ".".join(map(str, path))


@pytest.mark.parametrize(
    ("name", "path"), DELETIONS, ids=[f"{name}-{name_of(path)}" for name, path in DELETIONS]
)
def test_a_fact_that_is_missing_decides_nothing(name: str, path: Path_) -> None:
    full = FULL[name]
    for key, decision in decided(borrowers.without(EXAMPLES[name], path)).items():
        before = full.get(key)
        refused_before = before is not None and before.outcome is Outcome.REFUSE
        assert decision.outcome is not Outcome.REFUSE or refused_before
        for plan in decision.plans:
            if plan.status is Status.ALLOWED:
                assert before
                assert before.plan(plan.plan).status is Status.ALLOWED
            elif plan.status is Status.DENIED and before:
                assert before.plan(plan.plan).status is Status.DENIED
            elif plan.status is Status.UNDETERMINED:
                assert plan.asks
                assert all(r.missing for r in plan.decisive)


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - {"five-lenders"}))
def test_a_fact_said_to_be_unknown_is_missing(name: str) -> None:
    profile = EXAMPLES[name]
    for path in borrowers.facts_of(profile):
        told = POLICIES.decide(borrowers.with_fact(profile, path, None)).to_json()
        assert told == POLICIES.decide(borrowers.without(profile, path)).to_json()


def test_without_anything_but_the_loan_nothing_is_decided() -> None:
    loan = {"lender": "aibank", "product": "consumer_loan"}
    (decision,) = POLICIES.decide({"as_of": date(2025, 6, 20), "loans": [loan]}).decisions
    assert decision.outcome is Outcome.NEED_INFORMATION
    assert {plan.status for plan in decision.plans} == {Status.UNDETERMINED}
    assert decision.asks


@pytest.mark.parametrize("place", range(5))
def test_a_loan_of_an_unknown_lender_is_refused_by_nobody(place: int) -> None:
    bad = {"willingness": "unwilling", "cooperates": False, "consents": False, "assessed": True}
    profile = borrowers.single(place) | {"borrower": FIVE["borrower"] | bad}
    for fact in ("lender", "product"):
        decisions = POLICIES.decide(borrowers.without(profile, ("loans", 0, fact))).decisions
        assert decisions
        assert all(d.outcome is Outcome.NEED_INFORMATION for d in decisions)
        assert all(f"loan.{fact}" in d.asks for d in decisions)


@pytest.mark.parametrize("place", range(5))
def test_a_loan_that_is_not_overdue_gets_no_plan_and_one_day_is_overdue(place: int) -> None:
    days: Path_ = ("loans", 0, "days_past_due")
    on_time, one_day = (
        POLICIES.decide(borrowers.with_fact(borrowers.single(place), days, n)).decisions[0]
        for n in (0, 1)
    )
    assert on_time.outcome is not Outcome.OFFER
    for plan in on_time.plans:
        assert plan.status is Status.DENIED
        assert any("loan.days_past_due" in reason.facts for reason in plan.decisive)
    assert one_day.outcome is Outcome.OFFER


@pytest.mark.parametrize("name", LENDERS)
def test_a_policy_decides_from_its_first_day_on(name: str) -> None:
    program = POLICIES[name].program
    assert program.starts
    place = next(place for policy, place in FULL["five-lenders"] if policy == name)
    profile = borrowers.single(place)
    day_before = program.starts - timedelta(days=1)
    asleep = POLICIES.decide(profile, as_of=day_before)
    assert asleep.decisions == ()
    (left,) = asleep.not_assessed
    assert left.loan == profile["loans"][0]["id"]
    assert left.reason == f"`{name}` is not in force on `{day_before}`"
    awake = POLICIES.decide(profile, as_of=program.starts)
    assert [decision.policy for decision in awake.decisions] == [name]
    assert awake.as_of == program.starts


def test_a_loan_that_no_policy_is_for_says_so() -> None:
    profile = borrowers.with_fact(borrowers.single(0), ("loans", 0, "lender"), "other")
    assessment = POLICIES.decide(profile)
    assert assessment.decisions == ()
    assert [left.reason for left in assessment.not_assessed] == ["no policy applies"]


def test_a_date_that_no_parameter_covers_leaves_a_plan_undetermined() -> None:
    # The rate that caps a private lender's is that of the contract's day, and none so old is known.
    place = next(
        place for policy, place in FULL["five-lenders"] if policy == "aibank.consumer-loan"
    )
    loan = {"lender_type": "private", "contract_date": "2000-01-01", "overdue_rate": "10%"}
    profile = borrowers.single(place)
    profile["loans"] = [profile["loans"][0] | loan]
    (decision,) = POLICIES.decide(profile).decisions
    assert decision.outcome is Outcome.NEED_INFORMATION
    for plan in decision.plans:
        assert plan.status is Status.UNDETERMINED
        said = {why for reason in plan.decisive for why in reason.undefined}
        assert said == {"`lpr` has no value on `2000-01-01`"}


INCOME: Path_ = ("borrower", "monthly_income")


def status_with(place: int, plan: str, income: int) -> tuple[pe.Decision, pe.Plan]:
    amount = Decimal(income).scaleb(-2)
    profile = borrowers.with_fact(borrowers.single(place), INCOME, amount)
    (decision,) = POLICIES.decide(profile).decisions
    return decision, decision.plan(plan)


PLANS = [
    (place, plan.plan)
    for (_, place), decision in FULL["five-lenders"].items()
    for plan in decision.allowed
]


@pytest.mark.parametrize(("place", "plan"), PLANS)
def test_one_cent_of_income_decides(place: int, plan: str) -> None:
    enough, too_little = 1_500_000, 0
    assert status_with(place, plan, enough)[1].status is Status.ALLOWED
    assert status_with(place, plan, too_little)[1].status is Status.DENIED
    while enough - too_little > 1:
        middle = (enough + too_little) // 2
        if status_with(place, plan, middle)[1].status is Status.ALLOWED:
            enough = middle
        else:
            too_little = middle
    decision, allowed = status_with(place, plan, enough)
    assert allowed.terms
    affordable = Fraction(str(decision.derived["affordable"]))
    later = Fraction(str(decision.derived.get("affordable_after") or affordable))
    assert Fraction(allowed.terms.max_payment) <= max(affordable, later)
    _, denied = status_with(place, plan, too_little)
    assert denied.status is Status.DENIED
    for (
        reason
    ) in denied.decisive:  # above what is affordable, or made so by a term that the law caps
        assert reason.name == "UNAFFORDABLE" or (reason.kind == "guarantee" and reason.source)
    short = [c.headroom for r in denied.decisive for c in r.comparisons if c.headroom is not None]
    assert short
    assert any(Fraction(str(headroom)) < 0 for headroom in short)
