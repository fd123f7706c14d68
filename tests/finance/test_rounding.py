import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.finance.errors import FinanceError
from policyengine.finance.rounding import Rounding, round_ratio, round_to_integer, round_to_step

MODES = st.sampled_from(Rounding)
FRACTIONS = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)


@pytest.mark.parametrize(
    ("value", "expected"),
    # HALF_UP, HALF_EVEN, UP, DOWN, CEILING, FLOOR
    [
        (Fraction(5, 2), (3, 2, 3, 2, 3, 2)),
        (Fraction(-5, 2), (-3, -2, -3, -2, -2, -3)),
        (Fraction(7, 2), (4, 4, 4, 3, 4, 3)),
        (Fraction(1, 2), (1, 0, 1, 0, 1, 0)),
        (Fraction(-1, 2), (-1, 0, -1, 0, 0, -1)),
        (Fraction(2, 3), (1, 1, 1, 0, 1, 0)),
        (Fraction(-2, 3), (-1, -1, -1, 0, 0, -1)),
        (Fraction(12, 5), (2, 2, 3, 2, 3, 2)),
        (Fraction(-13, 5), (-3, -3, -3, -2, -2, -3)),
        (7, (7, 7, 7, 7, 7, 7)),
    ],
)
def test_each_mode(value: Fraction | int, expected: tuple[int, ...]) -> None:
    assert tuple(round_to_integer(value, mode) for mode in Rounding) == expected


@given(st.integers(-(10**15), 10**15), st.integers(0, 6), MODES)
def test_modes_mean_what_they_mean_to_decimals(digits: int, places: int, mode: Rounding) -> None:
    by_decimal = (
        Decimal(digits)
        .scaleb(-places)
        .quantize(Decimal(1), rounding=getattr(decimal, f"ROUND_{mode.name}"))
    )
    assert round_to_integer(Fraction(digits, 10**places), mode) == by_decimal


@given(FRACTIONS)
def test_rounding_to_the_nearest_is_at_most_half_off(value: Fraction) -> None:
    for mode in (Rounding.HALF_UP, Rounding.HALF_EVEN):
        assert abs(round_to_integer(value, mode) - value) <= Fraction(1, 2)


@given(FRACTIONS, FRACTIONS, MODES)
def test_rounding_keeps_order(one: Fraction, other: Fraction, mode: Rounding) -> None:
    low, high = sorted((one, other))
    assert round_to_integer(low, mode) <= round_to_integer(high, mode)


def test_half_up_unless_another_is_named() -> None:
    assert round_to_integer(Fraction(-1, 2)) == round_ratio(-1, 2) == -1
    assert round_to_step(Fraction(1, 2), 1) == 1


def test_a_rate_rounded_to_an_eighth_of_a_point() -> None:
    step = Fraction(125, 100000)
    assert round_to_step(Fraction(431, 10000), step) == Fraction(4250, 100000)
    assert round_to_step(Fraction(431, 10000), step, Rounding.UP) == Fraction(4375, 100000)


@given(FRACTIONS, st.fractions(min_value=Fraction(1, 1000), max_value=1000), MODES)
def test_a_step_is_kept_to(value: Fraction, step: Fraction, mode: Rounding) -> None:
    rounded = round_to_step(value, step, mode)
    assert (rounded / step).denominator == 1
    assert abs(rounded - value) < step


@pytest.mark.parametrize("step", [0, Fraction(-1, 8)])
def test_a_step_must_be_above_zero(step: Fraction) -> None:
    with pytest.raises(FinanceError, match=f"`step` must be above zero, but is `{step}`"):
        round_to_step(Fraction(1), step)


@pytest.mark.parametrize("value", [0.5, Decimal("0.5"), True, "1"])
def test_what_is_not_exact_is_refused(value: Fraction) -> None:
    with pytest.raises(FinanceError, match="`value` must be an exact fraction"):
        round_to_integer(value)


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(FinanceError, match="unknown rounding `nearest`"):
        round_ratio(1, 2, "nearest")  # type: ignore[arg-type]
