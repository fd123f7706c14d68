"""What the borrower is asked, and what the lender looks up in its own records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import pytest
import tiny
from golden_cases import decided
from markupsafe import escape

import policyengine as pe
from policyengine.decision.decision import Assessment, Decision
from policyengine.decision.plain_words import PLAIN
from policyengine.model.types import BORROWER, LENDER
from policyengine.report.labels import LABELS
from policyengine.report.page.render import html_page
from policyengine.report.plain_text import plain_text
from policyengine.report.questions_text import WORDS, inquiry_text
from policyengine.report.text import assessment_text

PLANS = tiny.PLANS.replace(
    "    offer:",
    f"    require: [{{id: r, that: x.flag and loan.payment > 0 and x.dear, {tiny.BECAUSE}}}]\n    offer:",
)


def asked(vocabulary: str = tiny.VOCABULARY) -> tuple[pe.PolicySet, Decision]:
    policies = tiny.policies("", PLANS, vocabulary=vocabulary)
    return policies, tiny.decide(policies, tiny.LOAN)


def of(decision: Decision) -> dict[str, str]:
    return {each.path: each.answered_by for each in decision.questions}


def test_the_lender_answers_for_the_loan_and_the_borrower_for_the_rest() -> None:
    _, decision = asked()
    assert of(decision) == {"x.flag": BORROWER, "x.dear": BORROWER, "loan.payment": LENDER}


def test_a_fact_may_say_otherwise() -> None:
    vocabulary = tiny.VOCABULARY.replace(
        "title: {en: costly to know", "answered_by: lender\n    title: {en: costly to know"
    ).replace("loan.payment: {type: money,", "loan.payment: {type: money, answered_by: borrower,")
    _, decision = asked(vocabulary)
    assert of(decision) == {"x.flag": BORROWER, "x.dear": LENDER, "loan.payment": BORROWER}


def test_nobody_else_can_answer() -> None:
    vocabulary = tiny.VOCABULARY.replace("x.flag: {", "x.flag: {answered_by: court, ")
    assert tiny.findings(vocabulary=vocabulary) == ["unknown-value"]


def test_an_entry_of_a_list_is_answered_for_as_the_list() -> None:
    dictionary = asked()[0].dictionary
    assert dictionary.answered_by("x.items[0].n") == BORROWER
    assert dictionary.answered_by("loans[1].payment") == LENDER
    personal = decided("five-lenders").policies.dictionary
    assert personal.answered_by("loan.past_plans[0].months_added") == LENDER
    assert personal.answered_by("borrower.assessed") == LENDER
    assert personal.answered_by("borrower.breathing_spaces[2].ended") == BORROWER


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_views_keep_the_two_apart(lang: str) -> None:
    policies, decision = asked()
    text = _lines(assessment_text(_alone(decision), lang, dictionary=policies.dictionary))
    asks, looks = (text.index(f"  {LABELS[lang][name]}") for name in ("asks", "look_up"))
    payment = next(n for n, line in enumerate(text) if "(loan.payment)" in line and n > asks)
    flag = next(n for n, line in enumerate(text) if "(x.flag)" in line and n > asks)
    assert asks < flag < looks < payment
    page = html_page(_alone(decision), dictionary=policies.dictionary)
    assert page.count(f">{escape(LABELS[lang]['look_up'])}</h3>") == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_borrower_is_not_asked_what_the_lender_looks_up(lang: str) -> None:
    _, decision = asked()
    text = _lines(plain_text(_alone(decision), lang))
    (payment,) = (each for each in decision.questions if each.path == "loan.payment")
    assert not any(payment.title[lang] in line for line in text)
    assert text[-1] == PLAIN[lang]["rest_looked_up"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_where_all_is_looked_up_the_borrower_need_send_nothing(lang: str) -> None:
    policies, _ = asked()
    decision = tiny.decide(policies, {**tiny.LOAN, "x.flag": "true", "x.dear": "true"})
    text = _lines(plain_text(_alone(decision), lang))
    assert PLAIN[lang]["nothing_to_ask"] in text
    assert PLAIN[lang]["asks"] not in text
    assert text[-1] == PLAIN[lang]["looked_up"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_ask_says_which_is_for_the_lender(lang: str) -> None:
    found = decided("flex-asks")
    inquiries = found.policies.ask(found.profile, as_of=found.as_of)
    (inquiry,) = inquiries.inquiries
    assert {each.answered_by for each in inquiry.asked} == {LENDER}
    lines = _lines(inquiry_text(inquiry, lang, dictionary=found.policies.dictionary, width=200))
    said = [line for line in lines if line.strip() == WORDS[lang]["look_up"]]
    assert len(said) == len(inquiry.asked)
    written = json.loads(inquiries.to_json())["inquiries"][0]
    assert {each["answered_by"] for each in written["questions"]} == {LENDER}


def _alone(decision: Decision) -> Assessment:
    return Assessment(date(2024, 11, 20), "", (decision,))


def _lines(lines: Sequence[object]) -> list[str]:
    return [str(line).rstrip() for line in lines]
