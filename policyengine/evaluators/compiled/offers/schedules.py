"""Schedules over whole numbers, as generated source calls them.

Amounts are minor units; a month's rate is `num / den`, both whole. A row is (n, due, payment, interest, principal,
balance), as in `finance.schedule`, whose meaning this has. What is rare there (an amount beyond 64 bits, a date outside
the calendar) is not worked out here: `NoValue` leaves it to the reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import gcd, log1p
from typing import TypeAlias

from policyengine.evaluators.compiled.support import NoValue
from policyengine.finance.calendar import due_dates, dues_through
from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import LONGEST

Row: TypeAlias = tuple[int, date, int, int, int, int]
#: The most minor units that an amount may have.
MOST = 2**63 - 1
#: Due dates are worked out for so many months at once, and kept for so many first dates.
_AHEAD, _KEPT = 60, 4_096

_dues: dict[tuple[date, int | None], tuple[date, ...]] = {}


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


def dues(first: date, day: int | None, months: int) -> tuple[date, ...]:
    """Return at least so many monthly due dates from the first on; `day` is the agreed day of the month.

    Raises:
        NoValue: There are none such.
    """
    found = _dues.get((first, day))
    if found is None or len(found) < months:
        try:
            found = due_dates(first, -(-max(months, 1) // _AHEAD) * _AHEAD, day)
        except FinanceError:
            raise NoValue from None
        if len(_dues) > _KEPT:
            _dues.clear()
        _dues[first, day] = found
    return found


def dues_until(first: date, last: date, day: int | None) -> int:
    """Return how many due dates fall on or before a day.

    Raises:
        NoValue: They cannot be counted, or are more than any schedule has.
    """
    try:
        found = dues_through(first, last, day)
    except FinanceError:
        raise NoValue from None
    if found > 1200:
        raise NoValue
    return found


def level_payment(owed: int, num: int, den: int, months: int) -> int:
    """Return the payment that repays `owed` in so many months, rounded half up."""
    if not num:
        return (2 * owed + months) // (2 * months)
    grown: int = (num + den) ** months
    over: int = den * (grown - den**months)
    return (2 * owed * grown * num + over) // (2 * over)


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


def equal_payment(owed: int, num: int, den: int, months: int) -> int:
    """Return the first payment of equal parts of the principal, no less than which any has to be."""
    return owed // months + (2 * owed * num + den) // (2 * den)


# Phases: each adds its rows, and returns what is then owed


def rest(  # what a phase is
    rows: list[Row], days: Sequence[date], owed: int, num: int, den: int, months: int, interest: str
) -> int:
    """Pay nothing for some months."""
    n = len(rows)
    if interest == "waived":
        rows += [(n + k + 1, days[n + k], 0, 0, 0, owed) for k in range(months)]
        return owed
    base = owed
    for due in days[n : n + months]:
        n += 1
        charged = ((owed if interest == "capitalised" else base) * 2 * num + den) // (2 * den)
        owed += charged
        rows.append((n, due, 0, charged, -charged, owed))
    return owed if owed <= MOST else _too_large()


def pay_interest(
    rows: list[Row], days: Sequence[date], owed: int, num: int, den: int, months: int
) -> int:
    """Pay each month's interest for some months; return what is paid."""
    charged = (2 * owed * num + den) // (2 * den)
    n = len(rows)
    rows += [(n + k + 1, days[n + k], charged, charged, 0, owed) for k in range(months)]
    return charged * months if charged <= MOST else _too_large()


def repay_level(  # noqa: PLR0913  # what a phase is
    rows: list[Row],
    days: Sequence[date],
    owed: int,
    num: int,
    den: int,
    months: int,
    payment: int,
) -> tuple[int, int]:
    """Repay all in level payments; return the highest and the sum of them."""
    n, double, twice = len(rows), 2 * den, 2 * num
    total = payment * (months - 1)
    add = rows.append
    for due in days[n : n + months - 1]:
        n += 1
        interest = (owed * twice + den) // double
        principal = payment - interest
        if principal > owed:  # a tiny debt, repaid before its time
            total += owed - principal
            principal = owed
        owed -= principal
        add((n, due, principal + interest, interest, principal, owed))
    interest = (owed * twice + den) // double
    last = owed + interest
    add((n + 1, days[n], last, interest, owed, 0))
    if payment > MOST or last > MOST:
        _too_large()
    return (payment if payment > last and months > 1 else last), total + last


def repay_equal(
    rows: list[Row], days: Sequence[date], owed: int, num: int, den: int, months: int
) -> tuple[int, int]:
    """Repay equal parts of the principal, each with its month's interest; return the highest payment and the sum."""
    n, double, twice, whole = len(rows), 2 * den, 2 * num, owed
    repaid = highest = total = 0
    for k in range(1, months + 1):
        interest = (owed * twice + den) // double
        principal = (2 * whole * k + months) // (2 * months) - repaid
        repaid += principal
        owed -= principal
        payment = principal + interest
        rows.append((n + k, days[n + k - 1], payment, interest, principal, owed))
        total += payment
        highest = max(highest, payment)
    if highest > MOST:
        _too_large()
    return highest, total


def _too_large() -> int:
    raise NoValue


