"""Rates that rise later: what a plan names of them, how steps before them count, what no search may pass over.

The loan is 12,000.00 at 12 % over 24 months, 564.88 a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
import tiny

import policyengine as pe
from policyengine.decision.decision import Status
from policyengine.finance.rate_changes import Rises
from policyengine.plans.bounds import cost_bound, least_given_up
from policyengine.plans.draft import Draft
from policyengine.plans.glance import Glance
from policyengine.plans.position import Position
from policyengine.plans.prospect import Prospect

LOAN = tiny.LOAN | {"loan.annual_rate": "12%", "loan.remaining_term": "24"}
ANY = "plan.payment >= 0"
RISING = (
    "- rate: {exactly: 2%, fixed_for: 6 months, then: {rise: 3%, every: 6 months, up_to: x.rate}}"
)
FACTS = {"x.rate": "6%", "x.cash": "520.00", "x.months": "3"}


def plan_of(steps: str, until: str = ANY, more: str = "", **facts: Any) -> pe.Plan:
    offer = tiny.offer(steps, until, more)
    (plan,) = tiny.decide(tiny.policies(plans=offer), LOAN | FACTS | facts).plans
    return plan


def terms_of(steps: str, until: str = ANY, more: str = "", **facts: Any) -> pe.Terms:
    plan = plan_of(steps, until, more, **facts)
    assert plan.status is Status.ALLOWED
    assert plan.terms
    return plan.terms


def payments(plan: pe.Plan) -> list[Decimal]:
    """Return the payments that follow one another, each once; the last takes up what rounding left."""
    assert plan.schedule
    return list(dict.fromkeys(row.payment for row in plan.schedule[:-1]))


def rates(plan: pe.Plan) -> Any:
    assert plan.terms
    return [(r["from"], r["annual_rate"]) for r in plan.terms.levers["rate"].get("rates", ())]  # type: ignore[index, union-attr]


# What is said of it


def test_the_terms_say_the_first_rate_and_the_lever_all() -> None:
    plan = plan_of(RISING)
    assert plan.terms
    assert plan.terms.annual_rate == Decimal("0.02")
    assert rates(plan) == [(1, "0.02"), (7, "0.05"), (13, "0.06")]
    # 12,000.00 at 2 %, 9,044.82 left at 5 % over 18 months, 6,104.81 left at 6 % over 12.
    assert payments(plan) == [Decimal("510.48"), Decimal("522.61"), Decimal("525.42")]
    assert (plan.terms.payment, plan.terms.max_payment) == (Decimal("510.48"), Decimal("525.42"))


FIGURES = """\
    figures:
      rate: plan.rate
      first: plan.payment
      exact: plan.payment_before_rounding
      most: plan.max_payment
      early: plan.max_payment_before(6 months)
      late: plan.max_payment_after(12 months)
