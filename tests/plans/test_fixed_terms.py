"""Offers without `until`: nothing is searched, so there is no target. And a holiday through a day."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tiny

import policyengine as pe
from policyengine.decision.decision import Reason, Status

CONTRACT = json.loads(
    (Path(__file__).parents[1] / "decision/decide.schema.json").read_text("utf-8")
)
LOAN = tiny.LOAN | {"loan.annual_rate": "12%"}
PAY = "- pay: {amount: x.cash, months: 3, unpaid_interest: waived}"


def fixed(steps: str, extra: str = "", require: str = "") -> str:
    """Return a plan without a target."""
    plans = tiny.offer(steps, "x.flag", extra).replace("      until: x.flag\n", "")
    return plans.replace("    offer:\n", f"{require}    offer:\n")


def plan_of(plans: str, facts: dict[str, Any], body: str = "") -> pe.Plan:
    policies = tiny.policies(body, plans)
    profile = tiny.profile(facts)
    jsonschema.validate(json.loads(policies.decide(profile).to_json()), CONTRACT)
    (plan,) = policies.decide(profile).decisions[0].plans
    return plan


def only(plan: pe.Plan) -> Reason:
    (reason,) = plan.reasons
    assert (reason.rule, reason.code, reason.kind) == ("schedule", "NO_SCHEDULE", "terms")
    return reason


def test_the_terms_are_offered_and_the_reason_says_that_they_are_fixed() -> None:
    plan = plan_of(fixed(PAY), LOAN | {"x.cash": "20.00"})
    assert plan.status is Status.ALLOWED
    assert plan.one_less is None
    reason = only(plan)
    assert reason.holds is True
    assert reason.text == {
        "en": "The terms of this plan are fixed: they follow from the loan.",
        "zh": "该方案的条款固定，由贷款本身决定。",
    }
    assert plan.decisive == plan.reasons


def test_they_are_the_terms_of_a_target_that_is_always_met() -> None:
    facts = LOAN | {"x.cash": "20.00"}
    with_target = plan_of(tiny.offer(PAY, "plan.payment >= 0"), facts)
    assert plan_of(fixed(PAY), facts).schedule == with_target.schedule


@pytest.mark.parametrize("extra", ["", "      choose: least_cost\n"])
def test_terms_without_a_schedule_are_denied(extra: str) -> None:
    plan = plan_of(
        fixed(PAY.replace(", unpaid_interest: waived", ""), extra), LOAN | {"x.cash": "20.00"}
    )
    assert plan.status is Status.DENIED
    reason = only(plan)
    assert reason.holds is False
    assert "below its interest" in reason.undefined[0]


def test_what_is_missing_for_them_is_asked_for() -> None:
    facts = {name: fact for name, fact in LOAN.items() if name != "loan.remaining_term"}
    plan = plan_of(fixed(PAY), facts | {"x.cash": "20.00"})
    assert plan.status is Status.UNDETERMINED
    assert plan.asks == ("loan.remaining_term",)
    reason = only(plan)
    assert (reason.holds, reason.missing) == (None, ("loan.remaining_term",))
    plan = plan_of(fixed(PAY), LOAN)
    assert (only(plan).missing, plan.asks) == (("x.cash",), ("x.cash",))


def test_a_requirement_that_is_not_met_leaves_them_fixed() -> None:
    require = "    require: [{id: asked, that: x.flag, because: {en: A, zh: A}}]\n"
    plan = plan_of(fixed(PAY, require=require), LOAN | {"x.cash": "20.00", "x.flag": "false"})
    assert plan.status is Status.DENIED
    assert [(reason.rule, reason.holds) for reason in plan.reasons] == [
        ("asked", False),
        ("schedule", True),
    ]
    assert plan.terms is None


def test_guarantees_bind_them() -> None:
    body = """\
guarantees:
  - id: short
    that: plan.term <= x.term
    because: {en: "At most {x.term}, not {plan.term}.", zh: "最多{x.term}，而非{plan.term}。"}
    code: TOO_LONG
