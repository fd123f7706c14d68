from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.finance.amortisation import flat_fee_instalments, level_payment
from policyengine.finance.errors import FinanceError
from policyengine.finance.rate import (
    PRECISION,
    effective_annual,
    internal_rate,
    nominal_annual,
    periodic,
    true_annual_rate,
)

RATES = st.integers(0, 100_000).map(lambda points: Fraction(points, 100_000))


def test_a_month_is_a_twelfth_of_the_year() -> None:
    assert periodic(Fraction(14452, 100000)) == Fraction(3613, 300000)
    assert periodic(Fraction(12, 100), 4) == Fraction(3, 100)


def test_effective_rate_of_a_published_case() -> None:
    effective = effective_annual(Fraction(14452, 100000))
    assert round(effective * 10**5) == 15449
    assert effective_annual(Fraction(1, 10), 1) == Fraction(1, 10)


@given(RATES, st.integers(1, 12))
def test_nominal_undoes_effective(annual: Fraction, periods: int) -> None:
    found = nominal_annual(effective_annual(annual, periods), periods)
    assert abs(found - annual) <= PRECISION / 2


def test_a_year_has_twelve_periods_unless_another_number_is_named() -> None:
    effective = Fraction(101, 100) ** 12 - 1
    assert effective_annual(Fraction(12, 100)) == effective
    assert nominal_annual(effective) == Fraction(12, 100)


@pytest.mark.parametrize("annual", [Fraction(-1, 100), 0.05, None])
def test_rates_are_exact_and_not_negative(annual: Fraction) -> None:
    for function in (periodic, effective_annual):
        with pytest.raises(FinanceError, match="`annual` must"):
            function(annual)
    with pytest.raises(FinanceError, match="`effective` must"):
        nominal_annual(annual)


@pytest.mark.parametrize("periods", [0, -12, 12.0, True])
def test_a_year_has_periods(periods: int) -> None:
    with pytest.raises(FinanceError, match="`periods_per_year` must"):
        periodic(Fraction(1, 10), periods)


def test_true_rate_of_a_flat_fee() -> None:
    payments = flat_fee_instalments(1_200_000, Fraction(6, 1000), 12)
    rate = true_annual_rate(1_200_000, payments)
    assert round(rate * 10_000) == 1303
    assert rate > 12 * Fraction(6, 1000)


def test_true_rate_of_the_published_loan() -> None:
    assert round(true_annual_rate(5_000_000, [450_000] * 12) * 10**5) == 14452
    assert round(true_annual_rate(5_000_000, [445_000] * 12) * 10**4) == 1232
    assert round(true_annual_rate(5_000_000, [454_900] * 12) * 10**4) == 1653


@given(RATES, st.integers(1, 60), st.integers(10**6, 10**12))
def test_the_true_rate_is_the_one_a_loan_was_made_at(
    annual: Fraction, periods: int, principal: int
) -> None:
    payment = level_payment(principal, annual / 12, periods)
    found = true_annual_rate(principal, [payment] * periods)
    # The payment was rounded by half a unit at most, and so came from a rate between these two.
    below = true_annual_rate(2 * principal, [2 * payment - 1] * periods)
    above = true_annual_rate(2 * principal, [2 * payment + 1] * periods)
    assert below <= found <= above
    assert below - PRECISION <= annual <= above + PRECISION


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ((-100, 110), Fraction(1, 10)),
        ((100, -110), Fraction(1, 10)),  # from the borrower's side
        ((-100, 0, 121), Fraction(1, 10)),
        ((0, 0, -100, 110), Fraction(1, 10)),
        ((-100, 50, 50), Fraction(0)),
        ((-100, 50), Fraction(-1, 2)),
        ((-1, 10**15), Fraction(10**15 - 1)),
        ((-(10**15), 1), Fraction(1, 10**12) - 1),  # nearer to -1 than the precision shows
    ],
)
def test_internal_rate(flows: tuple[int, ...], rate: Fraction) -> None:
    assert internal_rate(flows) == rate


@given(
    st.integers(1, 10**9),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=24).filter(any),
    st.sampled_from((Fraction(1, 100), Fraction(1, 10**6), Fraction(1, 3 * 10**9))),
)
def test_the_rate_is_within_half_a_step(advanced: int, payments: list[int], step: Fraction) -> None:
    rate = internal_rate((-advanced, *payments), step)
    assert (rate / step).denominator == 1

    def worth(at: Fraction) -> Fraction:
        return sum((p / (1 + at) ** k for k, p in enumerate(payments, 1)), -Fraction(advanced))

    assert worth(rate + step / 2) <= 0
    if rate - step / 2 > step - 1:  # within a step of -1 there is no other answer
        assert worth(rate - step / 2) >= 0


def test_the_rate_agrees_with_decimals() -> None:
    with localcontext(prec=60):
        monthly = Decimal(10) ** (Decimal(2).log10() / 12) - 1
    found = internal_rate((-1, *[0] * 11, 2), Fraction(1, 10**40))
    assert abs(found - Fraction(monthly)) <= Fraction(1, 10**40)


@pytest.mark.parametrize("flows", [(), (0, 0), (100, 100), (-100, 0, -1), (5,)])
def test_no_change_of_sign_no_rate(flows: tuple[int, ...]) -> None:
    with pytest.raises(FinanceError, match="`flows` never change sign"):
        internal_rate(flows)


def test_two_changes_of_sign_two_rates() -> None:
    with pytest.raises(FinanceError, match="change sign `2` times: their rate may not be unique"):
        internal_rate((-100, 230, -132))


@pytest.mark.parametrize("precision", [Fraction(0), Fraction(-1, 10), Fraction(1), 1e-6])
def test_precision_is_a_small_exact_step(precision: Fraction) -> None:
    with pytest.raises(FinanceError, match="`precision` must be"):
        internal_rate((-100, 110), precision)


@pytest.mark.parametrize(
    ("principal", "payments", "message"),
    [
        (0, [1], "`principal` must be above zero, but is `0`"),
        (100, [], "never change sign"),
        (100, [0, 0], "never change sign"),
        (100, [50, -50], "`payments` must not be negative"),
        (100, [50.0], "`payments` must be a whole number"),
    ],
)
def test_bad_plans(principal: int, payments: list[int], message: str) -> None:
    with pytest.raises(FinanceError, match=message):
        true_annual_rate(principal, payments)
