"""Made-up borrowers: valid, near where a policy changes its mind, readable, and simple once they are shrunk."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import tiny
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shrinking import shrunk

import policyengine as pe
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.loading import load_files
from policyengine.testing import run_tests
from policyengine.testing.strategies import case_yaml, loans, profile_yaml, profiles, reach_of
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.limits import limits_of
from policyengine.testing.strategies.public import borrowers_of
from policyengine.testing.strategies.reach import drawn
from policyengine.testing.strategies.subject import Subject
from policyengine.testing.strategies.witnesses import witnesses_of

POLICIES = Path(__file__).parents[3] / "policies"
FIVE = (
    "aibank.consumer-loan",
    "ccb.personal-loan",
    "citic.consumer-loan",
    "citic.credit-card",
    "mengshang.consumer-finance",
)
QUICK = settings(max_examples=12, suppress_health_check=list(HealthCheck))


def test_every_plan_of_every_policy_is_allowed_to_somebody(lenders: pe.PolicySet) -> None:
    for program in lenders.programs:
        assert witnesses_of(program).allowed == {plan.id for plan in program.plans}, program.id


@QUICK
@given(data=st.data())
def test_a_profile_is_valid_under_its_policy(lenders: pe.PolicySet, data: st.DataObject) -> None:
    policy = lenders[data.draw(st.sampled_from(sorted(lenders)))]
    near = data.draw(st.booleans())
    profile = data.draw(profiles(policy, near_thresholds=near))
    for decision in Subject.of(policy).policies.decide(profile).decisions:
        assert decision.policy == policy.program.id


@QUICK
@given(data=st.data())
def test_a_profile_has_as_much_missing_as_is_asked(
    lenders: pe.PolicySet, data: st.DataObject
) -> None:
    policy = lenders["citic.credit-card"]
    whole = set(witnesses_of(policy.program).borrowers[0].facts)
    assert whole <= data.draw(borrowers_of(policy, missing=0)).facts.keys()
    assert data.draw(borrowers_of(policy, missing=1)).facts.keys() <= {"loan.id"}


@pytest.mark.parametrize("policy", FIVE)
def test_a_profile_shrinks_to_the_facts_that_matter(lenders: pe.PolicySet, policy: str) -> None:
    def is_late(profile: dict[str, Any]) -> bool:
        return any(loan.get("days_past_due", 0) > 30 for loan in profile["loans"])

    found = shrunk(profiles(lenders[policy]), is_late, 200)
    assert found.keys() == {"as_of", "loans"}
    first = found["loans"][0]
    assert first.keys() == {"id", "days_past_due"}


@QUICK
@given(data=st.data())
def test_a_loan_has_what_the_policy_reads(lenders: pe.PolicySet, data: st.DataObject) -> None:
    loan = data.draw(loans(lenders["aibank.consumer-loan"]))
    assert {"principal", "annual_rate", "days_past_due", "next_due"} <= loan.keys()


@pytest.mark.parametrize("name", FIVE)
def test_what_is_reached(lenders: pe.PolicySet, name: str) -> None:
    """Measured over 300 borrowers: near 70 to 93 %, every status 10 to 60 % of plans; plainly, offers hardly come."""
    policy = lenders[name]
    near = reach_of(policy, borrowers_of(policy), 80)
    plain = reach_of(policy, borrowers_of(policy, near_thresholds=False), 80)
    assert near.share_near >= 0.6
    assert near.share_near > plain.share_near
    for status in pe.Status:
        assert near.share(status) >= 0.05, status
    assert near.elsewhere <= 0.4 * near.borrowers < plain.elsewhere
    assert all(near.allowed[plan.id] for plan in policy.program.plans)
    assert near.allowed.total() > plain.allowed.total()


BODY = """\
parameters:
  least: [{from: 2024-02-01, until: 2024-06-30, type: money, value: 90}, {from: 2024-07-01, type: money, value: 100}]
tables:
  share:
    hit: unique
    inputs: [x.n]
    output: integer
    rows: [["< 7", 1], [7..12, 2], ["> 12", 3]]
