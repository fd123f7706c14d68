"""Schedules over whole numbers, as generated source calls them.

Amounts are minor units; a month's rate is `num / den`, both whole. A phase adds its rows, whose meaning is that of
`finance.schedule`. What is rare there (an amount beyond 64 bits, a date outside the calendar) is not worked out here:
`NoValue` leaves it to the reference.
"""

# ruff: noqa: PLR0913, PLR0917  # what a phase is

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from policyengine.decision.decided import Row
from policyengine.evaluators.compiled.offers import payments
from policyengine.evaluators.compiled.support import NoValue
from policyengine.finance.calendar import due_dates, dues_through
from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import LONGEST

#: The most minor units that an amount may have.
MOST = 2**63 - 1
#: Due dates are worked out for so many months at once, and kept for so many first dates.
_AHEAD, _KEPT = 60, 4_096

_dues: dict[tuple[date, int | None], tuple[date, ...]] = {}


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


def rest(
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


def repay_level(
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


def pay_steps(
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


def pay_agreed(
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


def _too_large() -> int:
    raise NoValue


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


def max_before(rows: Sequence[Row], months: int) -> int:
    """Return the largest payment of the first months."""
    return max([row[2] for row in rows[:months]], default=0) if months > 0 else 0


def max_after(rows: Sequence[Row], months: int) -> int:
    """Return the largest payment after some months."""
    return max([row[2] for row in rows[max(months, 0) :]], default=0)


#: The names that generated source finds.
IN_SIGHT = payments.IN_SIGHT | {
    function.__name__: function
    for function in (
        dues, dues_until, rest, pay_interest, repay_level, repay_equal, pay_steps, pay_agreed,
        pay_until_repaid, with_besides, with_on_top, max_before, max_after,
    )
}  # fmt: skip
