"""What cannot be right is said when a policy loads, or denied with the reason; no search goes on for ever."""

from decimal import Decimal
from typing import Any

import offering
import pytest

import policyengine as pe

MOST = Decimal(2**63 - 1).scaleb(-2)
ANY = "plan.payment >= 0"
EXTENSION = "- term: {up_to: +24, step: 1 month}"


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ("- term: {up_to: +24, step: 0 months}", "bad-argument"),
        ("- rate: {down_to: 2%, step: 0%}", "bad-argument"),
        ("- forbear: {up_to: 100, step: 0}", "bad-argument"),
        ("- term: {up_to: +20000, step: 1 month}", "bad-argument"),
        ("- stepped: {shares: [], months: 3}", "wrong-shape"),
        ("- rate: {down_to: 2%}", "missing-key"),
        ("- waive: {fees: 0%..50%}", "missing-key"),
        ("- settle: {discount: 0%..50%}", "missing-key"),
    ],
)
def test_a_setting_that_is_none_does_not_load(steps: str, code: str) -> None:
    with pytest.raises(pe.PolicyError) as caught:
        offering.policies(steps)
    assert code in [finding.code for finding in caught.value.diagnostics]
    assert all(
        finding.hint for finding in caught.value.diagnostics if finding.code != "wrong-shape"
    )


@pytest.mark.parametrize(
    "loan",
    [
        {"remaining_term": Decimal("2.5")},
        {"principal": MOST + Decimal("0.01")},
        {"principal": Decimal("1e20")},
        {"principal": Decimal("0.001")},
        {"annual_rate": "twelve"},
        {"annual_rate": "NaN"},
    ],
)
def test_a_fact_that_is_none_is_refused(loan: dict[str, Any]) -> None:
    with pytest.raises(pe.ProfileError):
        offering.plan(offering.policies(EXTENSION), **loan)


@pytest.mark.parametrize(
    ("steps", "loan", "why"),
    [
        (EXTENSION, {"principal": Decimal(-5)}, "must be above zero"),
        (EXTENSION, {"principal": 0}, "must be above zero"),
        (EXTENSION, {"annual_rate": Decimal("-0.05")}, "must not be negative"),
        ("- rate: {exactly: 0%}", {"annual_rate": Decimal("-0.05")}, "must not be negative"),
        ("- rate: {exactly: 0%}", {"remaining_term": 0}, "no month is left"),
        ("- settle: {discount: 50%}", {"principal": 0}, "nothing owed"),
        ("- capitalise: {arrears: all}", {"principal": MOST}, "64 bits"),
        ("- rate: {exactly: 12%}", {"principal": MOST, "remaining_term": 1}, "64 bits"),
        ("- stepped: {shares: [10%], months: 3}", {}, "below its interest"),
        ("- stepped: {shares: [10%], months: 30}", {}, "no month is left"),
        ("- holiday: {months: 30, interest: waived, maturity: stays}", {}, "no month is left"),
        ("- holiday: {months: 4..x.months, interest: waived, maturity: extends}", {}, "no step"),
        ("- term: {up_to: 12 months, step: 1 month}", {}, "no step"),
        ("- repayment_plan: {months: 30..40}", {}, "longer than the term"),
        ("- repayment_plan: {months: 1..3, cap: 90%}", {}, "no step"),
        (
            "- repayment_plan: {months: 1..3}\n- repayment_plan: {balance: fees, months: 1..3}",
            {},
            "already paid",
        ),
        ("- forbear: {exactly: 0}", {}, "no step"),
        ("- rate: {down_to: 2%, step: x.rate - x.rate}", {}, "a step must be above zero"),
        ("- rate: {down_to: 2%, step: -1%}", {}, "a step must be above zero"),
        ("- forbear: {up_to: 100, step: x.cash - 500}", {}, "a step must be above zero"),
        ("- term: {up_to: +24, step: x.months - 3 months}", {}, "a step must be above zero"),
        ("- waive: {fees: 0%..50%, step: x.rate - x.rate}", {}, "a step must be above zero"),
    ],
)
@pytest.mark.parametrize("choose", ["waterfall", "least_cost"])
def test_where_there_is_no_schedule_the_denial_says_why(
    choose: str, steps: str, loan: dict[str, Any], why: str
) -> None:
    plan = offering.plan(offering.policies(steps, ANY, f"choose: {choose}"), **loan)
    assert plan.status == "denied"
    (reason,) = plan.decisive
    assert reason.name == "NO_SCHEDULE"
    assert why in reason.undefined[0]


