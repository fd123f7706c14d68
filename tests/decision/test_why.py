"""Why there is no answer: a code, and a sentence in every language."""

from __future__ import annotations

import ast
import pickle
import re
from datetime import date
from pathlib import Path

import pytest
import tiny

import policyengine as pe
from policyengine.decision.why import WHY, Why
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
    assert {tuple(words) for words in WHY.values()} == {tuple(WHY["en"])}


@pytest.mark.parametrize("code", WHY["en"])
def test_a_sentence_names_no_value_that_english_lacks(code: str) -> None:
    english, chinese = (set(re.findall(r"\{(\w+)\}", WHY[lang][code])) for lang in ("en", "zh"))
    assert chinese == english


def _codes_in_source() -> set[str]:
    found: set[object] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Why", "undefined"):
                found |= {n.value for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant)}
    return {code for code in WHY["en"] if code in found}


def test_every_code_is_used() -> None:
    assert _codes_in_source() == set(WHY["en"])


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
