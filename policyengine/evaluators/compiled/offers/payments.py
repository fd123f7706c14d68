"""Rates, payments and the lender's cost in whole numbers, as generated source calls them.

Amounts are minor units; a month's rate is `num / den`, both whole and in lowest terms.
"""

# ruff: noqa: PLR0913, PLR0917  # the terms of a loan

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, log1p

from policyengine.decision.decided import Row
from policyengine.evaluators.compiled.support import NoValue
from policyengine.finance.phases import LONGEST


def monthly(fine: int | Fraction) -> tuple[int, int]:
    """Return a month's rate, in lowest terms, of an annual one in billionths."""
    if isinstance(fine, int):
        common = gcd(fine, 12_000_000_000)
        return fine // common, 12_000_000_000 // common
    rate = fine / 12_000_000_000
    return rate.numerator, rate.denominator


def reduced(num: int, den: int) -> tuple[int, int]:
    """Return a quotient in lowest terms."""
    common = gcd(num, den)
    return num // common, den // common


def billionths(num: int, den: int) -> int:
    """Return a month's rate as an annual one in billionths, half up."""
    return (24_000_000_000 * num + den) // (2 * den)


def in_billionths(fine: int | Fraction) -> int:
    """Return an annual rate in billionths, half up."""
    return fine if isinstance(fine, int) else int(fine + Fraction(1, 2))


def rate_steps(num: int, den: int, step: int, steps: int, low: int, lows: int) -> int:
    """Return how many rates there are from a month's rate down to an annual one, `step / steps` a year apart."""
    above = 12 * num * lows - low * den
    return 1 if above <= 0 else 1 - (-above * steps // (den * lows * step))


def lower_rate(
    num: int, den: int, place: int, step: int, steps: int, low: int, lows: int
) -> tuple[int, int]:
    """Return the month's rate so many steps lower, no lower than the lowest."""
    if not place:
        return num, den
    lower, over = 12 * num * steps - place * step * den, den * steps
    if lower * lows < low * over:
        lower, over = low, lows
    return reduced(lower, 12 * over)


def level_payment(owed: int, num: int, den: int, months: int) -> int:
    """Return the payment that repays `owed` in so many months, rounded half up."""
    if not num:
        return (2 * owed + months) // (2 * months)
    grown: int = (num + den) ** months
    over: int = den * (grown - den**months)
    return (2 * owed * grown * num + over) // (2 * over)


def exact_level(owed: int, num: int, den: int, months: int) -> Fraction:
    """Return the level payment before it is rounded."""
    if not num:
        return Fraction(owed, months)
    grown = (num + den) ** months
    return Fraction(owed * grown * num, den * (grown - den**months))


def equal_payment(owed: int, num: int, den: int, months: int) -> int:
    """Return the first payment of equal parts of the principal, no less than which any has to be."""
    return owed // months + (2 * owed * num + den) // (2 * den)


def least_months(owed: int, num: int, den: int, most: int, low: int, high: int) -> int:
    """Return the fewest months from `low` to `high` whose level payment is no more than `most`; else `high + 1`.

    The closed form in floating point says where to look; whole numbers say which of the neighbours it is.
    """
    twice = 2 * most + 1  # a payment below `most` and a half is rounded to `most` at most
    if twice * den <= 2 * owed * num:
        return high + 1
    found = min(max(_nearly(owed, num / den, twice / 2), low), high)
    while found > low and _repays(owed, num, den, twice, found - 1):
        found -= 1
    while found <= high and not _repays(owed, num, den, twice, found):
        found += 1
    return found


def _nearly(owed: int, rate: float, payment: float) -> int:
    if not rate:
        return int(owed / payment) + 1
    share = owed * rate / payment
    return int(-log1p(-share) / log1p(rate)) + 1 if share < 1 else 1 << 20


def _repays(owed: int, num: int, den: int, twice: int, months: int) -> bool:
    if not num:
        return 2 * owed < twice * months
    grown: int = (num + den) ** months
    base: int = den**months
    return 2 * owed * grown * num < twice * den * (grown - base)


def rested(owed: int, num: int, den: int, months: int, interest: str) -> int:
    """Return what is owed after some months without payments."""
    if interest == "accrues":
        return owed + months * ((2 * owed * num + den) // (2 * den))
    for _ in range(months):
        owed += (2 * owed * num + den) // (2 * den)
    return owed


def regular_payment(
    owed: int,
    num: int,
    den: int,
    months: int,
    holiday: int,
    treated: str,
    interest_only: int,
    method: str,
) -> int:
    """Return the first regular payment.

    Raises:
        NoValue: There is none.
    """
    if treated != "waived":
        owed = rested(owed, num, den, holiday, treated)
    left = months - interest_only
    if owed <= 0 or left < 1:
        raise NoValue
    interest = (2 * owed * num + den) // (2 * den)
    if method == "equal_principal":
        return (2 * owed + left) // (2 * left) + interest
    return min(level_payment(owed, num, den, left), owed + interest)


def first_under(owed: int, most: int, low: int, step: int) -> int:
    """Return how many of the months from `low` on, `step` apart, are too few for parts of at most so much."""
    if owed == 0:
        return 0 if most >= 0 else LONGEST
    if most <= 0:
        return LONGEST
    return max(-((low - -(-owed // most)) // step), 0)


def given_up(covered: int, rows: Sequence[Row], num: int, den: int) -> int:
    """Return what the lender gives up: what is covered, less what is paid and left at the end, in value today.

    A sum of numbers above zero in floating point is right to so many of its bits that it decides the rounding, unless
    the value lies next to a half: then whole numbers do.
    """
    worth, growth = float(rows[-1][5]), 1 + num / den
    for row in reversed(rows):
        worth = (worth + row[2]) / growth
    exact = covered - worth
    found = int(exact + 0.5) if exact >= 0 else -int(0.5 - exact)
    apart = abs(abs(exact - found) - 0.5)
    if apart > (covered + worth) * (len(rows) + 4) * 2e-15:
        return found
    return _given_up_exactly(covered, rows, num, den)


def _given_up_exactly(covered: int, rows: Sequence[Row], num: int, den: int) -> int:
    worth, scale, growth = 0, 1, num + den
    for row in rows:
        scale *= den
        worth = worth * growth + row[2] * scale
    whole: int = growth ** len(rows)
    twice = 2 * (covered * whole - worth - rows[-1][5] * scale) + whole
    floor, left = divmod(twice, 2 * whole)
    return floor - (left == 0 and floor <= 0)  # a half goes away from zero


#: The names that generated source finds.
IN_SIGHT = {
    function.__name__: function
    for function in (
        monthly, reduced, billionths, in_billionths, rate_steps, lower_rate, level_payment, exact_level,
        equal_payment, least_months, rested, regular_payment, first_under, given_up,
    )
}  # fmt: skip
