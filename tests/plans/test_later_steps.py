"""What a later step stands on matters once it is reached."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tiny

import policyengine as pe
from policyengine.decision.decision import Status

POLICIES = Path(__file__).parents[2] / "policies"
LATER = {
    "term": "- term: {up_to: +x.months, step: 1 month}",
    "holiday": "- holiday: {months: 0..x.months, interest: waived, maturity: extends}",
    "rate": "- rate: {down_to: x.rate, step: 1%}",
    "waive": "- waive: {future_interest: 0%..x.rate, step: 10%}",
    "forbear": "- forbear: {up_to: x.cost, step: 100}",
    "when": "- term: {up_to: +6, step: 1 month}\n  when: x.flag",
    "balance": "- waive: {fees: 0%..100%, step: 50%}",
}
FIRST = "- term: {up_to: +12, step: 1 month}\n"


def plan(steps: str, cash: str, *without: str, **more: str) -> pe.Plan:
    policies = tiny.policies(plans=tiny.offer(steps, "plan.max_payment <= x.cash", **more))
    facts = {path: value for path, value in tiny.LOAN.items() if path not in without}
    return tiny.decide(policies, facts | {"x.cash": cash}).plans[0]


@pytest.mark.parametrize("later", LATER)
def test_what_a_later_step_stands_on_is_not_needed_where_an_earlier_one_is_enough(
    later: str,
) -> None:
    found = plan(FIRST + LATER[later], "750.00", "loan.fees")
    assert found.terms
    assert found.terms.levers == {"term": {"months_added": 4}}


@pytest.mark.parametrize("later", LATER)
def test_it_is_asked_for_where_the_earlier_ones_are_not(later: str) -> None:
    found = plan(FIRST + LATER[later], "400.00", "loan.fees")
    assert found.status is Status.UNDETERMINED
    assert len(found.asks) == 1


@pytest.mark.parametrize(
    "first",
    [
        "- holiday: {months: 1..x.months, interest: waived, maturity: extends}",
        "- rate: {exactly: x.rate}",
        "- forbear: {exactly: x.cost}",
        "- capitalise: {fees: 100%}",
        "- term: {exactly: +3}\n  when: x.flag",
        "- repayment_plan: {balance: fees, months: 1..3}",
    ],
)
def test_a_later_step_that_does_something_at_its_least_is_needed_from_the_first(first: str) -> None:
    found = plan(FIRST + first, "9999.00", "loan.fees")
    assert found.status is Status.UNDETERMINED
    assert len(found.asks) == 1


def hamp(income: str) -> pe.Plan:
    """Return what the published programme makes of a loan whose home has no known value."""
    given = (POLICIES / "examples" / "us-mortgage-hamp-arrears.yaml").read_text("utf-8")
    given = re.sub(r"gross_income: \S+", f"gross_income: {income}", given)
    given = re.sub(r"(?m)^ *property_value: .*\n", "", given)
    profile = pe.Profile.from_bytes("profile.yaml", given.encode())
    found = [d for d in pe.load(POLICIES).decide(profile).decisions if d.policy == "us.hamp"]
    return found[0].plan("modification")


def test_the_value_of_the_home_is_needed_for_forbearance_only() -> None:
    assert [hamp(income).status for income in ("4500.00", "3000.00")] == [Status.ALLOWED] * 2
    undetermined = hamp("2500.00")
    assert undetermined.status is Status.UNDETERMINED
    assert undetermined.asks == ("loan.property_value",)


def test_a_failing_accept_is_among_the_reasons_of_a_denial() -> None:
    """The target is shown as missed; what denies the plan is that it is not even enough."""
    found = plan(FIRST, "400.00", extra="      accept: plan.payment < 500.00\n")
    assert found.status is Status.DENIED
    assert [(r.kind, r.holds) for r in found.reasons] == [("target", False), ("accept", False)]
    assert [r.kind for r in found.decisive] == ["accept"]


def test_a_missed_target_is_no_reason_for_a_denial() -> None:
    policies = tiny.policies(
        plans=tiny.offer(FIRST, "plan.max_payment <= x.cash", "      accept: plan.payment <= 500\n")
        + "    require: [{id: flagged, that: x.flag, because: {en: Flag., zh: 旗。}}]\n"
    )
    (found,) = tiny.decide(policies, tiny.LOAN | {"x.cash": "400.00", "x.flag": "false"}).plans
    assert found.status is Status.DENIED
    assert [(r.kind, r.holds) for r in found.reasons] == [
        ("require", False),
        ("target", False),
        ("accept", True),
    ]
    assert [r.rule for r in found.decisive] == ["flagged"]


@pytest.mark.parametrize(
    ("flag", "status"),
    [("true", Status.DENIED), ("false", Status.ALLOWED), (None, Status.UNDETERMINED)],
)
def test_steps_that_could_clash_must_be_known_from_the_first(
    flag: str | None, status: Status
) -> None:
    """The first terms would do, but two holidays with different interest are no plan."""
    steps = (
        "- holiday: {months: 0..2, interest: waived, maturity: extends}\n"
        "- holiday: {months: 0..2, interest: capitalised, maturity: extends}\n  when: x.flag"
    )
    policies = tiny.policies(plans=tiny.offer(steps))
    given = {"x.cash": "1000.00"} | ({"x.flag": flag} if flag else {})
    (found,) = tiny.decide(policies, tiny.LOAN | given).plans
    assert found.status is status
    assert found.asks == (("x.flag",) if flag is None else ())


@pytest.mark.parametrize("fees", ["-5.00", None])
def test_a_balance_below_zero_matters_no_sooner_than_one_that_is_not_known(
    fees: str | None,
) -> None:
    vocabulary = tiny.VOCABULARY.replace(
        "loan.fees: {type: money, min: 0", "loan.fees: {type: money"
    )
    policies = tiny.policies(plans=tiny.offer(FIRST + LATER["balance"]), vocabulary=vocabulary)
    loan = {path: value for path, value in tiny.LOAN.items() if path != "loan.fees"}
    given = loan | ({"loan.fees": fees} if fees else {})
    enough, short = (
        tiny.decide(policies, given | {"x.cash": cash}).plans[0] for cash in ("750.00", "400.00")
    )
    assert enough.status is Status.ALLOWED
    assert short.status is (Status.DENIED if fees else Status.UNDETERMINED)
