"""The cheapest terms among more choices than could be tried one by one."""

from decimal import Decimal
from typing import Any

import offering
import pytest

import policyengine as pe

#: A loan without interest, whose payment is 1,000.00.
LOAN: dict[str, Any] = {
    "principal": Decimal("24000.00"),
    "annual_rate": Decimal(0),
    "payment": Decimal("1000.00"),
    "fees": Decimal("0.00"),
}
TWICE = "- forgive: {up_to: 5000, step: 50}\n"
CAPPED = "- repayment_plan: {balance: fees, months: 1..5, cap: 150%}\n"


def least(steps: str, until: str, **loan: Any) -> pe.Plan:
    return offering.plan(offering.policies(steps, until, "choose: least_cost"), **(LOAN | loan))


@pytest.mark.parametrize(
    "steps",
    [
        "- pay: {amount: 900, months: 1..6}\n" + TWICE + CAPPED + TWICE,
        TWICE + CAPPED + "- pay: {amount: 900, months: 1..6}\n" + TWICE,
        "- pay: {amount: 90% * plan.payment, months: 1..6}\n" + TWICE + CAPPED + TWICE,
    ],
)
def test_what_is_forgiven_bounds_the_cost_whatever_amount_is_agreed(steps: str) -> None:
    """After one month of 900.00, 950.00 a month repays 22,750.00 in all: of 24,000.00 1,250.00 is left."""
    plan = least(steps, "plan.max_payment <= 950 and plan.extension == 0 months")
    assert plan.terms
    assert plan.terms.cost == plan.terms.forgiven == 1250
    assert plan.terms.levers["pay"]["months"] == 1


def test_what_is_forgiven_bounds_the_cost_of_a_loan_with_interest() -> None:
    steps = "- pay: {amount: 450, months: 0..6}\n" + TWICE + CAPPED + TWICE
    loan = offering.LOAN | {"fees": Decimal(0)}
    plan = least(steps, "plan.max_payment <= 450 and plan.forgiven >= 100", **loan)
    assert plan.terms
    assert plan.terms.forgiven == 450


def test_of_more_that_is_set_aside_less_is_left_to_forgive() -> None:
    """All but one cent is forgiven; what is owed at the end costs nothing of a loan without interest."""
    steps = (
        "- term: {up_to: +2, step: 1 month}\n"
        "- forbear: {up_to: 12000, step: 4000}\n"
        "- forgive: {exactly: 30000}"
    )
    until = "plan.forborne == 4000 or plan.extension == 1 month and plan.forborne == 12000"
    plan = least(steps, until)
    assert plan.terms
    assert plan.terms.forborne == 12000
    assert plan.terms.cost == Decimal("11999.99")


def test_terms_that_many_choices_lead_to_are_worked_out_once() -> None:
    """A hundred lots forgiven in two steps are 201 amounts, not 10,201; the nearest is the greatest."""
    plan = least(TWICE + TWICE, "plan.forgiven > 10000")
    assert plan.status == "denied"
    (comparison,) = plan.reasons[0].comparisons
    assert comparison.left == "10000.00"


def test_a_rate_that_rises_no_higher_than_the_contracts_bounds_the_cost() -> None:
    """11.9 % that rises to 11.95 % costs least, with the first hundred that is asked for."""
    then = "then: {rise: 0.05%, every: 6 months, up_to: 11.95%}"
    rate = f"- rate: {{down_to: 2%, step: 0.1%, fixed_for: 3 months, {then}}}\n"
    plan = least(TWICE + rate + TWICE, "plan.forgiven >= 100 and plan.rate < 12%", **offering.LOAN)
    assert plan.terms
    assert (plan.terms.forgiven, plan.terms.annual_rate) == (Decimal(100), Decimal("0.119"))


def test_dearer_terms_than_some_that_cannot_be_judged_are_not_looked_at() -> None:
    steps, until = TWICE * 3, "plan.forgiven >= 100 and x.flag"
    found = offering.policies(steps, until, "choose: least_cost")
    plan = offering.plan(found, {"flag": None}, **LOAN)
    assert plan.status == "undetermined"
    assert set(plan.asks) == {"x.flag"}
    assert plan.decisive[0].missing == ("x.flag",)


@pytest.mark.parametrize(
    ("amount", "asked"),
    [
        ("if plan.forgiven > 1000 then x.cash else 900", {"x.cash"}),
        ("plan.payment * (plan.forgiven / (plan.forgiven - 500.00))", set()),
    ],
)
def test_what_is_not_known_of_dearer_terms_leaves_it_open(amount: str, asked: set[str]) -> None:
    steps = f"- forgive: {{up_to: 5000, step: 500}}\n- pay: {{amount: '{amount}', months: 0..2}}"
    found = offering.policies(steps, "plan.payment >= 0", "choose: least_cost")
    plan = offering.plan(found, {"cash": None}, **LOAN)
    assert plan.status == "undetermined"
    assert set(plan.asks) == asked
