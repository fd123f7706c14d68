from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.finance.amortisation import level_payment, stepped_payment
from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import (
    LONGEST,
    Balloon,
    EqualPrincipal,
    Fixed,
    Holiday,
    HolidayInterest,
    InterestOnly,
    Level,
    Paying,
    Phase,
    Stepped,
    UntilRepaid,
)
from policyengine.finance.rounding import Rounding, round_to_integer
from policyengine.finance.schedule import Instalment, build_schedule
from policyengine.finance.valuation import present_value

AIBANK = Fraction(14452, 100_000)
ACCRUES, CAPITALISED, WAIVED = (
    HolidayInterest.ACCRUES,
    HolidayInterest.CAPITALISED,
    HolidayInterest.WAIVED,
)
HALF = Fraction(1, 2)

BALANCES = st.integers(1, 10**12)
RATES = st.integers(0, 50_000).map(lambda points: Fraction(points, 100_000))
MONTHS = st.integers(1, 60)
OPENING = st.lists(
    st.one_of(
        st.builds(Holiday, st.integers(1, 12), st.sampled_from(HolidayInterest)),
        st.builds(InterestOnly, st.integers(1, 12)),
    ),
    max_size=3,
)
CLOSING = st.one_of(
    st.builds(Level, MONTHS),
    st.builds(EqualPrincipal, MONTHS),
    st.builds(InterestOnly, MONTHS),
    st.builds(Balloon, MONTHS, st.just(0)),
    st.builds(Balloon, MONTHS, st.just(1), st.just(True)),
)
PHASES = st.builds(lambda opening, closing: [*opening, closing], OPENING, CLOSING)


def schedule(
    balance: int, rate: Fraction, *phases: Phase, negative_amortisation: bool = False
) -> tuple[Instalment, ...]:
    return build_schedule(
        balance,
        rate,
        phases,
        date(2024, 12, 20),
        negative_amortisation=negative_amortisation,
    )


def payments(instalments: Sequence[Instalment]) -> list[int]:
    return [instalment.payment for instalment in instalments]


def interest(instalments: Sequence[Instalment]) -> list[int]:
    return [instalment.interest for instalment in instalments]


def balances(instalments: Sequence[Instalment]) -> list[int]:
    return [instalment.balance for instalment in instalments]


def test_the_residue_of_a_published_schedule() -> None:
    rows = schedule(10_000, Fraction(7, 100), Level(6))
    assert payments(rows) == [1701] * 5 + [1700]
    assert interest(rows) == [58, 49, 39, 29, 20, 10]
    assert sum(payments(rows)) == 10_205


def test_a_published_annuity() -> None:
    rows = schedule(100_000_000, Fraction(49, 1000), Level(360))
    assert rows[0].payment == 530_727
    # 984,978.41, as published, had neither payments nor interest been rounded (`balance_after`).
    assert rows[11].balance == 98_497_839
    assert rows[-1].balance == 0


def test_published_equal_principal() -> None:
    rows = schedule(100_000_000, Fraction(49, 1000), EqualPrincipal(360))
    assert (rows[0].payment, rows[-1].payment) == (686_111, 278_912)
    assert sum(interest(rows)) == 73_704_167


def test_a_zero_rate_is_ordinary() -> None:
    rows = schedule(120_000_000, Fraction(0), Level(120))
    assert payments(rows) == [1_000_000] * 120
    assert sum(interest(rows)) == 0


def test_one_period() -> None:
    (only,) = schedule(10_000, Fraction(12, 100), Level(1))
    assert only == Instalment(1, date(2024, 12, 20), 10_100, 100, 10_000, 0)


def test_the_published_loan_after_three_payments() -> None:
    rows = schedule(5_000_000, AIBANK, Level(12))
    assert payments(rows[:3]) == [450_000] * 3
    assert rows[0].interest == 60_217
    assert rows[2].balance == 3_816_511


@pytest.mark.parametrize(("months", "payment"), [(9, 466_455), (6, 687_415)])
def test_a_published_holiday(months: int, payment: int) -> None:
    rows = schedule(3_816_511, AIBANK, Holiday(3), Level(months))
    assert payments(rows[:3]) == [0, 0, 0]
    assert payments(rows[3:-1]) == [payment] * (months - 1)
    assert abs(rows[-1].payment - payment) < months


