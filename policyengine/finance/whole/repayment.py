"""The figures of a schedule in one pass: what terms are asked about, without a row for each month.

A schedule is nothing but runs of equal payments, save where equal parts of the balance are repaid:

    no payments ─► interest alone ─► level payments ─► what is left ─► nothing
"""

from typing import NamedTuple

from policyengine.finance.whole.bounds import (
    ABOVE_LIMIT,
    ALL_DEFERRED,
    MOST_AMOUNT,
    MOST_MONTHS,
    NO_INSTALMENT,
    NOTHING_OWED,
    REPAID,
    UNDECIDED,
)
from policyengine.finance.whole.interest import share_by
from policyengine.finance.whole.level import NOT_TOLD, level_payment

#: What becomes of interest in a holiday.
CAPITALISED, ACCRUES, WAIVED = 0, 1, 2
LEVEL, EQUAL_PRINCIPAL = 0, 1

#: Added to a double from 0 to 2 ** 51 and taken away again, it leaves the nearest whole number.
_WHOLE = 2.0**52


class Terms(NamedTuple):
    """A debt and how it is repaid. Amounts are in minor units; the rate is that of a month, a whole over a whole.

    `owed` bears interest, `deferred` is owed at the end without any. `holiday` months are followed by months of
    `interest_only`, then by `months` of regular payments.
    """

    owed: int
    deferred: int
    numerator: int
    denominator: int
    holiday: int
    treatment: int
    interest_only: int
    months: int
    method: int


class Repayment(NamedTuple):
    """What a schedule comes to; all but `code` mean nothing unless that is `REPAID`.

    `payment` is the first regular one, `before` and `after` are the largest up to the month that was asked about, that
    month included, and from then on. `alone` is a payment of interest alone, `full` how many level payments there are
    before the `last`.
    """

    code: int
    term: int
    first: int
    payment: int
    highest: int
    before: int
    after: int
    paid: int
    interest: int
    alone: int
    full: int
    last: int


def repayment(terms: Terms, asked: int, limit: int) -> Repayment:
    """Return what terms come to; `asked` is the month that payments before and after it are asked of.

    Where the first regular payment is above `limit`, no more is worked out.
    """
    if terms.owed <= 0:
        return _none(NOTHING_OWED if terms.owed + terms.deferred <= 0 else ALL_DEFERRED)
    if terms.months < 1:
        return _none(NO_INSTALMENT)
    if terms.holiday + terms.interest_only + terms.months > MOST_MONTHS:
        return _none(UNDECIDED)
    balance = rested(terms)
    if balance > MOST_AMOUNT or terms.numerator > terms.denominator:
        return _none(UNDECIDED)
    if terms.method == EQUAL_PRINCIPAL:
        return _in_parts(terms, balance, asked, limit)
    return _level(terms, balance, asked, limit)


def rested(terms: Terms) -> int:
    """Return what is owed after a holiday; more than `MOST_AMOUNT` where it outgrows that."""
    balance, numerator, denominator = terms.owed, terms.numerator, terms.denominator
    if terms.holiday == 0 or terms.treatment == WAIVED or balance > MOST_AMOUNT:
        return balance
    rate = numerator / denominator
    if terms.treatment == ACCRUES:
        return balance + terms.holiday * share_by(balance, numerator, denominator, rate)
    for _ in range(terms.holiday):
        if balance > MOST_AMOUNT:
            break
        balance += share_by(balance, numerator, denominator, rate)
    return balance


