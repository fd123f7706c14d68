from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.finance.calendar import add_months
from policyengine.finance.day_count import DayCount, year_fraction
from policyengine.finance.errors import FinanceError

DATES = st.dates(date(1950, 1, 1), date(2150, 12, 31))
BASES = st.sampled_from(DayCount)


@pytest.mark.parametrize(
    ("start", "end", "bond", "us", "euro"),
    [
        (date(2007, 1, 15), date(2007, 1, 30), 15, 15, 15),
        (date(2007, 1, 15), date(2007, 2, 15), 30, 30, 30),
        (date(2007, 9, 30), date(2008, 3, 31), 180, 180, 180),
        (date(2007, 9, 30), date(2007, 10, 31), 30, 30, 30),
        (date(2007, 1, 15), date(2007, 1, 31), 16, 16, 15),
        (date(2007, 1, 31), date(2007, 2, 28), 28, 28, 28),
        (date(2007, 2, 28), date(2007, 3, 31), 33, 30, 32),
        (date(2006, 8, 31), date(2007, 2, 28), 178, 178, 178),
        (date(2007, 2, 28), date(2007, 8, 31), 183, 180, 182),
        (date(2007, 2, 14), date(2007, 2, 28), 14, 14, 14),
        (date(2007, 2, 26), date(2008, 2, 29), 363, 363, 363),
        (date(2008, 2, 29), date(2009, 2, 28), 359, 360, 359),
        (date(2008, 2, 29), date(2008, 3, 30), 31, 30, 31),
        (date(2008, 2, 28), date(2008, 3, 31), 33, 33, 32),
        (date(2008, 2, 28), date(2008, 8, 31), 183, 183, 182),
    ],
)
def test_thirty_360(start: date, end: date, bond: int, us: int, euro: int) -> None:
    bases = (DayCount.THIRTY_360, DayCount.THIRTY_360_US, DayCount.THIRTY_E_360)
    assert [year_fraction(start, end, basis) * 360 for basis in bases] == [bond, us, euro]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        # ISDA, EMU and market conventions, the first four examples.
        (date(2003, 11, 1), date(2004, 5, 1), Fraction(61, 365) + Fraction(121, 366)),
        (date(1999, 2, 1), date(1999, 7, 1), Fraction(150, 365)),
        (date(2002, 8, 15), date(2003, 7, 15), Fraction(334, 365)),
        (date(1999, 7, 30), date(2000, 1, 30), Fraction(155, 365) + Fraction(29, 366)),
        (date(2023, 6, 1), date(2025, 6, 1), Fraction(214 + 151, 365) + 1),
    ],
)
def test_actual_actual(start: date, end: date, expected: Fraction) -> None:
    assert year_fraction(start, end, DayCount.ACTUAL_ACTUAL_ISDA) == expected


def test_actual_over_a_fixed_year() -> None:
    year = (date(2024, 1, 1), date(2025, 1, 1))
    assert year_fraction(*year, DayCount.ACTUAL_365_FIXED) == Fraction(366, 365)
    assert year_fraction(*year, DayCount.ACTUAL_360) == Fraction(366, 360)


@given(DATES, BASES)
def test_no_time_is_no_year(day: date, basis: DayCount) -> None:
    assert year_fraction(day, day, basis) == 0


@given(DATES, st.integers(1, 600), BASES)
def test_a_month_is_about_a_twelfth(start: date, months: int, basis: DayCount) -> None:
    years = year_fraction(start, add_months(start, months), basis)
    assert abs(years - Fraction(months, 12)) < Fraction(4, 365) + Fraction(months, 12) / 60


@given(
    DATES,
    DATES,
    DATES,
    st.sampled_from((DayCount.ACTUAL_360, DayCount.ACTUAL_365_FIXED, DayCount.ACTUAL_ACTUAL_ISDA)),
)
def test_actual_periods_add_up(one: date, two: date, three: date, basis: DayCount) -> None:
    start, middle, end = sorted((one, two, three))
    parts = year_fraction(start, middle, basis) + year_fraction(middle, end, basis)
    assert parts == year_fraction(start, end, basis)


@given(BASES)
def test_time_does_not_run_backwards(basis: DayCount) -> None:
    with pytest.raises(FinanceError, match="is before `start`"):
        year_fraction(date(2024, 1, 2), date(2024, 1, 1), basis)


def test_an_unknown_basis_is_refused() -> None:
    with pytest.raises(FinanceError, match="unknown `basis`: `31/365`"):
        year_fraction(date(2024, 1, 1), date(2024, 1, 2), "31/365")  # type: ignore[arg-type]
