"""The level payment of a debt, rounded half up, and the fewest months in which it is no more than a limit.

The closed form is P i (1 + 1 / g), where g is what a unit grows by in all months.
"""

from math import log1p

from policyengine.finance.whole.growth import growth, growth_error
from policyengine.finance.whole.interest import share_by

#: What a payment is where a double cannot tell.
NOT_TOLD = -1


def level_payment(principal: int, numerator: int, denominator: int, months: int) -> int:
    """Return the payment that repays `principal` in so many months, or `NOT_TOLD`.

    The rate is that of a month. `principal` is above zero and at most `MOST_AMOUNT`, the rate from 0 to 1.
    """
    if numerator == 0:
        return (2 * principal + months) // (2 * months)
    rate = numerator / denominator
    if months == 1:
        return principal + share_by(principal, numerator, denominator, rate)
    return rounded(before_rounding(principal, rate, months), payment_error(months))


def before_rounding(principal: int, rate: float, months: int) -> float:
    """Return the payment at a rate above zero, off by at most the share `payment_error(months)` of it."""
    return principal * (rate + rate / growth(rate, months))


def payment_error(months: int) -> float:
    """Return the share that a payment may be off by: that of the growth, and five operations on positive doubles."""
    return growth_error(months) + 8.0 * 2.0**-53


def rounded(value: float, error: float) -> int:
    """Return a value that is off by a share, rounded half up; `NOT_TOLD` where the share reaches over the boundary."""
    near = value + 0.5
    whole = int(near)
    above, reach = near - whole, near * error
    if above < reach or 1.0 - above <= reach:
        return NOT_TOLD
    return whole


def least_months(
    principal: int, numerator: int, denominator: int, limit: int, low: int, high: int
) -> int:
    """Return the fewest months from `low` to `high` whose level payment is at most `limit`; `high + 1` if none are.

    `NOT_TOLD` where a double cannot tell. The closed form of the months says where to look, the payments of neighbours
    whether it is so; the more months, the less the payment.
    """
    if limit < 0:
        return high + 1
    found = min(max(_guess(principal, numerator, denominator, limit, high), low), high)
    while found > low:
        less = level_payment(principal, numerator, denominator, found - 1)
        if less == NOT_TOLD:
            return NOT_TOLD
        if less > limit:
            break
        found -= 1
    while found <= high:
        payment = level_payment(principal, numerator, denominator, found)
        if payment == NOT_TOLD:
            return NOT_TOLD
        if payment <= limit:
            break
        found += 1
    return found


def _guess(principal: int, numerator: int, denominator: int, limit: int, high: int) -> int:
    """Return about the months in which the payment comes down to the limit."""
    most = limit + 0.5
    if numerator == 0:
        return int(principal / most) + 1
    rate = numerator / denominator
    share = principal * rate / most
    if share >= 1.0:
        return high
    months = -log1p(-share) / log1p(rate)
    return int(months) + 1 if months < high else high