def test_a_step_below_the_interest_is_allowed_where_the_policy_says_so() -> None:
    found = offering.policies(
        "- stepped: {shares: [10%], months: 3}", ANY, "negative_amortisation: allowed"
    )
    plan = offering.plan(found)
    assert plan.schedule
    assert [row.principal < 0 for row in plan.schedule[:4]] == [True, True, True, False]
    assert plan.schedule[-1].balance == 0


ALL = "- term: {up_to: +24, step: 1 month}\n- rate: {down_to: 0%, step: 0.125%}\n- forbear: {up_to: 30% * plan.balance"


@pytest.mark.parametrize(("choose", "step"), [("waterfall", ""), ("least_cost", ", step: 100.00")])
def test_a_target_that_nobody_can_reach_is_denied(choose: str, step: str) -> None:
    plan = offering.plan(
        offering.policies(f"{ALL}{step}}}", "plan.max_payment <= 1.00", f"choose: {choose}")
    )
    assert plan.status == "denied"
    (reason,) = plan.decisive
    assert reason.name == "UNAFFORDABLE"
    # By how much the greatest concession misses: 7,000.00 over 48 months without interest, and the last of them.
    assert reason.comparisons[0].left == "145.99"
    assert reason.comparisons[0].headroom == "-144.99"


@pytest.mark.parametrize("choose", ["waterfall", "least_cost"])
def test_a_search_that_would_take_too_long_gives_up_and_says_so(choose: str) -> None:
    """The rule is about no payment: nothing tells in advance which of 300,000 amounts would do."""
    plan = offering.plan(
        offering.policies(f"{ALL}}}", "plan.total_paid <= 1.00", f"choose: {choose}")
    )
    assert plan.status == "undetermined"
    assert "months of schedules" in plan.decisive[0].undefined[0]
    assert plan.asks == ()


def test_amounts_near_the_end_of_64_bits_are_exact() -> None:
    plan = offering.plan(
        offering.policies("- forbear: {exactly: 50000000000000000}", ANY),
        principal=MOST,
        remaining_term=1,
    )
    assert plan.schedule
    (row,) = plan.schedule
    assert row.principal + row.balance == MOST
    assert row.balance == Decimal("50000000000000000.00")


def test_a_division_by_what_is_zero_is_unknown() -> None:
    found = offering.policies(EXTENSION, "plan.payment / plan.total_interest <= 1")
    plan = offering.plan(found, annual_rate=0)
    assert plan.status == "undetermined"
    assert "division by zero" in plan.decisive[0].undefined[0]


def test_what_is_enough_may_be_unknown() -> None:
    found = offering.policies(EXTENSION, "plan.max_payment <= 1.00", "accept: x.flag")
    assert offering.plan(found).status == "allowed"
    plan = offering.plan(found, {"flag": None})
    assert plan.status == "undetermined"
    assert plan.asks == ("x.flag",)
    assert offering.plan(found, {"flag": False}).status == "denied"


def test_a_balance_gets_its_term_only_where_the_step_is_taken() -> None:
    """Without the step the loan's own term and method are needed, and asked for."""
    found = offering.policies(f"- instalments: {{months: 3..12}}\n  when: x.flag\n{EXTENSION}", ANY)
    assert offering.plan(found, remaining_term=None, method=None).status == "allowed"
    plan = offering.plan(found, {"flag": False}, remaining_term=None, method=None)
    assert plan.status == "undetermined"
    assert set(plan.asks) == {"loan.remaining_term", "loan.method"}


def test_one_payment_that_closes_a_debt_needs_no_term() -> None:
    plan = offering.plan(
        offering.policies("- settle: {discount: 50%}", ANY), remaining_term=None, method=None
    )
    assert plan.terms
    assert plan.terms.payment == plan.terms.forgiven == 5000
    assert plan.terms.extension_months is None
