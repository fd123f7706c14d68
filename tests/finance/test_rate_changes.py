"""Rates that change later: when each holds, and what a schedule makes of them."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from math import ceil, floor

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import (
    Balloon,
    EqualPrincipal,
    Fixed,
    Holiday,
    HolidayInterest,
    InterestOnly,
    Level,
    Phase,
    Stepped,
)
from policyengine.finance.rate_changes import RateFrom, Rises, changes, rate_in
from policyengine.finance.schedule import Instalment, build_schedule

POINT = Fraction(1, 100)
RATES = st.integers(0, 5_000).map(lambda points: Fraction(points, 10_000))
RISES = st.builds(
    Rises,
    st.integers(1, 30),
    st.integers(0, 300).map(lambda points: Fraction(points, 10_000)),
    st.integers(1, 14),
    RATES,
)
BALANCES = st.integers(1, 10**11)
MONTHS = st.integers(1, 60)
OPENING = st.lists(
    st.one_of(
        st.builds(Holiday, st.integers(1, 12), st.sampled_from(HolidayInterest)),
        st.builds(InterestOnly, st.integers(1, 12)),
    ),
    max_size=2,
)
CLOSING = st.one_of(
    st.builds(Level, MONTHS),
    st.builds(EqualPrincipal, MONTHS),
    st.builds(Balloon, MONTHS, st.just(1), st.just(True)),
)
PHASES = st.builds(lambda opening, closing: [*opening, closing], OPENING, CLOSING)


def percent(*rates: int) -> list[Fraction]:
    return [rate * POINT for rate in rates]


def schedule(balance: int, rate: Fraction, rises: Rises, *phases: Phase) -> tuple[Instalment, ...]:
    months = sum(phase.months for phase in phases)
    later = rises.after(rate, months)
    return build_schedule(balance, rate, phases, date(2010, 7, 1), later_rates=later)


# When each rate holds


def test_a_rate_rises_a_point_a_year_to_its_cap() -> None:
    rises = Rises(60, POINT, 12, Fraction(19, 400))
    later = rises.after(2 * POINT, 480)
    assert [(r.month, r.annual) for r in later] == [
        (61, 3 * POINT),
        (73, 4 * POINT),
        (85, Fraction(19, 400)),  # the last rise is cut: 4.75 %
    ]
    held = [rate_in(month, 2 * POINT, later) for month in (1, 60, 61, 72, 73, 84, 85, 480)]
    assert held == [*percent(2, 2, 3, 3, 4, 4), Fraction(19, 400), Fraction(19, 400)]


@pytest.mark.parametrize("up_to", [5, 4, 0, -3])
def test_a_rate_at_or_above_the_cap_stays(up_to: int) -> None:
    assert Rises(1, POINT, 1, up_to * POINT).after(5 * POINT, 480) == ()


def test_rises_after_the_last_month_are_none() -> None:
    rises = Rises(12, POINT, 6, Fraction(1))
    assert [len(rises.after(Fraction(0), months)) for months in (12, 13, 18, 19)] == [0, 1, 1, 2]


def test_rises_of_nothing_are_none() -> None:
    assert Rises(12, Fraction(0), 6, Fraction(1)).after(POINT, 480) == ()


@given(RISES, RATES, st.integers(0, 100).map(lambda points: points * POINT))
def test_a_share_of_a_rate_rises_in_step(rises: Rises, first: Fraction, share: Fraction) -> None:
    whole = [(r.month, r.annual * share) for r in rises.after(first, 60)]
    part = [(r.month, r.annual) for r in rises.scaled(share).after(first * share, 60)]
    assert part == (whole if share else [])


def test_a_later_rate_that_changes_nothing_is_no_change() -> None:
    later = [RateFrom(3, POINT), RateFrom(5, 2 * POINT), RateFrom(7, 2 * POINT)]
    assert changes(POINT, later) == (RateFrom(5, 2 * POINT),)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Rises(0, POINT, 12, POINT), "`fixed_for` must be from `1`"),
        (lambda: Rises(60, -POINT, 12, POINT), "`rise` must not be negative"),
        (lambda: Rises(60, POINT, 0, POINT), "`every` must be from `1`"),
        (lambda: Rises(60, POINT, 12, 0.05), "`up_to` must be an exact fraction"),  # type: ignore[arg-type]
        (lambda: RateFrom(0, POINT), "`month` must be from `1`"),
        (lambda: RateFrom(2, -POINT), "`annual` must not be negative"),
        (lambda: changes(POINT, [RateFrom(1, POINT)]), "from month `1` must come after `1`"),
        (
            lambda: changes(POINT, [RateFrom(9, POINT), RateFrom(9, POINT)]),
            "from month `9` must come after `9`",
        ),
        (
            lambda: build_schedule(
                100, POINT, [Level(3)], date(2024, 1, 1), later_rates=[RateFrom(1, POINT)]
            ),
            "from month `1` must come after `1`",
        ),
    ],
)
def test_bad_rates(make: Callable[[], object], message: str) -> None:
    with pytest.raises(FinanceError, match=message):
        make()


# What a schedule makes of them


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def annuity(rate: Fraction, months: int) -> Fraction:
    return sum((1 / (1 + rate) ** n for n in range(1, months + 1)), Fraction(0))


def by_hand(balance: int, rates: Sequence[Fraction], months: int) -> list[tuple[int, int, int]]:
    """Return payment, interest and balance of each month, by the definition alone."""
    owed, payment, rows = balance, 0, []
    for k in range(months):
        rate, left = rates[k] / 12, months - k
        if (k == 0 or rates[k] != rates[k - 1]) and owed:
            factor = annuity(rate, left)
            payment = half_up(owed / factor)
        interest = half_up(owed * rate)
        paid = owed + interest if left == 1 else min(payment, owed + interest)
        owed += interest - paid
        rows.append((paid, interest, owed))
    return rows


@given(BALANCES, RATES, RISES, MONTHS)
def test_the_level_payment_is_reckoned_anew_at_each_rate(
    balance: int, rate: Fraction, rises: Rises, months: int
) -> None:
    rows = schedule(balance, rate, rises, Level(months))
    later = rises.after(rate, months)
    rates = [rate_in(month, rate, later) for month in range(1, months + 1)]
    assert [(r.payment, r.interest, r.balance) for r in rows] == by_hand(balance, rates, months)


@given(BALANCES, RATES, RISES, PHASES)
def test_principal_parts_sum_to_the_balance_and_it_ends_at_zero(
    balance: int, rate: Fraction, rises: Rises, phases: list[Phase]
) -> None:
    rows = schedule(balance, rate, rises, *phases)
    assert len(rows) == sum(phase.months for phase in phases)
    assert sum(row.principal for row in rows) == balance
    assert rows[-1].balance == 0
    for row in rows:
        assert row.payment == row.interest + row.principal
        assert min(row.payment, row.interest, row.balance) >= 0


@given(BALANCES, RATES, RISES, PHASES)
def test_a_rise_of_nothing_is_the_plain_schedule(
    balance: int, rate: Fraction, rises: Rises, phases: list[Phase]
) -> None:
    plain = build_schedule(balance, rate, phases, date(2010, 7, 1))
    assert schedule(balance, rate, attrs.evolve(rises, rise=Fraction(0)), *phases) == plain
    same = [RateFrom(month, rate) for month in (2, 3, 5, 8, 13)]
    again = build_schedule(balance, rate, phases, date(2010, 7, 1), later_rates=same)
    assert again == plain


@given(BALANCES, RATES, RISES, st.integers(2, 60))
def test_a_level_payment_never_falls_when_the_rate_rises(
    balance: int, rate: Fraction, rises: Rises, months: int
) -> None:
    """But for what rounding left: half a unit of each payment and interest so far, shared by the months left."""
    rows = schedule(balance, rate, rises, Level(months))
    for change in rises.after(rate, months - 1):
        before, after = rows[change.month - 2], rows[change.month - 1]
        monthly, so_far, left = change.annual / 12, change.month - 1, months - change.month + 1
        most = sum((1 + monthly) ** k for k in range(so_far))
        factor = annuity(monthly, left)
        assert after.payment >= before.payment - ceil(most / factor) - 1


@given(st.integers(10**6, 10**11), RATES, st.integers(1, 40), st.integers(25, 300), st.data())
def test_a_level_payment_of_some_size_rises_with_the_rate(
    balance: int, rate: Fraction, fixed_for: int, points: int, data: st.DataObject
) -> None:
    """A quarter of a point and more, with a year and more left, outweighs what rounding left."""
    months = fixed_for + data.draw(st.integers(12, 60))
    rises = Rises(fixed_for, Fraction(points, 10_000), 12, Fraction(1))
    rows = schedule(balance, rate, rises, Level(months))
    payments = [row.payment for row in rows[:-12]]
    assert payments == sorted(payments)
    assert payments[-1] > payments[0] or len(payments) <= fixed_for


@given(BALANCES, RATES, RISES, OPENING, MONTHS)
def test_equal_parts_of_the_balance_stay_and_interest_rises(
    balance: int, rate: Fraction, rises: Rises, opening: list[Phase], months: int
) -> None:
    rested = any(isinstance(phase, Holiday) for phase in opening)
    phases: list[Phase] = [*opening, EqualPrincipal(months)]
    plain = build_schedule(balance, rate, phases, date(2010, 7, 1))
    rows = schedule(balance, rate, rises, *phases)
    for before, after in zip(plain, rows, strict=True):
        assert after.interest >= before.interest
        assert rested or after.principal == before.principal


def test_the_months_count_from_the_first_whatever_its_phase() -> None:
    """Here the rate changes within a holiday, and again in the months of interest alone."""
    later = [RateFrom(2, Fraction(24, 100)), RateFrom(4, Fraction(36, 100))]
    phases: list[Phase] = [Holiday(2), InterestOnly(2), EqualPrincipal(2)]
    rows = build_schedule(100_000, Fraction(12, 100), phases, date(2024, 1, 31), later_rates=later)
    assert [row.interest for row in rows] == [1000, 2020, 2060, 3091, 3091, 1545]
    assert [row.payment for row in rows] == [0, 0, 2060, 3091, 54601, 53055]


@pytest.mark.parametrize(
    ("treatment", "interest"),
    [("waived", [0, 0, 0]), ("accrues", [1000, 2000, 2000]), ("capitalised", [1000, 2020, 2060])],
)
def test_a_holiday_bears_the_rate_of_each_month(treatment: str, interest: list[int]) -> None:
    rows = build_schedule(
        100_000,
        Fraction(12, 100),
        [Holiday(3, HolidayInterest(treatment)), Level(12)],
        date(2024, 1, 31),
        later_rates=[RateFrom(2, Fraction(24, 100))],
    )
    assert [row.interest for row in rows[:3]] == interest


def test_steps_are_shares_of_the_payment_at_the_rate_of_their_month() -> None:
    """Half of it for two months: 1,000.00 at no interest, then at 12 % anew over the eleven months left."""
    rows = build_schedule(
        1_200_000,
        Fraction(0),
        [Stepped((Fraction(1, 2),), 2), Level(10)],
        date(2024, 1, 31),
        later_rates=[RateFrom(2, Fraction(12, 100))],
        negative_amortisation=True,
    )
    assert rows[0].payment == 50_000
    factor = annuity(POINT, 11)
    assert rows[1].payment == half_up(half_up(1_150_000 / factor) * Fraction(1, 2))
    assert rows[-1].balance == 0


def test_a_stated_payment_stays_whatever_the_rate() -> None:
    for phase in (Stepped((Fraction(1),), 2, of=40_000), Fixed((40_000,) * 2)):
        rows = build_schedule(
            100_000,
            Fraction(0),
            [phase, Level(2)],
            date(2024, 1, 31),
            later_rates=[RateFrom(2, Fraction(12, 100))],
        )
        assert [row.payment for row in rows[:2]] == [40_000, 40_000]
        assert [row.interest for row in rows[:3]] == [0, 600, 206]


def test_a_balloon_is_left_whatever_the_rate() -> None:
    rows = build_schedule(
        100_000,
        Fraction(0),
        [Balloon(6, 40_000)],
        date(2024, 1, 31),
        later_rates=[RateFrom(4, Fraction(12, 100))],
    )
    assert [row.balance for row in rows[:3]] == [90_000, 80_000, 70_000]
    assert rows[3].payment > 10_000
    assert rows[-1].balance == 40_000


def test_a_debt_repaid_early_is_not_reckoned_anew() -> None:
    """Three units over five months: 0.6 of a unit rounds up, and three payments repay it all."""
    rows = build_schedule(
        3, Fraction(0), [Level(5)], date(2024, 1, 31), later_rates=[RateFrom(4, POINT)]
    )
    assert [row.payment for row in rows] == [1, 1, 1, 0, 0]
