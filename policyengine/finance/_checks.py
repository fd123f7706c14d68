"""Refuses bad figures at the door, so that no formula has to.

Types are checked too: a float that slipped in would be wrong by a cent much later, far from here.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from policyengine.finance.errors import FinanceError

Kind = TypeVar("Kind", bound=StrEnum)

MAX_AMOUNT = 2**63 - 1
"""The most minor units an amount may have, either side of zero: what 64 bits hold."""

MAX_PERIODS = 12_000
"""The most periods counted: a thousand years of months. Past it, powers only take up memory."""


def integer(name: str, value: object) -> int:
    """Return `value` if it is a whole number; truth values are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise FinanceError("not_whole", name=name, given=value)
    return value


def amount(name: str, value: object) -> int:
    """Return `value` if it is a whole number of minor units that fits in 64 bits."""
    checked = integer(name, value)
    if abs(checked) > MAX_AMOUNT:
        raise FinanceError("not_64_bits", name=name, given=checked)
    return checked


def not_negative(name: str, value: object) -> int:
    """Return `value` if it is an amount of zero or more."""
    checked = amount(name, value)
    if checked < 0:
        raise FinanceError("negative_amount", name=name, given=checked)
    return checked


def positive(name: str, value: object) -> int:
    """Return `value` if it is an amount above zero."""
    checked = amount(name, value)
    if checked <= 0:
        raise FinanceError("amount_not_above_zero", name=name, given=checked)
    return checked


def count(name: str, value: object) -> int:
    """Return `value` if it is a whole number of zero or more: periods, not an amount."""
    checked = integer(name, value)
    if checked < 0:
        raise FinanceError("negative_number", name=name, given=checked)
    return checked


def periods(name: str, value: object) -> int:
    """Return `value` if it counts at least one period and at most `MAX_PERIODS`."""
    checked = integer(name, value)
    if not 1 <= checked <= MAX_PERIODS:
        raise FinanceError("periods_outside", name=name, least=1, most=MAX_PERIODS, given=checked)
    return checked


def exact(name: str, value: object) -> Fraction:
    """Return `value` as a fraction if it is one or a whole number: never a float."""
    if not isinstance(value, Fraction | int) or isinstance(value, bool):
        raise FinanceError("not_exact", name=name, given=value)
    return Fraction(value)


def share(name: str, value: object) -> Fraction:
    """Return `value` if it is an exact fraction of zero or more."""
    checked = exact(name, value)
    if checked < 0:
        raise FinanceError("negative_number", name=name, given=checked)
    return checked


rate = share
"""Return `value` if it is an exact rate of zero or more; 1 is 100 %."""


def choice(name: str, value: object, kinds: type[Kind]) -> Kind:
    """Return the member of an enumeration that `value` is, or spells."""
    try:
        return kinds(str(value))
    except ValueError:
        raise FinanceError("unknown_name", name=name, given=value) from None


def day(name: str, value: object) -> date:
    """Return `value` if it is a date without a time of day."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise FinanceError("not_a_day", name=name, given=value)
    return value