@pytest.mark.parametrize(
    ("treatment", "charged", "balance"),
    [
        (CAPITALISED, [60_217, 60_942, 61_676], 5_182_835),
        (ACCRUES, [60_217, 60_217, 60_217], 5_180_651),
        (WAIVED, [0, 0, 0], 5_000_000),
    ],
)
def test_what_a_holiday_does_to_interest(
    treatment: HolidayInterest, charged: list[int], balance: int
) -> None:
    rows = schedule(5_000_000, AIBANK, Holiday(3, treatment), Level(12))
    assert interest(rows[:3]) == charged
    assert [row.principal for row in rows[:3]] == [-amount for amount in charged]
    assert rows[2].balance == balance
    assert rows[3].interest == round_to_integer(balance * AIBANK / 12)
    assert rows[3].payment == level_payment(balance, AIBANK / 12, 12)


def test_accrued_interest_bears_none_until_payments_resume() -> None:
    two = schedule(5_000_000, AIBANK, Holiday(2, ACCRUES), Holiday(1, ACCRUES), Level(12))
    assert two == schedule(5_000_000, AIBANK, Holiday(3, ACCRUES), Level(12))
    apart = schedule(
        5_000_000, AIBANK, Holiday(1, ACCRUES), Holiday(1, WAIVED), Holiday(1, ACCRUES), Level(12)
    )
    assert interest(apart[:3]) == [60_217, 0, 60_217]
    resumed = schedule(
        5_000_000, AIBANK, Holiday(1, ACCRUES), InterestOnly(1), Holiday(1, ACCRUES), Level(12)
    )
    assert interest(resumed[:3]) == [60_217, 60_942, 60_942]


def test_interest_is_kept_apart_to_the_unit() -> None:
    # Half a unit of interest rounds up: on one unit less there would be none.
    accrued = schedule(50, Fraction(12, 100), Holiday(1, ACCRUES), Level(1))
    assert interest(accrued) == [1, 1]
    resumed = schedule(
        50, Fraction(12, 100), InterestOnly(1), Holiday(2, ACCRUES), InterestOnly(1), Level(1)
    )
    assert interest(resumed) == [1, 1, 1, 1, 1]
    again = schedule(
        50, Fraction(12, 100), Holiday(1, CAPITALISED), Fixed((2,)), Holiday(1, ACCRUES), Level(1)
    )
    assert interest(again) == [1, 1, 1, 1]


def test_interest_only_then_level() -> None:
    rows = schedule(5_000_000, AIBANK, InterestOnly(3), Level(9))
    assert payments(rows[:3]) == interest(rows[:3]) == [60_217] * 3
    assert rows[3].payment == level_payment(5_000_000, AIBANK / 12, 9)


def test_interest_only_to_the_end_repays_at_the_end() -> None:
    assert payments(schedule(5_000_000, AIBANK, InterestOnly(3))) == [60_217, 60_217, 5_060_217]


def test_a_balloon_stays_owed_or_is_paid() -> None:
    left = schedule(5_000_000, AIBANK, Balloon(12, 2_000_000))
    paid = schedule(5_000_000, AIBANK, Balloon(12, 2_000_000, paid=True))
    assert left[-1].balance == 2_000_000
    assert left[:-1] == paid[:-1]
    assert paid[-1].payment == left[-1].payment + 2_000_000
    assert paid[-1].balance == 0
    assert abs(left[-1].payment - left[0].payment) < 12


def test_a_balloon_may_be_repaid_by_a_later_phase() -> None:
    rows = schedule(5_000_000, AIBANK, Balloon(12, 2_000_000), Level(6))
    assert rows[12].payment == level_payment(2_000_000, AIBANK / 12, 6)
    assert rows[-1].balance == 0


def test_a_balloon_is_not_paid_down_early() -> None:
    rows = schedule(105, Fraction(0), Balloon(9, 100))
    assert payments(rows) == [1] * 5 + [0] * 4
    assert rows[-1].balance == 100


