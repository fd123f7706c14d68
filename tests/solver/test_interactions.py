"""What a lever finds where others were before it."""

from decimal import Decimal

import offering

ANY = "plan.payment >= 0"


def test_a_term_in_all_does_not_take_a_holiday_back() -> None:
    """At its least a lever changes nothing: the term in all begins at what the holiday made of it."""
    holiday = "- holiday: {months: 3, interest: capitalised, maturity: extends}\n"
    alone = offering.plan(offering.policies(holiday, ANY))
    both = offering.plan(
        offering.policies(holiday + "- term: {up_to: 60 months, step: 1 month}", ANY)
    )
    assert both.schedule == alone.schedule
    assert len(both.schedule or ()) == 27


def test_the_steps_of_a_term_count_from_the_term_there_is() -> None:
    steps = "- holiday: {months: 1, interest: waived, maturity: extends}\n- term: {up_to: 60 months, step: 12 months}"
    plan = offering.plan(offering.policies(steps, "plan.term > 26 months"))
    assert plan.terms
    assert plan.terms.term_months == 37


def test_shares_of_one_balance_are_of_what_is_left() -> None:
    """Nothing is lost and nothing is given twice, whatever the order: here 40, 30 and 30 of 100."""
    steps = (
        "- waive: {arrears: 40%}\n"
        "- capitalise: {arrears: 50%}\n"
        "- defer_balance: {arrears: 100%}\n"
        "- waive: {arrears: 50%}"
    )
    plan = offering.plan(offering.policies(steps, ANY))
    assert plan.terms
    assert plan.schedule
    assert plan.terms.waived == 40
    assert plan.terms.forborne == 30
    assert plan.schedule[0].balance + plan.schedule[0].principal == Decimal("10060.00")
    assert "arrears" not in plan.terms.outside


def test_what_is_left_of_a_balance_stays_owed_and_is_shown() -> None:
    plan = offering.plan(
        offering.policies("- waive: {fees: 25%}\n- capitalise: {arrears: 30%}", ANY)
    )
    assert plan.terms
    assert (
        dict(plan.terms.outside) | {"fees": 75, "arrears": 70, "late_fees": 100}
        == plan.terms.outside
    )


def test_after_one_payment_closed_the_debt_nothing_is_owed_later() -> None:
    plan = offering.plan(
        offering.policies("- forbear: {exactly: 4000}\n- settle: {discount: 50%}", ANY)
    )
    assert plan.terms
    assert plan.schedule
    assert plan.terms.payment == 5000
    assert plan.terms.forborne == plan.schedule[-1].balance == 0


def test_a_cap_on_a_repayment_plan_takes_it_away_as_payments_fall() -> None:
    """100.00 in one month fits under 125 % while the payment is 400.00 or more, so with four months more at most."""
    steps = "- term: {up_to: +24, step: 1 month}\n- repayment_plan: {months: 1..1, cap: 125%}"
    for cash, added, months in ((Decimal("515.00"), 4, 1), (Decimal("499.00"), 5, None)):
        found = offering.policies(steps, "plan.max_payment <= x.cash")
        plan = offering.plan(found, {"cash": cash})
        assert plan.terms
        assert plan.terms.levers["term"]["months_added"] == added
        assert plan.terms.levers.get("repayment_plan", {}).get("months") == months


def test_the_choice_of_a_later_step_may_depend_on_an_earlier_one() -> None:
    """Only at exactly three months more the rate falls: no closed form may pass over that."""
    steps = (
        "- term: {up_to: +12, step: 1 month}\n"
        "- rate: {exactly: 'if plan.extension == 3 months then 0% else 11%'}"
    )
    for choose in ("waterfall", "least_cost"):
        plan = offering.plan(
            offering.policies(steps, "plan.max_payment <= 380.00", f"choose: {choose}")
        )
        assert plan.terms
        assert plan.terms.extension_months == (3 if choose == "waterfall" else 7)


def test_a_greater_concession_may_cost_less_where_a_later_step_depends_on_it() -> None:
    """With a longer term the rate stays higher: what the first terms cost says nothing about the others."""
    steps = (
        "- term: {up_to: +12, step: 1 month}\n"
        "- rate: {exactly: 'if plan.extension < 7 months then 0% else 11%'}"
    )
    found = offering.policies(steps, "plan.max_payment <= x.cash", "choose: least_cost")
    for cash, added in ((Decimal("420.00"), 7), (Decimal("330.00"), 12)):
        plan = offering.plan(found, {"cash": cash})
        assert plan.terms
        assert plan.terms.extension_months == added


def test_equal_parts_of_principal_cost_less_than_a_level_payment() -> None:
    """The closed form is that of a level payment: it would pass over the cheapest rate here, 9 %, for 10 %."""
    steps = "- rate: {down_to: 2%, step: 0.5%}\n- forgive: {up_to: 3000, step: 50}"
    found = offering.policies(steps, "plan.max_payment <= 495.00", "choose: least_cost")
    plan = offering.plan(found, method="equal_principal")
    assert plan.terms
    assert plan.terms.annual_rate == Decimal("0.09")
    assert plan.terms.cost == Decimal("287.13")


