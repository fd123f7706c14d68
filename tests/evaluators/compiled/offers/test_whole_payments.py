"""Payments and schedules over whole numbers are those of the finance room."""

# ruff: noqa: PLR0913, PLR0917  # the terms of a loan

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.decision.decided import Row
from policyengine.evaluators.compiled.offers import payments, schedules
from policyengine.evaluators.compiled.support import NoValue
from policyengine.finance.amortisation import exact_level_payment
from policyengine.finance.amortisation import level_payment as exactly
from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import (
    EqualPrincipal,
    Holiday,
    HolidayInterest,
    InterestOnly,
    Level,
    Paying,
    Phase,
    Stepped,
    UntilRepaid,
)
from policyengine.finance.rate import periodic
from policyengine.finance.rounding import round_to_integer
from policyengine.finance.schedule import build_schedule
from policyengine.finance.valuation import present_value

FIRST = date(2024, 1, 31)
amounts = st.one_of(st.integers(1, 2_000), st.integers(1, 10**9), st.integers(2**52, 2**62))
rates = st.one_of(st.just(0), st.integers(0, 400_000_000), st.integers(0, 4 * 10**9))
terms = st.integers(1, 120)
treatments = st.sampled_from([str(each) for each in HolidayInterest])


@given(amounts, rates, terms)
def test_a_level_payment_is_exact(owed: int, rate: int, months: int) -> None:
    num, den = payments.monthly(rate)
    month = periodic(Fraction(rate, 10**9))
    assert Fraction(num, den) == month
    assert payments.exact_level(owed, num, den, months) == exact_level_payment(owed, month, months)
    if owed < 2**50:
        assert payments.level_payment(owed, num, den, months) == exactly(owed, month, months)


@given(st.integers(1, 10**7), rates, st.integers(0, 10**6), st.integers(1, 40), st.integers(0, 40))
def test_the_fewest_months_are_those_of_a_plain_scan(
    owed: int, rate: int, most: int, low: int, wide: int
) -> None:
    num, den = payments.monthly(rate)
    fitting = (
        months
        for months in range(low, low + wide + 1)
        if payments.level_payment(owed, num, den, months) <= most
    )
    wanted = next(fitting, low + wide + 1)
    assert payments.least_months(owed, num, den, most, low, low + wide) == wanted


@given(st.integers(1, 10**7), rates, st.integers(1, 60), st.sampled_from([-1, 0, 1]))
def test_the_fewest_months_one_unit_either_side_of_a_payment(
    owed: int, rate: int, months: int, beside: int
) -> None:
    num, den = payments.monthly(rate)
    most = max(payments.level_payment(owed, num, den, months) + beside, 0)
    found = payments.least_months(owed, num, den, most, 1, 80)
    assert found == 81 or payments.level_payment(owed, num, den, found) <= most
    assert found == 1 or payments.level_payment(owed, num, den, found - 1) > most


@given(
    st.lists(st.integers(0, 10**7), min_size=1, max_size=60),
    rates,
    st.integers(-(10**6), 10**9),
    st.sampled_from([0, 0, 0, 7, 123_456]),
)
def test_the_cost_is_exact_to_the_unit(paid: list[int], rate: int, covered: int, left: int) -> None:
    num, den = payments.monthly(rate)
    rows = [(k, FIRST, payment, 0, 0, left) for k, payment in enumerate(paid, 1)]
    month = Fraction(num, den)
    exact = covered - present_value(paid, month) - left / (1 + month) ** len(paid)
    assert payments.given_up(covered, rows, num, den) == round_to_integer(exact)


@pytest.mark.parametrize(("covered", "cost"), [(103, 53), (97, 47), (-1, -52), (2, -49)])
def test_a_cost_that_lies_on_a_half_is_rounded_away_from_nothing(covered: int, cost: int) -> None:
    rows = [(1, FIRST, 101, 0, 0, 0)]  # worth 50.5 at a rate of 100 % a month
    exact = Fraction(covered) - Fraction(101, 2)
    assert payments.given_up(covered, rows, 1, 1) == round_to_integer(exact) == cost


