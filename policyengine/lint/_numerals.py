"""Numerals as digits and as words.

The words are a closed list: in English those below and their compounds (`twenty-four`, `two hundred`), in Chinese
numerals of any length, and `百分之…`, `…成`, `…分之…`, `半`. *One* counts only as a digit: `one`, `first`, `一` and
`首` are as often no number at all, so they may stand for a 1 in the other language and need not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
#: The characters that Chinese numerals are made of.
CHINESE = "".join([*_DIGITS, *_SMALL, *_LARGE])
#: Words with a numeral that count nothing.
_IDIOMS = re.compile(rf"(?<![\d{CHINESE}])(?:十分(?![之钟])|万一)|再三|接二连三")

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
_TEENS = ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_CARDINAL = {word: n for n, word in enumerate([*_UNITS, *_TEENS])} | {
    word: 10 * n for n, word in enumerate(_TENS, start=2)
}
_OTHERS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6} | {
    "twice": 2, "thrice": 3, "dozen": 12,
}  # fmt: skip
_MULTIPLES = (
    {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
    | {"百": 100, "千": 1000}
    | _LARGE
)
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

_DIGIT = r"\d(?:[\d,]*\d)?(?:\.\d+)?"
_MULTIPLE = "|".join(_MULTIPLES)
_AS_DIGITS = re.compile(
    rf"({_DIGIT})\s*(?:({_MULTIPLE}))?\s*(%|percent|per cent|成)?", re.IGNORECASE
)
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})\b(?=\s*\d)|(?<=\d )({'|'.join(_MONTHS)})\b")
_ENGLISH = re.compile(
    rf"\b(?:(one|two|three|four)[ -]({'|'.join(_PARTS)})s?"
    rf"|({'|'.join(_TENS)})[ -]({'|'.join(_UNITS[1:10])})"
    rf"|({'|'.join([*_CARDINAL, *_OTHERS])})(?:[ -]({_MULTIPLE}))?|half)\b",
    re.IGNORECASE,
)
_NUMERAL = rf"[{CHINESE}]+"
_HANZI = re.compile(rf"百分之({_NUMERAL})|({_NUMERAL})分之({_NUMERAL})|({_NUMERAL})(成)?|半")
_MAYBE_ENGLISH = {"one": 1, "once": 1, "first": 1, "single": 1, "only": 1} | dict.fromkeys(
    ("both", "pair", "couple", "double", "either", "neither"), 2
)
_MAYBE_CHINESE = {"一": 1, "首": 1, "双": 2}
_ONE = Fraction(1)


def numbers_in(text: str) -> tuple[frozenset[Fraction], frozenset[Fraction]]:
    """Return the numbers that a text states, and those that a word of it may state."""
    plain = _IDIOMS.sub(" ", text.translate(_FORMAL))
    in_digits, rest = set(_digits(plain)), _AS_DIGITS.sub(" ", plain)
    in_words = {*_english(rest), *_hanzi(rest), *_months(plain)}
    return frozenset(in_digits | (in_words - {_ONE})), _perhaps(rest)


def chinese_value(numeral: str) -> int:
    """Return what a Chinese numeral is worth; one without units is read digit by digit."""
    if not any(c in _SMALL or c in _LARGE for c in numeral):
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total = section = digit = 0
    for c in numeral:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _SMALL:
            section, digit = section + (digit or 1) * _SMALL[c], 0
        else:
            before, below = (total, section) if c == "万" else (0, total + section)
            total, section, digit = before + (below + digit) * _LARGE[c], 0, 0
    return total + section + digit


def _digits(text: str) -> Iterator[Fraction]:
    for number, multiple, share in _AS_DIGITS.findall(text):
        value = Fraction(number.replace(",", "")) * _MULTIPLES.get(multiple.lower(), 1)
        yield value / {"": 1, "成": 10}.get(share, 100)


def _months(text: str) -> Iterator[Fraction]:
    for before, after in _MONTH.findall(text):
        yield Fraction(_MONTHS.index(before or after) + 1)


def _english(text: str) -> Iterator[Fraction]:
    for match in _ENGLISH.finditer(text):
        share, part, tens, unit, word, multiple = (
            found and found.lower() for found in match.groups()
        )
        if part:
            yield Fraction(_CARDINAL[share], _PARTS[part])
        elif tens:
            yield Fraction(_CARDINAL[tens] + _CARDINAL[unit])
        elif word:
            yield Fraction((_CARDINAL | _OTHERS)[word] * _MULTIPLES.get(multiple or "", 1))
        else:
            yield Fraction(1, 2)


def _hanzi(text: str) -> Iterator[Fraction]:
    for match in _HANZI.finditer(text):
        percent, below, above, numeral, tenths = match.groups()
        if percent:
            yield Fraction(chinese_value(percent), 100)
        elif below:
            yield Fraction(chinese_value(above), chinese_value(below))
        elif numeral is None:
            yield Fraction(1, 2)
        elif any(c in _DIGITS or c == "十" for c in numeral):
            yield Fraction(chinese_value(numeral), 10 if tenths else 1)


def _perhaps(text: str) -> frozenset[Fraction]:
    words = re.findall(r"[a-z]+", text.lower())
    found = [_MAYBE_ENGLISH[word] for word in words if word in _MAYBE_ENGLISH]
    return frozenset(map(Fraction, [*found, *(n for c, n in _MAYBE_CHINESE.items() if c in text)]))
