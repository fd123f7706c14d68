"""The page for the borrower and the one for the file, read by a person, and what both languages have in common."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from golden_cases import decided
from test_assessment_text import EXAMPLES, held_against
from tiny import LOAN, decide, policies

import policyengine as pe
from policyengine.decision.plain_words import PLAIN
from policyengine.report.plain_text import plain_text
from policyengine.report.text import assessment_text

ALL = sorted(path.stem for path in EXAMPLES.glob("*.yaml"))
LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def everything() -> pe.PolicySet:
    return pe.load(Path(__file__).parents[2] / "policies")


def assessed(policy_set: pe.PolicySet, example: str, without: str = "^$") -> pe.Assessment:
    text = (EXAMPLES / f"{example}.yaml").read_text("utf-8")
    return policy_set.decide(pe.Profile.from_bytes(example, re.sub(without, "", text).encode()))


def plain_page(assessment: pe.Assessment, lang: str) -> str:
    return "".join(line.plain.rstrip() + "\n" for line in plain_text(assessment, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_file_has_this(everything: pe.PolicySet, lang: str) -> None:
    lines = assessment_text(
        assessed(everything, "five-lenders"), lang, dictionary=everything.dictionary, full=True
    )
    page = "".join(line.plain.rstrip() + "\n" for line in lines)
    held_against(f"five-lenders.file.{lang}", page)


@pytest.mark.parametrize("example", ALL)
def test_the_borrower_reads_no_codes_rules_paths_or_positions(
    everything: pe.PolicySet, example: str
) -> None:
    assessment = assessed(everything, example)
    for lang in set.intersection(*(set(d.title) for d in assessment.decisions), set(LANGUAGES)):
        page = plain_page(assessment, lang)
        for decision in assessment.decisions:
            for reason in (r for plan in decision.plans for r in plan.reasons):
                assert not reason.code or reason.code not in page
                assert reason.at not in page
                assert not re.search(rf"\b{reason.rule}\b", page) or "_" not in reason.rule
            assert not [path for path in decision.asks if path in page]


def numbers(text: str) -> list[str]:
    """Return the amounts, rates, counts and dates of a text, whatever the language puts around them."""
    months = "January February March April May June July August September October November December"
    for n, month in enumerate(months.split(), start=1):
        text = re.sub(rf"{month} (\d+), (\d+)", rf"\2年{n}月\1日", text)
    return sorted(re.findall(r"-?\d[\d,.]*\d|-?\d", text.replace("CN¥", "¥").replace("-¥", "-")))


@pytest.mark.parametrize("example", ALL)
@pytest.mark.parametrize("without", ["^$", "(?m)^hardship: .*$"])
def test_both_languages_say_the_same_values_and_as_many_reasons(
    everything: pe.PolicySet, example: str, without: str
) -> None:
    assessment = assessed(everything, example, without)
    for decision in assessment.decisions:
        if set(decision.title) != set(LANGUAGES):
            continue
        for plan in decision.plans:
            for profile in ("reasons", "full", "plain"):
                en, zh = (plan.justification.render(lang, profile) for lang in LANGUAGES)
                assert len(en.splitlines()) == len(zh.splitlines())
                head = 2 if plan.provisional else 1
                marks = [
                    [line.strip()[:1] for line in text.splitlines()[head:]] for text in (en, zh)
                ]
                assert profile == "plain" or marks[0] == marks[1]
            for reason in plan.reasons:
                assert numbers(reason.text["en"]) == numbers(reason.text["zh"])


FIVE = "".join(
    f"      - {{id: r{n}, that: x.n >= {100 + n}, code: C{n}, because: {{en: Rule {n}., zh: 规则{n}。}}}}\n"
    for n in range(5)
)
PLANS = f"""\
plans:
  relief:
    title: {{en: Relief, zh: 纾困}}
    require:
{FIVE}    offer: {{steps: [{{term: {{exactly: 12}}}}], until: plan.payment >= 0}}
"""


def test_a_reason_that_ranks_lower_is_said_to_hold_as_much() -> None:
    plan = decide(policies(plans=PLANS), {**LOAN, "x.n": "0"}).plan("relief")
    assert plan.justification.render("en", "plain") == (
        "Relief\n"
        "  It cannot be offered.\n"
        "  The main reasons:\n"
        "    1. Rule 0.\n    2. Rule 1.\n    3. Rule 2.\n    4. Rule 3.\n"
        "  These reasons hold just as much. They only stand behind the main ones:\n"
        "    5. Rule 4.\n"
        "  What would change this:\n"
        "    Nothing that you can change yourself would make this plan possible."
    )
    chinese = plan.justification.render("zh", "plain")
    assert "  以下理由同样成立，只是排在主要理由之后：\n    5. 规则4。" in chinese


TWO = "".join(
    f"""\
  {name}:
    title: {{en: "{name.title()}, in full", zh: {name}}}
    require: [{{id: enough, that: x.n >= {least}, because: {{en: At least {least}., zh: 至少{least}。}}}}]
    offer: {{steps: [{{term: {{exactly: 12}}}}], until: plan.payment >= 0}}
"""
    for name, least in (("relief", 10), ("rescue", 20))
)


def borrower(decision: pe.Decision, lang: str = "en") -> str:
    return plain_page(pe.Assessment(date(2024, 11, 20), "engine", (decision,)), lang)


NOTHING = (
    "    What would change this:\n"
    "      Nothing that you can change yourself would make this plan possible.\n"
)


def test_each_of_several_plans_is_refused_for_reasons_of_its_own() -> None:
    text = borrower(decide(policies(plans="plans:\n" + TWO), {**LOAN, "x.n": "0"}))
    assert text == (
        "Your loan L\nNo plan can be offered.\n\n"
        f"  Relief, in full\n    It cannot be offered.\n    The reason:\n      At least 10.\n{NOTHING}\n"
        f"  Rescue, in full\n    It cannot be offered.\n    The reason:\n      At least 20.\n{NOTHING}"
    )


def test_where_the_borrower_can_tell_nothing_more_nothing_is_asked() -> None:
    (decision,) = decided("aibank-no-lpr").assessment.decisions
    assert not decision.asks
    assert "yet. There is nothing that you need to send us.\n" in borrower(decision)
    assert "目前还不能决定。您无需补充材料。\n" in borrower(decision, "zh")


def test_every_language_has_every_sentence_with_the_same_values() -> None:
    def holes(lang: str) -> dict[str, set[str]]:
        return {name: set(re.findall(r"\{(\w+)\}", text)) for name, text in PLAIN[lang].items()}

    assert holes("en") == holes("zh")
