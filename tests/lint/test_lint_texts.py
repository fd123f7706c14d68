"""Numerals, citations and negations as texts write them, and the texts of vocabularies."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linting import VOCABULARY, findings

from policyengine.lint._citations import cited
from policyengine.lint._negations import says_no
from policyengine.lint._numerals import chinese_value, numbers_in

DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """Write a number below a hundred million as a Chinese reader does."""
    if number >= 10_000:
        return in_chinese(number // 10_000) + "万" + _rest(number % 10_000, 1000)
    for unit, name in ((1000, "千"), (100, "百"), (10, "十")):
        if number >= unit:
            return DIGITS[number // unit] + name + _rest(number % unit, unit // 10)
    return DIGITS[number]


def _rest(number: int, expected: int) -> str:
    if not number:
        return ""
    return ("零" if number < expected else "") + in_chinese(number)


@given(st.integers(0, 99_999_999))
def test_a_chinese_numeral_is_read_as_it_is_written(number: int) -> None:
    assert chinese_value(in_chinese(number)) == number


@given(st.integers(2, 99_999_999))
def test_a_number_is_the_same_in_digits_and_in_words(number: int) -> None:
    expected = frozenset({Fraction(number)})
    assert numbers_in(f"{number:,} days")[0] == numbers_in(f"{in_chinese(number)}天")[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("二〇二四年", [2024]),
        ("十五", [15]),
        ("一亿二千万", [120_000_000]),
        ("伍佰元", [500]),
        ("三成", ["3/10"]),
        ("2成", ["1/5"]),
        ("千万不要", []),
        ("百信银行", []),
        ("two hundred", [200]),
        ("twenty-four", [24]),
        ("one half", ["1/2"]),
        ("12.5 per cent", ["1/8"]),
        ("31 May", [31, 5]),
        ("this may be one", []),
        ("1 day", [1]),
    ],
)
def test_numbers(text: str, expected: list[str | int]) -> None:
    assert numbers_in(text)[0] == frozenset(map(Fraction, expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("articles 38, 39 and 40", ["38", "39", "40"]),
        ("Art. 4.6", ["4.6"]),
        ("§§ 3–5", ["3", "5"]),
        ("第３９条", ["39"]),
        ("第三十九條", ["39"]),
        ("[a  b]【c】", ["[a b]", "[c]"]),
        ("第3期", []),
        ("the start of it 5", []),
    ],
)
def test_citations(text: str, expected: list[str]) -> None:
    assert cited(text) == frozenset(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not at all", True),
        ("not without advice", False),
        ("不得未经评估", False),
        ("未评估", True),
        ("no more than 3", None),
        ("不超过3", None),
        ("knot", False),
        ("类别", False),
    ],
)
def test_negations(text: str, expected: bool | None) -> None:
    assert says_no(text) is expected


ASKED = """\
  borrower.seen:
    type: boolean
    title: {en: 'seen, § 3', zh: 已见}
    ask: {question: {en: Was it seen?, zh: 没看到吗？}, evidence: {en: payslips of six months, zh: 三个月工资单}}
"""


def test_the_texts_of_a_vocabulary_are_compared_too() -> None:
    found = findings("", {"vocabulary/small.yaml": VOCABULARY + ASKED})
    assert [(d.code, d.span.line - VOCABULARY.count("\n")) for d in found if d.span] == [
        ("differing-citation", 3),
        ("differing-negation", 4),
        ("differing-number", 4),
        ("differing-number", 4),
    ]


def test_only_what_can_be_confirmed_is() -> None:
    fragment = """\
referrals:
  help:
    title: {en: Help, zh: 帮助}
    when: borrower.willing
    because: {en: Art. 3., zh: 第四条。, confirmed: [numbers, citations]}
"""
    assert [d.code for d in findings(fragment)] == ["unknown-value"]
    loaded = fragment.replace(", citations", "")
    assert [d.code for d in findings(loaded)] == ["differing-citation", "differing-citation"]
