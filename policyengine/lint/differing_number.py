"""Texts that state different numbers in different languages."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from unicodedata import normalize

from policyengine.diagnostics import Diagnostic
from policyengine.ir.program import Program
from policyengine.lint._citations import without_citations
from policyengine.lint._numerals import numbers_in
from policyengine.lint._texts import Said, found_in, pairs

CODE = "differing-number"
_HINT = (
    "state the same numbers in every language; "
    "where a word only looks like one, add `confirmed: numbers` beside the texts"
)


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each number that another language lacks."""
    return found_in(program, _lacking)


def _lacking(said: Said) -> Iterator[Diagnostic]:
    for (here, text), (there, other) in pairs(said):
        for number in sorted(_numbers(text)[0] - _numbers(other)[0] - _numbers(other)[1]):
            message = f"`{_shown(number)}` stands in the text `{here}` and not in `{there}`"
            yield from said.finding(CODE, message, _HINT, (here, there), confirm="numbers")


@lru_cache(maxsize=4096)
def _numbers(text: str) -> tuple[frozenset[Fraction], frozenset[Fraction]]:
    return numbers_in(without_citations(normalize("NFKC", text)))


def _shown(number: Fraction) -> str:
    """Write a number as a share where it is a part of a whole."""
    if number.denominator == 1:
        return str(number)
    share = number * 100
    return f"{share}%" if number < 1 and share.denominator == 1 else str(float(number))
