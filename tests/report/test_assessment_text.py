"""The terminal view. Whole pages that were read by a person stand in `cases`; here, what they do not lead to.

`UPDATE_GOLDEN=1 pytest tests/report` writes the pages anew; read what changed before you keep it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.cells import cell_len
from tiny import HEAD, LOAN, decide, policies

import policyengine as pe
from policyengine.report.labels import LABELS, languages_of
from policyengine.report.text import assessment_text

GOLDEN = Path(__file__).parent / "golden"
EXAMPLES = Path(__file__).parent.parent.parent / "policies" / "examples"


def page(policy_set: pe.PolicySet, assessment: pe.Assessment, lang: str, **more: bool) -> str:
    lines = assessment_text(assessment, lang, dictionary=policy_set.dictionary, **more)
    return "".join(line.plain.rstrip() + "\n" for line in lines)


def held_against(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def test_every_payment_on_request(lenders: pe.PolicySet) -> None:
    assessment = lenders.decide(pe.Profile.from_file(EXAMPLES / "mr-li.yaml"))
    held_against("mr-li-schedule.en", page(lenders, assessment, "en", schedule=True))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_is_wider_than_asked(lenders: pe.PolicySet, lang: str, width: int) -> None:
    assessment = lenders.decide(pe.Profile.from_file(EXAMPLES / "five-lenders.yaml"))
    lines = assessment_text(assessment, lang, dictionary=lenders.dictionary, width=width)
    assert max(cell_len(line.plain) for line in lines) <= min(width, 100)


def test_a_chinese_page_has_no_english_labels(lenders: pe.PolicySet) -> None:
    assessment = lenders.decide(pe.Profile.from_file(EXAMPLES / "five-lenders.yaml"))
    text = page(lenders, assessment, "zh", schedule=True)
    words = {label.split("{")[0].strip() for label in LABELS["en"].values()}
    labels = {word for word in words if len(word) > 4}
    assert not [label for label in labels if label in text]


def test_a_loan_that_no_policy_applies_to_is_shown(lenders: pe.PolicySet) -> None:
    loan = {"id": "X", "lender": "other", "product": "other"}
    profile = {"as_of": "2024-11-20", "currency": "CNY", "loans": [loan]}
    assessment = lenders.decide(profile)
    assert page(lenders, assessment, "en").endswith("Loan X\n  Not assessed: no policy applies.\n")
    assert "贷款 X\n  未评估" in page(lenders, assessment, "zh")


def test_texts_are_shown_as_they_are_written() -> None:
    """Brackets are no markup, and nothing is made of `:smile:`."""
    body = """\
referrals:
  advice:
    title: {en: '[bold]Advice[/bold] :smile:', zh: '[bold]建议[/bold] :smile:'}
    when: x.flag
    because: {en: 'See [1].', zh: '见[1]。'}
"""
    found = decide(policies(body), {"x.flag": "true"})
    text = page(policies(body), assessment_of(found), "en")
    assert "  → [bold]Advice[/bold] :smile:\n    See [1].\n" in text


def assessment_of(decision: pe.Decision) -> pe.Assessment:
    from datetime import date  # noqa: PLC0415

    return pe.Assessment(date(2024, 11, 20), "engine", (decision,))


def test_parts_of_a_reason_stand_below_it() -> None:
    plans = """\
plans:
  relief:
    title: {en: Relief, zh: 纾困}
    require:
      - id: either
        any:
          - {id: one, that: x.flag, because: {en: First., zh: 一。}}
          - {id: two, that: x.n / x.m > 1, because: {en: Second., zh: 二。}}
        because: {en: One of two., zh: 二者之一。}
    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}
"""
    policy_set = policies(plans=plans)
    assessment = assessment_of(decide(policy_set, {"x.flag": "false", "x.n": "1", "x.m": "0"}))
    text = page(policy_set, assessment, "en")
    assert "    ? One of two.\n" in text
    assert "      Any of these is enough:\n        ✗ First.\n" in text
    assert "        ? Second.\n          Has no value:" in text
    assert "须满足" in page(policy_set, assessment, "zh") or "满足以下任一项即可" in page(
        policy_set, assessment, "zh"
    )


def test_where_no_terms_can_be_worked_out_the_page_says_why() -> None:
    steps = "{holiday: {months: 1..x.months, interest: waived, maturity: extends}}"
    plans = (
        "plans:\n  relief:\n    title: {en: Relief, zh: 纾困}\n"
        f"    offer: {{steps: [{steps}], until: plan.payment >= 0}}\n"
    )
    policy_set = policies(plans=plans)
    assessment = assessment_of(decide(policy_set, LOAN | {"x.months": "0"}))
    english = "Why: no step can be used: `holiday`: nothing lies from 1 to 0 months."
    chinese = "原因：没有可以采取的调整步骤（`holiday`：从1到0个月之间没有可选值）。"
    for language, why in (("en", english), ("zh", chinese)):
        text = page(policy_set, assessment, language)
        assert "".join(why.split()) in "".join(text.split())


def test_a_view_without_a_dictionary_goes_by_paths() -> None:
    found = assessment_of(decide(policies(plans=PLAN_WITH_ASK)))
    lines = [line.plain for line in assessment_text(found, "en")]
    assert "  ? x.dear" in lines
    assert "      Not known: x.dear." in lines


PLAN_WITH_ASK = """\
plans:
  relief:
    title: {en: Relief, zh: 纾困}
    require: [{id: dear, that: x.dear, because: {en: Dear., zh: 贵。}}]
    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}
"""


def test_what_to_ask_comes_with_its_question_and_evidence() -> None:
    policy_set = policies(plans=PLAN_WITH_ASK)
    text = page(policy_set, assessment_of(decide(policy_set)), "en")
    assert "  ? Is it?\n    costly to know (x.dear)\n    Evidence: a paper\n" in text
    text = page(policy_set, assessment_of(decide(policy_set)), "zh")
    assert "  ? 是吗？\n    难以获知 (x.dear)\n    证明材料：文件\n" in text


def test_a_language_is_one_that_all_decisions_have(lenders: pe.PolicySet) -> None:
    assessment = lenders.decide(pe.Profile.from_file(EXAMPLES / "five-lenders.yaml"))
    assert languages_of(assessment) == ("en", "zh")
    english = decide(
        policies(plans=ENGLISH, head=HEAD.replace("en, zh", "en").replace(", zh: 小", ""))
    )
    assert languages_of(assessment_of(english)) == ("en",)


ENGLISH = """\
plans:
  nothing:
    title: {en: Nothing}
    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}
"""
