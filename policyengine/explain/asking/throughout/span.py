"""Between what a number lies as a fact goes through a stretch; exact."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import attrs

#: More than any figure of a loan or of a list can be.
ENDLESS = Fraction(10**30)
_HALF = Fraction(1, 2)


class Vague(Exception):
    """No bounds are known, or it may be that there is no value at all."""


@attrs.frozen
class Span:
    """What lies between `low` and `high` besides `slope` for each part of the way through the stretch.

    The way is from 0 to 1, and one for all numbers of a stretch, so that what grows alike cancels out.
    """

    low: Fraction
    high: Fraction
    slope: Fraction = Fraction(0)

    @classmethod
    def of(cls, value: Fraction | int) -> Span:
        """Return a number that stays as it is."""
        return cls(Fraction(value), Fraction(value))

    @classmethod
    def between(cls, low: Fraction | int, high: Fraction | int) -> Span:
        """Return what may be anything from one number to another."""
        return cls(Fraction(low), Fraction(high))

    @property
    def least(self) -> Fraction:
        """The least that it can be."""
        return self.low + min(self.slope, Fraction(0))

    @property
    def most(self) -> Fraction:
        """The most that it can be."""
        return self.high + max(self.slope, Fraction(0))

    @property
    def straight(self) -> bool:
        """Whether it moves in one line, so that its sign changes at most once."""
        return self.low == self.high

    def fixed(self) -> Fraction:
        """Return the one value that it has.

        Raises:
            Vague: It may have several.
        """
        if self.least != self.most:
            raise Vague
        return self.least

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high, self.slope + other.slope)

    def __sub__(self, other: Span) -> Span:
        return self + -other

    def __neg__(self) -> Span:
        return Span(-self.high, -self.low, -self.slope)

    def __mul__(self, other: Span) -> Span:
        if self.least == self.most:
            return other.times(self.least)
        if other.least == other.most:
            return self.times(other.least)
        corners = [a * b for a in (self.least, self.most) for b in (other.least, other.most)]
        return Span.between(min(corners), max(corners))

    def __truediv__(self, other: Span) -> Span:
        """Raises `Vague` where the divisor may be nought."""
        if other.least <= 0 <= other.most:
            raise Vague
        if other.least == other.most:
            return self.times(1 / other.least)
        return self * Span.between(1 / other.most, 1 / other.least)

    def times(self, factor: Fraction | int) -> Span:
        """Return so many times the number."""
        ends = sorted((self.low * factor, self.high * factor))
        return Span(ends[0], ends[1], self.slope * factor)

    def whole(self) -> Span:
        """Return the number with what is less than one cut off, downwards."""
        if not self.slope:
            return Span.between(floor(self.low), floor(self.high))
        return Span(self.low - 1, self.high, self.slope)

    def rounded(self) -> Span:
        """Return the number rounded to a whole one, whichever way a half goes."""
        if not self.slope:
            return Span.between(-floor(_HALF - self.low), floor(self.high + _HALF))
        return Span(self.low - _HALF, self.high + _HALF, self.slope)


def lesser(one: Span, other: Span) -> Span:
    """Return the lesser of two numbers."""
    apart = one - other
    if apart.most <= 0:
        return one
    if apart.least >= 0:
        return other
    return Span.between(min(one.least, other.least), min(one.most, other.most))


def greater(one: Span, other: Span) -> Span:
    """Return the greater of two numbers."""
    return -lesser(-one, -other)


def either(one: Span, other: Span) -> Span:
    """Return what may be the one or the other."""
    if one.slope == other.slope:
        return Span(min(one.low, other.low), max(one.high, other.high), one.slope)
    return Span.between(min(one.least, other.least), max(one.most, other.most))
