"""Rates: per period and per year, nominal and effective, stated and found.

A rate is an exact fraction, 1 being 100 %. A nominal annual rate is that of a period times the
periods in a year; an effective one compounds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import dropwhile, pairwise

from policyengine.finance import _checks
from policyengine.finance.discounting import discounted
from policyengine.finance.errors import FinanceError

PRECISION = Fraction(1, 10**12)
"""The step of the rates that have no closed form: the true one is within half of it."""


def periodic(annual: Fraction, periods_per_year: int = 12) -> Fraction:
    """Return the rate of one period of a nominal annual rate.

    Raises:
        FinanceError: `annual` is negative or not exact, or there are no periods.
    """
    periods = _checks.periods("periods_per_year", periods_per_year)
    return _checks.rate("annual", annual) / periods


def effective_annual(annual: Fraction, periods_per_year: int = 12) -> Fraction:
    """Return the effective annual rate of a nominal one: (1 + r / m) ** m - 1.

    Raises:
        FinanceError: `annual` is negative or not exact, or there are no periods.
    """
    return (1 + periodic(annual, periods_per_year)) ** periods_per_year - 1


def nominal_annual(
    effective: Fraction, periods_per_year: int = 12, precision: Fraction = PRECISION
) -> Fraction:
    """Return the nominal annual rate of an effective one: m times the m-th root of it, less m.

    Raises:
        FinanceError: `effective` is negative or not exact, there are no periods, or `precision` is
            not above zero.
    """
    grown = 1 + _checks.rate("effective", effective)
    periods = _checks.periods("periods_per_year", periods_per_year)
    flows = [-grown.denominator, *[0] * (periods - 1), grown.numerator]
    return _root(flows, _step(precision) / periods) * periods


def true_annual_rate(
    principal: int,
    payments: Sequence[int],
    periods_per_year: int = 12,
    precision: Fraction = PRECISION,
) -> Fraction:
    """Return the nominal annual rate at which `payments` repay `principal`.

    What a plan with a flat fee really costs: 12 payments of 1,072 on 12,000 are 0.6 % a month of
    the original amount and 13.03 % a year. `principal` and `payments`, one at the end of each
    period, are in minor units; `precision` is that of the result.

    Raises:
        FinanceError: `principal` is not above zero, a payment is negative, or none is above zero.
    """
    _checks.positive("principal", principal)
    for payment in payments:
        _checks.not_negative("payments", payment)
    periods = _checks.periods("periods_per_year", periods_per_year)
    return internal_rate((-principal, *payments), _step(precision) / periods) * periods


def internal_rate(flows: Sequence[int], precision: Fraction = PRECISION) -> Fraction:
    """Return the rate per period at which `flows`, in minor units, are worth nothing today.

    Flow k falls k periods from now. The result is the multiple of `precision` nearest to the rate,
    found by bisection on exact values; it may be negative, though never -1 or below.

    Raises:
        FinanceError: the flows never change sign, so that no rate exists, or change it more than
            once, so that there may be several (Descartes' rule of signs).
    """
    for flow in flows:
        _checks.amount("flows", flow)
    signs = [flow > 0 for flow in flows if flow]
    changes = sum(before != after for before, after in pairwise(signs))
    if changes == 0:
        raise FinanceError("no_change_of_sign", name="flows")
    if changes > 1:
        raise FinanceError("many_changes_of_sign", name="flows", times=changes)
    return _root(list(dropwhile(lambda flow: flow == 0, flows)), precision)


def _root(flows: Sequence[int], precision: Fraction) -> Fraction:
    """Return the rate nearest to the root of flows whose sign changes once, the first not zero."""
    step = _step(precision)
    one = -(-step.denominator // step.numerator)
    low, high = 1 - one, one  # in steps: the first rate above -1, and the first from 1 on
    if not _below_root(flows, low * step):
        return low * step
    # Ends, since a root is at most the greatest flow over the first one (Cauchy's bound).
    while _below_root(flows, high * step):
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        if _below_root(flows, middle * step):
            low = middle
        else:
            high = middle
    return (high if _below_root(flows, (low + high) * step / 2) else low) * step


def _below_root(flows: Sequence[int], rate: Fraction) -> bool:
    """Say whether `rate` is below the root, where the flows after the first weigh more than it."""
    value = discounted(flows, rate.numerator + rate.denominator, rate.denominator)
    return value * flows[0] < 0


def _step(precision: Fraction) -> Fraction:
    step = _checks.exact("precision", precision)
    if not 0 < step < 1:
        raise FinanceError("not_between_0_and_1", name="precision", given=precision)
    return step
