"""What the generated intake calls: a value as it is usually given, or `Unusual` for the ordinary reading to see to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import (
    Clamped,
    Context,
    Decimal,
    Inexact,
    InvalidOperation,
    Overflow,
    Rounded,
    Underflow,
)
from typing import Any

from policyengine.evaluators.compiled.layout import whole
from policyengine.facts.from_profile import FIRST_DAY, LAST_DAY
from policyengine.finance.calendar import due_dates
from policyengine.finance.errors import FinanceError

#: Whatever is not exact, or of more than 19 digits before or after the point, is refused: that is also fewer than are
#: read at all, and what an amount can have.
_EXACT = Context(
    prec=19,
    Emin=0,
    Emax=18,
    traps=[Clamped, Inexact, InvalidOperation, Overflow, Rounded, Underflow],
)
_multiplied = _EXACT.multiply
_whole = Context(prec=19, traps=[Inexact, InvalidOperation]).to_integral_exact


class Unusual(Exception):
    """Something is given that the ordinary reading decides about."""


def counted(value: Any, scale: Decimal) -> int:
    """Return a number times a power of ten, where that makes it whole."""
    if value.__class__ is not Decimal:
        raise Unusual
    return int(_whole(_multiplied(value, scale)))


def day(value: Any) -> date:
    """Return a date, written 2024-11-20 or not."""
    if value.__class__ is str and len(value) == 10 and value[4] == "-" == value[7]:
        return date.fromisoformat(value)
    if value.__class__ is not date:
        raise Unusual
    return value


def text(value: Any) -> str:
    """Return a text that is not empty and that a file can hold."""
    if value.__class__ is not str or not value.strip():
        raise Unusual
    if not value.isascii():
        value.encode()  # half of a character cannot be
    return value


def check_due_day(next_due: date, due_day: int) -> None:
    """Do nothing where the next payment falls due on the day of the month agreed."""
    try:
        due_dates(next_due, 1, due_day)
    except FinanceError:
        raise Unusual from None


#: The names that the source of an intake finds.
IN_SIGHT: Mapping[str, Any] = {
    "Unusual": Unusual,
    "counted": counted,
    "day": day,
    "text": text,
    "check_due_day": check_due_day,
    "date": date,
    "first_day": FIRST_DAY,
    "last_day": LAST_DAY,
    "whole": whole,
}
#: What the generated source raises where a value is not as usual: no such value, of another type, not exact.
NOT_AS_USUAL = (Unusual, LookupError, TypeError, ValueError, ArithmeticError)
