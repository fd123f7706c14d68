"""What cannot be right is said when a policy loads, or denied with the reason; no search goes on for ever."""

import time
from decimal import Decimal
from typing import Any

import offering
import pytest

import policyengine as pe

MOST = Decimal(2**63 - 1).scaleb(-2)
#: No speed is asserted: trying one by one would take years, and on a slow machine giving up takes tens of seconds.
SECONDS = 300.0
ANY = "plan.payment >= 0"
EXTENSION = "- term: {up_to: +24, step: 1 month}"
TWO_HOLIDAYS = """\
- holiday: {months: 1, interest: waived, maturity: stays}
  when: x.flag
- holiday: {months: 1, interest: accrues, maturity: stays}"""
TWO_ON_TOP = """\
- repayment_plan: {months: 1..3}
  when: x.flag
- repayment_plan: {balance: fees, months: 1..3}"""


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ("- term: {up_to: +24, step: 0 months}", "bad-argument"),
        ("- rate: {down_to: 2%, step: 0%}", "bad-argument"),
        ("- rate: {down_to: 2%, step: -1%}", "bad-argument"),
        ("- repayment_plan: {months: 1..3, cap: 90%}", "bad-argument"),
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
        (EXTENSION, {"principal": Decimal(-5)}, "`loan.principal` is below zero: `-5.00`"),
        ("- waive: {fees: 1%}", {"fees": Decimal(-5)}, "`loan.fees` is below zero: `-5.00`"),
        ("- capitalise: {arrears: all}", {"principal": Decimal(-5)}, "`loan.principal` is below"),
        (EXTENSION, {"principal": 0}, "`balance` must be above zero, but is `0.00`"),
        (EXTENSION, {"annual_rate": Decimal("-0.05")}, "`loan.annual_rate` is below zero: `-5%`"),
        ("- rate: {exactly: 0%}", {"annual_rate": Decimal("-0.05")}, "is below zero: `-5%`"),
        (EXTENSION, {"remaining_term": -5}, "`loan.remaining_term` is below zero: `-5` months"),
        ("- term: {up_to: +x.months * 1000}", {}, "`3000` months are more than the `1200`"),
        ("- holiday: {months: x.months - 5 months, interest: waived, maturity: stays}", {}, "`-2`"),
        ("- waive: {fees: x.rate * 21}", {}, "must lie from `0%` to `100%`, but is `105%`"),
        ("- waive: {fees: 0%..x.rate * 21, step: 5%}", {}, "but is `105%`"),
        ("- waive: {fees: x.rate - 6%}", {}, "but is `-1%`"),
        ("- capitalise: {fees: x.rate * 21}", {}, "but is `105%`"),
        ("- defer_balance: {fees: x.rate - 6%}", {}, "but is `-1%`"),
        ("- settle: {discount: x.rate * 21}", {}, "but is `105%`"),
        ("- settle: {discount: x.rate * 20}", {}, "`100%` on `10000.00` leaves nothing to pay"),
        ("- stepped: {shares: [x.rate * 21], months: 3}", {}, "but is `105%`"),
        ("- stepped: {shares: [x.rate * 10, x.rate * 9], months: 3}", {}, "must not fall"),
        ("- stepped: {shares: [50%], months: x.months - 3 months}", {}, "`0` months leave none"),
        ("- rate: {exactly: x.rate - 6%}", {}, "a rate must not be below zero, but is `-1%`"),
        ("- rate: {down_to: x.rate - 6%, step: 1%}", {}, "a rate must not be below zero"),
        ("- instalments: {months: 12, rate: x.rate - 6%}", {}, "a rate must not be below zero"),
        ("- forbear: {exactly: x.cash - 500}", {}, "`-100.00` is no amount above zero"),
        ("- forgive: {exactly: x.cash - 400}", {}, "`0.00` is no amount above zero"),
        (
            "- rate: {down_to: 2%, step: x.rate / 1000000000000000000000000}",
            {},
            "its settings cannot be counted",
        ),
        (TWO_HOLIDAYS, {}, "where the first has `interest: waived`, and both apply"),
        (
            "- holiday: {months: 1, interest: waived, maturity: stays}\n  when: not x.flag",
            {},
            "`when`",
        ),
        ("- rate: {exactly: 0%}", {"remaining_term": 0}, "no month is left"),
        ("- settle: {discount: 50%}", {"principal": 0}, "nothing owed"),
        ("- capitalise: {arrears: all}", {"principal": MOST}, "64 bits"),
        ("- rate: {exactly: 12%}", {"principal": MOST, "remaining_term": 1}, "64 bits"),
        (
            "- stepped: {shares: [10%], months: 3}",
            {},
            "instalment `1` of `47.07` is below its interest `100.00`",
        ),
        ("- stepped: {shares: [10%], months: 30}", {}, "no month is left"),
        ("- holiday: {months: 30, interest: waived, maturity: stays}", {}, "no month is left"),
        (
            "- holiday: {months: 4..x.months, interest: waived, maturity: extends}",
            {},
            "nothing lies from `4` to `3` months",
        ),
        ("- term: {up_to: 12 months, step: 1 month}", {}, "nothing lies from `24` to `12` months"),
        ("- repayment_plan: {months: 30..40}", {}, "longer than the term"),
        (
            "- repayment_plan: {months: 1..3, cap: x.rate * 18}",
            {},
            "a cap of `90%` of the regular `470.73` leaves no room for `100.00` of `arrears`",
        ),
        (TWO_ON_TOP, {}, "a balance is paid on top of the payment already, and both apply"),
        ("- forbear: {exactly: 0}", {}, "no step"),
        ("- rate: {down_to: 2%, step: x.rate - x.rate}", {}, "a step must be above zero"),
        ("- rate: {down_to: 2%, step: x.rate - 6%}", {}, "above zero, but is `-1%`"),
        ("- forbear: {up_to: 100, step: x.cash - 500}", {}, "above zero, but is `-100.00`"),
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