"""
    facts = LOAN | {"x.cash": "20.00"}
    plan = plan_of(fixed(PAY), facts | {"x.term": "11"}, body)
    assert plan.status is Status.DENIED
    assert [(reason.name, reason.holds) for reason in plan.reasons] == [
        ("TOO_LONG", False),
        ("NO_SCHEDULE", True),
    ]
    assert plan_of(fixed(PAY), facts | {"x.term": "12"}, body).status is Status.ALLOWED
    assert plan_of(fixed(PAY), facts, body).asks == ("x.term",)


# A holiday through a day


def holiday(through: str, maturity: str = "extends") -> str:
    return fixed(f"- holiday: {{through: {through}, interest: waived, maturity: {maturity}}}")


@pytest.mark.parametrize(
    ("through", "months"),
    [
        ("2024-12-14", 0),
        ("2024-12-15", 1),
        ("2025-01-14", 1),
        ("2025-01-15", 2),
        ("2025-02-01", 2),
        ("2024-01-01", 0),
    ],
)
def test_the_instalments_due_on_or_before_the_day_are_not_asked_for(
    through: str, months: int
) -> None:
    plan = plan_of(holiday("x.day"), tiny.LOAN | {"x.day": through})
    assert plan.terms
    assert plan.schedule
    assert plan.terms.term_months == 12 + months
    assert [row.due > date.fromisoformat(through) for row in plan.schedule if row.payment] == [
        True
    ] * 12
    assert plan.terms.levers.get("holiday", {}).get("months", 0) == months


def test_dues_at_the_end_of_the_month_keep_their_day() -> None:
    facts = tiny.LOAN | {"loan.next_due": "2025-02-28", "x.day": "2025-03-30"}
    for due_day, months in ((28, 2), (31, 1)):
        plan = plan_of(holiday("x.day"), facts | {"loan.due_day": str(due_day)})
        assert plan.terms
        assert plan.terms.extension_months == months


def test_the_day_may_be_worked_out() -> None:
    plan = plan_of(holiday("as_of + 60 days", "stays"), tiny.LOAN)  # 2025-01-19
    assert plan.terms
    assert (plan.terms.term_months, plan.terms.payment) == (12, Decimal("1200.00"))


def test_what_an_earlier_holiday_covers_is_not_counted_twice() -> None:
    steps = (
        "- holiday: {months: 3, interest: waived, maturity: extends}\n"
        "- holiday: {through: x.day, interest: waived, maturity: extends}"
    )
    for day, months in (("2025-02-15", 3), ("2025-03-15", 4)):
        plan = plan_of(fixed(steps), tiny.LOAN | {"x.day": day})
        assert plan.terms
        assert plan.terms.term_months == 12 + months
        assert plan.terms.levers["holiday"]["months"] == months


@pytest.mark.parametrize("other", ["interest: accrues", "maturity: stays"])
def test_two_holidays_are_treated_alike(other: str) -> None:
    words = {"interest": "waived", "maturity": "extends"} | dict([other.split(": ")])
    first = "- holiday: {months: 3, interest: waived, maturity: extends}\n"
    second = f"- holiday: {{through: x.day, interest: {words['interest']}, maturity: {words['maturity']}}}"
    assert tiny.findings(plans=fixed(first + second)) == ["contradictory-steps"]


def test_a_day_that_is_not_known_is_asked_for() -> None:
    plan = plan_of(holiday("x.day"), tiny.LOAN)
    assert plan.status is Status.UNDETERMINED
    assert plan.asks == ("x.day",)


@pytest.mark.parametrize("day", ["2124-12-15", "2199-12-31"])
def test_a_day_more_than_a_hundred_years_away_is_denied(day: str) -> None:
    plan = plan_of(holiday("x.day"), tiny.LOAN | {"x.day": day})
    assert plan.status is Status.DENIED
    assert "1200" in only(plan).undefined[0]


def test_the_longest_holiday() -> None:
    plan = plan_of(holiday("x.day"), tiny.LOAN | {"x.day": "2124-11-15"})
    assert plan.terms
    assert plan.terms.extension_months == 1200


def test_a_largest_payment_of_months_that_are_not_known_is_not_known() -> None:
    until = "plan.max_payment_before(x.months) <= x.cash"
    plan = plan_of(tiny.offer("- term: {exactly: 12}", until), LOAN | {"x.cash": "2000.00"})
    assert plan.status is Status.UNDETERMINED
    (reason,) = plan.reasons
    assert (reason.holds, reason.missing) == (None, ("x.months",))