def test_steps_are_shares_of_the_level_payment() -> None:
    rows = schedule(5_000_000, AIBANK, Stepped((HALF, Fraction(3, 4)), 3), Level(18))
    level = level_payment(5_000_000, AIBANK / 12, 24)
    assert (
        payments(rows[:6])
        == [round_to_integer(level / Fraction(2))] * 3
        + [round_to_integer(level * Fraction(3, 4))] * 3
    )
    assert rows[6].payment == level_payment(rows[5].balance, AIBANK / 12, 18)


def test_steps_of_a_payment_that_is_named() -> None:
    shares = (HALF, Fraction(3, 4), Fraction(1))
    whole = stepped_payment(5_000_000, AIBANK / 12, shares, 8)
    rows = schedule(5_000_000, AIBANK, Stepped(shares, 8, of=whole))
    assert rows[0].payment == round_to_integer(whole * HALF)
    assert abs(rows[-1].payment - whole) < 24


def test_the_last_step_pays_what_is_left() -> None:
    rows = schedule(5_000_000, AIBANK, Stepped((Fraction(1), HALF), 3))
    assert rows[-1].payment > rows[0].payment
    assert rows[-1].balance == 0


def test_steps_end_once_the_debt_is_repaid() -> None:
    rows = schedule(10_000, Fraction(0), Stepped((Fraction(1),), 4, of=9_000))
    assert payments(rows) == [9_000, 1_000, 0, 0]
    assert balances(rows) == [1_000, 0, 0, 0]
    charged = schedule(10_000, Fraction(12, 100), Stepped((Fraction(1),), 4, of=9_000))
    assert payments(charged) == [9_000, 1_111, 0, 0]


def test_a_fixed_payment_may_repay_the_debt() -> None:
    rows = schedule(10_000, Fraction(12, 100), Fixed((10_100, 0, 0)))
    assert payments(rows) == [10_100, 0, 0]


@pytest.mark.parametrize("phases", [[Level(1)], [InterestOnly(2), EqualPrincipal(3)]])
def test_the_largest_amount_fits(phases: list[Phase]) -> None:
    rows = schedule(2**63 - 1, Fraction(0), *phases)
    assert sum(payments(rows)) == 2**63 - 1


def test_fixed_payments_are_made_as_agreed() -> None:
    rows = schedule(5_000_000, AIBANK, Fixed((100_000, 200_000)), Level(12))
    assert payments(rows[:2]) == [100_000, 200_000]
    last = schedule(10_000, Fraction(7, 100), Fixed((1701,) * 6))
    assert last == schedule(10_000, Fraction(7, 100), Level(6))


def test_fixed_payments_may_not_exceed_what_is_owed() -> None:
    with pytest.raises(FinanceError, match="instalment `2` of `9000` is above the `1160` owed"):
        schedule(10_000, Fraction(12, 100), Fixed((8_951, 9_000)), Level(3))
    with pytest.raises(FinanceError, match="instalment `2` of `9000` is above"):
        schedule(10_000, Fraction(12, 100), Fixed((8_951, 9_000, 9_000)))


def test_a_deferred_amount_bears_no_interest_and_stays() -> None:
    rows = build_schedule(
        45_000_000, Fraction(2, 100), [Level(480)], date(2024, 1, 1), deferred=7_189_463
    )
    assert rows[0].payment == 114_500
    assert rows[-1].balance == 7_189_463
    assert rows[0].balance == 45_000_000 - rows[0].principal
    assert rows[0].interest == round_to_integer(37_810_537 * Fraction(2, 1200))


def test_due_dates_keep_their_anchor() -> None:
    rows = build_schedule(100, Fraction(0), [Level(4)], date(2026, 2, 28), anchor_day=31)
    assert [row.due for row in rows] == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
    ]
    assert [row.n for row in rows] == [1, 2, 3, 4]


def test_rounding_is_the_one_named() -> None:
    up = build_schedule(10_000, AIBANK, [Level(6)], date(2024, 1, 1), rounding=Rounding.UP)
    down = build_schedule(10_000, AIBANK, [Level(6)], date(2024, 1, 1), rounding=Rounding.DOWN)
    assert (up[0].interest, down[0].interest) == (121, 120)
    assert up[0].payment == down[0].payment + 1


