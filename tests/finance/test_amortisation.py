from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import count

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policyengine.finance.amortisation import (
    balance_after,
    equal_principal,
    exact_level_payment,
    flat_fee_instalments,
    level_payment,
    periods_for_payment,
    periods_to_repay,
    principal_for_payment,
    stepped_payment,
)
from policyengine.finance.errors import FinanceError
from policyengine.finance.rounding import Rounding, round_to_integer
from policyengine.finance.valuation import present_value

AIBANK = Fraction(14452, 1_200_000)
PRINCIPALS = st.integers(1, 10**13)
RATES = st.integers(0, 50_000).map(lambda points: Fraction(points, 1_200_000))
PERIODS = st.integers(1, 480)


@pytest.mark.parametrize(
    ("principal", "annual", "periods", "payment"),
    [
        (100_000_000, "0.049", 360, 530_727),
        (120_000_000, "0", 120, 1_000_000),
        (10_000, "0.07", 6, 1_701),
        (25_000_000, "0.0275", 240, 135_542),
        (25_000_000, "0.0275", 251, 131_090),
        (45_000_000, "0.09", 360, 362_080),
        (45_000_000, "0.02", 480, 136_272),
        (5_000_000, "0.14452", 12, 450_000),
        (5_000_000, "0.14452", 15, 366_345),
        (5_000_000, "0.14452", 18, 310_636),
        (5_000_000, "0.14452", 24, 241_133),
        (5_000_000, "0.14452", 36, 171_988),
        (5_000_000, "0.14452", 60, 117_516),
        (5_182_835, "0.14452", 12, 466_455),
        # One period: the principal and its interest.
        (10_000, "0.12", 1, 10_100),
        # In hundredths of a cent, the published figures have four decimals.
        (2_000_000_000, "0.075", 180, 18_540_247),
        (2_000_000_000, "0.01", 180, 11_969_890),
        (2_000_000_000, "0", 180, 11_111_111),
    ],
)
def test_published_payments(principal: int, annual: str, periods: int, payment: int) -> None:
    assert level_payment(principal, Fraction(annual) / 12, periods) == payment


def test_the_extension_costs_what_the_bank_says() -> None:
    assert 251 * level_payment(25_000_000, Fraction("0.0275") / 12, 251) == 32_903_590


