"""An amount that is agreed: every month until the debt is repaid, or for some months.

The loan is `tiny.LOAN`, here at 12 %: 12,000.00 bears 120.00 in the first month.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st

import policyengine as pe
from policyengine.decision.decision import Status

FACTS = tiny.LOAN | {"loan.annual_rate": "12%", "x.cash": "500.00"}
CARD = {
    name: fact for name, fact in FACTS.items() if name not in ("loan.remaining_term", "loan.method")
}
UNTIL_REPAID = "- pay: {amount: x.cash}"
ALLOWED = "      negative_amortisation: allowed\n"


def plan_of(
    steps: str, facts: dict[str, Any], until: str = "plan.payment >= 0", extra: str = ""
) -> pe.Plan:
    (plan,) = tiny.decide(tiny.policies(plans=tiny.offer(steps, until, extra)), facts).plans
    return plan


def rows_of(plan: pe.Plan) -> tuple[pe.Instalment, ...]:
    assert plan.schedule
    return plan.schedule


def terms_of(plan: pe.Plan) -> pe.Terms:
    assert plan.terms
    return plan.terms


def why(plan: pe.Plan) -> str:
    assert plan.status is Status.DENIED
    (reason,) = plan.decisive
    assert reason.code == "NO_SCHEDULE"
    return reason.undefined[0]


# Until the debt is repaid


def test_the_term_follows_from_the_amount() -> None:
    terms = terms_of(plan_of(UNTIL_REPAID, FACTS))
    assert (terms.term_months, terms.extension_months) == (28, 16)
    assert terms.payment == terms.max_payment == Decimal("500.00")
    assert terms.levers == {"pay": {"amount": "500.00"}}


def test_neither_a_term_nor_a_method_is_needed() -> None:
    plan = plan_of(UNTIL_REPAID, CARD)
    assert terms_of(plan).extension_months is None
    assert rows_of(plan) == rows_of(plan_of(UNTIL_REPAID, FACTS))


@given(principal=st.integers(1, 10**8), points=st.integers(0, 3600), payment=st.integers(0, 10**7))
def test_it_is_paid_month_by_month_until_nothing_is_left(
    principal: int, points: int, payment: int
) -> None:
    facts = CARD | {
        "loan.principal": f"{principal / 100:.2f}",
        "loan.annual_rate": f"{points / 100:.2f}%",
        "x.cash": f"{payment / 100:.2f}",
    }
    plan = POLICY.decide(tiny.profile(facts)).decisions[0].plan("relief")
    owed, expected = principal, list[tuple[Decimal, Decimal, Decimal]]()
    while owed:
        interest = (owed * points + 60_000) // 120_000  # a twelfth, rounded half up
        if payment <= interest or len(expected) == 1200:
            assert "the balance" in why(plan)
            return
        paid = min(payment, owed + interest)
        owed += interest - paid
        expected.append((Decimal(paid), Decimal(interest), Decimal(owed)))
    assert [(r.payment * 100, r.interest * 100, r.balance * 100) for r in rows_of(plan)] == expected
    assert sum(row.principal for row in rows_of(plan)) * 100 == principal


POLICY = tiny.policies(plans=tiny.offer(UNTIL_REPAID, "plan.payment >= 0"))


@pytest.mark.parametrize("amount", ["120.00", "0.00", "120.009"])
def test_what_never_repays_is_denied_in_words(amount: str) -> None:
    """What is finer than the minor unit is cut off."""
    shown = {"120.009": "120.00"}.get(amount, amount)
    found = why(plan_of(f"- pay: {{amount: {amount}}}", CARD))
    assert (
        found == f"`{shown}` a month never repays the balance, whose interest is `120.00` a month"
    )


def test_a_cent_above_the_interest_repays() -> None:
    assert terms_of(plan_of(UNTIL_REPAID, CARD | {"x.cash": "120.01"})).term_months == 953


def test_what_takes_more_than_a_hundred_years_is_denied_in_words() -> None:
    facts = CARD | {"loan.annual_rate": "0%", "x.cash": "10.00"}
    assert terms_of(plan_of(UNTIL_REPAID, facts)).term_months == 1200
    found = why(plan_of(UNTIL_REPAID, facts | {"x.cash": "9.99"}))
    assert found == "`9.99` a month does not repay the balance within `1200` months"


@pytest.mark.parametrize("steps", [UNTIL_REPAID, "- pay: {amount: x.cash, months: 3}"])
def test_more_than_is_owed_is_one_payment(steps: str) -> None:
    plan = plan_of(steps, FACTS | {"x.cash": "99999.00"})
    (row,) = rows_of(plan)
    assert (row.payment, row.interest) == (Decimal("12120.00"), Decimal("120.00"))
    terms = terms_of(plan)
    assert terms.payment == terms.max_payment == row.payment
    assert (terms.term_months, terms.extension_months) == (1, -11)
    assert terms.cost == 0


def test_an_amount_may_speak_of_the_terms_so_far() -> None:
    """At 0 % the payment is 1,000.00."""
    terms = terms_of(plan_of("- pay: {amount: 50% * plan.payment}", tiny.LOAN))
    assert (terms.payment, terms.term_months) == (Decimal("500.00"), 24)


def test_an_amount_that_is_not_known_is_asked_for() -> None:
    facts = {name: fact for name, fact in CARD.items() if name != "x.cash"}
    plan = plan_of(UNTIL_REPAID, facts)
    assert plan.status is Status.UNDETERMINED
    assert plan.asks == ("x.cash",)


def test_a_later_step_raises_the_rate_of_repayment() -> None:
    """Searched with other levers, here for a rate at which 130.00 a month repays within twenty years."""
    steps = "- pay: {amount: 130.00}\n- rate: {down_to: 0%, step: 1%}"
    terms = terms_of(plan_of(steps, FACTS, "plan.term <= 240 months"))
    assert (terms.annual_rate, terms.term_months) == (Decimal("0.11"), 206)


STAYS = "interest: waived, maturity: stays}"
TWO_TERMS = [
    "- term: {exactly: +3}",
    "- term: {up_to: +3, step: 1 month}",
    "- instalments: {months: 9}",
    f"- holiday: {{months: 1, {STAYS}",
    f"- holiday: {{through: x.day, {STAYS}",
    "- interest_only: {months: 1, maturity: stays}",
    "- pay: {amount: 600}",
]


@pytest.mark.parametrize("other", TWO_TERMS)
@pytest.mark.parametrize("first", [True, False])
def test_two_steps_may_not_both_decide_the_term(other: str, first: bool) -> None:
    pay, when = "- pay: {amount: 500}", "\n  when: x.flag\n"
    until = "plan.payment >= 0"
    steps = (other, pay) if first else (pay, other)
    assert tiny.findings(plans=tiny.offer("\n".join(steps), until)) == ["contradictory-steps"]
    plans = when.join([*steps, ""])
    facts = FACTS | {"x.day": "2024-12-15"}
    assert "the balance is repaid" in why(plan_of(plans, facts | {"x.flag": "true"}))
    plan = plan_of(plans.replace("x.flag", "not x.flag", 1), facts | {"x.flag": "true"})
    assert plan.status is Status.ALLOWED


def test_pauses_come_before_it() -> None:
    steps = (
        "- holiday: {months: 1, interest: waived, maturity: extends}\n"
        "- interest_only: {months: 1, maturity: extends}\n"
        "- stepped: {shares: [50%], months: 2}\n"
        "- pay: {amount: x.cash}"
    )
    plan = plan_of(steps, CARD)
    assert [str(row.payment) for row in rows_of(plan)[:5]] == [
        "0.00", "120.00", "250.00", "250.00", "500.00",
    ]  # fmt: skip
    assert terms_of(plan).payment == Decimal("500.00")


# For some months

FIRST = "- pay: {amount: x.cash, months: 3"


def test_then_the_regular_payments_over_the_rest_of_the_term() -> None:
    plan = plan_of(FIRST + "}", FACTS)
    terms = terms_of(plan)
    assert [row.payment for row in rows_of(plan)[:3]] == [Decimal("500.00")] * 3
    assert (terms.term_months, terms.extension_months) == (12, 0)
    # 12,000.00 less three times 500.00 is 10,848.56 after three months: 1,266.46 a month for nine.
    assert rows_of(plan)[2].balance == Decimal("10848.56")
    assert terms.payment == Decimal("1266.46")
    assert terms.levers == {"pay": {"amount": "500.00", "months": 3}}


def test_fewer_months_are_tried_first() -> None:
    steps = "- pay: {amount: x.cash, months: 0..12}"
    until = "plan.max_payment_before(x.months) <= x.cash"
    for months in (0, 2, 5):
        plan = plan_of(steps, FACTS | {"x.months": str(months)}, until)
        assert terms_of(plan).levers.get("pay", {}).get("months", 0) == months


def test_no_month_is_left_for_the_rest() -> None:
    assert "no month is left" in why(plan_of("- pay: {amount: x.cash, months: 12}", FACTS))


@pytest.mark.parametrize(
    ("unpaid", "balances", "payment"),
    [
        ("waived", ["12000.00", "12000.00", "12000.00"], "1400.88"),
        ("accrues", ["12100.00", "12200.00", "12300.00"], "1435.91"),
        ("capitalised", ["12100.00", "12201.00", "12303.01"], "1436.26"),
    ],
)
def test_what_becomes_of_unpaid_interest(unpaid: str, balances: list[str], payment: str) -> None:
    facts = FACTS | {"x.cash": "20.00"}
    plan = plan_of(f"{FIRST}, unpaid_interest: {unpaid}}}", facts, extra=ALLOWED)
    assert [str(row.balance) for row in rows_of(plan)[:3]] == balances
    assert str(terms_of(plan).payment) == payment
    assert rows_of(plan)[-1].balance == 0
    assert terms_of(plan).waived == 0


def test_waived_interest_counts_in_the_cost_only() -> None:
    """A hundred a month for three months, discounted at 1 %: 294.10, and a cent by which interest is rounded."""
    plan = plan_of(FIRST + ", unpaid_interest: waived}", FACTS | {"x.cash": "20.00"})
    terms = terms_of(plan)
    assert (terms.waived, terms.cost) == (Decimal(0), Decimal("294.11"))


def test_without_a_word_about_it_the_interest_must_be_paid() -> None:
    facts = FACTS | {"x.cash": "119.99"}
    assert "below its interest" in why(plan_of(FIRST + "}", facts))
    assert terms_of(plan_of(FIRST + "}", facts, extra=ALLOWED)).payment > 0
    assert terms_of(plan_of(FIRST + "}", facts | {"x.cash": "120.00"})).payment > 0


def test_an_amount_of_nothing_is_a_pause() -> None:
    plan = plan_of(FIRST + ", unpaid_interest: waived}", FACTS | {"x.cash": "0.00"})
    pause = plan_of("- holiday: {months: 3, interest: waived, maturity: stays}", FACTS)
    assert rows_of(plan) == rows_of(pause)
    assert terms_of(plan).levers["pay"]["amount"] == "0.00"


@pytest.mark.parametrize("steps", [UNTIL_REPAID, FIRST + ", unpaid_interest: waived}"])
def test_an_amount_below_zero_is_none(steps: str) -> None:
    found = why(plan_of(steps, FACTS | {"x.cash": "-100.00"}))
    assert found == "an amount must not be below zero, but is `-100.00`"


def test_an_amount_that_is_written_below_zero_does_not_load() -> None:
    for months in ("", ", months: 3"):
        plans = tiny.offer(f"- pay: {{amount: -5.00{months}}}", "plan.payment >= 0")
        assert tiny.findings(plans=plans) == ["bad-argument"]


@given(cash=st.integers(0, 30_000), months=st.integers(1, 11), points=st.integers(0, 3600))
def test_waived_interest_never_makes_the_balance_grow(cash: int, months: int, points: int) -> None:
    facts = FACTS | {
        "x.cash": f"{cash / 100:.2f}",
        "x.months": str(months),
        "loan.annual_rate": f"{points / 100:.2f}%",
    }
    plan = WAIVED.decide(tiny.profile(facts)).decisions[0].plan("relief")
    assert all(row.principal >= 0 for row in rows_of(plan))
    assert sum(row.principal for row in rows_of(plan)) == 12_000
    assert rows_of(plan)[-1].balance == 0


WAIVED = tiny.policies(
    plans=tiny.offer(
        "- pay: {amount: x.cash, months: x.months, unpaid_interest: waived}", "plan.payment >= 0"
    )
)


def test_one_amount_for_some_months_then_another_until_it_is_repaid() -> None:
    """What a card without a term needs; the order of the steps does not matter."""
    both = ["- pay: {amount: 150.00, months: 6}", "- pay: {amount: x.cash}"]
    plans = [plan_of("\n".join(steps), CARD) for steps in (both, reversed(both))]
    assert rows_of(plans[0]) == rows_of(plans[1])
    for plan in plans:
        assert [row.payment for row in rows_of(plan)[5:7]] == [Decimal("150.00"), Decimal("500.00")]
        assert terms_of(plan).levers == {"pay": {"amount": "150.00", "months": 6, "then": "500.00"}}
        assert terms_of(plan).payment == Decimal("500.00")


def test_only_one_amount_is_agreed_for_the_first_months() -> None:
    steps = "- pay: {amount: 150.00, months: 6}\n- pay: {amount: 250.00, months: 1..6}"
    assert tiny.findings(plans=tiny.offer(steps, "plan.payment >= 0")) == ["contradictory-steps"]


def test_some_months_alone_still_need_the_term() -> None:
    plan = plan_of(FIRST + "}", CARD)
    assert plan.status is Status.UNDETERMINED
    assert set(plan.asks) == {"loan.remaining_term", "loan.method"}


def test_more_months_of_a_great_amount_cost_less_and_are_found() -> None:
    """2,000.00 for months is more than the payment of 1,066.19: the longer, the less the lower rate costs."""
    steps = "- rate: {exactly: 6%}\n- pay: {amount: 2000.00, months: 0..6}"
    facts = FACTS | {"x.cash": "1.00"}
    plan = plan_of(steps, facts, extra="      choose: least_cost\n")
    assert terms_of(plan).levers["pay"]["months"] == 6
    costs = [terms_of(plan_of(steps.replace("0..6", str(n)), facts)).cost for n in range(7)]
    assert costs == sorted(costs, reverse=True)
    assert terms_of(plan).cost == costs[-1]


def test_a_lever_before_it_is_not_passed_over_for_what_it_costs_alone() -> None:
    """A hundred forgiven costs more than nothing, unless six months of a great amount follow."""
    steps = (
        "- rate: {exactly: 6%}\n"
        "- forgive: {up_to: 1000, step: 100}\n"
        "- pay: {amount: 2000.00, months: 0..6}"
    )
    until = "plan.forgiven == 0 and plan.first_payment < 2000 or plan.forgiven == 100"
    plan = plan_of(steps, FACTS, until, "      choose: least_cost\n")
    assert terms_of(plan).forgiven == 100
    assert terms_of(plan).levers["pay"]["months"] == 6


RISING = "- rate: {exactly: 6%, fixed_for: 6, then: {rise: 6%, every: 6, up_to: x.rate}}\n"


@pytest.mark.parametrize("pay", ["{amount: x.cash}", "{amount: x.cash, months: 9}"])
def test_a_rate_that_rises_leaves_the_amount_as_it_was_agreed(pay: str) -> None:
    plan = plan_of(f"{RISING}- pay: {pay}", FACTS | {"x.rate": "30%"})
    rows = rows_of(plan)
    assert {row.payment for row in rows[:9]} == {Decimal("500.00")}
    before = [Decimal(12_000), *(row.balance for row in rows)]
    for row, owed in zip(rows, before, strict=False):
        percent = min(6 + 6 * ((row.n - 1) // 6), 30)
        assert abs(row.interest - owed * percent / 1200) <= Decimal("0.005")
    rates = terms_of(plan).levers["rate"]["rates"]
    assert isinstance(rates, tuple)
    assert all(int(rate["from"]) <= len(rows) for rate in rates if not isinstance(rate, str))


def test_a_rate_may_rise_until_the_amount_no_longer_repays() -> None:
    """60.00 is the interest at 6 %; after six months at 12 % it is twice that."""
    steps = RISING + "- pay: {amount: 100.00}"
    assert why(plan_of(steps, FACTS | {"x.rate": "12%"})) == (
        "`100.00` a month never repays the balance, whose interest is `117.57` a month"
    )
    assert terms_of(plan_of(steps, FACTS | {"x.rate": "6%"})).term_months == 184