@pytest.mark.parametrize(
    ("payment", "n", "charged"), [(60_000, 1, 60_217), (60_216, 1, 60_217), (0, 1, 60_217)]
)
def test_a_growing_debt_is_refused(payment: int, n: int, charged: int) -> None:
    message = f"instalment `{n}` of `{payment}` is below its interest `{charged}`"
    with pytest.raises(FinanceError, match=message):
        schedule(5_000_000, AIBANK, Fixed((payment,)), Level(12))


def test_a_debt_may_grow_where_that_is_allowed() -> None:
    rows = schedule(5_000_000, AIBANK, Fixed((60_000,)), Level(12), negative_amortisation=True)
    assert rows[0] == Instalment(1, date(2024, 12, 20), 60_000, 60_217, -217, 5_000_217)
    assert rows[-1].balance == 0


def test_a_payment_equal_to_the_interest_is_enough() -> None:
    assert schedule(5_000_000, AIBANK, Fixed((60_217,)), Level(12))[0].principal == 0


@given(BALANCES, RATES, PHASES)
def test_every_row_adds_up(balance: int, rate: Fraction, phases: list[Phase]) -> None:
    before = balance
    for row in schedule(balance, rate, *phases):
        assert row.payment == row.interest + row.principal
        assert row.balance == before - row.principal
        assert min(row.payment, row.interest, row.balance) >= 0
        before = row.balance
    assert before == 0


@given(BALANCES, RATES, PHASES)
def test_a_schedule_lasts_as_long_as_its_phases(
    balance: int, rate: Fraction, phases: list[Phase]
) -> None:
    rows = schedule(balance, rate, *phases)
    assert [row.n for row in rows] == list(range(1, sum(phase.months for phase in phases) + 1))


@given(BALANCES, RATES, PHASES)
def test_payments_are_worth_the_balance(balance: int, rate: Fraction, phases: list[Phase]) -> None:
    # Each month's interest is off by half a unit at most. Interest waived, or kept apart, is lost.
    if any(isinstance(phase, Holiday) and phase.interest is not CAPITALISED for phase in phases):
        return
    rows = schedule(balance, rate, *phases)
    worth = present_value(payments(rows), rate / 12)
    assert abs(worth - balance) <= Fraction(len(rows), 2)


@given(BALANCES, RATES, st.integers(1, 240))
def test_interest_is_that_of_the_month(balance: int, rate: Fraction, months: int) -> None:
    owed = balance
    for row in schedule(balance, rate, Level(months)):
        assert row.interest == round_to_integer(owed * rate / 12)
        owed += row.interest - row.payment


@given(BALANCES, RATES, st.integers(1, 240))
def test_the_last_instalment_takes_up_what_rounding_left(
    balance: int, rate: Fraction, months: int
) -> None:
    rows = schedule(balance, rate, Level(months))
    # Half a unit from the payment and half from the interest every month, both bearing interest:
    # as many units as there are months at a rate of zero, and more the higher it is.
    monthly = rate / 12
    most = ((1 + monthly) ** months - 1) / monthly if rate else Fraction(months)
    assert abs(rows[-1].payment - rows[0].payment) <= ceil(most)


@given(BALANCES, st.integers(1, 480))
def test_without_interest_the_last_differs_by_less_than_a_unit_a_month(
    balance: int, months: int
) -> None:
    rows = schedule(balance, Fraction(0), Level(months))
    assert abs(rows[-1].payment - rows[0].payment) < months


def test_rounding_compounds_over_a_long_term() -> None:
    # The payment is half a cent off at most, yet 480 months at 9 % make more than 16.00 of it.
    rows = schedule(45_000_000, Fraction(9, 100), Level(480))
    assert (rows[0].payment, rows[-1].payment) == (347_113, 345_470)


@given(BALANCES, RATES, MONTHS)
def test_a_longer_term_never_asks_for_more(balance: int, rate: Fraction, months: int) -> None:
    shorter, longer = (schedule(balance, rate, Level(n)) for n in (months, months + 1))
    assert longer[0].payment <= shorter[0].payment


