"""Every kind of term and lever as a borrower and an agent read it, in both languages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tiny import LOAN, decide, offer, policies

import policyengine as pe
from policyengine.decision.terms import Lever
from policyengine.report.labels import view_languages
from policyengine.report.layout import Page
from policyengine.report.terms_text import lever_text, levers_text
from policyengine.report.text import assessment_text
from policyengine.report.view import View


def rows(steps: str, lang: str = "en", extra: str = "", **facts: Any) -> str:
    policy_set = policies(plans=offer(steps, extra=extra))
    decision = decide(policy_set, LOAN | {"x.cash": "5000.00"} | facts)
    assert decision.outcome is pe.Outcome.OFFER, decision
    lines = assessment_text(pe.Assessment(date(2024, 11, 20), "engine", (decision,)), lang)
    return "\n".join(line.plain for line in lines)


@pytest.mark.parametrize(
    ("lever", "settings", "en", "zh"),
    [
        (
            "holiday",
            {"months": 3, "interest": "accrues", "maturity": "stays"},
            (
                "no payments for 3 months; interest of that time joins the balance once payments resume;"
                " the last payment does not move"
            ),
            "3个月内无需还款；期间利息不计复利，恢复还款时计入本金；到期日不变",
        ),
        (
            "holiday",
            {"months": 1, "interest": "waived", "maturity": "extends"},
            "no payments for 1 month; no interest for that time; the last payment moves later",
            "1个月内无需还款；期间不计利息；到期日顺延",
        ),
        ("term", {"months_added": 6}, "the term becomes 6 months longer", "期限延长6个月"),
        (
            "instalments",
            {"months": 36},
            "the balance is paid in monthly instalments over 36 months",
            "余额在36个月内按月分期偿还",
        ),
        (
            "waive",
            {"penalty_interest": "0.5", "fees": "1", "future_interest": "0.2"},
            (
                "50% of the penalty interest will be waived, the fees will be waived, interest from now"
                " on is 20% lower"
            ),
            "减免罚息的50%、减免费用、今后利息减免20%",
        ),
        (
            "capitalise",
            {"accrued_interest": "1"},
            "the accrued interest will join the balance",
            "应计利息计入本金",
        ),
        (
            "interest_only",
            {"months": 2, "maturity": "stays"},
            "payments of interest alone for 2 months; the last payment does not move",
            "2个月内只还利息；到期日不变",
        ),
        (
            "rate",
            {"annual_rate": "0.02125"},
            "the interest rate becomes 2.125% a year",
            "年利率降为2.125%",
        ),
        (
            "rate",
            {
                "annual_rate": "0.02",
                "rates": ({"from": 1, "annual_rate": "0.02"}, {"from": 61, "annual_rate": "0.03"}),
            },
            "the interest rate becomes 2% a year at first and rises later",
            "年利率先降为2%，此后逐步上调",
        ),
        (
            "repayment_plan",
            {"balance": "arrears", "months": 6},
            "the overdue amounts will be paid over 6 months on top of the instalment",
            "逾期款项在6个月内随月还款额一并偿还",
        ),
        (
            "defer_balance",
            {"arrears": "1"},
            "the overdue amounts will be owed at the end, without interest",
            "逾期款项延至到期时偿还，不计利息",
        ),
        (
            "forbear",
            {"amount": "71894.63"},
            "CN¥71,894.63 of the principal is owed at the end, without interest",
            "本金¥71,894.63延至到期时偿还，不计利息",
        ),
        ("forgive", {"amount": "5.00"}, "CN¥5.00 of the principal is given up", "免除本金¥5.00"),
        (
            "settle",
            {"discount": "0.4"},
            "one payment, 40% lower, closes the debt",
            "一次性还清，减免40%",
        ),
        (
            "stepped",
            {"shares": ("0.3", "0.6"), "months": 3},
            "payments start at 30%, 60% of the instalment, 3 months each",
            "还款额先为月还款额的30%、60%，每档3个月",
        ),
        (
            "pay",
            {"amount": "150.00"},
            "CN¥150.00 a month is paid until nothing is owed",
            "每月偿还¥150.00，直至还清",
        ),
        (
            "pay",
            {"amount": "200.00", "months": 12, "unpaid_interest": "accrues"},
            (
                "CN¥200.00 a month is paid for 12 months; interest that it leaves unpaid joins the balance"
                " once regular payments resume"
            ),
            "12个月内每月偿还¥200.00；未足额支付的利息不计复利，恢复正常还款时计入本金",
        ),
        (
            "pay",
            {"amount": "0.00", "months": 1, "unpaid_interest": "waived", "then": "150.00"},
            (
                "CN¥0.00 a month is paid for 1 month; interest above it is not charged;"
                " then CN¥150.00 a month until nothing is owed"
            ),
            "1个月内每月偿还¥0.00；超出该金额的利息不计收；此后每月偿还¥150.00，直至还清",
        ),
        (
            "pay",
            {"amount": "1.00", "months": 2, "unpaid_interest": "capitalised"},
            "CN¥1.00 a month is paid for 2 months; interest that it leaves unpaid joins the balance",
            "2个月内每月偿还¥1.00；未足额支付的利息计入本金",
        ),
        ("new_kind", {"share_of": "3%"}, "new kind: share of 3%", "new kind：share of 3%"),
    ],
)
def test_levers(lever: str, settings: Lever, en: str, zh: str) -> None:
    said = {
        lang: lever_text(lever, settings, View(Page(), lang), "CNY") for lang in view_languages()
    }
    assert said == {"en": en, "zh": zh}


@pytest.mark.parametrize(
    ("share", "en", "zh"),
    [
        ("1", "the rest of the fees will join the balance", "其余费用计入本金"),
        ("0.5", "50% of the rest of the fees will join the balance", "其余费用的50%计入本金"),
    ],
)
def test_what_is_left_of_a_balance_that_was_waived_in_part(share: str, en: str, zh: str) -> None:
    levers = {"waive": {"fees": "0.3"}, "capitalise": {"fees": share}}
    said = {lang: list(levers_text(levers, View(Page(), lang), "CNY"))[1] for lang in ("en", "zh")}
    assert said == {"en": en, "zh": zh}


def test_what_is_waived_and_what_it_costs() -> None:
    text = rows("- waive: {fees: 100%}\n- term: {exactly: 12}")
    assert "    Waived              CN¥30.00" in text
    assert "    Cost to the lender  CN¥30.00" in text
    assert (
        "    Owed besides        accrued interest CN¥120.00\n                        penalty interest CN¥60.00\n"
        in text
    )
    assert "罚息¥60.00" in rows("- waive: {fees: 100%}\n- term: {exactly: 12}", "zh")


def test_payments_that_fall_are_said_to() -> None:
    text = rows(
        "- term: {exactly: 12}", **{"loan.method": "equal_principal", "loan.annual_rate": "12%"}
    )
    assert "    Instalment     CN¥1,120.00 at first, CN¥1,010.00 in the last month\n" in text
    assert text.count("No. ") == 5
    assert "\n                   …\n" in text


RISING = "- rate: {exactly: 0%, fixed_for: 3, then: {rise: 1%, every: 3, up_to: 1.5%}}"


def test_the_later_rates_are_said_with_their_days() -> None:
    facts = {"loan.annual_rate": "12%"}
    text = " ".join(rows(RISING, **facts).split())
    assert "Interest rate 0% a year; 1% from Mar 15, 2025, 1.5% from Jun 15, 2025" in text
    assert "年利率0%；2025年3月15日起为1%、2025年6月15日起为1.5%" in rows(RISING, "zh", **facts)


def test_of_many_later_rates_the_first_and_the_last_are_said() -> None:
    text = " ".join(rows(RISING.replace("1.5%", "90%").replace("3", "1")).split())
    said = text[text.index("Interest rate") : text.index("Total")]
    assert said.count(" from ") == 5
    assert said.endswith("4% from Apr 15, 2025, …, 11% from Nov 15, 2025 ")


def test_figures_of_every_kind() -> None:
    extra = """\
    figures:
      times: loan.principal / plan.payment
      share: plan.payment / loan.principal * 100%
      paid_in_all: plan.payment * 2
      soon: plan.term < 24 months
      wait: 3 months
      last: x.day
      never_told: x.cost * 2
"""
    facts = {"x.day": "2025-01-01"}
    text = " ".join(rows("- term: {exactly: 12}", extra=extra, **facts).split())
    assert "Times 12 " in text
    assert "Share 8.3333% " in text
    assert "Paid in all CN¥2,000.00 " in text
    assert "Soon yes " in text
    assert "Wait 3 months " in text
    assert "Last January 1, 2025 " in text
    assert "Never told not known " in text
    chinese = " ".join(rows("- term: {exactly: 12}", "zh", extra=extra, **facts).split())
    assert "Soon 是 " in chinese
    assert "Last 2025年1月1日 " in chinese


def test_a_loan_that_keeps_its_term_is_not_called_longer() -> None:
    assert "longer" not in rows("- term: {exactly: 12}")
    assert "3 months longer than now" in rows("- term: {exactly: 15}")
