"""Why there is no answer: a code, and a sentence in every language."""

from __future__ import annotations

import ast
import pickle
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from string import Formatter

import pytest
import tiny

import policyengine as pe
from policyengine.causes import cause
from policyengine.causes.words import AND, CAUSES
from policyengine.decision.why import Why
from policyengine.finance.errors import FinanceError
from policyengine.report.text import assessment_text

SOURCE = Path(pe.__file__).parent


def test_it_is_its_english_sentence() -> None:
    why = Why("no_row", table="cap")
    assert why == "no row of `cap` fits"
    assert (why.code, why.values) == ("no_row", {"table": "cap"})
    assert why.said("zh") == "表`cap`中没有适用的行"


def test_it_can_be_kept() -> None:
    again = pickle.loads(pickle.dumps(Why("no_row", table="{cap}")))  # noqa: S301  # our own
    assert (again, again.code, again.said("zh")) == (
        "no row of `{cap}` fits",
        "no_row",
        "表`{cap}`中没有适用的行",
    )


def test_every_language_has_every_sentence() -> None:
    assert {tuple(words) for words in CAUSES.values()} == {tuple(CAUSES["en"])}
    assert AND.keys() == CAUSES.keys()


def values_of(language: str, code: str) -> dict[str, str]:
    """The values that a sentence names, and the kind of each."""
    parts = Formatter().parse(CAUSES[language][code])
    return {name: kind or "" for _, name, kind, _ in parts if name}


@pytest.mark.parametrize("code", CAUSES["en"])
def test_a_sentence_names_the_values_that_the_english_one_does(code: str) -> None:
    assert values_of("zh", code).keys() == values_of("en", code).keys()
    kinds = {kind for language in CAUSES for kind in values_of(language, code).values()}
    assert kinds <= SAMPLES.keys()


SAMPLES = {
    "": "plan.name",
    "amount": 123456,
    "percent": Fraction(1, 8),
    "months": 12,
    "number": 12345,
    "day": date(2024, 11, 20),
    "why": cause("no_instalment"),
}


def sample(code: str) -> Why:
    values = values_of("zh", code) | values_of("en", code)
    found = {name: SAMPLES[kind] for name, kind in values.items()}
    return Why(code, currency="CNY", **found)


@pytest.mark.parametrize("code", CAUSES["zh"])
def test_a_chinese_sentence_has_no_english_word(code: str) -> None:
    """What stands in backticks is a name: of a fact, a step, a rule, a file or a currency."""
    said = re.sub("`[^`]*`", "", sample(code).said("zh"))
    assert not re.search("[A-Za-z]", said), said
    assert re.search("[\u4e00-\u9fff]", said)


@pytest.mark.parametrize("code", CAUSES["en"])
def test_every_value_is_written_as_readers_write_it(code: str) -> None:
    english, chinese = (sample(code).said(language) for language in ("en", "zh"))
    for language, said, kinds in (("en", english, EN), ("zh", chinese, ZH)):
        for kind in set(values_of(language, code).values()) & kinds.keys():
            assert kinds[kind] in said


EN = {
    "amount": "CN¥1,234.56",
    "percent": "12.5%",
    "day": "November 20, 2024",
    "months": "12 months",
}
ZH = {"amount": "¥1,234.56", "percent": "12.5%", "day": "2024年11月20日", "months": "12个月"}


def test_a_cause_within_a_cause_is_in_the_same_language() -> None:
    steps = tuple(cause("unusable", step=name, why=cause("no_amount", amount=-5)) for name in "ab")
    why = Why("no_usable_step", currency="JPY", why=steps)
    assert (
        why
        == "no step can be used: `a`: `-5` is no amount above zero; `b`: `-5` is no amount above zero"
    )
    assert why.said("zh") == (
        "没有可以采取的调整步骤（`a`：-JP¥5不是大于零的金额；`b`：-JP¥5不是大于零的金额）"
    )


def test_the_plain_sentence_has_exact_decimals() -> None:
    why = Why(
        "not_repayable",
        currency="CNY",
        why=FinanceError("above_owed", n=3, payment=5, owed=123456).cause,
    )
    assert why == "instalment `3` of `0.05` is above the `1234.56` owed"
    assert why.said("en") == "instalment 3 of CN¥0.05 is above the CN¥1,234.56 owed"
    assert why.said("zh") == "按这些条款无法计算还款计划（第3期还款¥0.05高于所欠的¥1,234.56）"


def _codes_in_source() -> set[str]:
    found: set[object] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _called(node) in _MAKERS:
                found |= _constants(node.args[0])
            elif isinstance(node, ast.Dict) and path.name == "clashes.py":
                found |= {value for each in node.values for value in _constants(each)}
    return {code for code in CAUSES["en"] if code in found}


_MAKERS = {"Why", "undefined", "cause", "FinanceError", "why"}


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def _constants(node: ast.AST) -> set[object]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant)}


def test_every_code_is_used() -> None:
    assert _codes_in_source() == set(CAUSES["en"])


def test_a_page_in_chinese_says_why_in_chinese() -> None:
    plans = """\
plans:
  relief:
    title: {en: Relief, zh: 纾困}
    require: [{id: it, that: x.n / x.m > 1, because: {en: 'It is {x.n / x.m}.', zh: '为{x.n / x.m}。'}}]
    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}
"""
    decision = tiny.decide(tiny.policies(plans=plans), {**tiny.LOAN, "x.n": "1", "x.m": "0"})
    assessment = pe.Assessment(date(2024, 11, 20), "engine", (decision,))
    page = "\n".join(line.plain for line in assessment_text(assessment, "zh"))
    assert "? 为［无法计算］。" in page
    assert "无法计算：除数为零，见" in page
    assert '"undefined_codes": [\n' in assessment.to_json()
    assert '"division_by_zero"' in assessment.to_json()