"""


def test_what_a_plan_names_of_a_rate_that_rises() -> None:
    figures = terms_of(RISING, more=FIGURES).figures
    names = ("rate", "first", "most", "early", "late")
    assert [figures[name] for name in names] == ["0.02", "510.48", "525.42", "510.48", "525.42"]
    assert round(Decimal(str(figures["exact"])), 4) == Decimal("510.4832")


def test_a_rule_about_the_largest_payment_sees_the_later_ones() -> None:
    assert plan_of(RISING, "plan.payment <= x.cash").status is Status.ALLOWED
    denied = plan_of(RISING, "plan.max_payment <= x.cash")
    assert denied.status is Status.DENIED
    assert denied.decisive[0].comparisons[0].left == "525.42"


@pytest.mark.parametrize(
    ("cap", "said"), [("2%", []), ("1%", []), ("3.5%", [(1, "0.02"), (7, "0.035")])]
)
def test_a_rate_rises_no_further_than_its_cap(cap: str, said: list[Any]) -> None:
    assert rates(plan_of(RISING, **{"x.rate": cap})) == said


def test_a_rate_fixed_to_the_end_does_not_rise() -> None:
    plan = plan_of(RISING.replace("6 months, then", "24 months, then"))
    assert rates(plan) == []
    assert payments(plan) == [Decimal("510.48")]
    longer = plan_of(
        RISING.replace("6 months, then", "24 months, then") + "\n- term: {exactly: +1}"
    )
    assert rates(longer) == [(1, "0.02"), (25, "0.05")]


@pytest.mark.parametrize("steps", [RISING, RISING.replace("exactly: 2%", "down_to: 2%, step: 1%")])
def test_without_the_cap_the_terms_are_not_known(steps: str) -> None:
    policies = tiny.policies(plans=tiny.offer(steps, ANY))
    (plan,) = tiny.decide(policies, LOAN).plans
    assert plan.status is Status.UNDETERMINED
    assert plan.asks == ("x.rate",)


def test_a_rate_that_is_not_lowered_does_not_rise() -> None:
    """At its least a lever changes nothing."""
    steps = RISING.replace("exactly: 2%", "down_to: 2%, step: 1%")
    assert terms_of(steps, **{"x.rate": "30%"}).levers == {}
    plan = plan_of(steps, "plan.rate < 12%", **{"x.rate": "30%"})
    assert rates(plan) == [(1, "0.11"), (7, "0.14"), (13, "0.17"), (19, "0.2")]


def test_a_later_step_sets_the_rate_for_good() -> None:
    """A step that could only overrule the rises is refused; one that lowers the rate further is not."""
    plan = plan_of(RISING + "\n- rate: {down_to: 1%, step: 1%}", "plan.rate <= 1%")
    assert rates(plan) == []
    assert plan.terms
    assert plan.terms.annual_rate == Decimal("0.01")
    for later in ("- rate: {exactly: 3%}", "- instalments: {months: 24, rate: 3%}"):
        assert tiny.findings(plans=tiny.offer(f"{RISING}\n{later}")) == ["contradictory-steps"]


def test_instalments_at_the_rate_there_is_keep_its_rises() -> None:
    assert rates(plan_of(RISING + "\n- instalments: {months: 12}")) == [(1, "0.02"), (7, "0.05")]


def test_a_share_of_future_interest_is_of_the_later_rates_too() -> None:
    plan = plan_of(RISING + "\n- waive: {future_interest: 50%}")
    assert rates(plan) == [(1, "0.01"), (7, "0.025"), (13, "0.03")]


def test_one_payment_closes_the_debt_at_no_rate() -> None:
    assert rates(plan_of(RISING + "\n- settle: {discount: 10%}")) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("fixed_for: x.months, then: {rise: 1%, every: 6, up_to: 5%}", "`fixed_for`"),
        ("fixed_for: 6, then: {rise: 1%, every: x.months, up_to: 5%}", "`every`"),
        (
            "fixed_for: 6, then: {rise: x.rate, every: 6, up_to: 5%}",
            "a rate must not be below zero",
        ),
        (
            "fixed_for: 6, then: {rise: 1%, every: 6, up_to: x.rate}",
            "a rate must not be below zero",
        ),
    ],
)
def test_settings_that_make_no_sense_are_no_terms(settings: str, message: str) -> None:
    steps = f"- rate: {{exactly: 2%, {settings}}}"
    plan = plan_of(steps, **{"x.months": "0", "x.rate": "-1%"})
    assert plan.status is Status.DENIED
    (reason,) = plan.decisive
    assert reason.code == "NO_SCHEDULE"
    assert message in reason.undefined[0]


# Steps before it: the months of a rate are those of the schedule


def test_the_months_of_a_holiday_count() -> None:
    """Payments begin in month 7, when the rate is 5 % already, and are reckoned at that."""
    holiday = "- holiday: {months: 6, interest: waived, maturity: extends}\n"
    plan = plan_of(holiday + RISING, more=FIGURES)
    assert plan.schedule
    assert plan.terms
    assert plan.schedule[6].interest == Decimal("50.00")  # a twelfth of 5 % of 12,000.00
    assert plan.terms.payment == Decimal("526.46")
    assert plan.terms.annual_rate == Decimal("0.02")
    assert round(Decimal(str(plan.terms.figures["exact"])), 2) == plan.terms.payment


def test_the_months_of_interest_alone_count() -> None:
    plan = plan_of("- interest_only: {months: 8, maturity: stays}\n" + RISING)
    assert plan.schedule
    assert [row.payment for row in plan.schedule[:8]] == [20] * 6 + [50] * 2


def test_steps_are_shares_of_the_payment_at_the_rate_of_the_month() -> None:
    plan = plan_of("- stepped: {shares: [50%], months: 8}\n" + RISING)
    assert plan.schedule
    paid = [row.payment for row in plan.schedule[:8]]
    assert paid[:6] == [Decimal("255.24")] * 6
    assert paid[6] == paid[7]
    owed, rate = plan.schedule[5].balance, Fraction(5, 1200)
    whole = Fraction(owed) * rate / (1 - (1 + rate) ** -18)
    assert abs(paid[6] - Decimal(round(float(whole) / 2, 2))) <= Decimal("0.01")


# What the searches may not pass over


def test_more_of_a_rate_that_rises_may_ask_for_more() -> None:
    """After six months' holiday the loan's own 12 % is less than any lowered rate that has risen."""
    steps = (
        "- rate: {down_to: 2%, step: 1%, fixed_for: 3, then: {rise: 10%, every: 12, up_to: 30%}}\n"
        "- holiday: {months: 6, interest: waived, maturity: extends}"
    )
    plan = plan_of(steps, "plan.payment <= 564.89")
    assert plan.terms
    assert plan.terms.payment == Decimal("564.88")
    assert "rate" not in plan.terms.levers


def test_a_cap_may_depend_on_an_earlier_step() -> None:
    """Only at exactly three months more the rate stays at 2 %: no closed form may pass over that."""
    steps = (
        "- holiday: {months: 2, interest: waived, maturity: stays}\n"
        "- term: {up_to: +6, step: 1 month}\n"
        "- rate: {exactly: 2%, fixed_for: 1, then: {rise: 28%, every: 1,"
        " up_to: 'if plan.extension == 3 months then 2% else 30%'}}"
    )
    terms = terms_of(steps, "plan.payment <= 540.00")
    assert terms.extension_months == 3


def test_more_of_a_rate_that_rises_may_cost_less() -> None:
    """Lowered to 11 % and risen to 30 % it costs less than the loan's own 12 %, which is found first."""
    steps = (
        "- forgive: {up_to: 1000, step: 500}\n"
        "- rate: {down_to: 11%, step: 1%, fixed_for: 3, then: {rise: 10%, every: 3, up_to: 30%}}"
    )
    terms = terms_of(steps, "plan.forgiven >= 500 or plan.rate < 12%", "      choose: least_cost\n")
    assert terms.annual_rate == Decimal("0.11")
    assert terms.cost < 0
    dear = terms_of(steps, "plan.forgiven >= 500", "      choose: least_cost\n")
    assert (dear.forgiven, dear.annual_rate) == (Decimal(500), Decimal("0.11"))


