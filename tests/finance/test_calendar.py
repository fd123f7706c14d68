from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.finance.calendar import (
    BusinessCalendar,
    Roll,
    add_months,
    days_between,
    due_dates,
    dues_through,
    months_between,
    roll,
)
from policyengine.finance.errors import FinanceError

DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))
MONTHS = st.integers(-1200, 1200)


@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),  # from the anchor: not the 28th
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 2, 29), -1, date(2024, 1, 29)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2024, 1, 15), -1, date(2023, 12, 15)),
        (date(2024, 5, 31), 0, date(2024, 5, 31)),
        (date(1900, 1, 31), 1, date(1900, 2, 28)),  # no leap year
        (date(9999, 11, 30), 1, date(9999, 12, 30)),
        (date(1, 2, 3), -1, date(1, 1, 3)),
    ],
)
def test_add_months(anchor: date, months: int, expected: date) -> None:
    assert add_months(anchor, months) == expected


@given(DATES, MONTHS)
def test_a_month_later_is_the_same_day_or_the_last(anchor: date, months: int) -> None:
    moved = add_months(anchor, months)
    assert (moved.year * 12 + moved.month) - (anchor.year * 12 + anchor.month) == months
    assert moved.day == anchor.day or (
        moved.day < anchor.day and (moved + timedelta(days=1)).day == 1
    )


@given(DATES, MONTHS, MONTHS)
def test_more_months_are_never_earlier(anchor: date, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert add_months(anchor, low) <= add_months(anchor, high)


@pytest.mark.parametrize("months", [12 * 8000, -12 * 2024])
def test_years_have_an_end(months: int) -> None:
    with pytest.raises(FinanceError, match="is outside `1` to `9999`"):
        add_months(date(2024, 1, 1), months)


@pytest.mark.parametrize("months", [1.0, True, None])
def test_months_are_whole(months: int) -> None:
    with pytest.raises(FinanceError, match="`months` must be a whole number"):
        add_months(date(2024, 1, 1), months)


@pytest.mark.parametrize(
    "anchor",
    [
        datetime(2024, 1, 1),  # noqa: DTZ001 - the mistake under test
        "2024-01-01",
        None,
    ],
)
def test_only_a_date_is_one(anchor: date) -> None:
    with pytest.raises(FinanceError, match=f"`anchor` must be a date, but is `{anchor}`"):
        add_months(anchor, 1)


def test_due_dates_at_month_ends() -> None:
    assert due_dates(date(2024, 1, 31), 4) == (
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
        date(2024, 4, 30),
    )


@pytest.mark.parametrize(
    ("first", "anchor_day", "second"),
    [
        (date(2026, 2, 28), None, date(2026, 3, 28)),
        (date(2026, 2, 28), 28, date(2026, 3, 28)),
        (date(2026, 2, 28), 30, date(2026, 3, 30)),
        (date(2026, 2, 28), 31, date(2026, 3, 31)),
        (date(2026, 4, 30), 31, date(2026, 5, 31)),
    ],
)
def test_the_agreed_day_comes_back(first: date, anchor_day: int | None, second: date) -> None:
    assert due_dates(first, 2, anchor_day) == (first, second)


@given(DATES, st.integers(1, 100))
def test_due_dates_are_the_anchor_moved(first: date, count: int) -> None:
    assert due_dates(first, count) == tuple(add_months(first, k) for k in range(count))


@pytest.mark.parametrize(
    ("first", "anchor_day"),
    [
        (date(2026, 2, 27), 28),
        (date(2026, 2, 28), 27),
        (date(2026, 3, 30), 31),
        (date(2026, 3, 31), 32),
        (date(2026, 3, 1), 0),
    ],
)
def test_the_first_due_date_is_one(first: date, anchor_day: int) -> None:
    with pytest.raises(FinanceError, match=f"`{first}` is not a due date of day `{anchor_day}`"):
        due_dates(first, 2, anchor_day)


@pytest.mark.parametrize("count", [0, -1, 1.5, 12_001])
def test_due_dates_are_counted(count: int) -> None:
    with pytest.raises(FinanceError, match="`count` must be"):
        due_dates(date(2024, 1, 1), count)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 31), date(2026, 2, 27), 0),
        (date(2026, 1, 15), date(2026, 2, 14), 0),
        (date(2026, 1, 15), date(2026, 2, 15), 1),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2024, 2, 28), date(2025, 2, 27), 11),
        (date(2025, 2, 28), date(2024, 2, 29), -12),
        (date(2026, 3, 1), date(2026, 3, 1), 0),
    ],
)
def test_months_between(start: date, end: date, months: int) -> None:
    assert months_between(start, end) == months


