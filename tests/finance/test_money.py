from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.finance.errors import FinanceError
from policyengine.finance.money import Currency, allocate, currency, major, minor_units

CNY, JPY, KWD, CLF = (currency(code) for code in ("CNY", "JPY", "KWD", "CLF"))
CURRENCIES = st.sampled_from((CNY, JPY, KWD, CLF))
MOST = 2**63 - 1


@pytest.mark.parametrize(
    ("code", "exponent"),
    [
        ("CNY", 2),
        ("USD", 2),
        ("JPY", 0),
        ("VND", 0),
        ("KWD", 3),
        ("UYW", 4),
        # Shown without decimals by the Unicode locale data, yet they have two.
        ("AFN", 2),
        ("LBP", 2),
        ("MGA", 2),
    ],
)
def test_exponents_are_those_of_iso_4217(code: str, exponent: int) -> None:
    assert currency(code) == Currency(code, exponent)


@pytest.mark.parametrize("code", ["XXX", "cny", "RMB", "", "DEM"])
def test_an_unknown_code_is_refused(code: str) -> None:
    with pytest.raises(FinanceError, match=f"unknown currency `{code}`"):
        currency(code)


@pytest.mark.parametrize(
    ("amount", "unit", "minor"),
    [
        ("12.30", CNY, 1230),
        ("12.3", CNY, 1230),
        ("12.300000", CNY, 1230),
        ("-0.01", CNY, -1),
        ("5E+4", CNY, 5_000_000),
        ("50", JPY, 50),
        ("50.0", JPY, 50),
        ("0.001", KWD, 1),
        ("0.0001", CLF, 1),
        ("0E-999999", CNY, 0),
        ("0E+999999", CNY, 0),
        ("92233720368547758.07", CNY, MOST),
    ],
)
def test_minor_units(amount: str, unit: Currency, minor: int) -> None:
    assert minor_units(Decimal(amount), unit) == minor


@pytest.mark.parametrize(
    ("amount", "unit"),
    [("0.001", CNY), ("0.5", JPY), ("12.3001", KWD), ("1E-999999", CNY), ("10.005", CNY)],
)
def test_nothing_is_finer_than_a_minor_unit(amount: str, unit: Currency) -> None:
    with pytest.raises(FinanceError, match=f"finer than a minor unit of `{unit.code}`"):
        minor_units(Decimal(amount), unit)


@pytest.mark.parametrize("amount", ["92233720368547758.08", "-92233720368547758.08", "1E+999999"])
def test_nothing_is_beyond_64_bits(amount: str) -> None:
    with pytest.raises(FinanceError, match="does not fit in 64 bits"):
        minor_units(Decimal(amount), CNY)


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), 1.5, 3])
def test_only_finite_decimals_are_money(amount: Decimal) -> None:
    with pytest.raises(FinanceError, match="`amount` must be a finite decimal"):
        minor_units(amount, CNY)


@pytest.mark.parametrize(
    ("minor", "unit", "text"),
    [(1230, CNY, "12.30"), (-5, CNY, "-0.05"), (0, CNY, "0.00"), (7, JPY, "7"), (7, KWD, "0.007")],
)
def test_major_shows_all_decimals(minor: int, unit: Currency, text: str) -> None:
    assert str(major(minor, unit)) == text


@given(st.integers(-MOST, MOST), CURRENCIES)
def test_there_and_back_whatever_the_decimal_context(minor: int, unit: Currency) -> None:
    with localcontext(prec=3):
        assert minor_units(major(minor, unit), unit) == minor


@pytest.mark.parametrize("minor", [MOST + 1, -MOST - 1, 1.0, True])
def test_major_refuses_what_is_no_amount(minor: int) -> None:
    with pytest.raises(FinanceError, match="`minor`"):
        major(minor, CNY)


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        (10_000, (500, 1000, 233, 200), (2587, 5173, 1205, 1035)),  # four debts on an advice page
        (100, (1, 1, 1), (34, 33, 33)),  # a tie goes to the first
        (2, (1, 1, 1), (1, 1, 0)),
        (5, (0, 3, 0), (0, 5, 0)),
        (0, (1, 2), (0, 0)),
        (10, (Fraction(1, 3), Fraction(2, 3)), (3, 7)),
    ],
)
def test_allocate(amount: int, weights: tuple[int, ...], shares: tuple[int, ...]) -> None:
    assert allocate(amount, weights) == shares


@given(
    st.integers(0, 10**15),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any),
)
def test_shares_add_up_and_are_fair(amount: int, weights: list[int]) -> None:
    shares = allocate(amount, weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(amount * weight, sum(weights))) < 1
    by_weight = sorted(zip(weights, shares, strict=True))
    assert [share for _, share in by_weight] == sorted(shares)


@pytest.mark.parametrize(
    ("amount", "weights", "message"),
    [
        (100, (), "`weights` must not all be zero"),
        (100, (0, 0), "`weights` must not all be zero"),
        (100, (2, -1), "`weights` must not be negative, but is `-1`"),
        (-1, (1,), "`amount` must not be negative"),
        (1.0, (1,), "`amount` must be a whole number"),
        (1, (0.5,), "`weights` must be an exact fraction"),
    ],
)
def test_bad_allocations(amount: int, weights: tuple[int, ...], message: str) -> None:
    with pytest.raises(FinanceError, match=message):
        allocate(amount, weights)
