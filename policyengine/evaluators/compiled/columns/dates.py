"""Dates in generated source: days since 0001-01-01, as `date.toordinal` counts them. Zero stands for none."""

from __future__ import annotations

from numba import njit

#: 9999-12-31.
LAST = 3_652_059


@njit(nogil=True)
def civil(day: int) -> tuple[int, int, int]:
    """Return the year, the month and the day of the month; the calendar begins in March, so that leap days come last.

    Source: Howard Hinnant, chrono-compatible low-level date algorithms, `civil_from_days`.
    """
    since = day + 305
    era = since // 146_097
    of_era = since - era * 146_097
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    of_month = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return year + era * 400 + (1 if month <= 2 else 0), month, of_month


@njit(nogil=True)
def ordinal(year: int, month: int, day: int) -> int:
    """Return the day of a year, a month and a day of the month."""
    shifted = year - (1 if month <= 2 else 0)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 305


@njit(nogil=True)
def months_after(day: int, months: int) -> int:
    """Return a date so many months later, the month's last day where it has no such; 0 outside the calendar."""
    if months < -120_000 or months > 120_000:
        return 0
    year, month, of_month = civil(day)
    ahead = year * 12 + month - 1 + months
    to = ahead // 12
    if to < 1 or to > 9_999:
        return 0
    month = ahead - to * 12 + 1
    last = 31
    if month == 2:
        last = 29 if to % 4 == 0 and (to % 100 != 0 or to % 400 == 0) else 28
    elif month in (4, 6, 9, 11):
        last = 30
    return ordinal(to, month, min(of_month, last))


@njit(nogil=True)
def days_after(day: int, days: int) -> int:
    """Return a date so many days later; 0 outside the calendar."""
    if days < -LAST or days > LAST:
        return 0
    found = day + days
    return found if 1 <= found <= LAST else 0


@njit(nogil=True)
def months_between(start: int, end: int) -> int:
    """Return the whole months from one date to another, negative where the second is the earlier."""
    sign = 1
    if end < start:
        start, end, sign = end, start, -1
    year, month, _ = civil(start)
    to_year, to_month, _ = civil(end)
    months = (to_year - year) * 12 + to_month - month
    after = months_after(start, months)
    # The month of the end lies within the calendar wherever both dates do.
    return sign * (months if after <= end else months - 1)
