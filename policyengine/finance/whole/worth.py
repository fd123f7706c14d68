"""What the lender gives up, rounded half up: what terms cover less what their payments are worth today."""

from policyengine.finance.whole.growth import growth
from policyengine.finance.whole.interest import share_by
from policyengine.finance.whole.repayment import EQUAL_PRINCIPAL, Repayment, Terms, rested

#: What a cost is where a double cannot tell.
NO_COST = -(1 << 62)


def cost(covered: int, terms: Terms, found: Repayment, numerator: int, denominator: int) -> int:
    """Return the cost of terms at a rate of a month, or `NO_COST` where a double cannot tell.

    Payments fall a month apart, the first in a month; what is deferred counts as paid with the last one.

    With u = 2 ** -53: growths are off by shares of at most 7 u a month (`growth_error`). That of the months before a
    run and that of the run itself each count once in the run's worth, since 1 + 1 / g is off by no greater share
    than g; 12 u cover the other operations. All worths are positive, so that their sum is off by a share of at most
    (7 months + 14) u; month by month it is less. 32 (months + 1) u are allowed for.
    """
    if numerator == 0:
        return covered - found.paid - terms.deferred
    rate = numerator / denominator
    worth = _of_payments(terms, found, rate)
    if terms.deferred > 0:
        worth += terms.deferred / (1.0 + growth(rate, found.term))
    reach = (32.0 * 2.0**-53) * (found.term + 1) * worth
    near = covered - worth
    away = abs(near) + 0.5
    whole = int(away)
    above = away - whole
    reach += 4.0 * 2.0**-53 * away
    if above < reach or 1.0 - above <= reach:
        return NO_COST
    return whole if near >= 0 else -whole


def _of_payments(terms: Terms, found: Repayment, rate: float) -> float:
    alone = _of_run(found.alone, terms.interest_only, terms.holiday, rate)
    start = terms.holiday + terms.interest_only
    if terms.method == EQUAL_PRINCIPAL:
        return alone + _of_parts(terms, start, rate)
    grown = growth(rate, found.full)
    worth = found.last / ((1.0 + grown) * (1.0 + rate))
    if found.full > 0:
        worth += found.payment / (rate * (1.0 + 1.0 / grown))
    if start > 0:
        worth = worth / (1.0 + growth(rate, start))
    return alone + worth


def _of_run(payment: int, months: int, start: int, rate: float) -> float:
    """Return what equal payments are worth that follow `start` months: p / (i (1 + 1 / g)) / (1 + g of the start)."""
    if months == 0 or payment == 0:
        return 0.0
    grown = growth(rate, months)
    worth = payment / (rate * (1.0 + 1.0 / grown))
    return worth / (1.0 + growth(rate, start)) if start > 0 else worth


def _of_parts(terms: Terms, start: int, rate: float) -> float:
    """Return what payments of equal parts are worth, month by month."""
    numerator, denominator, months = terms.numerator, terms.denominator, terms.months
    left = rested(terms)
    own, discount = numerator / denominator, 1.0 / (1.0 + rate)
    weight = 1.0 / (1.0 + growth(rate, start))
    part, rest, over, worth = left // months, 2 * (left % months), months, 0.0
    for _ in range(months):
        over += rest
        repaid = part
        if over >= 2 * months:
            over -= 2 * months
            repaid += 1
        weight *= discount
        worth += weight * (repaid + share_by(left, numerator, denominator, own))
        left -= repaid
    return worth
