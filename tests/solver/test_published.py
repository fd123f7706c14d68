"""Published calculations as offers: the target leads the solver to the published terms, to the cent."""

from decimal import Decimal
from typing import Any

import offering
import pytest

ANY = "plan.payment >= 0"
CENT = Decimal("0.01")
AIBANK: dict[str, Any] = {
    "principal": 50_000,
    "annual_rate": Decimal("0.14452"),
    "remaining_term": 12,
}
AIBANK_TERMS = [
    (12, "4500.00"),
    (15, "3663.45"),
    (18, "3106.36"),
    (24, "2411.33"),
    (36, "1719.88"),
    (60, "1175.16"),
]


@pytest.mark.parametrize(("months", "payment"), AIBANK_TERMS)
def test_aibank_terms(months: int, payment: str) -> None:
    """A case published by the lender; one cent less needs one month more."""
    found = offering.policies("- term: {up_to: +60, step: 1 month}", "plan.payment <= x.cash")
    for less, added in ((Decimal(0), 0), (CENT, 1)):
        plan = offering.plan(found, {"cash": Decimal(payment) - less}, **AIBANK)
        assert plan.terms
        assert plan.terms.term_months == months + added
        if not added:
            assert plan.terms.payment == Decimal(payment)


@pytest.mark.parametrize(
    ("maturity", "payment", "term"), [("extends", "4664.55", 12), ("stays", "6874.15", 9)]
)
def test_aibank_holiday(maturity: str, payment: str, term: int) -> None:
    """After three payments; against an income of 8,000 the fixed maturity asks 85.9 % of it."""
    steps = f"- holiday: {{months: 3, interest: capitalised, maturity: {maturity}}}"
    loan = AIBANK | {"principal": Decimal("38165.11"), "remaining_term": 9}
    plan = offering.plan(offering.policies(steps, ANY), **loan)
    assert plan.terms
    assert plan.schedule
    assert (plan.terms.payment, plan.terms.term_months) == (Decimal(payment), term)
    assert [row.payment for row in plan.schedule[:3]] == [0, 0, 0]
    if maturity == "stays":
        assert round(plan.terms.payment / 8000, 3) == Decimal("0.859")


def test_a_bank_page_on_a_longer_term() -> None:
    """250,000 at 2.75 %: 240 months become 251."""
    loan = {"principal": 250_000, "annual_rate": Decimal("0.0275"), "remaining_term": 240}
    found = offering.policies(
        "- term: {up_to: 360 months, step: 1 month}", "plan.payment <= x.cash"
    )
    plan = offering.plan(found, {"cash": Decimal("1310.90")}, **loan)
    assert plan.terms
    assert (plan.terms.term_months, plan.terms.payment) == (251, Decimal("1310.90"))
    # The page multiplies; in the schedule the last instalment absorbs what rounding left.
    assert plan.terms.payment * 251 == Decimal("329035.90")
    assert abs(plan.terms.total_paid - Decimal("329035.90")) < 251 * CENT
    untouched = offering.plan(found, {"cash": Decimal("1355.42")}, **loan)
    assert untouched.terms
    assert (untouched.terms.term_months, untouched.terms.payment) == (240, Decimal("1355.42"))


HAMP: dict[str, Any] = {"principal": 450_000, "annual_rate": Decimal("0.09"), "remaining_term": 360}
WATERFALL = (
    "- rate: {down_to: 2%, step: 0.125%}\n"
    "- term: {up_to: 480 months, step: 1 month}\n"
    "- forbear: {up_to: 30% * plan.balance}"
)


@pytest.mark.parametrize(
    ("until", "forborne"),
    [
        ("plan.payment_before_rounding <= x.cash", Decimal("71894.64")),
        ("plan.payment_before_rounding <= x.cash + 0.000015", Decimal("71894.63")),
    ],
)
def test_hamp_waterfall(until: str, forborne: Decimal) -> None:
    """31 % of 4,500 less taxes and insurance of 250 leaves 1,145.00.

    The published page steps by the exact payment and rounds 71,894.6311 to the nearest cent: half a cent is 0.000015 of
    payment. Without it the next cent is needed.
    """
    plan = offering.plan(offering.policies(WATERFALL, until), {"cash": Decimal("1145.00")}, **HAMP)
    assert plan.terms
    assert (plan.terms.payment, plan.terms.forborne) == (Decimal("1145.00"), forborne)
    assert (plan.terms.term_months, plan.terms.annual_rate) == (480, Decimal("0.02"))
    assert plan.schedule
    assert plan.schedule[-1].balance == forborne
    assert plan.one_less
    assert plan.one_less.levers["forbear"]["amount"] == str(forborne - CENT)
    assert [reason.holds for reason in plan.one_less.failing] == [False]


def test_hamp_before_anything_and_before_forbearance() -> None:
    assert _payment(WATERFALL, "5000.00") == Decimal("3620.80")
    before = "\n".join(WATERFALL.splitlines()[:2])
    assert _payment(before, "1362.72") == Decimal("1362.72")
    plan = offering.plan(offering.policies(before), {"cash": Decimal("1362.71")}, **HAMP)
    assert plan.status == "denied"
    assert plan.decisive[0].comparisons[0].left == "1362.72"


def _payment(steps: str, cash: str) -> Decimal:
    plan = offering.plan(
        offering.policies(steps, "plan.payment <= x.cash"), {"cash": Decimal(cash)}, **HAMP
    )
    assert plan.terms
    return plan.terms.payment


def test_hamp_by_the_payment_of_the_schedule() -> None:
    """The payment is rounded: less than a cent more than the target is the target, and less is forborne."""
    found = offering.policies(WATERFALL, "plan.payment <= x.cash")
    plan = offering.plan(found, {"cash": Decimal("1145.00")}, **HAMP)
    assert plan.terms
    assert plan.terms.payment == Decimal("1145.00")
    assert Decimal("71891.00") < plan.terms.forborne < Decimal("71894.63")


def test_a_waterfall_stops_at_the_first_step_that_reaches_the_target() -> None:
    """Not at the next prettier rate: 5.375 % will do where 5 % is what a page would print."""
    found = offering.policies("- rate: {down_to: 2%, step: 0.125%}", "plan.payment <= x.cash")
    plan = offering.plan(found, {"cash": Decimal("2519.90")}, **HAMP)
    assert plan.terms
    assert (plan.terms.annual_rate, plan.terms.payment) == (Decimal("0.05375"), Decimal("2519.87"))
    assert plan.one_less
    assert plan.one_less.levers["rate"]["annual_rate"] == "0.055"
