"""Whole numbers of 64 bits give what the exact functions give, or say that they cannot tell."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whole_cases import Case, Expected, case_from, covered, expected

from policyengine.finance.amortisation import level_payment as exact_payment
from policyengine.finance.errors import FinanceError
from policyengine.finance.rounding import round_ratio
from policyengine.finance.whole.bounds import (
    ABOVE_LIMIT,
    ALL_DEFERRED,
    MOST_AMOUNT,
    MOST_DENOMINATOR,
    NO_INSTALMENT,
    NO_LIMIT,
    NOTHING_OWED,
    REPAID,
    UNDECIDED,
)
from policyengine.finance.whole.growth import growth, growth_error
from policyengine.finance.whole.interest import share_of
from policyengine.finance.whole.level import NOT_TOLD, least_months, level_payment, rounded
from policyengine.finance.whole.repayment import Terms, repayment
from policyengine.finance.whole.worth import NO_COST, cost

AMOUNTS = st.one_of(st.integers(0, 1000), st.integers(0, MOST_AMOUNT), st.just(MOST_AMOUNT))
DENOMINATORS = st.one_of(
    st.just(12 * 10**9), st.integers(1, 10**4), st.integers(1, MOST_DENOMINATOR)
)
MONTHS = st.one_of(st.integers(1, 30), st.integers(1, 1200))


@given(AMOUNTS, DENOMINATORS, st.data())
def test_a_share_is_rounded_as_the_exact_one(
    amount: int, denominator: int, data: st.DataObject
) -> None:
    numerator = data.draw(st.integers(0, denominator))
    exact = round_ratio(amount * numerator, denominator)
    assert share_of(amount, numerator, denominator) == exact


@given(st.integers(0, 2**40), st.integers(1, 2**20))
def test_a_share_at_the_half_goes_up(amount: int, half: int) -> None:
    """Doubles that lie at half a unit, and a hair beside it."""
    for numerator in (half - 1, half, half + 1):
        exact = round_ratio((2 * amount + 1) * numerator, 2 * half)
        assert share_of(2 * amount + 1, min(numerator, 2 * half), 2 * half) == exact


@given(st.integers(0, 10**12), st.integers(0, 12 * 10**9), MONTHS)
def test_growth_is_no_further_off_than_it_says(rate: int, slow: int, months: int) -> None:
    for numerator, denominator in ((min(rate, 10**10), 12 * 10**10), (slow, 12 * 10**18)):
        exact = (1 + Fraction(numerator, denominator)) ** months - 1
        if exact > 2**900:
            continue
        off = abs(Fraction(growth(numerator / denominator, months)) - exact)
        assert off <= exact * Fraction(growth_error(months))


@given(st.integers(1, MOST_AMOUNT), st.integers(0, 10**9), MONTHS)
def test_a_level_payment_is_the_exact_one_or_not_told(
    principal: int, numerator: int, months: int
) -> None:
    exact = exact_payment(principal, Fraction(numerator, 12 * 10**9), months)
    assert level_payment(principal, numerator, 12 * 10**9, months) in (exact, NOT_TOLD)


@given(st.integers(1, 10**8), st.sampled_from([1, 5, 10, 10**6, 10**8]), st.integers(2, 24))
def test_what_lies_within_the_error_of_a_half_is_not_told(
    principal: int, numerator: int, months: int
) -> None:
    """Principals by search whose payment lies as near a half as can be found."""
    rate = Fraction(numerator, 12 * 10**9)
    grown = (1 + rate) ** months
    factor = rate * grown / (grown - 1)
    near = [_principal_near_half(factor, principal + k) for k in range(20)]
    for found in near:
        exact = exact_payment(found, rate, months)
        assert level_payment(found, numerator, 12 * 10**9, months) in (exact, NOT_TOLD)


@given(st.integers(0, 2**40), st.integers(-6, 6), st.sampled_from([2.0**-53, 2.0**-50, 2.0**-40]))
def test_a_value_is_rounded_only_where_all_that_it_may_be_rounds_alike(
    whole: int, steps: int, error: float
) -> None:
    """Values a few doubles beside a half, and as exactly between two as can be."""
    value = whole + 0.5 + steps * math.ulp(whole + 0.5)
    least, most = (Fraction(value) * (1 + sign * Fraction(error)) for sign in (-1, 1))
    found = rounded(value, error)
    assert found in (
        {NOT_TOLD}
        if round_half_up(least) != round_half_up(most)
        else {NOT_TOLD, round_half_up(value)}
    )
    assert rounded(whole % 2**20 + 0.25, error) == whole % 2**20


def round_half_up(value: Fraction | float) -> int:
    return math.floor(Fraction(value) + Fraction(1, 2))


def _principal_near_half(factor: Fraction, payment: int) -> int:
    return round((payment + Fraction(1, 2)) / factor)


@given(
    st.integers(1, 10**9),
    st.sampled_from([0, 1, 10**6, 72 * 10**6, 144_520_000, 10**9]),
    st.integers(-1, 10**8),
    st.integers(1, 30),
    st.integers(0, 90),
)
def test_the_least_months_are_the_first_whose_payment_fits(
    principal: int, numerator: int, limit: int, low: int, more: int
) -> None:
    high, rate = low + more, Fraction(numerator, 12 * 10**9)
    fits = (n for n in range(low, high + 1) if exact_payment(principal, rate, n) <= limit)
    found = least_months(principal, numerator, 12 * 10**9, limit, low, high)
    assert found in (next(fits, high + 1), NOT_TOLD)


@given(st.integers(0, 2**60))
def test_a_schedule_comes_to_what_its_rows_come_to(seed: int) -> None:
    case = case_from(random.Random(seed))
    assert_agrees(case)


def assert_agrees(case: Case) -> bool:
    """Hold a case against the exact functions; return whether it was told at all."""
    found, exact = repayment(case.terms, case.asked, NO_LIMIT), expected(case)
    if found.code == UNDECIDED:
        return False
    assert isinstance(exact, Expected) == (found.code == REPAID), (case, exact)
    if not isinstance(exact, Expected):
        return True
    rows, terms = exact.rows, case.terms
    payments = [row.payment for row in rows]
    start = terms.holiday + terms.interest_only
    assert found[1:9] == (
        len(rows),
        payments[0],
        payments[start],
        max(payments),
        max(payments[: case.asked], default=0),
        max(payments[case.asked :], default=0),
        sum(payments),
        sum(row.interest for row in rows),
    ), case
    assert rows[-1].balance == terms.deferred
    told = cost(covered(case), terms, found, *case.contract)
    assert told in (exact.cost, NO_COST), (case, exact.cost)
    return told != NO_COST


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (Terms(0, 0, 1, 1200, 0, 0, 0, 12, 0), NOTHING_OWED),
        (Terms(0, 1, 1, 1200, 0, 0, 0, 12, 0), ALL_DEFERRED),
        (Terms(100, 0, 1, 1200, 3, 0, 0, 0, 0), NO_INSTALMENT),
        (Terms(MOST_AMOUNT, 0, 1200, 1200, 3, 0, 0, 1, 0), UNDECIDED),
        (Terms(100, 0, 1, 1200, 600, 0, 0, 601, 0), UNDECIDED),
        (Terms(100, 0, 1201, 1200, 0, 0, 0, 12, 0), UNDECIDED),
        (Terms(2**50, 0, 0, 1200, 0, 0, 0, 12, 0), REPAID),
        (Terms(2**50 + 1, 0, 0, 1200, 0, 0, 0, 12, 0), UNDECIDED),
        (Terms(100, 0, 1, 1200, 0, 0, 0, 1200, 0), REPAID),
        (Terms(100, 0, 1, 1200, 0, 0, 0, 1201, 0), UNDECIDED),
    ],
)
def test_what_cannot_be_repaid_says_why(terms: Terms, code: int) -> None:
    assert repayment(terms, 0, NO_LIMIT).code == code


def test_what_comes_out_is_told_apart() -> None:
    codes = {REPAID, NOTHING_OWED, ALL_DEFERRED, NO_INSTALMENT, UNDECIDED, ABOVE_LIMIT}
    assert len(codes) == 6


@pytest.mark.parametrize(("covered", "side"), [(0, 1), (2 * 10**9, -1)])
def test_a_cost_a_hair_from_the_half_is_not_told(covered: int, side: int) -> None:
    """One payment, worth half a unit and a two-millionth more."""
    numerator, denominator = 1, 1_000_000
    owed = next(
        owed for owed in range(10**9, 2 * 10**9) if owed * denominator % 1_000_001 == 500_001
    )
    terms = Terms(owed, 0, 0, 1, 0, 0, 0, 1, 0)
    found = repayment(terms, 0, NO_LIMIT)
    exact = covered - Fraction(owed * denominator, denominator + numerator)
    assert abs(exact) % 1 - Fraction(1, 2) == Fraction(side, 2 * 1_000_001)
    assert cost(covered, terms, found, numerator, denominator) == NO_COST


@given(st.integers(0, 2**60), st.integers(-1, 1))
def test_a_payment_above_a_limit_is_not_looked_at(seed: int, more: int) -> None:
    case = case_from(random.Random(seed))
    found = repayment(case.terms, case.asked, NO_LIMIT)
    limited = repayment(case.terms, case.asked, found.payment + more)
    assert limited == found if more >= 0 or found.code != REPAID else limited.code == ABOVE_LIMIT


@pytest.mark.parametrize("months", [1024, 1025, 1200])
@pytest.mark.parametrize("interest_only", [0, 3])
def test_growth_beyond_all_doubles_is_no_trouble(months: int, interest_only: int) -> None:
    """At 100 % a month a unit grows by more than a double holds; the payments are the interest, and worth as much."""
    terms = Terms(123_457, 0, 1200, 1200, 0, 0, interest_only, months - interest_only, 0)
    assert assert_agrees(Case(terms, 5, (1200, 1200)))


def test_a_debt_too_small_for_its_term_is_repaid_early() -> None:
    """Payments of 3.5 rounded up repay 7 in months of which the last pays nothing."""
    case = Case(Terms(7, 0, 0, 12, 0, 0, 0, 5, 0), 4, (0, 12))
    assert not isinstance(expected(case), FinanceError)
    assert assert_agrees(case)