@given(BALANCES, RATES, MONTHS, st.integers(1, 12))
def test_a_kinder_holiday_never_leaves_more_owed(
    balance: int, rate: Fraction, months: int, rest: int
) -> None:
    waived, simple, compound = (
        schedule(balance, rate, Holiday(rest, treatment), Level(months))[rest - 1].balance
        for treatment in (WAIVED, ACCRUES, CAPITALISED)
    )
    assert balance == waived <= simple <= compound


@given(BALANCES, RATES, MONTHS, st.integers(1, 10**12))
def test_a_deferred_amount_changes_balances_only(
    balance: int, rate: Fraction, months: int, deferred: int
) -> None:
    plain = schedule(balance, rate, Level(months))
    rows = build_schedule(
        balance + deferred, rate, [Level(months)], date(2024, 12, 20), deferred=deferred
    )
    assert payments(rows) == payments(plain)
    assert balances(rows) == [owed + deferred for owed in balances(plain)]


@pytest.mark.parametrize("months", [1, 12, 360])
def test_a_debt_too_small_to_share_out(months: int) -> None:
    for balance in (1, 2, months):
        rows = schedule(balance, Fraction(0), Level(months))
        assert sum(payments(rows)) == balance
        assert min(payments(rows)) >= 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: schedule(0, AIBANK, Level(12)), "`balance` must be above zero, but is `0`"),
        (lambda: schedule(-1, AIBANK, Level(12)), "`balance` must be above zero, but is `-1`"),
        (lambda: schedule(2**63, AIBANK, Level(12)), "`balance` does not fit in 64 bits"),
        (lambda: schedule(100, -AIBANK, Level(12)), "`annual` must not be negative"),
        (lambda: schedule(100, 0.1, Level(12)), "`annual` must be an exact fraction"),  # type: ignore[arg-type]
        (lambda: schedule(100, AIBANK), "`phases` must not be empty"),
        (lambda: schedule(100, AIBANK, 12), "phase `1` is none: `12`"),  # type: ignore[arg-type]
        (lambda: schedule(100, AIBANK, Level(12), Level(12)), "phase `1` repays the whole"),
        (lambda: schedule(100, AIBANK, EqualPrincipal(1), Level(1)), "phase `1` repays the whole"),
        (
            lambda: schedule(100, AIBANK, Balloon(1, 9, paid=True), Level(1)),
            "phase `1` repays the whole",
        ),
        (lambda: schedule(100, AIBANK, Level(12), Holiday(3)), "phase `1` repays the whole"),
        (lambda: schedule(100, AIBANK, Holiday(3)), "phase `1` is a holiday"),
        (lambda: schedule(100, AIBANK, Paying(9, 3)), "phase `1` is for some months only"),
        (lambda: schedule(100, AIBANK, UntilRepaid(9), Level(1)), "phase `1` repays the whole"),
        (
            lambda: schedule(100, AIBANK, Stepped((Fraction(1, 2),), 1), UntilRepaid(9)),
            "phase `1` takes shares of a payment that is not known",
        ),
        (lambda: schedule(10_000, AIBANK, Paying(9, 3), Level(1)), "is below its interest `120`"),
        (lambda: schedule(100, AIBANK, Balloon(12, 101)), r"`residual` \(`101`\) is above"),
        (lambda: schedule(100, AIBANK, *[Holiday(6000)] * 2, Level(1)), "`count` must be from `1`"),
        (
            lambda: schedule(2**62, Fraction(5), Holiday(12), Level(12)),
            "instalment `2` does not fit in 64 bits",
        ),
        (
            lambda: schedule(2**63 - 1, Fraction(5), InterestOnly(1)),
            "instalment `1` does not fit in 64 bits",
        ),
        (
            lambda: build_schedule(100, AIBANK, [Level(1)], date(2024, 1, 1), deferred=100),
            r"`deferred` \(`100`\) must be below the balance \(`100`\)",
        ),
        (
            lambda: build_schedule(100, AIBANK, [Level(1)], date(9999, 12, 1), anchor_day=2),
            "is not a due date",
        ),
        (
            lambda: build_schedule(100, AIBANK, [Level(2)], date(9999, 12, 1)),
            "year `10000` is outside",
        ),
    ],
)
def test_bad_input(call: Callable[[], object], message: str) -> None:
    with pytest.raises(FinanceError, match=message):
        call()


