"""Exact numbers in generated source: the source of a numerator over a denominator.

A denominator is a whole number known when the source is written, or the source of one that is above zero. Values are
major units of money, annual rates as shares, days and months as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import attrs

#: What a rate or a plain number is counted in; a fact with more decimals is a fraction of it.
FINE = 10**9


@attrs.frozen
class Number:
    """`numerator / denominator`. `bits` bounds the size of both, `never_negative` says that it is zero or more."""

    numerator: str
    denominator: int | str
    bits: int
    never_negative: bool = False

    @property
    def constant(self) -> int | None:
        """The numerator where it is written in the source."""
        text = self.numerator.removeprefix("-")
        return int(self.numerator) if text.isdigit() else None


def constant(value: int | Fraction) -> Number:
    """Return a number of the policy."""
    exact = Fraction(value)
    bits = max(exact.numerator.bit_length(), exact.denominator.bit_length())
    return Number(str(exact.numerator), exact.denominator, bits, exact >= 0)


def added(left: Number, right: Number, operator: str) -> Number:
    """Return a sum or a difference."""
    (a, b), denominator = unified([left, right])
    both = left.never_negative and right.never_negative and operator == "+"
    bits = left.bits + right.bits + 1
    return Number(_joined(a, operator, b), denominator, bits, both)


def multiplied(left: Number, right: Number) -> Number:
    """Return a product."""
    denominator = _product(left.denominator, right.denominator)
    both = left.never_negative and right.never_negative
    source = _times(left.numerator, right.numerator)
    return Number(source, denominator, left.bits + right.bits, both)


def divided(left: Number, right: Number) -> Number:
    """Return a quotient by a number that is above zero."""
    if left.denominator == right.denominator:
        return attrs.evolve(left, denominator=_whole(right.numerator), bits=left.bits + right.bits)
    numerator = _times(left.numerator, str(right.denominator))
    denominator = _product(left.denominator, _whole(right.numerator))
    return Number(numerator, denominator, left.bits + right.bits, left.never_negative)


def negated(number: Number) -> Number:
    """Return a number with the other sign."""
    return attrs.evolve(number, numerator=f"-{_within(number.numerator)}", never_negative=False)


def compared(left: Number, operator: str, right: Number) -> str:
    """Return the source of a comparison, multiplied out."""
    (a, b), _ = unified([left, right])
    return f"{a} {operator} {b}"


def unified(numbers: Sequence[Number]) -> tuple[list[str], int | str]:
    """Return the numerators over one denominator, and that."""
    denominators = list(dict.fromkeys(number.denominator for number in numbers))
    if len(denominators) == 1:
        return [number.numerator for number in numbers], denominators[0]
    whole = lcm(*(d for d in denominators if isinstance(d, int)))
    variable = [d for d in denominators if isinstance(d, str)]
    return [_over(n, whole, variable) for n in numbers], _all(whole, variable)


def _over(number: Number, whole: int, variable: Sequence[str]) -> str:
    if isinstance(number.denominator, int):
        source = _times(number.numerator, str(whole // number.denominator))
        others = variable
    else:
        source = _times(number.numerator, str(whole))
        others = [d for d in variable if d != number.denominator]
    for other in others:
        source = _times(source, other)
    return source


def _all(whole: int, variable: Sequence[str]) -> int | str:
    source = str(whole)
    for other in variable:
        source = _times(source, other)
    return source if variable else whole


def _product(left: int | str, right: int | str) -> int | str:
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    return _times(str(left), str(right))


def _times(left: str, right: str) -> str:
    if "0" in (left, right):
        return "0"
    if left == "1":
        return right
    if right == "1":
        return left
    if _is_whole(left) and _is_whole(right):
        return str(int(left) * int(right))
    return f"{_within(left)} * {_within(right)}"


def _joined(left: str, operator: str, right: str) -> str:
    if _is_whole(left) and _is_whole(right):
        return str(int(left) + int(right) if operator == "+" else int(left) - int(right))
    return f"{_within(left)} {operator} {_within(right)}"


def _within(source: str) -> str:
    """Return a source that can stand beside an operator."""
    return source if source.isidentifier() or _is_whole(source) else f"({source})"


def _is_whole(source: str) -> bool:
    return source.removeprefix("-").isdigit()


def _whole(source: str) -> int | str:
    return int(source) if _is_whole(source) else source
