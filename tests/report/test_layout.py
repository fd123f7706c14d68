"""Lines are measured in cells and broken where each script allows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from policyengine.report.labels import LABELS, view_languages
from policyengine.report.layout import Page, padded, wrap

WORDS = st.text("ab 还款，。（）¥1.,", max_size=60)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two three", 8, ["one two", "three"]),
        ("one  two\n three", 80, ["one two three"]),
        ("逾期不超过三十天", 8, ["逾期不超", "过三十天"]),
        ("逾期不超，过三", 8, ["逾期不", "超，过三"]),
        ("最多（可提供）三个", 10, ["最多（可提", "供）三个"]),
        ("余额为¥1,234.56元", 10, ["余额为", "¥1,234.56", "元"]),
        ("a-word-that-is-too-long", 10, ["a-word-tha", "t-is-too-l", "ong"]),
    ],
)
def test_wrap(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


@given(WORDS, st.integers(min_value=4, max_value=30))
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("right", "said"),
    [(False, "还款  "), (True, "  还款")],
)
def test_padding_counts_cells(right: bool, said: str) -> None:
    assert padded("还款", 6, right=right) == said
    assert padded("还款", 2, right=right) == "还款"


def test_a_text_hangs_under_its_mark() -> None:
    page = Page(24)
    page.blank()
    page.write("a text of some words that goes on", indent=2, mark="✓")
    page.blank()
    page.blank()
    assert [line.plain for line in page.lines] == [
        "  ✓ a text of some words",
        "    that goes on",
        "",
    ]


def test_every_language_has_every_label() -> None:
    names = [set(LABELS[lang]) for lang in view_languages()]
    assert names.count(names[0]) == len(names)


def test_labels_of_every_language_take_the_same_values() -> None:
    for name, text in LABELS["en"].items():
        holes = {hole.split("}")[0] for hole in text.split("{")[1:]}
        for lang in view_languages():
            found = {hole.split("}")[0] for hole in LABELS[lang][name].split("{")[1:]}
            assert found <= holes, (lang, name)
