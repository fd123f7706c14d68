"""Values as JSON writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st

from policyengine.decision.decimals import PLACES, decimal, decimal_text
from policyengine.decision.trace import Unknown
from policyengine.decision.values import encode, encode_fact
from policyengine.model.types import (
    BOOLEAN,
    DATE,
    DAYS,
    INTEGER,
    MONEY,
    MONTHS,
    NUMBER,
    RATE,
    TEXT,
    Kind,
    Record,
    Type,
)

POLICIES = tiny.policies()
PROGRAM = POLICIES.programs[0]
ITEMS = Type(Kind.LIST, "item")


@given(st.integers(), st.integers(0, PLACES), st.integers(0, 4))
def test_a_decimal_that_ends_is_written_exactly(digits: int, places: int, least: int) -> None:
    value = Fraction(digits, 10**places)
    text = decimal_text(value, least)
    assert Fraction(text) == value
    decimals = text.partition(".")[2]
    assert len(decimals) >= least
    assert len(decimals) <= max(least, places)


@given(st.fractions())
def test_a_decimal_without_end_is_cut_half_up(value: Fraction) -> None:
    text = decimal_text(value, 2)
    off = abs(Fraction(text) - value)
    assert off <= Fraction(1, 2 * 10**PLACES)
    assert not off or len(text.partition(".")[2]) == PLACES


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(1, 3), 0, "0.333333333333"),
        (Fraction(2, 3), 2, "0.666666666667"),
        (Fraction(-2, 3), 2, "-0.666666666667"),
        (Fraction(1, 2 * 10**PLACES), 0, "0.000000000001"),
        (Fraction(-1, 2 * 10**PLACES), 0, "-0.000000000001"),
        (Fraction(0), 2, "0.00"),
        (Fraction(5), 0, "5"),
        (Fraction(-1, 8), 2, "-0.125"),
        (Fraction(10**40 + 1), 2, f"{10**40 + 1}.00"),
    ],
)
def test_golden_decimals(value: Fraction, places: int, text: str) -> None:
    assert decimal_text(value, places) == text


@given(st.integers(), st.integers(0, 6))
def test_decimals_do_not_depend_on_the_context(scaled: int, places: int) -> None:
    with localcontext(prec=1):
        assert Fraction(decimal(scaled, places)) == Fraction(scaled, 10**places)
    assert decimal(1, 2) == Decimal("0.01")


@pytest.mark.parametrize(
    ("value", "type_", "written"),
    [
        (Fraction(5), MONEY, "5.00"),
        (Fraction(1, 8), MONEY, "0.125"),
        (Fraction(14452, 100000), RATE, "0.14452"),
        (Fraction(1, 2), NUMBER, "0.5"),
        (3, NUMBER, "3"),
        (3, INTEGER, 3),
        (90, DAYS, 90),
        (12, MONTHS, 12),
        (True, BOOLEAN, True),
        ("red", Type(Kind.ENUM, "colour"), "red"),
        ("a word", TEXT, "a word"),
        (date(2024, 2, 29), DATE, "2024-02-29"),
        ((Record({}), Record({})), ITEMS, 2),
        (Unknown(frozenset({"x.n"})), INTEGER, None),
    ],
)
def test_encoded(value: object, type_: Type, written: object) -> None:
    found = encode(value, type_, PROGRAM)  # type: ignore[arg-type]
    assert found == written
    assert type(found) is type(written)


def test_a_list_is_written_with_its_records_and_what_is_known_of_them() -> None:
    part = Record({"n": 1})
    items = (Record({"parts": (part,), "cash": Fraction(1, 4)}), Record({}))
    assert encode_fact(items, ITEMS, PROGRAM) == [{"cash": "0.25", "parts": [{"n": 1}]}, {}]
    assert encode_fact(Unknown(), ITEMS, PROGRAM) is None
    assert encode_fact((), ITEMS, PROGRAM) == []