@given(amounts, rates, terms, st.integers(0, 12), treatments, st.booleans(), st.integers(0, 12))
def test_regular_payments_are_those_of_the_schedule(
    owed: int, rate: int, months: int, resting: int, treatment: str, equal: bool, interest_only: int
) -> None:
    num, den = payments.monthly(rate)
    phases: list[Phase] = [Holiday(resting, HolidayInterest(treatment))] if resting else []
    phases += [InterestOnly(interest_only)] if interest_only else []
    phases.append(EqualPrincipal(months) if equal else Level(months))
    try:
        rows: list[Row] = []
        days = schedules.dues(FIRST, None, resting + interest_only + months)
        left = schedules.rest(rows, days, owed, num, den, resting, treatment)
        assert payments.rested(owed, num, den, resting, treatment) == left or treatment == "waived"
        schedules.pay_interest(rows, days, left, num, den, interest_only)
        if equal:
            highest, total = schedules.repay_equal(rows, days, left, num, den, months)
        else:
            payment = payments.level_payment(left, num, den, months)
            highest, total = schedules.repay_level(rows, days, left, num, den, months, payment)
    except NoValue:
        return  # beyond 64 bits: left to the reference
    assert rows == _plain(owed, rate, phases)
    regular = [row[2] for row in rows[resting + interest_only :]]
    assert (highest, total) == (max(regular), sum(regular))


@given(
    st.integers(1, 10**7),
    rates,
    st.lists(st.integers(0, 10), max_size=3).map(sorted),
    st.integers(1, 3),
    st.integers(0, 10**6),
    st.sampled_from([None, *map(str, HolidayInterest)]),
    st.integers(0, 4),
    st.integers(0, 10**6) | st.none(),
    st.booleans(),
)
def test_agreed_payments_are_those_of_the_schedule(
    owed: int,
    rate: int,
    tenths: list[int],
    each: int,
    amount: int,
    unpaid: str | None,
    agreed: int,
    until: int | None,
    negative: bool,
) -> None:
    num, den = payments.monthly(rate)
    shares = tuple(Fraction(share, 10) for share in tenths)
    phases: list[Phase] = [Stepped(shares, each, of=until)] if shares else []
    phases += [Paying(amount, agreed, unpaid)] if agreed else []
    phases.append(Level(7) if until is None else UntilRepaid(until))
    rows: list[Row] = []
    days = schedules.dues(FIRST, None, 1_200)
    left = owed
    if shares:
        months = len(shares) * each + agreed + 7
        whole = payments.level_payment(owed, num, den, months) if until is None else until
        left = schedules.pay_steps(rows, days, left, num, den, whole, tenths, 10, each, negative)
    if agreed and left > 0:
        left = schedules.pay_agreed(rows, days, left, num, den, amount, agreed, unpaid, negative)
    repaid = left >= 0
    if until is not None and repaid:
        repaid = schedules.pay_until_repaid(rows, days, left, num, den, until)
    elif left > 0 or (left == 0 and not agreed):
        payment = payments.level_payment(left, num, den, 7)
        schedules.repay_level(rows, days, left, num, den, 7, payment)
    try:
        wanted = _plain(owed, rate, phases, negative=negative)
    except FinanceError:
        assert not repaid
    else:
        assert repaid
        assert rows == wanted


def _plain(
    owed: int, rate: int, phases: Sequence[Phase], *, negative: bool = False
) -> list[tuple[int, date, int, int, int, int]]:
    rows = build_schedule(
        owed, Fraction(rate, 10**9), phases, FIRST, negative_amortisation=negative
    )
    return [(r.n, r.due, r.payment, r.interest, r.principal, r.balance) for r in rows]


@given(st.integers(0, 10**6), st.integers(1, 12))
def test_what_is_paid_on_top_is_shared_out(amount: int, months: int) -> None:
    rows = [(k, FIRST, 100, 1, 99, 1_000 - 99 * k) for k in range(1, 13)]
    found, highest = schedules.with_on_top(rows, amount, months)
    extra = [after[2] - before[2] for after, before in zip(found, rows, strict=True)]
    assert sum(extra) == amount
    assert extra[months:] == [0] * (12 - months)
    assert max(extra[:months]) - min(extra[:months]) <= 1
    assert highest == max(row[2] for row in found)
    assert [row[5] for row in found][-1] == rows[-1][5]


def test_days_outside_the_calendar_are_left_to_the_reference() -> None:
    with pytest.raises(NoValue):
        schedules.dues(date(9_999, 11, 30), None, 3)
    with pytest.raises(NoValue):
        schedules.dues(date(2024, 2, 28), 27, 3)
    with pytest.raises(NoValue):
        schedules.dues_until(FIRST, date(2199, 1, 1), None)
    assert schedules.dues(date(2024, 2, 29), 31, 2)[1] == date(2024, 3, 31)
