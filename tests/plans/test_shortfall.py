"""What a denial says is missing. The loan is `tiny.LOAN`: 12,000.00 without interest over 12 months."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
import tiny

import policyengine as pe
from policyengine.decision.decision import Shortfall, Status
from policyengine.evaluators.reference import offers
from policyengine.plans.moves import moves as moves_of
from policyengine.report.text import assessment_text

TERM = "- term: {up_to: +6, step: 1 month}"


def decided(steps: str, facts: dict[str, Any], until: str, **more: str) -> pe.Plan:
    policies = tiny.policies(more.get("body", ""), tiny.offer(steps, until, more.get("extra", "")))
    (plan,) = tiny.decide(policies, tiny.LOAN | facts).plans
    return plan


def shortfall_of(
    steps: str,
    cash: str,
    until: str = "plan.max_payment <= x.cash",
    facts: dict[str, Any] | None = None,
    **more: str,
) -> Shortfall:
    plan = decided(steps, {"x.cash": cash} | (facts or {}), until, **more)
    assert plan.status is Status.DENIED
    assert plan.shortfall
    return plan.shortfall


def said(found: Shortfall, language: str = "en") -> list[str]:
    texts = [*(miss.text for miss in found.misses), *(limit.text for limit in found.limits)]
    return [text[language] for text in texts]


def moves(found: Shortfall) -> list[tuple[Any, ...]]:
    return [(m.step, m.setting, m.limit, m.enough, m.looked_to) for m in found.limits]


def test_the_nearest_terms_what_they_miss_and_the_limit_in_the_way() -> None:
    found = shortfall_of(TERM, "600.00")
    assert found.levers == {"term": {"months_added": 6}}
    assert found.payment == Decimal("666.67")
    (miss,) = found.misses
    assert (miss.left, miss.operator, miss.right, miss.short_by) == (
        "666.67",
        "<=",
        "600.00",
        "66.67",
    )
    assert moves(found) == [("term", "months_added", 6, 8, 8)]
    assert said(found) == [
        "until_1: CN¥666.67 would have to be at most CN¥600.00; the difference is CN¥66.67.",
        "The limit of the longer term would have to move from 6 months to 8 months.",
    ]
    assert said(found, "zh") == [
        "until_1：¥666.67须不超过¥600.00，相差¥66.67。",
        "延长期限的限度须由6个月调整为8个月。",
    ]


@pytest.mark.parametrize(
    ("steps", "moved"),
    [
        ("- term: {up_to: 18 months}", ("term", "months", 18, 20, 20)),
        ("- term: {up_to: 18 months, step: 3 months}", ("term", "months", 18, 21, 21)),
        (
            "- forbear: {up_to: 1000, step: 300}",
            ("forbear", "amount", "1000.00", "4800.00", "4800.00"),
        ),
        ("- forgive: {up_to: 1000}", ("forgive", "amount", "1000.00", "4800.00", "4800.00")),
        (
            "- settle: {discount: 0%..50%, step: 15%}",
            ("settle", "discount", "0.50", None, "0.90"),
        ),
        (
            "- holiday: {months: 0..2, interest: waived, maturity: extends}",
            ("holiday", "months", 2, None, 120),
        ),
    ],
)
def test_how_far_the_limit_of_a_step_would_have_to_move(steps: str, moved: tuple[Any, ...]) -> None:
    (found,) = moves(shortfall_of(steps, "600.00"))
    assert found[:2] == moved[:2]
    assert [Decimal(str(v)) if v is not None else None for v in found[2:]] == [
        Decimal(str(v)) if v is not None else None for v in moved[2:]
    ]


def test_a_rate_goes_down_to_nothing_and_each_waiver_has_a_limit_of_its_own() -> None:
    facts = {"loan.annual_rate": "12%"}
    rate = shortfall_of("- rate: {down_to: 9%, step: 2%}", "1030.00", facts=facts)
    assert moves(rate) == [("rate", "annual_rate", "0.09", "0.04", "0.04")]
    lowest = shortfall_of("- rate: {down_to: 9%, step: 5%}", "1000.00", facts=facts)
    assert moves(lowest) == [("rate", "annual_rate", "0.09", "0", "0")]
    waived = "- waive: {accrued_interest: 0%..50%, fees: 0%..50%, step: 25%}\n"
    waived += "- capitalise: {accrued_interest: 100%, fees: 100%}"
    found = shortfall_of(waived, "1002.50")
    assert moves(found) == [
        ("waive", "accrued_interest", "0.5", "1", "1"),
        ("waive", "fees", "0.5", None, "1"),
    ]
    assert said(found)[1:] == [
        "The limit of the waiver of accrued interest would have to move from 50% to 100%.",
        "The limit of the waiver of fees is 50%; no other up to 100% would be enough.",
    ]


def test_each_limit_is_moved_alone_and_one_value_only_is_no_limit() -> None:
    steps = "- capitalise: {fees: 100%}\n" + TERM + "\n- forbear: {up_to: 1000, step: 10}"
    assert moves(shortfall_of(steps, "500.00")) == [
        ("term", "months_added", 6, 11, 11),  # 11,030.00 are repaid in 23 months
        ("forbear", "amount", "1000.00", "3030.00", "3030.00"),  # 9,000.00 in 18
    ]


def test_a_limit_that_no_value_of_moves_the_payment() -> None:
    found = shortfall_of("- waive: {fees: 0%..50%, step: 25%}\n" + TERM, "600.00")
    assert moves(found) == [
        ("waive", "fees", "0.5", None, "1"),
        ("term", "months_added", 6, 8, 8),
    ]


def test_the_nearest_terms_may_stand_anywhere_on_the_line() -> None:
    """With four months more the payment alone is too high, and less so than with fewer; with more both sides fail."""
    steps = "- term: {up_to: +24, step: 1 month}"
    found = shortfall_of(
        steps, "600.00", "plan.max_payment <= x.cash and plan.extension <= 4 months"
    )
    assert found.levers == {"term": {"months_added": 4}}
    assert [(miss.left, miss.short_by) for miss in found.misses] == [("750.00", "150.00")]


def test_of_several_ways_to_meet_a_rule_the_nearest_is_shown() -> None:
    until = "not (plan.max_payment > x.cash) or plan.extension > 100 months"
    found = shortfall_of(TERM, "600.00", until)
    assert [(m.left, m.operator, m.right) for m in found.misses] == [("666.67", "<=", "600.00")]


def test_what_is_no_amount_is_not_met() -> None:
    found = shortfall_of(
        TERM, "700.00", "x.flag and plan.max_payment <= x.cash", {"x.flag": "false"}
    )
    assert [(m.left, m.operator, m.right, m.short_by) for m in found.misses] == [
        (None, None, None, None)
    ]
    assert said(found)[0] == "until_1 is not met."


def test_where_less_is_enough_that_is_what_is_missing() -> None:
    found = shortfall_of(TERM, "100.00", extra="      accept: plan.payment <= 600.00\n")
    assert [(m.rule, m.right, m.short_by) for m in found.misses] == [
        ("accept_1", "600.00", "66.67")
    ]
    assert moves(found) == [("term", "months_added", 6, 8, 8)]


def test_of_terms_that_a_guarantee_withholds_no_limit_is_in_the_way() -> None:
    body = """\