def test_a_debt_that_steps_repay_early_leaves_nothing_to_pay() -> None:
    phases = (Stepped((Fraction(1), Fraction(1)), 1), Level(1))
    rows = build_schedule(2, Fraction(0), phases, date(2024, 1, 31))
    assert [row.payment for row in rows] == [1, 1, 0]
    assert rows[-1].balance == 0


# Payments that were agreed


def by_hand(balance: int, rate: Fraction, payment: int) -> list[tuple[int, int, int]] | None:
    """Repay a balance month by month: interest rounded half up, the last payment what is left."""
    rows: list[tuple[int, int, int]] = []
    while balance:
        interest = int(balance * rate / 12 + Fraction(1, 2))
        if payment <= interest or len(rows) == LONGEST:
            return None
        paid = min(payment, balance + interest)
        balance += interest - paid
        rows.append((paid, interest, balance))
    return rows


@given(BALANCES, RATES, st.integers(1, 300), st.integers(-3, 3))
def test_a_payment_until_repaid_is_brute_force(
    balance: int, rate: Fraction, months: int, off: int
) -> None:
    payment = max(level_payment(balance, rate / 12, months) + off, 0)
    expected = by_hand(balance, rate, payment)
    if expected is None:
        with pytest.raises(FinanceError, match="the balance"):
            schedule(balance, rate, UntilRepaid(payment))
        return
    rows = schedule(balance, rate, UntilRepaid(payment))
    assert [(row.payment, row.interest, row.balance) for row in rows] == expected
    assert sum(row.principal for row in rows) == balance
    assert {row.payment for row in rows[:-1]} <= {payment}
    assert 0 < rows[-1].payment <= payment


def least_months(balance: int, rate: Fraction, payment: Fraction) -> int | None:
    """Return the months of the closed form, p = P i / (1 - (1 + i) ** -n), found by trying."""
    for n in range(1, LONGEST + 1):
        if balance * rate * (1 + rate) ** n <= payment * ((1 + rate) ** n - 1):
            return n
    return None


@given(st.integers(1, 10**9), RATES.filter(bool), st.integers(1, 120))
def test_the_months_of_a_payment_are_those_of_the_closed_form_but_for_rounding(
    balance: int, rate: Fraction, months: int
) -> None:
    """Rounding a month's interest is as much as paying half a unit more or less."""
    payment = level_payment(balance, rate / 12, months, Rounding.CEILING)
    expected = by_hand(balance, rate, payment)
    if expected is None:  # a payment of the interest alone, in a debt of some units
        assert payment <= int(balance * rate / 12 + HALF)
        return
    least = least_months(balance, rate / 12, payment + HALF)
    most = least_months(balance, rate / 12, payment - HALF)
    assert least
    assert least <= len(expected) <= (most or LONGEST)


@pytest.mark.parametrize(
    ("payment", "says"),
    [
        (0, "`0` a month never repays the balance, whose interest is `1000` a month"),
        (1000, "`1000` a month never repays the balance, whose interest is `1000` a month"),
        (1001, "`1001` a month does not repay the balance within `1200` months"),
    ],
)
def test_a_payment_that_does_not_repay(payment: int, says: str) -> None:
    """The debt bears 1,000 units a month; at one more a month it would take ages."""
    with pytest.raises(FinanceError) as caught:
        schedule(1_000_000_000_000, Fraction(12, 1_000_000_000), UntilRepaid(payment))
    assert str(caught.value) == says
    assert caught.value.cause.values["payment"] == payment


def test_a_hundred_years_are_the_longest() -> None:
    assert len(schedule(LONGEST, Fraction(0), UntilRepaid(1))) == LONGEST
    with pytest.raises(FinanceError, match="within"):
        schedule(LONGEST + 1, Fraction(0), UntilRepaid(1))
    with pytest.raises(FinanceError, match="within"):  # a holiday is part of it
        schedule(LONGEST, Fraction(0), Holiday(1), UntilRepaid(1))


