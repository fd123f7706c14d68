"""Exact decimals, as JSON and plain sentences have them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

#: Decimals that are kept of a fraction that has no end, such as a third.
PLACES = 12


def decimal_text(value: Fraction, places: int) -> str:
    """Write an exact decimal with at least so many places; a fraction without end is cut half up."""
    digits = _exact_places(value)
    if digits is None:
        scaled = _half_up(value * 10**PLACES)
        return format(decimal(scaled, PLACES), "f")
    keep = max(digits, places)
    return format(decimal(int(value * 10**keep), keep), "f")


def decimal(scaled: int, places: int) -> Decimal:
    """Return a whole number of the last decimal place as a decimal: exact in every decimal context."""
    return Decimal(f"{scaled}E-{places}")


def _exact_places(value: Fraction) -> int | None:
    """Return the decimals that an exact writing needs, or None where there is none within reason."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    return places if rest == 1 and places <= PLACES else None


def _half_up(value: Fraction) -> int:
    """Round to the nearest whole number, halves away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole
