from collections.abc import Callable
from fractions import Fraction

import pytest

from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import (
    Balloon,
    EqualPrincipal,
    Fixed,
    Holiday,
    HolidayInterest,
    InterestOnly,
    Level,
    Paying,
    Stepped,
    UntilRepaid,
)


@pytest.mark.parametrize("phase", [Holiday, InterestOnly, Level, EqualPrincipal])
@pytest.mark.parametrize("months", [0, -1, 1.5, True, None, 12_001])
def test_a_phase_lasts_some_months(phase: Callable[[int], object], months: int) -> None:
    with pytest.raises(FinanceError, match="`months` must be"):
        phase(months)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Balloon(0, 100), "`months` must be"),
        (lambda: Balloon(12, -1), "`balloon` must not be negative"),
        (lambda: Balloon(12, 1.0), "`balloon` must be a whole number"),  # type: ignore[arg-type]
        (lambda: Stepped((), 12), "`shares` must not be empty"),
        (lambda: Stepped((Fraction(-1, 2),), 12), "`shares` must not be negative"),
        (lambda: Stepped((0.5,), 12), "`shares` must be an exact fraction"),  # type: ignore[arg-type]
        (lambda: Stepped((Fraction(1, 2),), 0), "`months_each` must be"),
        (lambda: Stepped((Fraction(1, 2),), 12, of=-1), "`of` must not be negative"),
        (lambda: Fixed(()), "`payments` must not be empty"),
        (lambda: Fixed((100, -1)), "`payments` must not be negative"),
        (lambda: Fixed((2**63,)), "`payments` does not fit in 64 bits"),
        (lambda: Paying(-1, 3), "`payment` must not be negative"),
        (lambda: Paying(100, 0), "`months` must be"),
        (lambda: Paying(100, 3, "forgotten"), "unknown `interest`: `forgotten`"),
        (lambda: UntilRepaid(-1), "`payment` must not be negative"),
        (lambda: Holiday(3, "forgotten"), "unknown `interest`: `forgotten`"),
    ],
)
def test_bad_phases(make: Callable[[], object], message: str) -> None:
    with pytest.raises(FinanceError, match=message):
        make()


def test_how_long_phases_last() -> None:
    assert Stepped((Fraction(1, 2), Fraction(3, 4)), 6).months == 12
    assert Fixed((100, 200, 300)).months == 3


def test_phases_are_values() -> None:
    halves = [Fraction(1, 2), Fraction(1)]
    assert Stepped(halves, 6) == Stepped(tuple(halves), 6)
    assert hash(Fixed([100])) == hash(Fixed((100,)))
    assert Holiday(3, "waived") == Holiday(3, HolidayInterest.WAIVED)
