"""What a plan offers: steps, their conditions and caps, and what stands in their way.

The loan is `tiny.LOAN`: 12,000.00 without interest over 12 months, so 1,000.00 a month.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import tiny

import policyengine as pe
from policyengine import PolicyError, ProfileError
from policyengine.decision.decision import Status


def plan_of(
    steps: str, facts: dict[str, Any], until: str = "plan.max_payment <= x.cash", **more: str
) -> pe.Plan:
    policies = tiny.policies(more.get("body", ""), tiny.offer(steps, until, more.get("extra", "")))
    (plan,) = tiny.decide(policies, tiny.LOAN | facts).plans
    return plan


def terms_of(steps: str, facts: dict[str, Any], **more: str) -> pe.Terms:
    plan = plan_of(steps, facts, **more)
    assert plan.status is Status.ALLOWED
    assert plan.terms
    return plan.terms


TERM = "- term: {up_to: +12, step: 1 month}"


def test_a_step_is_raised_only_as_far_as_needed() -> None:
    terms = terms_of(TERM, {"x.cash": "750.00"})
    assert (terms.term_months, terms.extension_months) == (16, 4)
    assert terms.payment == Decimal("750.00")
    assert terms.levers == {"term": {"months_added": 4}}


def test_a_step_that_is_not_needed_is_not_taken() -> None:
    terms = terms_of(TERM, {"x.cash": "1000.00"})
    assert terms.extension_months == 0
    assert terms.levers == {}


def test_a_fixed_step_is_always_taken() -> None:
    terms = terms_of("- term: {exactly: +6}", {"x.cash": "5000.00"})
    assert terms.term_months == 18


def test_a_term_in_all() -> None:
    assert terms_of("- term: {up_to: 24 months}", {"x.cash": "600.00"}).term_months == 20
    assert terms_of("- term: {exactly: 24 months}", {"x.cash": "600.00"}).term_months == 24


def test_a_term_in_all_that_is_shorter_than_the_loans_is_not_a_step() -> None:
    plan = plan_of("- term: {up_to: 6 months}", {"x.cash": "5000.00"})
    assert plan.status is Status.DENIED
    (schedule,) = (reason for reason in plan.decisive if reason.kind == "terms")
    assert schedule.code == "NO_SCHEDULE"


def test_the_cap_is_the_last_value_on_the_steps_grid() -> None:
    steps = "- term: {up_to: +10, step: 4 months}"
    assert terms_of(steps, {"x.cash": "600.00"}).extension_months == 8
    assert plan_of(steps, {"x.cash": "599.99"}).status is Status.DENIED


def test_steps_are_raised_in_the_order_of_the_file() -> None:
    steps = "- waive: {fees: 0%..100%, step: 50%}\n- capitalise: {fees: 100%}\n" + TERM
    terms = terms_of(steps, {"loan.fees": "120.00", "x.cash": "750.00"})
    assert terms.levers["waive"] == {"fees": "1"}  # all of it, before the term is touched
    assert terms.waived == Decimal("120.00")
    assert terms.extension_months == 4


def test_a_holiday_that_moves_the_maturity() -> None:
    steps = "- holiday: {months: 1..3, interest: capitalised, maturity: extends}"
    until = "plan.max_payment_before(x.months) <= x.cash"
    terms = terms_of(steps, {"x.cash": "0.00", "x.months": "2"}, until=until)
    assert (terms.term_months, terms.extension_months) == (14, 2)
    assert terms.payment == Decimal("1000.00")


def test_a_holiday_that_keeps_the_maturity() -> None:
    steps = "- holiday: {months: 2, interest: waived, maturity: stays}"
    terms = terms_of(steps, {"x.cash": "1200.00"})
    assert (terms.term_months, terms.extension_months) == (12, 0)
    assert terms.payment == Decimal("1200.00")
    assert terms.levers == {"holiday": {"months": 2, "interest": "waived", "maturity": "stays"}}


def test_a_holiday_of_no_months_changes_nothing() -> None:
    steps = "- holiday: {months: 0..3, interest: waived, maturity: extends}"
    assert terms_of(steps, {"x.cash": "1000.00"}).levers == {}


def test_a_holiday_longer_than_the_loan_leaves_nothing_to_repay_in() -> None:
    steps = "- holiday: {months: 12, interest: waived, maturity: stays}"
    plan = plan_of(steps, {"x.cash": "99999.00"})
    assert plan.status is Status.DENIED
    assert [reason.code for reason in plan.decisive] == ["NO_SCHEDULE"]


@pytest.mark.parametrize("interest", ["accrues", "capitalised", "waived"])
def test_the_interest_of_a_holiday(interest: str) -> None:
    steps = f"- holiday: {{months: 2, interest: {interest}, maturity: extends}}"
    policies = tiny.policies(plans=tiny.offer(steps))
    facts = tiny.LOAN | {"loan.annual_rate": "12%", "x.cash": "9999.00"}
    (plan,) = tiny.decide(policies, facts).plans
    assert plan.schedule
    balances = [row.balance for row in plan.schedule[:2]]
    assert [str(balance) for balance in balances] == {
        "accrues": ["12120.00", "12240.00"],
        "capitalised": ["12120.00", "12241.20"],
        "waived": ["12000.00", "12000.00"],
    }[interest]


INSTALMENTS = "- instalments: {months: 1..60}"
CARD = {
    path: value
    for path, value in tiny.LOAN.items()
    if path not in ("loan.remaining_term", "loan.method")
}


def test_instalments_need_neither_a_term_nor_a_method() -> None:
    policies = tiny.policies(plans=tiny.offer(INSTALMENTS))
    (plan,) = tiny.decide(policies, CARD | {"x.cash": "300.00"}).plans
    assert plan.terms
    assert (plan.terms.term_months, plan.terms.extension_months) == (40, None)
    assert plan.terms.levers == {"instalments": {"months": 40}}


def test_instalments_at_a_rate_of_their_own() -> None:
    steps = "- instalments: {months: 12, rate: 12%}"
    terms = terms_of(steps, {"x.cash": "2000.00"})
    assert terms.annual_rate == Decimal("0.12")
    assert terms.total_interest > 0


def test_the_extension_of_a_balance_without_a_term_is_not_known() -> None:
    policies = tiny.policies(plans=tiny.offer(INSTALMENTS, "plan.extension <= 6 months"))
    (plan,) = tiny.decide(policies, CARD).plans
    assert plan.status is Status.UNDETERMINED
    assert plan.asks == ("loan.remaining_term",)


def test_balances_are_waived_and_what_is_left_joins_the_principal() -> None:
    steps = "- waive: {accrued_interest: 25%}\n- capitalise: {accrued_interest: 100%, fees: 50%}\n"
    terms = terms_of(steps, {"x.cash": "9999.00"})
    assert terms.waived == Decimal("30.00")
    assert terms.total_paid == Decimal("12105.00")  # 12,000 + 90 + 15
    assert terms.levers["capitalise"] == {"accrued_interest": "1", "fees": "0.5"}
    assert terms.cost == Decimal("30.00")


def test_a_share_of_future_interest_lowers_the_rate() -> None:
    steps = "- waive: {future_interest: 50%..100%, step: 25%}"
    facts = {"loan.annual_rate": "12%", "x.cash": "1033.00"}
    terms = terms_of(steps, facts)
    assert terms.annual_rate == Decimal("0.06")
    assert terms.levers == {"waive": {"future_interest": "0.5"}}
    assert terms_of(steps, facts | {"x.cash": "1000.00"}).annual_rate == 0


def test_shares_are_raised_together_each_to_its_own_end() -> None:
    steps = "- waive: {fees: 0%..20%, accrued_interest: 0%..50%, step: 10%}\n"
    steps += "- capitalise: {fees: 100%, accrued_interest: 100%}"
    facts = {"loan.fees": "1200.00", "loan.accrued_interest": "1200.00", "x.cash": "1130.00"}
    terms = terms_of(steps, facts)
    assert terms.levers["waive"] == {"fees": "0.2", "accrued_interest": "0.5"}


@pytest.mark.parametrize("share", ["130%", "-5%"])
def test_a_share_of_more_than_all_or_less_than_nothing_is_no_share(share: str) -> None:
    plan = plan_of("- waive: {fees: x.rate}", {"x.cash": "1000.00", "x.rate": share})
    assert plan.status is Status.DENIED
    (reason,) = plan.decisive
    assert reason.undefined == (f"a share must lie from `0%` to `100%`, but is `{share}`",)


def test_a_share_finer_than_a_per_cent_is_shown_so() -> None:
    terms = terms_of("- waive: {fees: x.rate}", {"x.cash": "1000.00", "x.rate": "12.5%"})
    assert terms.levers["waive"] == {"fees": "0.125"}


def test_an_empty_range_is_a_step_that_is_not_there() -> None:
    steps = "- holiday: {months: 1..x.months, interest: waived, maturity: extends}\n" + TERM
    terms = terms_of(steps, {"x.months": "0", "x.cash": "750.00"})
    assert terms.levers == {"term": {"months_added": 4}}
    shares = "- waive: {fees: 20%..x.rate, step: 5%}\n" + TERM
    assert "waive" not in terms_of(shares, {"x.rate": "10%", "x.cash": "750.00"}).levers


def test_without_a_step_that_can_be_used_there_is_no_relief() -> None:
    steps = "- holiday: {months: 1..x.months, interest: waived, maturity: extends}"
    plan = plan_of(steps, {"x.months": "0", "x.cash": "99999.00"})
    assert plan.status is Status.DENIED
    why = "no step can be used: `holiday`: nothing lies from `1` to `0` months"
    assert plan.decisive[-1].undefined == (why,)


def test_a_step_with_a_condition() -> None:
    steps = "- holiday: {months: 2, interest: waived, maturity: stays}\n  when: x.flag\n" + TERM
    assert "holiday" in terms_of(steps, {"x.flag": "true", "x.cash": "1200.00"}).levers
    assert "holiday" not in terms_of(steps, {"x.flag": "false", "x.cash": "1200.00"}).levers
    plan = plan_of(steps, {"x.cash": "1200.00"})
    assert plan.status is Status.UNDETERMINED
    assert plan.asks == ("x.flag",)


def test_a_cap_that_is_not_known_is_asked_for() -> None:
    plan = plan_of("- term: {up_to: +x.term, step: 1 month}", {"x.cash": "1000.00"})
    assert plan.status is Status.UNDETERMINED
    assert plan.asks == ("x.term",)


def test_a_cap_may_speak_of_the_terms_so_far() -> None:
    steps = "- term: {exactly: +12}\n- waive: {fees: if plan.payment < 600 then 100% else 0%}"
    assert terms_of(steps, {"x.cash": "500.00"}).waived == Decimal("30.00")


def test_a_cap_that_has_no_value_part_of_the_way_says_so() -> None:
    # With a holiday of 12 months nothing is left to repay in, and `plan.payment` has no value there.
    steps = (
        "- holiday: {months: 11..12, interest: waived, maturity: stays}\n"
        "- waive: {fees: if plan.payment < 1 then 100% else 0%}"
    )
    plan = plan_of(steps, {"x.cash": "600.00"})
    assert plan.status is Status.DENIED
    (reason,) = plan.decisive
    assert (reason.code, reason.comparisons[0].left) == ("UNAFFORDABLE", "12000.00")


def test_a_cap_that_is_not_known_part_of_the_way_denies_nothing() -> None:
    steps = TERM + "\n- waive: {fees: if plan.payment < 600 then x.rate else 0%}"
    facts = {"x.cash": "700.00", "x.n": "2"}
    until = "plan.max_payment <= x.cash and plan.waived > 0"
    full = plan_of(steps, facts | {"x.rate": "100%"}, until=until)
    assert full.status is Status.ALLOWED
    less = plan_of(steps, facts, until=until)
    assert less.status is Status.UNDETERMINED
    assert less.asks == ("x.rate",)


def test_terms_of_which_it_is_not_known_whether_they_fit_end_the_search() -> None:
    until = "plan.max_payment <= 800 or (x.flag and plan.term >= 13 months)"
    assert plan_of(TERM, {}, until).asks == ("x.flag",)
    assert terms_of(TERM, {"x.flag": "true"}, until=until).term_months == 13
    assert terms_of(TERM, {"x.flag": "false"}, until=until).term_months == 15


def test_a_denied_plan_shows_the_last_terms_tried() -> None:
    plan = plan_of(TERM, {"x.cash": "499.99"})
    (reason,) = plan.decisive
    (comparison,) = reason.comparisons
    assert (comparison.left, comparison.right, comparison.headroom) == ("500.00", "499.99", "-0.01")
    assert comparison.period
    assert comparison.period.n == 1
    assert plan.terms is None
    assert plan.schedule is None


@pytest.mark.parametrize(
    "missing",
    ["loan.principal", "loan.annual_rate", "loan.next_due", "loan.remaining_term", "loan.method"],
)
def test_a_schedule_needs_the_facts_of_the_loan(missing: str) -> None:
    facts = {path: value for path, value in tiny.LOAN.items() if path != missing}
    (plan,) = tiny.decide(tiny.policies(plans=tiny.offer(TERM)), facts | {"x.cash": "1.00"}).plans
    assert plan.status is Status.UNDETERMINED
    assert plan.asks == (missing,)


def test_a_balance_that_no_step_touches_is_not_needed() -> None:
    facts = {path: value for path, value in tiny.LOAN.items() if path != "loan.fees"}
    (plan,) = tiny.decide(
        tiny.policies(plans=tiny.offer(TERM)), facts | {"x.cash": "1000.00"}
    ).plans
    assert plan.status is Status.ALLOWED


def test_a_debt_of_nothing_has_no_schedule() -> None:
    plan = plan_of(TERM, {"loan.principal": "0.00", "x.cash": "1000.00"})
    assert plan.status is Status.DENIED
    assert plan.decisive[-1].code == "NO_SCHEDULE"


def test_a_guarantee_withholds_what_breaks_it() -> None:
    body = """\
