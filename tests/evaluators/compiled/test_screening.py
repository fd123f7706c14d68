"""Whom a plan is for: which conditions fail and which are not known, by either evaluator."""

from __future__ import annotations

import traceback
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import tiny

import policyengine as pe
from policyengine.evaluators.compiled.from_program import Conditions, conditions_of

CONDITIONS = """\
parameters:
  limit: [{from: 2024-01-01, until: 2024-11-30, value: 30 days}, {from: 2024-12-01, value: 60 days}]
derive:
  share: x.cost / x.cash
conditions:
  late: {that: x.days >= limit, because: {en: It is late., zh: 已迟。}}
  dear: {that: share <= 40%, because: {en: It is not dear., zh: 不贵。}}
  flagged: {that: x.flag, because: {en: It is flagged., zh: 有标志。}}
"""
PLANS = """\
plans:
  one:
    title: {en: One, zh: 一}
    require: [late, dear]
    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}
  two:
    title: {en: Two, zh: 二}
    require: [flagged]
    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}
"""
ALL = {"x.days": "45", "x.cost": "40.00", "x.cash": "100.00", "x.flag": "true"}
# The vocabulary of the tests lets `x.cash` be negative: dividing by it then changes the side of a comparison.
POSITIVE = tiny.VOCABULARY.replace("x.cash: {type: money,", "x.cash: {type: money, min: 0,")
EVALUATORS = ["reference", "compiled"]


def of(evaluator: str, vocabulary: str = tiny.VOCABULARY) -> pe.Policy:
    return tiny.policies(CONDITIONS, PLANS, vocabulary=vocabulary, evaluator=evaluator)["tiny"]


def conditions(vocabulary: str = tiny.VOCABULARY) -> Conditions:
    return conditions_of(of("reference", vocabulary).program)


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize("vocabulary", [tiny.VOCABULARY, POSITIVE])
@pytest.mark.parametrize(
    ("given", "failed", "unknown"),
    [
        ({}, {}, {}),
        ({"x.days": "29"}, {"one": ("late",)}, {}),
        ({"x.cost": "40.01"}, {"one": ("dear",)}, {}),
        ({"x.cash": "0"}, {}, {"one": ("dear",)}),
        ({"x.flag": "false"}, {"two": ("flagged",)}, {}),
        ({"x.flag": None}, {}, {"two": ("flagged",)}),
        ({"x.days": "29", "x.cost": None}, {"one": ("late",)}, {"one": ("dear",)}),
    ],
)
def test_what_fails_and_what_is_not_known(
    evaluator: str, vocabulary: str, given: dict[str, Any], failed: object, unknown: object
) -> None:
    screening = of(evaluator, vocabulary).screen(tiny.profile(ALL | given))
    assert (screening.failed, screening.unknown) == (failed, unknown)
    open_ = set(screening.failed) | set(screening.unknown)
    assert screening.eligible == tuple(plan for plan in ("one", "two") if plan not in open_)
    assert screening.applies is True


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_a_negative_divisor_turns_no_comparison_round(evaluator: str) -> None:
    given = tiny.profile(ALL | {"x.cost": "50.00", "x.cash": "-100.00"})
    assert of(evaluator).screen(given).failed == {}


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_the_parameters_are_those_of_the_day(evaluator: str) -> None:
    policy, given = of(evaluator), tiny.profile(ALL)
    days = [date(2023, 12, 31), date(2024, 11, 30), date(2024, 12, 1)]
    found = [policy.screen(given, as_of=day) for day in days]
    assert [screening.failed for screening in found] == [{}, {}, {"one": ("late",)}]
    assert [screening.unknown for screening in found] == [{"one": ("late",)}, {}, {}]


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_a_loan_is_prepared_once_and_screened_often(evaluator: str) -> None:
    prepared = of(evaluator).prepare(tiny.profile(ALL))
    assert prepared.screen() == prepared.screen()


def test_a_rate_with_many_decimals_is_exact() -> None:
    body = "conditions: {low: {that: x.rate < 12%, because: {en: It is low., zh: 低。}}}\n"
    plans = PLANS.replace("late, dear", "low").replace("[flagged]", "[low]")
    policy = tiny.policies(body, plans, evaluator="compiled")["tiny"]
    just_below = Decimal("0.11999999999999999999")
    given: dict[str, Any] = {"as_of": tiny.AS_OF, "loan": {"id": "L"}}
    for rate, failed in ((just_below, {}), (Decimal("0.12"), {"one": ("low",), "two": ("low",)})):
        assert policy.screen(given | {"x": {"rate": rate}}).failed == failed


def test_a_denied_plan_needs_no_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    searched = []
    monkeypatch.setattr(
        "policyengine.evaluators.reference.evaluator.offer_of",
        lambda *_: searched.append(1),
    )
    decision = of("compiled").decide(
        tiny.profile(ALL | {"x.days": "29", "x.flag": "false"} | tiny.LOAN)
    )
    assert [plan.status for plan in decision.plans] == [pe.Status.DENIED] * 2
    assert not searched


def test_days_with_the_same_parameters_share_their_source() -> None:
    found = conditions()
    same = found.on(date(2024, 1, 1)), found.on(date(2024, 11, 30))
    assert same[0] is same[1]
    assert found.on(date(2024, 12, 1)) is not same[0]


def test_where_nothing_can_be_negative_a_quotient_is_multiplied_out() -> None:
    day = date(2024, 11, 20)
    assert "if x_cost * 5 > 2 * x_cash: one |= 2  # dear" in conditions(POSITIVE).on(day).source
    assert "ratio(x_cost, x_cash)" in conditions().on(day).source


def test_a_traceback_shows_the_source() -> None:
    known = conditions().on(date(2024, 11, 20)).known
    try:
        known(date(2024, 11, 20), ())
    except ValueError:
        shown = traceback.format_exc()
    assert "<tiny, known, on 2024-11-20>" in shown
    assert "x_cash, x_cost, x_days, x_flag, = values" in shown


def test_a_policy_that_applies_to_no_loan_screens_none() -> None:
    policies = tiny.policies("applies_to: x.flag\n" + CONDITIONS, PLANS, evaluator="compiled")
    with pytest.raises(pe.UsageError, match="applies to no loan"):
        policies["tiny"].screen(tiny.profile(ALL | {"x.flag": "false"}))
    not_known = policies["tiny"].screen(tiny.profile(ALL | {"x.flag": None}))
    assert not_known.applies is None