def test_a_payment_above_what_is_owed_is_one_payment() -> None:
    for phases in ([UntilRepaid(10**9)], [Paying(10**9, 12), Level(12)]):
        (row,) = schedule(1_000_000, Fraction(12, 100), *phases)
        assert (row.payment, row.interest, row.balance) == (1_010_000, 10_000, 0)


def test_interest_that_a_payment_does_not_cover() -> None:
    """10,000.00 at 1 % a month bears 100.00; 40.00 are paid for three months."""
    found = {
        unpaid: schedule(
            1_000_000,
            Fraction(12, 100),
            Paying(4_000, 3, unpaid),
            Level(12),
            negative_amortisation=True,
        )
        for unpaid in HolidayInterest
    }
    assert {unpaid: balances(rows)[:3] for unpaid, rows in found.items()} == {
        CAPITALISED: [1_006_000, 1_012_060, 1_018_181],
        ACCRUES: [1_006_000, 1_012_000, 1_018_000],
        WAIVED: [1_000_000, 1_000_000, 1_000_000],
    }
    assert {unpaid: interest(rows)[2:4] for unpaid, rows in found.items()} == {
        CAPITALISED: [10_121, 10_182],
        ACCRUES: [10_000, 10_180],
        WAIVED: [4_000, 10_000],
    }


def test_a_greater_payment_first_pays_what_is_unpaid() -> None:
    phases = Paying(4_000, 2, ACCRUES), Paying(14_000, 5, ACCRUES), Level(1)
    rows = schedule(1_000_000, Fraction(12, 100), *phases)
    assert interest(rows)[:7] == [10_000] * 6 + [9_960]
    assert balances(rows)[1:6] == [1_012_000, 1_008_000, 1_004_000, 1_000_000, 996_000]


def test_what_comes_before_a_payment_until_repaid() -> None:
    steps = Stepped((HALF,), 2, of=50_000)
    rows = schedule(
        1_000_000, Fraction(0), Holiday(1), InterestOnly(1), steps, UntilRepaid(475_000)
    )
    assert payments(rows) == [0, 0, 25_000, 25_000, 475_000, 475_000]


UNPAID = st.sampled_from(HolidayInterest)


@given(BALANCES, RATES, st.integers(0, 150), MONTHS, UNPAID, CLOSING)
def test_agreed_payments_then_the_rest(
    balance: int, rate: Fraction, share: int, months: int, unpaid: HolidayInterest, closing: Phase
) -> None:
    payment = level_payment(balance, rate / 12, months + closing.months) * share // 100
    phases = Paying(payment, months, unpaid), closing
    rows = schedule(balance, rate, *phases, negative_amortisation=True)
    assert sum(row.principal for row in rows) == balance - rows[-1].balance
    assert rows[-1].balance in (0, 1)  # a balloon of one unit
    assert all(row.payment == row.principal + row.interest for row in rows)
    assert {row.payment for row in rows[:months] if row.balance} <= {payment}
    if unpaid is WAIVED:
        assert all(row.principal >= 0 for row in rows)
    if unpaid is ACCRUES:
        bearing = [balance, *balances(rows)]
        assert all(
            row.interest <= ceil(min(owed, balance) * rate / 12 + HALF)
            for row, owed in zip(rows[:months], bearing, strict=False)
        )


@given(BALANCES, RATES, st.integers(0, 150), MONTHS, MONTHS)
def test_kinder_treatment_of_unpaid_interest_never_leaves_more_owed(
    balance: int, rate: Fraction, share: int, months: int, rest: int
) -> None:
    payment = level_payment(balance, rate / 12, months + rest) * share // 100
    owed = []
    for unpaid in (WAIVED, ACCRUES, CAPITALISED):
        rows = schedule(
            balance, rate, Paying(payment, months, unpaid), Level(rest), negative_amortisation=True
        )
        owed.append(rows[min(months, len(rows)) - 1].balance)
    assert owed == sorted(owed)