@given(DATES, DATES)
def test_months_between_is_the_most_that_fit(one: date, other: date) -> None:
    start, end = sorted((one, other))
    months = months_between(start, end)
    assert add_months(start, months) <= end < add_months(start, months + 1)
    assert months_between(end, start) == -months


def test_the_day_a_period_starts_does_not_count() -> None:
    assert days_between(date(2026, 2, 1), date(2026, 5, 1)) == 89
    assert days_between(date(2024, 2, 28), date(2024, 3, 1)) == 2
    assert days_between(date(2024, 3, 1), date(2024, 2, 28)) == -2


MAY_DAY = BusinessCalendar(
    holidays=frozenset(date(2026, 5, day) for day in range(1, 6)),
    workdays=frozenset((date(2026, 5, 9),)),
)


@pytest.mark.parametrize(
    ("day", "following", "modified", "preceding"),
    [
        (date(2026, 4, 30), date(2026, 4, 30), date(2026, 4, 30), date(2026, 4, 30)),
        (date(2026, 5, 1), date(2026, 5, 6), date(2026, 5, 6), date(2026, 4, 30)),
        (date(2026, 5, 9), date(2026, 5, 9), date(2026, 5, 9), date(2026, 5, 9)),  # a worked Sat.
        (date(2026, 5, 10), date(2026, 5, 11), date(2026, 5, 11), date(2026, 5, 9)),
        (date(2026, 5, 31), date(2026, 6, 1), date(2026, 5, 29), date(2026, 5, 29)),
        (date(2026, 1, 31), date(2026, 2, 2), date(2026, 1, 30), date(2026, 1, 30)),
    ],
)
def test_roll(day: date, following: date, modified: date, preceding: date) -> None:
    assert [roll(day, convention, MAY_DAY) for convention in Roll] == [
        following,
        modified,
        preceding,
    ]


@given(DATES, st.sampled_from(Roll), st.frozensets(st.integers(1, 7), max_size=6))
def test_roll_ends_on_a_business_day(day: date, convention: Roll, weekend: frozenset[int]) -> None:
    calendar = BusinessCalendar(weekend=weekend)
    rolled = roll(day, convention, calendar)
    assert calendar.is_business_day(rolled)
    assert (rolled == day) == calendar.is_business_day(day)
    if convention is Roll.MODIFIED_FOLLOWING:
        assert rolled.month == day.month


@pytest.mark.parametrize("weekend", [range(1, 8), [0, 6], [8]])
def test_a_week_has_a_business_day(weekend: list[int]) -> None:
    with pytest.raises(FinanceError, match="`weekend` must be ISO weekdays"):
        BusinessCalendar(weekend=weekend)


def test_the_calendar_ends() -> None:
    last = date.max
    with pytest.raises(FinanceError, match="no business day is left"):
        roll(last, Roll.FOLLOWING, BusinessCalendar(holidays=frozenset((last,))))


def test_an_unknown_convention_is_refused() -> None:
    with pytest.raises(FinanceError, match="unknown `convention`: `next`"):
        roll(date(2026, 5, 1), "next", MAY_DAY)  # type: ignore[arg-type]


@given(DATES, st.integers(-400, 4000), st.integers(0, 3))
def test_dues_through_a_day_are_those_on_or_before_it(first: date, days: int, more: int) -> None:
    anchor = first.day if (first + timedelta(days=1)).day != 1 else min(first.day + more, 31)
    last = first + timedelta(days=days)
    dues = due_dates(first, 140, anchor)
    assert dues_through(first, last, anchor) == sum(due <= last for due in dues)


def test_dues_through_a_day_keep_their_anchor() -> None:
    february = date(2025, 2, 28)
    assert dues_through(february, date(2025, 3, 30)) == 2
    assert dues_through(february, date(2025, 3, 30), 31) == 1
    assert dues_through(february, date(2025, 3, 31), 31) == 2
    with pytest.raises(FinanceError, match="is not a due date"):
        dues_through(february, date(2025, 3, 31), 5)
    with pytest.raises(FinanceError, match="`count` must be"):
        dues_through(february, date(9999, 3, 31))
