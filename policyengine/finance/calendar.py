"""Dates on which something is due: month arithmetic, counts and business days."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum

import attrs

from policyengine.finance import _checks
from policyengine.finance.errors import FinanceError

SATURDAY_AND_SUNDAY = frozenset((6, 7))
"""The usual weekend, as ISO weekdays (Monday is 1)."""


def add_months(anchor: date, months: int) -> date:
    """Return the same day of the month, `months` later; the month's last day where it has no such.

    Always count from the anchor, never from an earlier result: 31 January + 1 is 28 February, but
    31 January + 2 is 31 March. Source: Civil Code of China, article 202.

    Raises:
        FinanceError: the result lies outside the years 1 to 9999.
    """
    _checks.day("anchor", anchor)
    ahead = _checks.integer("months", months)
    return _on_day(anchor.day, 12 * anchor.year + anchor.month - 1 + ahead)


def due_dates(first: date, count: int, anchor_day: int | None = None) -> tuple[date, ...]:
    """Return `count` monthly due dates from `first` on.

    `anchor_day` is the day of the month agreed, from 1 to 31. It is needed only where `first`
    cannot show it: dues on the 31st may well begin on 28 February.

    Raises:
        FinanceError: `count` is not a number of periods, or `first` is no due date of `anchor_day`.
    """
    _checks.day("first", first)
    _checks.periods("count", count)
    day = first.day if anchor_day is None else _checks.integer("anchor_day", anchor_day)
    start = 12 * first.year + first.month - 1
    if not 1 <= day <= 31 or _on_day(day, start) != first:
        raise FinanceError("not_a_due_date", first=first, anchor=day)
    return tuple(_on_day(day, start + k) for k in range(count))


def dues_through(first: date, last: date, anchor_day: int | None = None) -> int:
    """Return how many monthly due dates from `first` on fall on or before the day `last`.

    Raises:
        FinanceError: They are more than can be counted, or `first` is no due date of `anchor_day`.
    """
    if _checks.day("last", last) < _checks.day("first", first):
        return 0
    months = 12 * (last.year - first.year) + last.month - first.month
    *_, final = due_dates(first, months + 1, anchor_day)
    return months + (final <= last)


def months_between(start: date, end: date) -> int:
    """Return how many whole months lie between two dates; negative if `end` is the earlier.

    From 31 January to 28 February is one month, since 31 January + 1 month is 28 February.
    """
    _checks.day("start", start)
    _checks.day("end", end)
    if end < start:
        return -months_between(end, start)
    months = 12 * (end.year - start.year) + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def days_between(start: date, end: date) -> int:
    """Return the days from `start` (excluded) to `end`; negative if `end` is the earlier.

    Source: Civil Code of China, article 201: the day on which a period begins does not count.
    """
    return (_checks.day("end", end) - _checks.day("start", start)).days


class Roll(StrEnum):
    """Where a date goes that is no business day."""

    FOLLOWING = "following"
    """To the next business day: Civil Code of China, article 203."""
    MODIFIED_FOLLOWING = "modified_following"
    """To the next business day, unless in another month; then to the one before."""
    PRECEDING = "preceding"
    """To the business day before."""


def _dates(values: Iterable[date]) -> frozenset[date]:
    return frozenset(values)


def _weekdays(values: Iterable[int]) -> frozenset[int]:
    return frozenset(values)


@attrs.frozen
class BusinessCalendar:
    """Which days are business days.

    `weekend` are ISO weekdays (Monday is 1, Sunday 7). `workdays` are days worked although they
    fall on a weekend or are listed as holidays, such as China's adjusted working days.
    """

    holidays: frozenset[date] = attrs.field(default=(), converter=_dates)
    weekend: frozenset[int] = attrs.field(default=SATURDAY_AND_SUNDAY, converter=_weekdays)
    workdays: frozenset[date] = attrs.field(default=(), converter=_dates)

    @weekend.validator
    def _leaves_a_business_day(self, _attribute: object, weekend: Iterable[int]) -> None:
        if not set(weekend) < set(range(1, 8)):
            raise FinanceError("wrong_weekend", name="weekend")

    def is_business_day(self, day: date) -> bool:
        """Say whether business is done on `day`."""
        off = day in self.holidays or day.isoweekday() in self.weekend
        return day in self.workdays or not off


def roll(day: date, convention: Roll, calendar: BusinessCalendar) -> date:
    """Return the business day that stands for `day`: itself if it is one.

    Raises:
        FinanceError: the business day would lie outside the years 1 to 9999, or there is no such
            convention.
    """
    _checks.day("day", day)
    kind = _checks.choice("convention", convention, Roll)
    if kind is Roll.PRECEDING:
        return _nearest(day, -1, calendar)
    following = _nearest(day, 1, calendar)
    if kind is Roll.MODIFIED_FOLLOWING and following.month != day.month:
        return _nearest(day, -1, calendar)
    return following


def _on_day(day: int, months: int) -> date:
    """Return `day` of the month that is `months` after January of year 0, or that month's last."""
    year, month = divmod(months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise FinanceError("year_outside", year=year, first=MINYEAR, last=MAXYEAR)
    if day > 28:
        day = min(day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def _nearest(day: date, step: int, calendar: BusinessCalendar) -> date:
    found = day
    while not calendar.is_business_day(found):
        try:
            found += timedelta(days=step)
        except OverflowError:
            raise FinanceError("no_business_day", day=day) from None
    return found
