from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.finance.ageing import days_past_due, instalments_due, re_age
from policyengine.finance.calendar import add_months
from policyengine.finance.errors import FinanceError

DATES = st.dates(date(2000, 1, 1), date(2100, 12, 31))
FEBRUARY = date(2026, 2, 1)


@pytest.mark.parametrize(
    ("as_of", "days", "instalments"),
    [
        (date(2026, 1, 31), 0, 0),
        (date(2026, 2, 1), 0, 1),
        (date(2026, 2, 28), 27, 1),
        (date(2026, 3, 1), 28, 2),
        (date(2026, 3, 2), 29, 2),
        (date(2026, 3, 3), 30, 2),
        (date(2026, 5, 1), 89, 4),
        (date(2026, 5, 2), 90, 4),
        (date(2026, 5, 3), 91, 4),
        (date(2026, 6, 1), 120, 5),
        (date(2020, 1, 1), 0, 0),
    ],
)
def test_days_are_not_instalments(as_of: date, days: int, instalments: int) -> None:
    assert days_past_due(FEBRUARY, as_of) == days
    assert instalments_due(FEBRUARY, as_of) == instalments


@pytest.mark.parametrize(
    ("first", "anchor_day", "as_of", "instalments"),
    [
        (date(2026, 2, 28), 31, date(2026, 3, 30), 1),
        (date(2026, 2, 28), 31, date(2026, 3, 31), 2),
        (date(2026, 2, 28), None, date(2026, 3, 30), 2),
        (date(2026, 1, 31), None, date(2026, 2, 28), 2),
        (date(2026, 2, 28), 31, date(2026, 4, 29), 2),
        (date(2026, 2, 28), 31, date(2026, 4, 30), 3),
    ],
)
def test_instalments_fall_due_on_the_agreed_day(
    first: date, anchor_day: int | None, as_of: date, instalments: int
) -> None:
    assert instalments_due(first, as_of, anchor_day) == instalments


@given(DATES, st.integers(0, 5000))
def test_instalments_due_agrees_with_counting(first: date, days: int) -> None:
    as_of = first + timedelta(days=days)
    counted = sum(add_months(first, k) <= as_of for k in range(200))
    assert instalments_due(first, as_of) == counted


@pytest.mark.parametrize(
    ("first", "as_of", "anchor_day", "due"),
    [
        (FEBRUARY, date(2026, 5, 15), None, date(2026, 6, 1)),
        (FEBRUARY, date(2026, 6, 1), None, date(2026, 7, 1)),
        (FEBRUARY, FEBRUARY, None, date(2026, 3, 1)),
        (date(2026, 1, 31), date(2026, 3, 30), None, date(2026, 3, 31)),
        (date(2026, 2, 28), date(2026, 3, 30), 31, date(2026, 3, 31)),
    ],
)
def test_re_age(first: date, as_of: date, anchor_day: int | None, due: date) -> None:
    assert re_age(first, as_of, anchor_day) == due


@given(DATES, st.integers(0, 2000))
def test_a_re_aged_account_is_current(first: date, days: int) -> None:
    as_of = first + timedelta(days=days)
    due = re_age(first, as_of)
    assert days_past_due(due, as_of) == instalments_due(due, as_of) == 0
    assert as_of < due <= as_of + timedelta(days=31)


def test_a_current_account_is_not_re_aged() -> None:
    with pytest.raises(FinanceError, match="nothing is past due on `2026-01-31`"):
        re_age(FEBRUARY, date(2026, 1, 31))


def test_the_first_unpaid_instalment_is_a_due_date() -> None:
    with pytest.raises(FinanceError, match="is not a due date of day `31`"):
        instalments_due(FEBRUARY, date(2026, 5, 1), 31)