def pay_steps(  # noqa: PLR0913  # what a phase is
    rows: list[Row],
    days: Sequence[date],
    owed: int,
    num: int,
    den: int,
    whole: int,
    shares: Sequence[int],
    over: int,
    each: int,
    negative: bool,
) -> int:
    """Pay shares of a payment, each for some months; -1 where one is below its month's interest, unless it may be."""
    for share in shares:
        asked = (2 * share * whole + over) // (2 * over)
        for due in days[len(rows) : len(rows) + each]:
            interest = (2 * owed * num + den) // (2 * den)
            payment = min(asked, owed + interest)
            if payment < interest and not negative:
                return -1
            owed += interest - payment
            rows.append((len(rows) + 1, due, payment, interest, payment - interest, owed))
    return owed if owed <= MOST else _too_large()


def pay_agreed(  # noqa: PLR0913  # what a phase is
    rows: list[Row],
    days: Sequence[date],
    owed: int,
    num: int,
    den: int,
    amount: int,
    months: int,
    unpaid: str | None,
    negative: bool,
) -> int:
    """Pay an amount for some months, or all that is owed; -1 where it may not be below the interest and is."""
    without = 0  # unpaid interest that bears none
    for due in days[len(rows) : len(rows) + months]:
        if not owed:
            break
        interest = (2 * (owed - without) * num + den) // (2 * den)
        payment = min(amount, owed + interest)
        short = interest - payment
        if short > 0 and unpaid == "waived":
            interest = payment
        elif short > 0 and unpaid != "accrues":
            if not negative:
                return -1
        else:
            without = max(without + short, 0)
        owed += interest - payment
        rows.append((len(rows) + 1, due, payment, interest, payment - interest, owed))
    return owed if owed <= MOST else _too_large()


def pay_until_repaid(
    rows: list[Row], days: Sequence[date], owed: int, num: int, den: int, amount: int
) -> bool:
    """Pay an amount until nothing is left; return whether it ever repays, within the longest schedule there is."""
    while owed:
        interest = (2 * owed * num + den) // (2 * den)
        if amount <= interest or len(rows) == LONGEST:
            return False
        payment = min(amount, owed + interest)
        owed += interest - payment
        due = days[len(rows)]
        rows.append((len(rows) + 1, due, payment, interest, payment - interest, owed))
    return True


def regular_payment(  # noqa: PLR0913  # the terms of a loan
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


def rested(owed: int, num: int, den: int, months: int, interest: str) -> int:
    """Return what is owed after some months without payments."""
    if interest == "accrues":
        return owed + months * ((2 * owed * num + den) // (2 * den))
    for _ in range(months):
        owed += (2 * owed * num + den) // (2 * den)
    return owed


def with_besides(rows: Sequence[Row], amount: int) -> list[Row]:
    """Return rows with an amount that stays owed without interest."""
    return [(*row[:5], row[5] + amount) for row in rows]


def with_on_top(rows: Sequence[Row], amount: int, months: int) -> tuple[list[Row], int]:
    """Return rows with an amount paid in equal parts over the first months, and the highest payment."""
    part, more = divmod(amount, months)
    found, left = [], amount
    for k, (n, due, payment, interest, principal, balance) in enumerate(rows):
        extra = part + (k < more) if k < months else 0
        left -= extra
        found.append((n, due, payment + extra, interest, principal + extra, balance + left))
    highest = max(row[2] for row in found)
    return found, highest if highest <= MOST else _too_large()


# Rates


def rate_steps(num: int, den: int, step: int, steps: int, low: int, lows: int) -> int:
    """Return how many rates there are from a month's rate down to an annual one, `step / steps` a year apart."""
    above = 12 * num * lows - low * den
    return 1 if above <= 0 else 1 - (-above * steps // (den * lows * step))


def lower_rate(  # noqa: PLR0913  # three fractions
    num: int, den: int, place: int, step: int, steps: int, low: int, lows: int
) -> tuple[int, int]:
    """Return the month's rate so many steps lower, no lower than the lowest."""
    if not place:
        return num, den
    lower, over = 12 * num * steps - place * step * den, den * steps
    if lower * lows < low * over:
        lower, over = low, lows
    return reduced(lower, 12 * over)


def exact_level(owed: int, num: int, den: int, months: int) -> Fraction:
    """Return the level payment before it is rounded."""
    if not num:
        return Fraction(owed, months)
    grown = (num + den) ** months
    return Fraction(owed * grown * num, den * (grown - den**months))


def billionths(num: int, den: int) -> int:
    """Return a month's rate as an annual one in billionths, half up."""
    return (24_000_000_000 * num + den) // (2 * den)


def in_billionths(fine: int | Fraction) -> int:
    """Return an annual rate in billionths, half up."""
    return fine if isinstance(fine, int) else int(fine + Fraction(1, 2))


# What `plan.` names


def max_before(rows: Sequence[Row], months: int) -> int:
    """Return the largest payment of the first months."""
    return max([row[2] for row in rows[:months]], default=0) if months > 0 else 0


def max_after(rows: Sequence[Row], months: int) -> int:
    """Return the largest payment after some months."""
    return max([row[2] for row in rows[max(months, 0) :]], default=0)


def given_up(  # what the cost stands on
    covered: int, rows: Sequence[Row], num: int, den: int
) -> int:
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


#: The names that generated source finds, besides those of conditions.
IN_SIGHT = {
    function.__name__: function
    for function in (
        monthly, reduced, dues, dues_until, level_payment, least_months, equal_payment, rest, pay_interest,
        repay_level, repay_equal, rested, with_besides, with_on_top, pay_steps, pay_agreed, pay_until_repaid,
        regular_payment, first_under, rate_steps, lower_rate, exact_level, billionths,
        in_billionths, max_before, max_after, given_up,
    )
}  # fmt: skip
