"""What would change a denial, wherever it is read: on the terminal, on the page and by the borrower."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

import attrs
import pytest
import tiny
from rich.text import Text

import policyengine as pe
from policyengine.explain.changes import changes_of, places
from policyengine.report.page.render import html_page
from policyengine.report.plain_text import plain_text
from policyengine.report.text import assessment_text

UP = "actionable: {step: 10.00, direction: up}"
DOWN = "actionable: {step: 10.00, direction: down}"
WITHIN = "min: 0, max: 5.00, actionable: {step: 1.00}"
STEPS = "- term: {up_to: +3, step: 1}"


@attrs.frozen
class Denial:
    """A denied plan, and what is said of what would change it; to the borrower, where that is something else."""

    facts: Mapping[str, str]
    ways: Mapping[str, str]
    require: str
    said: Mapping[str, tuple[str, ...]]
    to_borrower: Mapping[str, tuple[str, ...]] = {}
    steps: str = STEPS
    until: str = "plan.max_payment <= x.cash"


NOTHING = {
    "en": ("Nothing that you can change yourself would make this plan possible.",),
    "zh": ("您自身能作的改变都无法使该方案成为可能。",),
}
DENIALS = {
    "single facts": Denial(
        facts={"x.cash": "770.00", "x.cost": "0.00"},
        ways={"x.cash": UP},
        require="x.cost <= 60",
        said={
            "en": ("With cash of CN¥800.00 (CN¥30.00 more) this plan could be offered.",),
            "zh": ("若现金为¥800.00（增加¥30.00），即可提供该方案。",),
        },
    ),
    "a pair": Denial(
        facts={"x.cash": "770.00", "x.cost": "95.00"},
        ways={"x.cash": UP, "x.cost": DOWN},
        require="x.cost <= 60",
        said={
            "en": ("With cash of CN¥800.00 (CN¥30.00 more) and cost of CN¥55.00 (CN¥40.00 less)",),
            "zh": ("若现金为¥800.00（增加¥30.00）且成本为¥55.00（减少¥40.00），即可提供该方案。",),
        },
    ),
    "no pair": Denial(
        facts={"x.cash": "3.00", "x.cost": "3.00"},
        ways={"x.cash": WITHIN, "x.cost": WITHIN},
        require="x.cash + x.cost == 7.50",
        until="plan.payment >= 0",
        said={
            "en": ("No change of one or two of these facts would be enough: cash, cost.",),
            "zh": ("仅改变以下一项或两项均不足够：现金、成本。",),
        },
    ),
    "a gap": Denial(
        facts={"x.cash": "1000.00", "x.n": "0"},
        ways={"x.n": "actionable: {step: 1, direction: up}"},
        require="x.n == 1000",
        said={
            "en": (
                "No change of one or two of these facts was found that would be enough: number.",
                "Changes of number were looked at up to",
            ),
            "zh": ("未找到改变以下一项或两项即可的情形：数。", "对数的改变只查找到"),
        },
    ),
    "no honest change": Denial(
        facts={"x.cash": "700.00", "x.flag": "false"},
        ways={"x.cash": UP},
        require="x.flag",
        said={
            "en": (
                "No change that is up to the borrower helps. What would still not be met: It is so.",
            ),
            "zh": ("借款人自身能作的改变均无济于事。仍不满足的要求：如此。",),
        },
        to_borrower=NOTHING,
    ),
    "no schedule": Denial(
        facts={"x.cash": "700.00", "x.months": "0"},
        ways={"x.cash": UP},
        require="x.cash >= 0",
        steps="- holiday: {months: 1..x.months, interest: waived, maturity: extends}",
        said={
            "en": ("What would still not be met: A repayment schedule must be possible within",),
            "zh": ("仍不满足的要求：须能在该方案允许的调整范围内安排还款计划。",),
        },
        to_borrower=NOTHING,
    ),
}


def policies_of(denial: Denial) -> pe.PolicySet:
    vocabulary = tiny.VOCABULARY
    for path, way in denial.ways.items():
        pattern = rf"(?m)^(  {re.escape(path)}: {{type: \w+,)"
        vocabulary = re.sub(pattern, rf"\1 {way},", vocabulary)
    rule = f"      - {{id: barred, that: {tiny.quoted(denial.require)}, {tiny.BECAUSE}}}\n"
    plans = tiny.offer(denial.steps, denial.until).replace(
        "    offer:", f"    require:\n{rule}    offer:"
    )
    return tiny.policies("", plans, vocabulary=vocabulary)


def decided(denial: Denial) -> tuple[pe.PolicySet, pe.Assessment]:
    policies = policies_of(denial)
    return policies, policies.decide(tiny.profile({**tiny.LOAN, **denial.facts}))


def one_line(lines: Iterable[Text]) -> str:
    return " ".join(line.plain.strip() for line in lines)


@pytest.fixture(autouse=True)
def soon_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MAX_PLACES", 200)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("denial", DENIALS.values(), ids=DENIALS)
def test_the_terminal_says_it(denial: Denial, lang: str) -> None:
    policies, assessment = decided(denial)
    lines = assessment_text(assessment, lang, dictionary=policies.dictionary, width=300)
    text = one_line(lines)
    assert all(said in text for said in denial.said[lang])


@pytest.mark.parametrize("denial", DENIALS.values(), ids=DENIALS)
def test_the_page_says_it_in_both_languages(denial: Denial) -> None:
    policies, assessment = decided(denial)
    page = html_page(assessment, dictionary=policies.dictionary)
    text = unescape(re.sub("<[^>]*>", "", page))
    english, chinese = text.split("怎样可以改变")
    assert "What would change it" in english
    assert all(said in english for said in denial.said["en"])
    assert all(said in chinese for said in denial.said["zh"])


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("denial", DENIALS.values(), ids=DENIALS)
def test_the_borrower_reads_it_without_the_names_of_rules(denial: Denial, lang: str) -> None:
    _, assessment = decided(denial)
    (plan,) = assessment.decisions[0].plans
    read = plan.justification.render(lang, "plain")
    page = one_line(plain_text(assessment, lang, width=300))
    for said in denial.to_borrower.get(lang) or denial.said[lang]:
        assert said in read
        assert said in page
    assert "barred" not in read + page


def test_of_an_offer_nothing_is_said_to_change_it() -> None:
    assessment = decided(
        attrs.evolve(DENIALS["single facts"], facts={"x.cash": "5000.00", "x.cost": "0"})
    )[1]
    text = html_page(assessment) + one_line(plain_text(assessment))
    assert "What would change" not in text


def test_nothing_is_looked_for_until_somebody_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def counting(*asked: Any) -> Any:
        looked.append(asked[0].plan.id)
        return changes_of(*asked)

    monkeypatch.setattr("policyengine.explain.changes.changes_of", counting)
    denial = DENIALS["a pair"]
    policies, assessment = decided(denial)
    (decision,) = assessment.decisions
    (plan,) = decision.plans
    policies.record(tiny.profile({**tiny.LOAN, **denial.facts}), salt=bytes(32))
    assert (decision.outcome, plan.status) == ("refuse", "denied")
    assert plan.reasons
    assert plan.shortfall
    assert plan.justification.tree
    assert plan.justification.render("en", "full")
    assert looked == []
    html_page(assessment, dictionary=policies.dictionary)
    html_page(assessment, dictionary=policies.dictionary)
    assert plan.justification.render("en", "plain")
    assert looked == ["relief"]