@pytest.mark.parametrize(
    ("choose", "step", "payment", "missing"),
    [
        ("waterfall", "", "145.84", "-144.84"),
        ("least_cost", ", step: 100.00", "145.99", "-144.99"),
    ],
)
def test_a_target_that_nobody_can_reach_is_denied(
    choose: str, step: str, payment: str, missing: str
) -> None:
    """By how much the nearest terms miss: some 7,000.00 over 48 months without interest.

    The last payment takes what rounding left: 15 cents of 7,000.00, less where a few cents less are set aside.
    """
    plan = offering.plan(
        offering.policies(f"{ALL}{step}}}", "plan.max_payment <= 1.00", f"choose: {choose}")
    )
    assert plan.status == "denied"
    (reason,) = plan.decisive
    assert reason.name == "UNAFFORDABLE"
    assert reason.comparisons[0].left == payment
    assert reason.comparisons[0].headroom == missing


@pytest.mark.parametrize("choose", ["waterfall", "least_cost"])
def test_a_search_that_would_take_too_long_gives_up_and_says_so(choose: str) -> None:
    """The rule is about no payment: nothing tells in advance which of 300,000 amounts would do."""
    plan = offering.plan(
        offering.policies(f"{ALL}}}", "plan.total_paid <= 1.00", f"choose: {choose}")
    )
    assert plan.status == "undetermined"
    assert "months of schedules" in plan.decisive[0].undefined[0]
    assert plan.asks == ()


ENDLESS = {
    "shares without number": "- waive: {fees: 0%..50%, step: x.rate / 1000000000000}\n- capitalise: {fees: all}",
    "shares of a settlement": "- settle: {discount: 0%..50%, step: x.rate / 1000000000000}",
    "rates without number": "- rate: {down_to: 0%, step: x.rate / 1000000000000}",
    "amounts off the grid": "- forbear: {up_to: 50000000000000000, step: 0.03}",
    "nothing to work out": "- forbear: {up_to: 50000000000000000}\n- rate: {exactly: x.rate - 6%}",
    "nothing to count": "- forbear: {up_to: 50000000000000000}\n- waive: {fees: x.rate - 6%}\n"
    + EXTENSION,
}


@pytest.mark.parametrize("choose", ["waterfall", "least_cost"])
@pytest.mark.parametrize("name", ENDLESS)
def test_settings_that_nobody_could_try_one_by_one_end_all_the_same(name: str, choose: str) -> None:
    found = offering.policies(ENDLESS[name], "plan.total_paid <= 1.00", f"choose: {choose}")
    started = time.process_time()
    plan = offering.plan(found, principal=MOST - 10**9, remaining_term=120)
    assert time.process_time() - started < SECONDS
    assert plan.status in ("denied", "undetermined")
    assert plan.decisive[0].undefined


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