guarantees:
  - id: short
    that: plan.term <= 14 months
    because: {en: "At most 14 months, not {plan.term}.", zh: "最多14个月，而非{plan.term}。"}
    code: TOO_LONG
    source: the law
  - id: elsewhere
    applies_to: x.flag
    that: plan.term <= 1 month
    because: {en: One., zh: 一。}
"""
    plan = plan_of(TERM, {"x.cash": "800.00", "x.flag": "false"}, body=body)
    assert plan.status is Status.DENIED
    (reason,) = plan.decisive
    assert (reason.code, reason.kind, reason.source) == ("TOO_LONG", "guarantee", "the law")
    assert reason.text["en"] == "At most 14 months, not 15 months."
    assert [r.rule for r in plan.reasons] == ["until_1", "short"]  # the other does not apply
    kept = plan_of(TERM, {"x.cash": "900.00", "x.flag": "false"}, body=body)
    assert kept.status is Status.ALLOWED
    unknown = plan_of(TERM, {"x.cash": "900.00"}, body=body)
    assert unknown.status is Status.UNDETERMINED
    assert unknown.asks == ("x.flag",)


def test_figures_are_reported_with_the_terms() -> None:
    extra = "    figures: {share: plan.payment / x.cost, unknown: x.n}\n"
    terms = terms_of(TERM, {"x.cash": "1000.00", "x.cost": "4000.00"}, extra=extra)
    assert terms.figures == {"share": "0.25", "unknown": None}


@pytest.mark.parametrize(
    ("name", "worth"),
    [
        ("balance", "12000.00"),
        ("payment", "1200.00"),
        ("max_payment", "1200.00"),
        ("first_payment", "0.00"),
        ("total_paid", "12000.00"),
        ("total_interest", "0.00"),
        ("waived", "0.00"),
        ("forborne", "0.00"),
        ("forgiven", "0.00"),
        ("final_balance", "0.00"),
        ("cost", "0.00"),
        ("rate", "0"),
        ("term", 12),
        ("extension", 0),
        ("max_payment_before(2 months)", "0.00"),
        ("max_payment_before(3 months)", "1200.00"),
        ("max_payment_after(11 months)", "1200.00"),
        ("max_payment_after(12 months)", "0.00"),
    ],
)
def test_what_may_be_asked_of_a_plan(name: str, worth: object) -> None:
    steps = "- holiday: {months: 2, interest: waived, maturity: stays}"
    extra = f"    figures: {{it: plan.{name}}}\n"
    assert terms_of(steps, {"x.cash": "1200.00"}, extra=extra).figures == {"it": worth}


def test_months_that_are_not_known_ask_for_them() -> None:
    until = "plan.max_payment_before(x.months) <= x.cash"
    assert plan_of(TERM, {"x.cash": "1000.00"}, until).asks == ("x.months",)


def test_dates_follow_the_next_due_date() -> None:
    facts = tiny.LOAN | {"loan.next_due": "2024-12-31", "x.cash": "1000.00"}
    (plan,) = tiny.decide(tiny.policies(plans=tiny.offer(TERM)), facts).plans
    assert plan.schedule
    assert [row.due for row in plan.schedule[:4]] == [
        date(2024, 12, 31),
        date(2025, 1, 31),
        date(2025, 2, 28),
        date(2025, 3, 31),
    ]


def test_a_balance_is_waived_once() -> None:
    # What has joined the principal is owed there: a later waiver cannot give it up again.
    steps = "- capitalise: {fees: 100%}\n- waive: {fees: 50%}"
    terms = terms_of(steps, {"x.cash": "9999.00"})
    assert terms.total_paid + terms.waived == Decimal("12030.00")


def test_two_waivers_of_one_balance_add_up() -> None:
    steps = "- waive: {fees: 50%}\n- waive: {fees: 25%}\n- capitalise: {fees: 100%}"
    terms = terms_of(steps, {"x.cash": "9999.00"})
    assert terms.waived == Decimal("18.75")  # a quarter of what the first leaves
    assert terms.levers["waive"] == {"fees": "0.625"}
    assert terms.total_paid == Decimal("12011.25")


@pytest.mark.parametrize(
    ("steps", "lever", "noted"),
    [
        (
            "holiday: {months: 2, interest: waived, maturity: extends}",
            "holiday",
            {"months": 4, "interest": "waived", "maturity": "extends"},
        ),
        (
            "interest_only: {months: 2, maturity: extends}",
            "interest_only",
            {"months": 4, "maturity": "extends"},
        ),
        ("term: {exactly: +3}", "term", {"months_added": 6}),
        ("forbear: {exactly: 100}", "forbear", {"amount": "200.00"}),
        ("forgive: {exactly: 100}", "forgive", {"amount": "200.00"}),
        ("capitalise: {fees: 50%}", "capitalise", {"fees": "0.75"}),
        ("defer_balance: {fees: 50%}", "defer_balance", {"fees": "0.75"}),
    ],
)
def test_two_steps_of_one_lever_are_noted_together(
    steps: str, lever: str, noted: dict[str, object]
) -> None:
    terms = terms_of(f"- {steps}\n- {steps}", {"x.cash": "99999.00"})
    assert terms.levers[lever] == noted


def test_steps_that_clash_may_stand_in_one_offer_where_one_applies() -> None:
    first = "- holiday: {months: 2, interest: waived, maturity: extends}\n  when: x.flag\n"
    second = "- holiday: {months: 3, interest: accrues, maturity: stays}\n  when: x.other"
    for flag, other, months in (("true", "false", 2), ("false", "true", 3)):
        facts = {"x.flag": flag, "x.other": other, "x.cash": "99999.00"}
        assert terms_of(first + second, facts).levers["holiday"]["months"] == months
    both = {"x.flag": "true", "x.other": "true", "x.cash": "99999.00"}
    plan = plan_of(first + second, both)
    assert plan.status is Status.DENIED
    assert "and both apply" in plan.decisive[-1].undefined[0]
    assert plan_of(first + second, {"x.flag": "true"}).asks == ("x.other",)


def test_a_payment_that_is_asked_for_is_said_in_the_major_unit() -> None:
    facts = {"x.cost": "-12.50", "x.rate": "1%", "x.months": "12", "x.cash": "1.00"}
    plan = plan_of(TERM, facts, "plan.payment <= payment(x.cost, x.rate, x.months)")
    assert plan.status is Status.UNDETERMINED
    assert plan.decisive[0].undefined == ("`principal` must be above zero, but is `-12.50`",)


def test_what_is_not_covered_stays_owed_outside() -> None:
    steps = "- waive: {fees: 50%}\n- capitalise: {accrued_interest: 25%}"
    terms = terms_of(steps, {"x.cash": "9999.00"})
    assert terms.outside == {
        "accrued_interest": Decimal("90.00"),
        "fees": Decimal("15.00"),
        "penalty_interest": Decimal("60.00"),
    }
    settled = (
        "- waive: {penalty_interest: 100%, fees: 100%}\n- capitalise: {accrued_interest: 100%}"
    )
    assert terms_of(settled, {"x.cash": "9999.00"}).outside == {}


def due_dates(facts: dict[str, str]) -> list[date]:
    found = tiny.LOAN | {"x.cash": "1000.00"} | facts
    (plan,) = tiny.decide(tiny.policies(plans=tiny.offer(TERM)), found).plans
    return [row.due for row in plan.schedule or ()][:3]


def test_the_agreed_day_of_the_month_is_kept() -> None:
    february = {"loan.next_due": "2025-02-28"}
    march = date(2025, 3, 28)
    assert due_dates(february)[1] == march
    assert due_dates(february | {"loan.due_day": "31"})[1] == date(2025, 3, 31)
    assert due_dates(february | {"loan.due_day": "28"})[1] == march


def test_an_agreed_day_that_the_next_due_date_contradicts_is_refused() -> None:
    with pytest.raises(ProfileError) as refused:
        plan_of(TERM, {"x.cash": "1000.00", "loan.due_day": "3"})
    assert refused.value.code == "contradictory-dates"


def test_a_term_in_all_does_not_take_a_holiday_back() -> None:
    steps = (
        "- holiday: {months: 1..3, interest: waived, maturity: extends}\n- term: {up_to: 24 months}"
    )
    terms = terms_of(steps, {"x.cash": "5000.00"})
    assert terms.term_months == 13
    assert terms.payment == Decimal("1000.00")


def test_an_extension_never_shortens() -> None:
    plan = plan_of("- term: {exactly: +x.months}", {"x.months": "-3", "x.cash": "5000.00"})
    assert plan.status is not Status.ALLOWED


def test_a_monthly_rate_is_no_annual_one() -> None:
    monthly = tiny.VOCABULARY.replace(
        "loan.annual_rate: {type: rate", "loan.annual_rate: {type: rate, per: month"
    )
    with pytest.raises(PolicyError) as refused:
        tiny.policies(plans=tiny.offer(TERM), vocabulary=monthly)
    assert refused.value.code == "wrong-fact-type"
