from collections.abc import Callable
from datetime import date
from fractions import Fraction

import pytest

from policyengine.decision.why import Why
from policyengine.finance.amortisation import balance_after, level_payment
from policyengine.finance.errors import FinanceError
from policyengine.finance.money import within_64_bits
from policyengine.finance.phases import Fixed, InterestOnly, Level, Stepped
from policyengine.finance.schedule import build_schedule

DUE = date(2025, 1, 31)


@pytest.mark.parametrize(
    ("work_out", "minor", "written"),
    [
        (
            lambda: build_schedule(
                10_000, Fraction(12), [Stepped((Fraction(1, 2),), 1), Level(3)], DUE
            ),
            "instalment `1` of `5334` is below its interest `10000`",
            "instalment `1` of `53.34` is below its interest `100.00`",
        ),
        (
            lambda: build_schedule(1_000, Fraction(0), [Fixed((2_000, 0))], DUE),
            "instalment `1` of `2000` is above the `1000` owed",
            "instalment `1` of `20.00` is above the `10.00` owed",
        ),
        (
            lambda: build_schedule(500, Fraction(0), [InterestOnly(1)], DUE, deferred=700),
            "`deferred` (`700`) must be below the balance (`500`)",
            "`deferred` (`7.00`) must be below the balance (`5.00`)",
        ),
        (
            lambda: build_schedule(-5, Fraction(0), [Level(1)], DUE),
            "`balance` must be above zero, but is `-5`",
            "`balance` must be above zero, but is `-0.05`",
        ),
        (
            lambda: level_payment(500, Fraction(0), 2, residual=-100),
            "`residual` must not be negative, but is `-100`",
            "`residual` must not be negative, but is `-1.00`",
        ),
        (
            lambda: level_payment(500, Fraction(0), 2, residual=600),
            "`residual` (`600`) is above the principal (`500`)",
            "`residual` (`6.00`) is above the principal (`5.00`)",
        ),
        (
            lambda: within_64_bits("payment", 10**19),
            "`payment` does not fit in 64 bits: `10000000000000000000`",
            "`payment` does not fit in 64 bits: `100000000000000000.00`",
        ),
        (
            lambda: balance_after(-1, 100, Fraction(0), 12),
            "`paid` must not be negative, but is `-1`",
            "`paid` must not be negative, but is `-1`",
        ),
    ],
)
def test_amounts_stand_apart_from_the_words(
    work_out: Callable[[], object], minor: str, written: str
) -> None:
    """Whoever knows the currency writes them; numbers of periods are no amounts."""
    with pytest.raises(FinanceError) as raised:
        work_out()
    assert str(raised.value) == minor
    assert Why("not_repayable", currency="CNY", why=raised.value.cause) == written
