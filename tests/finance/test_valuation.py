from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import Holiday, HolidayInterest, Level
from policyengine.finance.rate import PRECISION, effective_annual
from policyengine.finance.schedule import build_schedule
from policyengine.finance.valuation import effective_rate, net_present_value, present_value

AIBANK = Fraction(14452, 100_000)
RATES = st.integers(0, 50_000).map(lambda points: Fraction(points, 1_200_000))
FLOWS = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=40)


def test_a_payment_is_worth_less_the_later_it_is_made() -> None:
    assert present_value([110], Fraction(1, 10)) == 100
    assert present_value([0, 121], Fraction(1, 10)) == 100
    assert present_value([], Fraction(1, 10)) == 0
    assert present_value([1, 2, 3], Fraction(0)) == 6


@given(FLOWS, RATES)
def test_value_agrees_with_its_definition(flows: list[int], rate: Fraction) -> None:
    value = sum((flow / (1 + rate) ** k for k, flow in enumerate(flows)), Fraction(0))
    assert net_present_value(flows, rate) == value
    assert present_value(flows, rate) == value / (1 + rate)


def test_a_loan_is_worth_nothing_at_its_own_rate() -> None:
    rows = build_schedule(5_000_000, AIBANK, [Level(12)], date(2024, 12, 20))
    value = net_present_value((-5_000_000, *(row.payment for row in rows)), AIBANK / 12)
    assert abs(value) <= 6


def test_effective_rate_of_a_schedule() -> None:
    rows = build_schedule(500_000_000, AIBANK, [Level(12)], date(2024, 12, 20))
    assert round(effective_rate(500_000_000, rows) * 10**5) == 15449


def test_an_interest_free_schedule_costs_nothing() -> None:
    rows = build_schedule(100_000, Fraction(0), [Level(7)], date(2024, 12, 20))
    assert effective_rate(100_000, rows) == 0


def test_a_waiver_lowers_the_effective_rate() -> None:
    full, less = (
        build_schedule(5_000_000, AIBANK, [Holiday(3, treatment), Level(12)], date(2024, 12, 20))
        for treatment in (HolidayInterest.CAPITALISED, HolidayInterest.WAIVED)
    )
    assert effective_rate(5_000_000, less) < effective_rate(5_000_000, full)


def test_what_stays_owed_counts_as_repaid() -> None:
    rows = build_schedule(200, Fraction(0), [Level(1)], date(2024, 12, 20), deferred=50)
    assert (rows[0].payment, rows[0].balance) == (150, 50)
    assert effective_rate(200, rows) == 0


def test_an_amount_that_bears_no_interest_lowers_the_effective_rate() -> None:
    rows = build_schedule(20_000_000, AIBANK, [Level(12)], date(2024, 12, 20), deferred=10_000_000)
    assert 0 < effective_rate(20_000_000, rows) < effective_annual(AIBANK)


@given(st.integers(10**6, 10**12), st.integers(1, 5000), st.integers(1, 60))
def test_a_loan_costs_its_contract_rate(balance: int, points: int, months: int) -> None:
    annual = Fraction(points, 10_000)
    rows = build_schedule(balance, annual, [Level(months)], date(2024, 12, 20))
    rate = effective_rate(balance, rows)
    # Rounding moves the worth of the payments by half a unit a month at most. Those of the rates on
    # either side that differ by more than that bound the rate found.
    paid = [row.payment for row in rows]
    slack = Fraction(months, 2) / present_value([max(paid)] * months, annual / 12)
    assert abs(rate - effective_annual(annual)) <= 24 * slack + 2 * PRECISION


@pytest.mark.parametrize("rate", [Fraction(-1, 100), 0.01])
def test_bad_rates(rate: Fraction) -> None:
    with pytest.raises(FinanceError, match="`periodic_rate` must"):
        present_value([100], rate)


@pytest.mark.parametrize("flow", [0.5, 2**63, None])
def test_bad_flows(flow: int) -> None:
    with pytest.raises(FinanceError, match="`flows`"):
        net_present_value([flow], Fraction(0))


def test_nothing_has_no_value() -> None:
    with pytest.raises(FinanceError, match="`flows` must not be empty"):
        net_present_value([], Fraction(0))
    with pytest.raises(FinanceError, match="`schedule` must not be empty"):
        effective_rate(100, ())


def test_nothing_was_advanced() -> None:
    rows = build_schedule(100, Fraction(0), [Level(1)], date(2024, 12, 20))
    with pytest.raises(FinanceError, match="`principal` must be above zero"):
        effective_rate(0, rows)