@given(PRINCIPALS, RATES, PERIODS)
def test_level_payment_agrees_with_sixty_digits(
    principal: int, rate: Fraction, periods: int
) -> None:
    with localcontext(prec=60):
        per_period = Decimal(rate.numerator) / Decimal(rate.denominator)
        factor = per_period / (1 - (1 + per_period) ** -periods) if rate else Decimal(1) / periods
        payment = (principal * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    assert level_payment(principal, rate, periods) == payment


@pytest.mark.parametrize("rate", [Fraction(1, 10**12), Fraction(1, 10**30)])
@pytest.mark.parametrize("periods", [1, 120, 12_000])
def test_a_tiny_rate_is_nearly_none(rate: Fraction, periods: int) -> None:
    assert level_payment(120_000_000, rate, periods) == level_payment(
        120_000_000, 0 * rate, periods
    )


@given(PRINCIPALS, RATES, PERIODS, st.sampled_from(Rounding))
def test_payment_falls_as_the_term_grows(
    principal: int, rate: Fraction, periods: int, rounding: Rounding
) -> None:
    payment = level_payment(principal, rate, periods, rounding)
    assert payment >= level_payment(principal, rate, periods + 1, rounding)
    assert payment >= round_to_integer(principal * rate, rounding)


@given(PRINCIPALS, RATES, PERIODS)
def test_rounding_is_the_one_named(principal: int, rate: Fraction, periods: int) -> None:
    down = level_payment(principal, rate, periods, Rounding.DOWN)
    up = level_payment(principal, rate, periods, Rounding.UP)
    assert present_value([down] * periods, rate) <= principal <= present_value([up] * periods, rate)
    assert up - down <= 1


@given(PRINCIPALS, RATES, PERIODS, st.data())
def test_a_residual_is_what_the_payments_leave(
    principal: int, rate: Fraction, periods: int, data: st.DataObject
) -> None:
    residual = data.draw(st.integers(0, principal))
    payment = level_payment(principal, rate, periods, Rounding.FLOOR, residual=residual)
    later = residual / (1 + rate) ** periods
    assert present_value([payment] * periods, rate) <= principal - later
    assert present_value([payment + 1] * periods, rate) > principal - later


def test_leaving_it_all_is_interest_only() -> None:
    assert level_payment(5_000_000, AIBANK, 12, residual=5_000_000) == 60_217


@pytest.mark.parametrize(
    ("principal", "annual", "payment", "periods"),
    [
        (25_000_000, "0.0275", 135_542, 240),
        (25_000_000, "0.0275", 131_090, 251),
        (25_000_000, "0.0275", 131_089, 252),
        (5_000_000, "0.14452", 450_000, 12),
        (5_000_000, "0.14452", 449_999, 13),
        (5_000_000, "0.14452", 10_000_000, 1),
        (120_000_000, "0", 1_000_000, 120),
        (120_000_000, "0", 999_999, 121),
        # The interest of the first month is 602.17: such payments never repay.
        (5_000_000, "0.14452", 60_000, None),
        (5_000_000, "0.14452", 60_217, None),
        (5_000_000, "0", 0, None),
        # 602.18 would, in theory.
        (5_000_000, "0.14452", 60_218, 869),
        # Repaid only after 83,333 years.
        (10**12, "0", 10**6, None),
    ],
)
def test_periods_for_payment(
    principal: int, annual: str, payment: int, periods: int | None
) -> None:
    assert periods_for_payment(principal, Fraction(annual) / 12, payment) == periods


@given(PRINCIPALS, RATES, st.integers(1, 60), st.integers(-3, 3), st.sampled_from(Rounding))
def test_periods_for_payment_agrees_with_trying_each(
    principal: int, rate: Fraction, periods: int, off: int, rounding: Rounding
) -> None:
    payment = level_payment(principal, rate, periods, rounding) + off
    assume(payment > round_to_integer(principal * rate, rounding))
    # Two more periods need not bring the payment down by three units: only try so far.
    tried = (n for n in range(1, 100) if level_payment(principal, rate, n, rounding) <= payment)
    expected = next(tried, None)
    found = periods_for_payment(principal, rate, payment, rounding)
    assert found == expected if expected else found is None or found >= 100


@pytest.mark.parametrize("rate", [Fraction(0), AIBANK, Fraction(1, 3)])
def test_every_payment_of_a_small_debt(rate: Fraction) -> None:
    for payment in range(round_to_integer(60 * rate) + 1, 100):
        scan = next(n for n in count(1) if level_payment(60, rate, n) <= payment)
        assert periods_for_payment(60, rate, payment) == scan


def test_principal_for_payment_of_a_published_waterfall() -> None:
    # What 1,145.00 repays at 2 % over 480 months; the rest of 450,000.00 is forborne.
    principal = principal_for_payment(114_500, Fraction(2, 1200), 480)
    assert 45_000_000 - principal == 7_189_463
    assert level_payment(principal, Fraction(2, 1200), 480) == 114_500


@given(st.integers(1, 10**9), RATES, PERIODS)
def test_principal_and_payment_undo_each_other(payment: int, rate: Fraction, periods: int) -> None:
    principal = principal_for_payment(payment, rate, periods, Rounding.FLOOR)
    assume(principal > 0)
    assert level_payment(principal, rate, periods, Rounding.CEILING) <= payment
    assert level_payment(principal + 1, rate, periods, Rounding.CEILING) > payment


@pytest.mark.parametrize(
    ("paid", "principal", "annual", "periods", "balance"),
    [
        (12, 100_000_000, "0.049", 360, 98_497_841),
        (3, 5_000_000, "0.14452", 12, 3_816_512),  # a cent more than the schedule's own
        (30, 120_000_000, "0", 120, 90_000_000),
    ],
)
def test_published_balances(
    paid: int, principal: int, annual: str, periods: int, balance: int
) -> None:
    assert balance_after(paid, principal, Fraction(annual) / 12, periods) == balance


@given(PRINCIPALS, RATES, PERIODS, st.data())
def test_a_balance_is_the_worth_of_what_is_to_come(
    principal: int, rate: Fraction, periods: int, data: st.DataObject
) -> None:
    paid = data.draw(st.integers(0, periods))
    balance = balance_after(paid, principal, rate, periods)
    if paid < periods:
        per_unit = present_value([1] * (periods - paid), rate)
        level = principal / present_value([1] * periods, rate)
        assert balance == round_to_integer(level * per_unit)
    else:
        assert balance == 0
    assert balance_after(0, principal, rate, periods) == principal


def test_equal_principal_of_a_published_loan() -> None:
    parts = equal_principal(100_000_000, 360)
    assert (parts[0], parts[-1]) == (277_778, 277_778)


@given(PRINCIPALS, PERIODS)
def test_equal_parts(principal: int, periods: int) -> None:
    parts = equal_principal(principal, periods)
    assert sum(parts) == principal
    assert len(parts) == periods
    assert max(parts) - min(parts) <= 1
    for k in range(periods):
        assert abs(sum(parts[:k]) - Fraction(principal * k, periods)) <= Fraction(1, 2)


@given(PRINCIPALS, RATES, st.integers(1, 60))
def test_one_whole_step_is_the_level_payment(principal: int, rate: Fraction, months: int) -> None:
    level = level_payment(principal, rate, months)
    assert stepped_payment(principal, rate, (Fraction(1),), months) == level


@given(
    PRINCIPALS,
    RATES,
    st.lists(st.fractions(0, 3, max_denominator=20), min_size=1, max_size=5).filter(any),
    st.integers(1, 36),
)
def test_steps_are_worth_the_principal(
    principal: int, rate: Fraction, shares: list[Fraction], months: int
) -> None:
    whole = stepped_payment(principal, rate, shares, months, Rounding.FLOOR)

    def worth(of: int) -> Fraction:
        flows = [share * of for share in shares for _ in range(months)]
        return sum((flow / (1 + rate) ** k for k, flow in enumerate(flows, 1)), Fraction(0))

    assert worth(whole) <= principal < worth(whole + 1)


def test_flat_fee_of_a_published_plan() -> None:
    assert flat_fee_instalments(1_200_000, Fraction(6, 1000), 12) == (107_200,) * 12


def test_the_last_flat_fee_instalment_takes_up_the_rest() -> None:
    assert flat_fee_instalments(10_000, Fraction(1, 200), 3) == (3_383, 3_383, 3_384)
    assert flat_fee_instalments(5, Fraction(0), 9) == (0,) * 8 + (5,)
    assert flat_fee_instalments(1, Fraction(0), 2) == (1, 0)
    assert flat_fee_instalments(100, Fraction(1, 100), 1) == (101,)


@given(PRINCIPALS, st.integers(0, 100), PERIODS)
def test_flat_fee_instalments_add_up(principal: int, per_mille: int, periods: int) -> None:
    fee = Fraction(per_mille, 1000)
    payments = flat_fee_instalments(principal, fee, periods)
    assert len(payments) == periods
    assert sum(payments) == principal + round_to_integer(principal * fee * periods)
    assert payments[-1] >= 0
    assert abs(payments[-1] - payments[0]) <= periods


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ((0, AIBANK, 12), "`principal` must be above zero, but is `0`"),
        ((-5, AIBANK, 12), "`principal` must be above zero, but is `-5`"),
        ((2**63, AIBANK, 12), "`principal` does not fit in 64 bits"),
        ((100.0, AIBANK, 12), "`principal` must be a whole number"),
        ((100, Fraction(-1, 100), 12), "`[a-z_]+` must not be negative, but is `-1/100`"),
        ((100, 0.01, 12), "`[a-z_]+` must be an exact fraction, but is `0.01`"),
        ((100, AIBANK, 0), "`periods` must be from `1` to `12000`, but is `0`"),
        ((100, AIBANK, -1), "`periods` must be from `1` to `12000`, but is `-1`"),
        ((100, AIBANK, 10**9), "`periods` must be from `1` to `12000`, but is `1000000000`"),
        ((100, AIBANK, 12.0), "`periods` must be a whole number, but is `12.0`"),
        ((100, AIBANK, True), "`periods` must be a whole number, but is `True`"),
    ],
)
@pytest.mark.parametrize("function", [level_payment, flat_fee_instalments])
def test_bad_terms(
    function: Callable[..., object], terms: tuple[object, ...], message: str
) -> None:
    with pytest.raises(FinanceError, match=message):
        function(*terms)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: level_payment(100, AIBANK, 12, residual=101), r"`residual` \(`101`\) is above"),
        (lambda: level_payment(100, AIBANK, 12, residual=-1), "`residual` must not be negative"),
        (lambda: level_payment(2**62, Fraction(5), 12), "`payment` does not fit in 64 bits"),
        (lambda: periods_for_payment(0, AIBANK, 12), "`principal` must be above zero"),
        (lambda: periods_for_payment(100, AIBANK, -1), "`payment` must not be negative"),
        (lambda: periods_for_payment(100, -AIBANK, 1), "`periodic_rate` must not be negative"),
        (lambda: principal_for_payment(-1, AIBANK, 12), "`payment` must not be negative"),
        (lambda: principal_for_payment(2**62, AIBANK, 12), "`principal` does not fit in 64 bits"),
        (lambda: principal_for_payment(2**62, Fraction(0), 12), "does not fit in 64 bits"),
        (
            lambda: balance_after(13, 100, AIBANK, 12),
            r"`paid` \(`13`\) is above the periods \(`12`\)",
        ),
        (lambda: balance_after(-1, 100, AIBANK, 12), "`paid` must not be negative"),
        (lambda: equal_principal(0, 12), "`principal` must be above zero"),
        (lambda: equal_principal(100, 0), "`periods` must be from `1`"),
        (lambda: stepped_payment(100, AIBANK, (), 12), "`shares` must not all be zero"),
        (lambda: stepped_payment(100, AIBANK, (Fraction(-1),), 12), "`shares` must not be neg"),
        (lambda: stepped_payment(100, AIBANK, (Fraction(1),), 0), "`months` must be from `1`"),
        (lambda: stepped_payment(100, AIBANK, (Fraction(1),) * 1001, 12), "`periods` must be"),
        (lambda: flat_fee_instalments(2**62, Fraction(1), 12), "`total` does not fit in 64 bits"),
    ],
)
def test_bad_input(call: Callable[[], object], message: str) -> None:
    with pytest.raises(FinanceError, match=message):
        call()


@given(PRINCIPALS, RATES, PERIODS)
def test_the_months_to_repay_are_the_inverse_of_the_payment(
    principal: int, rate: Fraction, periods: int
) -> None:
    payment = exact_level_payment(principal, rate, periods)
    assert periods_to_repay(Fraction(principal), rate, payment) == periods
    a_little_less = payment * (1 - Fraction(1, 10**30))
    assert periods_to_repay(Fraction(principal), rate, a_little_less) == periods + 1


@given(st.integers(0, 10**6), RATES, st.integers(-10, 10**5))
def test_the_months_to_repay_are_brute_force(principal: int, rate: Fraction, payment: int) -> None:
    owed, months = Fraction(principal), 0
    while owed > 0 and months <= 150:
        owed += owed * rate - payment
        months += 1
    found = periods_to_repay(Fraction(principal), rate, Fraction(payment))
    if owed <= 0:
        assert found == months
    else:
        assert found is None or found > 150
