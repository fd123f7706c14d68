"""Day counts: how much of a year lies between two dates.

Sources: ISDA 2006 definitions, section 4.16; for the American 30/360, SIFMA, Standard Securities
Calculation Methods.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date
from enum import StrEnum
from fractions import Fraction

from policyengine.finance import _checks
from policyengine.finance.errors import FinanceError


class DayCount(StrEnum):
    """How the days of a period and of a year are counted."""

    THIRTY_360 = "30/360"
    """Bond basis: a 31st is a 30th; at the end, only if the start is a 30th or a 31st."""
    THIRTY_360_US = "30/360 US"
    """The same, and the last day of February is a 30th too; at the end, only if the start is."""
    THIRTY_E_360 = "30E/360"
    """Eurobond basis: a 31st is a 30th."""
    ACTUAL_360 = "actual/360"
    ACTUAL_365_FIXED = "actual/365 fixed"
    ACTUAL_ACTUAL_ISDA = "actual/actual ISDA"
    """Days in leap years over 366, the others over 365."""


def year_fraction(start: date, end: date, basis: DayCount) -> Fraction:
    """Return the part of a year from `start` (included) to `end` (excluded).

    Raises:
        FinanceError: `end` is before `start`, or there is no such basis.
    """
    if _checks.day("end", end) < _checks.day("start", start):
        raise FinanceError("end_before_start", end=end, start=start)
    kind = _checks.choice("basis", basis, DayCount)
    match kind:
        case DayCount.ACTUAL_360:
            return Fraction((end - start).days, 360)
        case DayCount.ACTUAL_365_FIXED:
            return Fraction((end - start).days, 365)
        case DayCount.ACTUAL_ACTUAL_ISDA:
            return _years_to(end) - _years_to(start)
        case _:
            return Fraction(_thirty_360_days(start, end, kind), 360)


def _years_to(day: date) -> Fraction:
    """Return the years from the start of year 0, each as long as it is."""
    return day.year + Fraction(day.timetuple().tm_yday - 1, 366 if isleap(day.year) else 365)


def _thirty_360_days(start: date, end: date, basis: DayCount) -> int:
    first, last = _thirty_360_ends(start, end, basis)
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def _thirty_360_ends(start: date, end: date, basis: DayCount) -> tuple[int, int]:
    """Return the days of the month that the two ends count as."""
    first, last = min(start.day, 30), end.day
    if basis is DayCount.THIRTY_E_360:
        return first, min(last, 30)
    if basis is DayCount.THIRTY_360_US and _ends_february(start):
        first = 30
        if _ends_february(end):
            last = 30
    return first, 30 if last == 31 and first == 30 else last


def _ends_february(day: date) -> bool:
    return day.month == 2 and day.day == monthrange(day.year, 2)[1]