def test_a_payment_may_be_bounded_from_below() -> None:
    """Raising the term makes such a rule fail: nothing before may be passed over."""
    found = offering.policies("- term: {up_to: +24, step: 1 month}", "plan.payment >= x.cash")
    for cash, status in ((Decimal("470.00"), "allowed"), (Decimal("471.00"), "denied")):
        plan = offering.plan(found, {"cash": cash})
        assert plan.status == status
        assert plan.terms is None or plan.terms.extension_months == 0


def test_dearer_terms_that_cannot_be_judged_do_not_matter() -> None:
    found = offering.policies(
        "- settle: {discount: 0%..50%, step: 10%}",
        "plan.forgiven == 1000 or plan.forgiven > 2000 and x.flag",
        "choose: least_cost",
    )
    plan = offering.plan(found, {"flag": None})
    assert plan.terms
    assert plan.terms.forgiven == 1000


def test_cheaper_terms_that_cannot_be_judged_leave_it_open() -> None:
    """Terms with a cost of their own that cannot be judged do not matter once cheaper ones will do."""
    steps = "- forgive: {up_to: 1000, step: 100}"
    cheap_known = "plan.forgiven <= 200 and plan.forgiven >= 100 or plan.forgiven > 200 and x.flag"
    cheap_unknown = "plan.forgiven >= 200 or plan.forgiven == 100 and x.flag"
    least = "choose: least_cost"
    known = offering.plan(offering.policies(steps, cheap_known, least), {"flag": None})
    assert known.terms
    assert known.terms.forgiven == 100
    assert (
        offering.plan(offering.policies(steps, cheap_unknown, least), {"flag": None}).status
        == "undetermined"
    )
    for flag, forgiven in ((True, 100), (False, 200)):
        plan = offering.plan(offering.policies(steps, cheap_unknown, least), {"flag": flag})
        assert plan.terms
        assert plan.terms.forgiven == forgiven


def test_the_last_terms_on_the_line_count_where_the_target_is_missed() -> None:
    """A holiday that leaves no month to pay is no terms; the one before it is the last."""
    steps = "- holiday: {months: 1..30, interest: waived, maturity: stays}"
    plan = offering.plan(offering.policies(steps, "plan.payment <= 1.00", f"accept: {ANY}"))
    assert plan.terms
    assert plan.terms.levers["holiday"]["months"] == 23
    assert [reason.kind for reason in plan.reasons] == ["target", "accept"]


def test_the_least_there_is_has_nothing_before_it() -> None:
    plan = offering.plan(offering.policies("- term: {up_to: +24, step: 1 month}", ANY))
    assert plan.terms
    assert plan.terms.term_months == 24
    assert plan.one_less is None


def test_at_the_first_notch_one_step_less_is_the_loan_as_it_stands() -> None:
    plan = offering.plan(
        offering.policies("- term: {up_to: +24, step: 1 month}", "plan.payment < 470.00")
    )
    assert plan.terms
    assert plan.terms.extension_months == 1
    assert plan.one_less
    assert (plan.one_less.payment, dict(plan.one_less.levers)) == (Decimal("470.73"), {})
    assert [reason.holds for reason in plan.one_less.failing] == [False]


def test_at_the_first_notch_of_a_later_step_one_step_less_is_the_most_of_those_before() -> None:
    steps = "- term: {up_to: +12, step: 1 month}\n- rate: {down_to: 2%, step: 1%}"
    plan = offering.plan(offering.policies(steps, "plan.payment < 330.00"))
    assert plan.terms
    assert dict(plan.terms.levers) == {
        "term": {"months_added": 12},
        "rate": {"annual_rate": "0.11"},
    }
    assert plan.one_less
    assert dict(plan.one_less.levers) == {"term": {"months_added": 12}}


def test_a_longer_term_at_the_contract_rate_costs_nothing_whatever_rounding_says() -> None:
    """Costs of a few cents either way are those of rounded payments: the least that will do is taken."""
    steps = "- term: {up_to: +24, step: 1 month}\n- rate: {down_to: 11%, step: 0.5%}"
    target, costs = "plan.max_payment <= x.cash", set()
    for cash in range(300, 470, 10):
        facts = {"cash": Decimal(cash)}
        first = offering.plan(offering.policies(steps, target), facts)
        cheapest = offering.plan(offering.policies(steps, target, "choose: least_cost"), facts)
        assert cheapest.terms == first.terms
        costs.add(first.terms.cost if first.terms else None)
    assert len(costs) > 5


def test_what_is_as_cheap_as_the_cheapest_is_measured_from_the_cheapest() -> None:
    """0.60, 0.40, 0.20 and nothing, for which 27 months allow 0.27: only the third is as cheap."""
    steps = (
        "- term: {up_to: +3, step: 1 month}\n"
        "- forgive: {exactly: 'plan.balance * (if plan.term == 24 months then 0.006%"
        " else if plan.term == 25 months then 0.004% else if plan.term == 26 months then 0.002% else 0%)'}"
    )
    found = offering.policies(steps, ANY, "choose: least_cost")
    plan = offering.plan(found, annual_rate=Decimal(0))
    assert plan.terms
    assert (plan.terms.extension_months, plan.terms.cost) == (2, Decimal("0.20"))
