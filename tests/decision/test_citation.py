"""What a rule cites, as readers of each language write it."""

from __future__ import annotations

import pytest
import tiny

import policyengine as pe

SOURCES = """\
sources:
  law: {kind: regulation, title: {en: The Law, zh: 某法}, cited_as: {en: the law, zh: 法}}
  paper: {kind: guidance, title: One title}
"""
LINES = [
    ("law", "the law", "法"),
    ("law art. 70", "the law art. 70", "法第70条"),
    ("law art. 28, 29", "the law art. 28, 29", "法第28、29条"),
    ("law article 4.4", "the law article 4.4", "法第4.4条"),
    ("law § 3", "the law § 3", "法第3节"),
    ("law §3.2", "the law §3.2", "法第3.2节"),
    ("law 4.4, 4.7", "the law 4.4, 4.7", "法4.4、4.7"),
    ("law 2.5 (1), (4), 2.6", "the law 2.5 (1), (4), 2.6", "法2.5 (1)、(4)、2.6"),
    ("law annex B", "the law annex B", "法 annex B"),
    ("law art. 70 (2)", "the law art. 70 (2)", "法 art. 70 (2)"),
    ("paper 1", "paper 1", "paper1"),
    ("law art. 1; paper", "the law art. 1; paper", "法第1条；paper"),
]


def policies(source: str) -> pe.PolicySet:
    rule = f"    require: [{{id: r, that: x.flag, {tiny.BECAUSE}, source: '{source}'}}]\n    offer:"
    return tiny.policies(SOURCES, tiny.PLANS.replace("    offer:", rule))


def citation(source: str) -> dict[str, str]:
    (plan,) = tiny.decide(policies(source)).plans
    (reason,) = (each for each in plan.reasons if each.rule == "r")
    assert reason.source == source
    assert plan.justification.tree.branches[0].citation == reason.citation
    return dict(reason.citation)


@pytest.mark.parametrize(("source", "en", "zh"), LINES)
def test_lines(source: str, en: str, zh: str) -> None:
    assert citation(source) == {"en": en, "zh": zh}


def test_a_source_has_its_title_in_each_language_or_one_for_all() -> None:
    law, paper = tiny.decide(policies("law; paper")).sources
    assert (law.title, law.cited_as) == (
        {"en": "The Law", "zh": "某法"},
        {"en": "the law", "zh": "法"},
    )
    assert paper.title == {"en": "One title", "zh": "One title"}
    assert paper.cited_as == {"en": "paper", "zh": "paper"}


def test_a_title_that_lacks_a_language_is_found() -> None:
    assert "missing-translation" in tiny.findings(SOURCES.replace(", zh: 某法", ""))