def drafts() -> Iterator[Draft]:
    """Yield drafts at 2 % that rise by 2 % up to 20 %, after 1 to 30 months, with and without months before."""
    for method in ("level", "equal_principal"):
        position = Position(
            1_200_000, {}, Fraction(12, 100), 24, date(2024, 12, 15), None, method, {}
        )
        for fixed_for in (1, 3, 12, 23):
            rises = Rises(fixed_for, Fraction(2, 100), fixed_for, Fraction(20, 100))
            draft = Draft.from_position(position).with_rate(Fraction(2, 100), rises)
            yield draft
            yield draft.with_holiday(4, "capitalised", "extends")
            yield draft.with_interest_only(2, "stays").with_forborne(100_000, str)


def test_a_glance_sees_the_first_regular_payment_which_none_is_above_the_largest() -> None:
    for draft in drafts():
        prospect = Prospect.from_draft(draft, 100, negative_amortisation=False)
        glance = Glance.from_draft(draft, 100)
        assert glance
        assert glance.value("payment") == prospect.value("payment")
        assert glance.value("payment_before_rounding") == prospect.value("payment_before_rounding")
        assert glance.value("max_payment") <= prospect.value("max_payment")  # type: ignore[operator]


def test_of_a_rate_that_may_rise_above_the_contracts_there_is_no_bound_of_the_cost() -> None:
    for bound in (cost_bound, least_given_up):
        assert {bound(draft) for draft in drafts()} == {None}
        assert bound(next(unrisen()), Fraction(13, 100)) is None


def test_a_rate_that_rises_costs_no_less_than_the_highest_it_may_become() -> None:
    bounds = [cost_bound(draft) for draft in unrisen()]
    assert None in bounds
    assert max(bound for bound in bounds if bound is not None) > 0
    for draft, bound in zip(unrisen(), bounds, strict=True):
        assert (
            bound is None
            or bound <= Prospect.from_draft(draft, 100, negative_amortisation=False).cost
        )


def unrisen() -> Iterator[Draft]:
    """Yield the same drafts with rises that end below the contract's 12 %."""
    for draft in drafts():
        assert draft.rises
        rises = attrs.evolve(draft.rises, up_to=Fraction(11, 100))
        yield attrs.evolve(draft, rises=rises)
