"""What payments are worth today, and what a schedule really costs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from policyengine.finance import _checks
from policyengine.finance.discounting import discounted
from policyengine.finance.errors import FinanceError
from policyengine.finance.rate import PRECISION, effective_annual, true_annual_rate
from policyengine.finance.schedule import Instalment


def present_value(payments: Sequence[int], periodic_rate: Fraction) -> Fraction:
    """Return, in minor units, what `payments` are worth today: one at the end of each period.

    Raises:
        FinanceError: the rate is negative or not exact, or a payment is no amount.
    """
    return net_present_value((0, *payments), periodic_rate)


def net_present_value(flows: Sequence[int], periodic_rate: Fraction) -> Fraction:
    """Return, in minor units, what `flows` are worth today; flow k falls k periods from now.

    Raises:
        FinanceError: there are no flows, one is no amount, or the rate is negative or not exact.
    """
    rate = _checks.rate("periodic_rate", periodic_rate)
    if not flows:
        raise FinanceError("empty", name="flows")
    for flow in flows:
        _checks.amount("flows", flow)
    growth = rate.numerator + rate.denominator
    return Fraction(discounted(flows, growth, rate.denominator), growth ** (len(flows) - 1))


def effective_rate(
    advanced: int, schedule: Sequence[Instalment], precision: Fraction = PRECISION
) -> Fraction:
    """Return the effective annual rate at which a monthly schedule repays `advanced`.

    What stays owed at the end counts as repaid with the last instalment. `advanced` is in minor
    units; `precision` is that of the nominal annual rate that is then compounded.

    Raises:
        FinanceError: `advanced` is not above zero, or is more than the schedule repays.
    """
    if not schedule:
        raise FinanceError("empty", name="schedule")
    payments = [instalment.payment for instalment in schedule]
    payments[-1] += schedule[-1].balance
    return effective_annual(true_annual_rate(advanced, payments, precision=precision))
