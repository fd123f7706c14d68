"""The documents behind a decision: each with its name in the reasons, its title, what it is, and whose it is."""

from __future__ import annotations

from datetime import date

import pytest
from golden_cases import decided

from policyengine.model.common import SOURCE_KINDS
from policyengine.report.labels import LABELS
from policyengine.report.layout import Page
from policyengine.report.sources_text import source_lines
from policyengine.report.text import assessment_text
from policyengine.report.view import View


@pytest.mark.parametrize("lang", LABELS)
def test_every_kind_of_source_has_a_word(lang: str) -> None:
    assert {f"source.{kind}" for kind in SOURCE_KINDS} <= LABELS[lang].keys()


def test_a_source_says_what_it_is_and_which_regulation_it_is_of() -> None:
    (decision,) = decided("aibank-offered").assessment.decisions
    (consumption,) = (each for each in decision.sources if each.name == "consumption")
    assert (consumption.origin, consumption.date) == ("cn.personal-loan", date(2025, 3, 21))
    lines = source_lines(decision, View(Page(), "en"))
    assert lines[0].startswith("article: ")
    assert (
        "consumption: 金融监管总局关于发展消费金融助力提振消费的通知 (regulation, Mar 21, 2025, cn.personal-loan)"
        in lines
    )


@pytest.mark.parametrize(
    ("lang", "heading", "first"), [("en", "Sources", "article"), ("zh", "依据", "文章")]
)
def test_the_file_lists_them(lang: str, heading: str, first: str) -> None:
    found = decided("aibank-offered")
    lines = [line.plain for line in assessment_text(found.assessment, lang, full=True)]
    at = lines.index(f"  {heading}")
    assert lines[at + 1].startswith(f"  · {first}")
    assert f"  {heading}" not in [line.plain for line in assessment_text(found.assessment, lang)]