derive: {spare: x.cash - x.cost}
"""
PLANS = tiny.offer("- term: {exactly: 12}").replace(
    "    offer:",
    f"""    require:
      - {{id: a, that: 'x.days <= 30 days', {tiny.BECAUSE}}}
      - {{id: b, that: 'x.cash >= least', {tiny.BECAUSE}}}
      - {{id: c, that: 'share > 1', {tiny.BECAUSE}}}
      - {{id: d, that: 'spare >= 50', {tiny.BECAUSE}}}
      - {{id: e, that: 'x.colour == "red"', {tiny.BECAUSE}}}
      - {{id: f, that: 'x.day <= 2024-11-20', {tiny.BECAUSE}}}
    offer:""",
    1,
)


@pytest.fixture(scope="module")
def small() -> pe.Policy:
    return tiny.policies(BODY, PLANS)["tiny"]


@pytest.fixture(scope="module")
def many(small: pe.Policy) -> list[Borrower]:
    return list(drawn(borrowers_of(small), 1_000))


def test_limits_are_read_from_the_policy(small: pe.Policy) -> None:
    limits = limits_of(small.program)
    assert set(limits.of("x.days")) == {30}
    assert set(limits.of("x.cash")) == {90, 100}
    assert set(limits.of("x.n")) == {7, 12}
    assert set(limits.of("x.day")) == {date(2024, 11, 20)}
    assert limits.days == (date(2024, 2, 1), date(2024, 6, 30), date(2024, 7, 1))


def seen(many: list[Borrower], path: str) -> set[Any]:
    return {borrower.facts.get(path) for borrower in many}


def test_values_are_below_at_and_above_each_limit(many: list[Borrower]) -> None:
    assert {29, 30, 31} <= seen(many, "x.days")
    cents = {round(100 * value) for value in seen(many, "x.cash") if value is not None}
    assert {8_999, 9_000, 9_001, 9_999, 10_000, 10_001} <= cents
    assert {6, 7, 8, 11, 12, 13} <= seen(many, "x.n")
    assert {date(2024, 11, day) for day in (19, 20, 21)} <= seen(many, "x.day")


def test_values_that_are_compared_through_others_are_aimed_at(many: list[Borrower]) -> None:
    both = [b.facts for b in many if {"x.cash", "x.cost"} <= b.facts.keys()]
    spare = {int(100 * (Fraction(f["x.cash"]) - Fraction(f["x.cost"]))) for f in both}  # type: ignore[arg-type]
    assert {4_999, 5_000, 5_001} <= spare


def test_every_value_of_an_enum_is_seen_and_that_none_is(many: list[Borrower]) -> None:
    assert seen(many, "x.colour") == {"red", "green", "blue", None}


def test_days_of_decision_are_the_edges_of_dated_values_and_ends_of_months(
    many: list[Borrower],
) -> None:
    days = {borrower.as_of for borrower in many}
    assert {date(2024, 1, 31), date(2024, 2, 1), date(2024, 6, 30), date(2024, 7, 1)} <= days
    assert {date(2024, 11, 30), date(2024, 10, 31), date(2024, 2, 29)} <= days


def facts(policy: pe.Policy, profile: Any) -> Any:
    given_ = profile if isinstance(profile, pe.Profile) else pe.Profile.from_mapping(profile)
    coined = currency(policy.program.currency)
    found = facts_from(given_, policy.program.dictionary, coined, None)
    return found.as_of, dict(found.values), [loan.fields for loan in found.loans or ()]


@QUICK
@given(data=st.data())
def test_a_profile_as_text_reads_as_the_same_profile(
    lenders: pe.PolicySet, data: st.DataObject
) -> None:
    policy = lenders[data.draw(st.sampled_from(sorted(lenders)))]
    borrower = data.draw(borrowers_of(policy))
    text = profile_yaml(borrower, policy.program, {"loan.principal": "as good as any"})
    again = pe.Profile.from_bytes("profile", text.encode())
    assert facts(policy, again) == facts(policy, borrower.profile())


@pytest.mark.parametrize(
    ("name", "seed"),
    [("aibank/consumer-loan", 3), ("citic/credit-card", 5), ("au/hardship-notice", 4)],
)
def test_a_case_can_be_pasted_into_a_test_file(tmp_path: Path, name: str, seed: int) -> None:
    policies = pe.load(POLICIES / f"{name}.yaml", evaluator="reference")
    policy = policies[name.replace("/", ".")]
    subject, cases, counted = Subject.of(policy), [], 0
    for borrower in drawn(borrowers_of(policy), 8, seed):
        decision = subject.decided(borrower)
        if decision is not None:
            statuses = {plan.plan: str(plan.status) for plan in decision.plans}
            cases.append(case_yaml(f"made {counted}", borrower, policy.program, statuses))
            counted += 1
    assert counted > 2
    for folder in ("vocabulary", "regulations"):
        (tmp_path / folder).symlink_to(POLICIES / folder)
    (tmp_path / "policy.yaml").symlink_to(POLICIES / f"{name}.yaml")
    text = f"tests: {policy.program.id}\nlanguage: 1\ncases:\n" + "".join(cases)
    (tmp_path / "policy.test.yaml").write_text(text, "utf-8")
    report = run_tests(load_files(tmp_path))
    assert (len(report.cases), report.passed) == (counted, True), report.errors