def _none(code: int) -> Repayment:
    return Repayment(code, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def _level(terms: Terms, balance: int, asked: int, limit: int) -> Repayment:
    months = terms.months
    payment = level_payment(balance, terms.numerator, terms.denominator, months)
    if payment == NOT_TOLD:
        return _none(UNDECIDED)
    if payment > limit:
        return _none(ABOVE_LIMIT)
    full, last = _amortised(balance, terms.numerator, terms.denominator, payment, months)
    alone = _alone(terms, balance)
    start = terms.holiday + terms.interest_only
    regular = payment if full > 0 else last
    end = start + full
    before = max(
        _before(alone, terms.holiday, start, asked),
        _before(payment, start, end, asked),
        _before(last, end, end + 1, asked),
    )
    after = max(
        _after(alone, terms.holiday, start, asked),
        _after(payment, start, end, asked),
        _after(last, end, end + 1, asked),
    )
    paid = alone * terms.interest_only + payment * full + last
    return Repayment(
        REPAID,
        start + months,
        _first(terms, alone, regular),
        regular,
        max(before, after),
        before,
        after,
        paid,
        paid - terms.owed,
        alone,
        full,
        last,
    )


def _before(amount: int, begin: int, end: int, asked: int) -> int:
    """Return what equal payments from one month to another come to until the month asked about, or 0."""
    return amount if end > begin and asked > begin else 0


def _after(amount: int, begin: int, end: int, asked: int) -> int:
    """Return what they come to after that month."""
    return amount if end > begin and asked < end else 0


def _amortised(
    balance: int, numerator: int, denominator: int, payment: int, months: int
) -> tuple[int, int]:
    """Return how many payments are made in full, and the last one: what is then owed.

    A tiny debt may be repaid before the last month, where a payment was rounded up; nothing is paid after that.

    The loop of most of the work: balances are doubles here, each a whole number below 2 ** 52, so that each month waits
    for three additions and a product only. The interest is right or one off, as in `share_by`, and set right likewise.
    """
    rate, less = numerator / denominator, float(payment)
    left, full = float(balance), 0
    while full < months - 1:
        interest = (left * rate + _WHOLE) - _WHOLE
        beyond = 2 * (int(left) * numerator - int(interest) * denominator)
        if beyond >= denominator or beyond < -denominator:
            interest += (beyond + denominator) // (2 * denominator)
        after = (left - less) + interest
        if after <= 0.0:
            return full, int(left + interest)
        left = after
        full += 1
    balance = int(left)
    return full, balance + share_by(balance, numerator, denominator, rate)


def _alone(terms: Terms, balance: int) -> int:
    """Return a payment of interest alone."""
    if terms.interest_only == 0:
        return 0
    rate = terms.numerator / terms.denominator
    return share_by(balance, terms.numerator, terms.denominator, rate)


def _first(terms: Terms, alone: int, regular: int) -> int:
    if terms.holiday > 0:
        return 0
    return alone if terms.interest_only > 0 else regular


def _in_parts(terms: Terms, balance: int, asked: int, limit: int) -> Repayment:
    """Equal parts of the balance: each is what the running total, rounded half up, grows by."""
    numerator, denominator, months = terms.numerator, terms.denominator, terms.months
    rate, alone = numerator / denominator, _alone(terms, balance)
    start = terms.holiday + terms.interest_only
    before = alone if asked > terms.holiday else 0
    after = alone if asked < start else 0
    paid, regular, left = alone * terms.interest_only, 0, balance
    part, rest = balance // months, 2 * (balance % months)
    over = months  # twice the remainder of the running total, half a unit ahead
    for month in range(start + 1, start + months + 1):
        over += rest
        repaid = part
        if over >= 2 * months:
            over -= 2 * months
            repaid += 1
        payment = repaid + share_by(left, numerator, denominator, rate)
        left -= repaid
        paid += payment
        if month == start + 1:
            regular = payment
            if payment > limit:
                return _none(ABOVE_LIMIT)
        if month <= asked:
            before = max(before, payment)
        else:
            after = max(after, payment)
    return Repayment(
        REPAID,
        start + months,
        _first(terms, alone, regular),
        regular,
        max(before, after),
        before,
        after,
        paid,
        paid - terms.owed,
        alone,
        0,
        0,
    )
