"""Closed forms: what each payment, term or principal must be for a debt to be repaid.

Amounts are minor units, rates are per period. All follow from one identity: a debt is worth what is
paid for it, discounted at its own rate; for a level payment, P = p (1 - (1 + i) ** -n) / i.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm

from policyengine.finance import _checks
from policyengine.finance.discounting import discounted
from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import LONGEST
from policyengine.finance.rounding import Rounding, round_ratio, round_to_integer


def level_payment(
    principal: int,
    periodic_rate: Fraction,
    periods: int,
    rounding: Rounding = Rounding.HALF_UP,
    *,
    residual: int = 0,
) -> int:
    """Return the payment that, made `periods` times, leaves `residual` of `principal`.

    At a rate of zero the principal is shared out evenly, where the usual formula would divide zero
    by zero.

    Raises:
        FinanceError: `principal` is not above zero, `residual` is negative or above it, the rate is
            negative or not exact, or `periods` is not a number of periods.
    """
    _checks.positive("principal", principal)
    _checks.periods("periods", periods)
    rate = _checks.rate("periodic_rate", periodic_rate)
    if _checks.not_negative("residual", residual) > principal:
        raise FinanceError("residual_too_much", residual=residual, principal=principal)
    payment = round_ratio(*_level_ratio(principal, rate, periods, residual), rounding)
    return _checks.amount("payment", payment)


def exact_level_payment(principal: int, periodic_rate: Fraction, periods: int) -> Fraction:
    """Return the payment that, made `periods` times, repays `principal`, before any rounding.

    Raises:
        FinanceError: `principal` is not above zero, the rate is negative or not exact, or `periods`
            is not a number of periods.
    """
    _checks.positive("principal", principal)
    _checks.periods("periods", periods)
    rate = _checks.rate("periodic_rate", periodic_rate)
    return Fraction(*_level_ratio(principal, rate, periods, 0))


def _level_ratio(principal: int, rate: Fraction, periods: int, residual: int) -> tuple[int, int]:
    """Return the level payment as a numerator and a denominator."""
    if rate == 0:
        return principal - residual, periods
    grown, base = _powers(rate, periods)
    worth = (principal * grown - residual * base) * rate.numerator
    return worth, rate.denominator * (grown - base)


def periods_for_payment(
    principal: int,
    periodic_rate: Fraction,
    payment: int,
    rounding: Rounding = Rounding.HALF_UP,
) -> int | None:
    """Return the fewest periods whose level payment is no more than `payment`.

    Nothing if no number of periods is enough: `payment` is no more than the interest of the first
    period, so that the debt never falls, or is so little more that `MAX_PERIODS` do not suffice.

    Raises:
        FinanceError: `principal` is not above zero, `payment` is negative, or the rate is negative
            or not exact.
    """
    _checks.positive("principal", principal)
    rate = _checks.rate("periodic_rate", periodic_rate)
    interest = round_to_integer(principal * rate, rounding)
    if _checks.not_negative("payment", payment) <= interest:
        return None
    # `enough` is doubled first: terms are short, and a power of 12,000 costs more than the search.
    too_few, enough = 0, 1
    while level_payment(principal, rate, enough, rounding) > payment:
        if enough == _checks.MAX_PERIODS:
            return None
        too_few, enough = enough, min(2 * enough, _checks.MAX_PERIODS)
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if level_payment(principal, rate, middle, rounding) > payment:
            too_few = middle
        else:
            enough = middle
    return enough


def periods_to_repay(principal: Fraction, periodic_rate: Fraction, payment: Fraction) -> int | None:
    """Return the fewest periods in which `payment` repays `principal`, nothing being rounded.

    The inverse of the exact level payment: from (1 + i) ** n >= p / (p - P i). Nothing if `LONGEST`
    periods do not suffice, as where the payment is no more than the interest of the first.

    Raises:
        FinanceError: `principal` is negative, or the rate is negative or not exact.
    """
    if principal < 0:
        raise FinanceError("negative_number", name="principal", given=principal)
    rate = _checks.rate("periodic_rate", periodic_rate)
    periods = range(LONGEST + 1)
    found = bisect_left(periods, True, key=lambda n: _repays(principal, rate, payment, n))
    return found if found <= LONGEST else None


def _repays(principal: Fraction, rate: Fraction, payment: Fraction, periods: int) -> bool:
    if rate == 0:
        return payment * periods >= principal
    grown, base = _powers(rate, periods)
    return payment * (grown - base) >= principal * rate * grown


def principal_for_payment(
    payment: int,
    periodic_rate: Fraction,
    periods: int,
    rounding: Rounding = Rounding.HALF_UP,
) -> int:
    """Return the principal that `payment`, made `periods` times, repays.

    The worth of the payments, rounded as stated: with `FLOOR`, the greatest principal whose level
    payment is no more than `payment` before it is rounded.

    Raises:
        FinanceError: `payment` is negative, the rate is negative or not exact, or `periods` is not
            a number of periods.
    """
    _checks.not_negative("payment", payment)
    _checks.periods("periods", periods)
    rate = _checks.rate("periodic_rate", periodic_rate)
    if rate == 0:
        return _checks.amount("principal", payment * periods)
    grown, base = _powers(rate, periods)
    worth = payment * rate.denominator * (grown - base)
    return _checks.amount("principal", round_ratio(worth, rate.numerator * grown, rounding))


def balance_after(
    paid: int,
    principal: int,
    periodic_rate: Fraction,
    periods: int,
    rounding: Rounding = Rounding.HALF_UP,
) -> int:
    """Return what is owed after `paid` of `periods` level payments, had none been rounded.

    The figure of textbooks and calculators, P ((1 + i) ** n - (1 + i) ** k) / ((1 + i) ** n - 1). A
    schedule rounds every payment and every month's interest and so differs by some minor units.

    Raises:
        FinanceError: `paid` is negative or above `periods`, `principal` is not above zero, the rate
            is negative or not exact, or `periods` is not a number of periods.
    """
    _checks.positive("principal", principal)
    _checks.periods("periods", periods)
    rate = _checks.rate("periodic_rate", periodic_rate)
    if _checks.count("paid", paid) > periods:
        raise FinanceError("paid_too_much", paid=paid, periods=periods)
    if rate == 0:
        return round_ratio(principal * (periods - paid), periods, rounding)
    grown, base = _powers(rate, periods)
    grown_so_far, base_so_far = _powers(rate, paid)
    # Over one denominator, base: (1 + i) ** k is grown_so_far / base_so_far.
    left = grown - grown_so_far * (base // base_so_far)
    return round_ratio(principal * left, grown - base, rounding)


def equal_principal(principal: int, periods: int) -> tuple[int, ...]:
    """Return `principal` in equal parts, one for each period, that add up to it exactly.

    Each is what the rounded running total grows by, so that any two differ by one minor unit at
    most, and the parts left over after k periods are the exact ones, rounded.

    Raises:
        FinanceError: `principal` is not above zero, or `periods` is not a number of periods.
    """
    _checks.positive("principal", principal)
    _checks.periods("periods", periods)
    repaid = (round_ratio(principal * k, periods) for k in range(periods + 1))
    return tuple(after - before for before, after in pairwise(repaid))


def stepped_payment(
    principal: int,
    periodic_rate: Fraction,
    shares: Sequence[Fraction],
    months: int,
    rounding: Rounding = Rounding.HALF_UP,
) -> int:
    """Return the payment that repays `principal` if each of `shares` of it is paid `months` times.

    With a single share of 1 it is the level payment; with rising ones, the base of a graduated
    payment mortgage.

    Raises:
        FinanceError: `principal` is not above zero, the rate or a share is negative or not exact,
            or no share is above zero.
    """
    _checks.positive("principal", principal)
    rate = _checks.rate("periodic_rate", periodic_rate)
    checked = [_checks.share("shares", share) for share in shares]
    if not any(checked):
        raise FinanceError("all_zero", name="shares")
    periods = _checks.periods("periods", len(checked) * _checks.periods("months", months))
    unit = lcm(*(share.denominator for share in checked))
    flows = [0, *(int(share * unit) for share in checked for _ in range(months))]
    growth = rate.numerator + rate.denominator
    worth = discounted(flows, growth, rate.denominator)
    payment = round_ratio(principal * unit * growth**periods, worth, rounding)
    return _checks.amount("payment", payment)


def flat_fee_instalments(
    principal: int,
    fee_rate: Fraction,
    periods: int,
    rounding: Rounding = Rounding.HALF_UP,
) -> tuple[int, ...]:
    """Return the instalments of a plan whose fee, each period, is a share of the original amount.

    All are the same, save the last, which makes them add up to the principal and the whole fee.
    What such a plan really costs is its `true_annual_rate`.

    Raises:
        FinanceError: `principal` is not above zero, the rate is negative or not exact, or `periods`
            is not a number of periods.
    """
    _checks.positive("principal", principal)
    _checks.periods("periods", periods)
    total = principal + principal * periods * _checks.rate("fee_rate", fee_rate)
    owed = _checks.amount("total", round_to_integer(total, rounding))
    # Never more than is owed: half a unit, rounded up many times, would repay a tiny debt early.
    payment = min(round_to_integer(total / periods, rounding), owed // max(periods - 1, 1))
    return (*[payment] * (periods - 1), owed - payment * (periods - 1))


def _powers(rate: Fraction, periods: int) -> tuple[int, int]:
    """Return (1 + rate) ** periods as a numerator and a denominator."""
    return (rate.numerator + rate.denominator) ** periods, rate.denominator**periods