guarantees:
  - {id: short, that: plan.term <= 14 months, because: {en: Short., zh: 短。}, source: the law}
"""
    found = shortfall_of(TERM, "800.00", body=body)
    assert found.levers == {"term": {"months_added": 3}}
    assert [(m.rule, m.left, m.right, m.short_by) for m in found.misses] == [("short", 15, 14, 1)]
    assert found.limits == ()


@pytest.mark.parametrize(
    ("steps", "facts"),
    [
        (TERM, {"x.cash": "1000.00"}),  # allowed
        (TERM, {}),  # undetermined
        (TERM, {"x.cash": "1.00", "loan.principal": "0.00"}),  # there is no schedule
    ],
)
def test_nothing_is_missing_where_terms_fit_may_fit_or_cannot_be(
    steps: str, facts: dict[str, Any]
) -> None:
    assert decided(steps, facts, "plan.max_payment <= x.cash").shortfall is None


def test_a_plan_that_a_requirement_denies_misses_nothing_where_terms_fit() -> None:
    policies = tiny.policies(
        plans=tiny.offer(TERM)
        + "    require: [{id: flagged, that: x.flag, because: {en: Flag., zh: 旗。}}]\n"
    )
    (plan,) = tiny.decide(policies, tiny.LOAN | {"x.cash": "900.00", "x.flag": "false"}).plans
    assert plan.status is Status.DENIED
    assert plan.shortfall is None


def test_limits_are_looked_at_when_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def noted(*given: Any) -> Any:
        asked.append(given)
        return moves_of(*given)

    monkeypatch.setattr(offers, "moves", noted)
    plan = decided(TERM, {"x.cash": "600.00"}, "plan.max_payment <= x.cash")
    assert plan.status is Status.DENIED
    assert plan.decisive
    assert not asked
    assert plan.shortfall
    assert len(asked) == 1


def test_the_json_and_the_page_say_it() -> None:
    policies = tiny.policies(plans=tiny.offer(TERM))
    assessment = policies.decide(tiny.profile(tiny.LOAN | {"x.cash": "600.00"}))
    (plan,) = json.loads(assessment.to_json())["decisions"][0]["plans"]
    assert plan["shortfall"]["payment"] == "666.67"
    assert plan["shortfall"]["levers"] == {"term": {"months_added": 6}}
    (miss,), (limit,) = plan["shortfall"]["misses"], plan["shortfall"]["limits"]
    assert (miss["left"], miss["right"], miss["short_by"]) == ("666.67", "600.00", "66.67")
    assert (limit["step"], limit["setting"], limit["limit"]) == ("term", "months_added", 6)
    assert (limit["enough"], limit["looked_to"]) == (8, 8)
    pages = {
        lang: "\n".join(line.plain for line in assessment_text(assessment, lang, width=100))
        for lang in ("en", "zh")
    }
    assert "Nearest terms: CN¥666.67 a month; the term becomes 6 months longer." in pages["en"]
    assert "最接近的条件：每月¥666.67；期限延长6个月。" in pages["zh"]
    for language, page in pages.items():
        for text in (miss["text"][language], limit["text"][language]):
            assert text in " ".join(page.split())
