"""Rounding, as an explicit and named choice.

The names mean what they mean in the `decimal` module: "up" is away from zero and "down" towards
it, so that -2.5 rounds half-up to -3.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from policyengine.finance import _checks
from policyengine.finance.errors import FinanceError


class Rounding(StrEnum):
    """Which whole number stands for one that is not whole."""

    HALF_UP = "half_up"
    """To the nearest, a tie away from zero: what people mean when they say nothing."""
    HALF_EVEN = "half_even"
    """To the nearest, a tie to the even one."""
    UP = "up"
    """Away from zero."""
    DOWN = "down"
    """Towards zero."""
    CEILING = "ceiling"
    """Never below the value."""
    FLOOR = "floor"
    """Never above the value."""


def round_to_integer(value: Fraction | int, mode: Rounding = Rounding.HALF_UP) -> int:
    """Return the whole number that stands for `value`.

    Raises:
        FinanceError: `value` is not exact.
    """
    checked = _checks.exact("value", value)
    return round_ratio(checked.numerator, checked.denominator, mode)


def round_to_step(
    value: Fraction | int, step: Fraction | int, mode: Rounding = Rounding.HALF_UP
) -> Fraction:
    """Return the multiple of `step` that stands for `value`: a rate on an eighth of a point, say.

    Raises:
        FinanceError: `step` is not above zero, or one of the two is not exact.
    """
    stride = _checks.exact("step", step)
    if stride <= 0:
        raise FinanceError("step_not_above_zero", name="step", given=step)
    return round_to_integer(_checks.exact("value", value) / stride, mode) * stride


def round_ratio(numerator: int, denominator: int, mode: Rounding = Rounding.HALF_UP) -> int:
    """Return `numerator / denominator` as a whole number; `denominator` must be above zero.

    The core of the others, in integers alone: a schedule calls it once for every period, where the
    greatest common divisor a fraction looks for would cost more than the rest.

    Raises:
        FinanceError: there is no such mode.
    """
    floor, rest = divmod(numerator, denominator)
    if rest == 0 or not _rises(mode, floor, 2 * rest - denominator):
        return floor
    return floor + 1


def _rises(mode: Rounding, floor: int, beyond_half: int) -> bool:
    """Say whether a value between `floor` and the next integer goes to the latter.

    The sign of `beyond_half` says on which side of the middle the value lies.
    """
    match mode:
        case Rounding.HALF_UP:
            return beyond_half > 0 or (beyond_half == 0 and floor >= 0)
        case Rounding.HALF_EVEN:
            return beyond_half > 0 or (beyond_half == 0 and floor % 2 == 1)
        case Rounding.UP:
            return floor >= 0
        case Rounding.DOWN:
            return floor < 0
        case Rounding.CEILING:
            return True
        case Rounding.FLOOR:
            return False
        case _:
            raise FinanceError("unknown_rounding", mode=mode)
