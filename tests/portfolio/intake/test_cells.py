"""A cell is read as a profile's value is: the same value, refused for the same reason."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st

from policyengine.diagnostics import ProfileError
from policyengine.facts.columns import Column
from policyengine.facts.from_profile import value_from
from policyengine.finance.money import currency
from policyengine.ir.dictionary import FactDefinition
from policyengine.model.types import Kind
from policyengine.portfolio.intake.cell import findings_of, node_of, whole_value
from policyengine.portfolio.intake.members import read_column
from policyengine.portfolio.intake.reading import Reading

VOCABULARY = tiny.VOCABULARY.replace(
    "x.days: {type: days,", "x.days: {type: days, min: 0 days, max: 400 days,"
).replace("x.rate: {type: rate,", "x.rate: {type: rate, min: 0, max: 100%,")
POLICIES = tiny.policies("plans: {}\n", "", vocabulary=VOCABULARY)
FACTS = POLICIES.dictionary.facts
PLAIN = [p for p, fact in FACTS.items() if p.startswith("x.") and fact.type.kind is not Kind.LIST]


def reading(code: str = "CNY", *, floats: bool = False) -> Reading:
    return Reading(POLICIES.dictionary, currency(code), floats)


def hold(array: Any, path: str, code: str = "CNY", *, floats: bool = False) -> None:
    """Hold a whole column against its cells, one by one."""
    fact, whole = FACTS[path], reading(code, floats=floats)
    read = read_column(array, fact, whole)
    assert isinstance(read.column, Column)
    for row, value in enumerate(array.to_pylist()):
        expected, wrong = one(value, fact, whole)
        assert bool(read.wrong[row]) is wrong, (value, path)
        if not wrong:
            known = read.column.known is None or bool(read.column.known[row])
            assert known is (expected is not None), (value, path)
            assert expected is None or read.column.values[row] == expected, (value, path)
        else:
            assert findings_of(value, fact, path, whole)


def one(value: Any, fact: FactDefinition, whole: Reading) -> tuple[int | None, bool]:
    """Return what a profile with the value says, as a whole number; and whether it is wrong, or too fine or large."""
    if fact.type.kind is Kind.BOOLEAN and isinstance(value, str):
        value = {"True": "true", "FALSE": "false"}.get(value, value)
    try:
        found = value_from(node_of(value), fact, fact.path, whole.dictionary, whole.currency)
    except ProfileError:
        return None, True
    if found is None:
        return None, False
    number = whole_value(found, fact.type, whole)
    return number, number is None


ODD_NUMBERS = """
0 -0 1 400 401 36525 36526 0.145 14.452% 1e3 007 +5 .5 5. 5.00 8,000 8000.000 8000.001 -1 -1% 100% 100.1% 0.00 1_000
9223372036854775807 9223372036854775808 92233720368547758.07 92233720368547758.08 -92233720368547758.08 0.1234567891
9223372036.854775807 9223372036.854775808 １２
"""
NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.decimals(-(10**7), 10**7, places=3).map(str),
    st.decimals(0, 1, places=11).map(str),
    st.sampled_from(ODD_NUMBERS.split()),
    st.sampled_from(["14.4 %", "5.00 CNY", "5 USD", "20 days", "20 months", "2 years"]),
)
ODD_WORDS = """
null ~ unknown true false True FALSE yes red gren light word 一 nan inf
2024-02-29 2023-02-29 2024-2-9 1899-12-31 2199-12-31 2200-01-01 20240229
"""
WORDS = st.sampled_from([*ODD_WORDS.split(), "", " ", "a\nb"])


@given(
    path=st.sampled_from(PLAIN), cells=st.lists(st.one_of(NUMBERS, WORDS, st.none()), max_size=9)
)
def test_text(path: str, cells: list[str | None]) -> None:
    hold(pa.array(cells, pa.string()), path)


@pytest.mark.parametrize("path", PLAIN)
@pytest.mark.parametrize(
    "type_", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
def test_other_columns_of_text(path: str, type_: Any) -> None:
    cells = ["1", "true", None, "red", "2024-02-29", "x", "1"]
    hold(pa.array(cells, pa.string()).cast(type_), path)


WHOLE = [p for p in PLAIN if FACTS[p].type.kind in (Kind.INTEGER, Kind.DAYS, Kind.MONTHS)]
EXACT = [p for p in PLAIN if FACTS[p].type.kind in (Kind.MONEY, Kind.RATE, Kind.NUMBER)]


@given(
    path=st.sampled_from([*WHOLE, *EXACT]),
    cells=st.lists(
        st.one_of(
            st.none(),
            st.integers(-(2**63), 2**63 - 1),
            st.integers(-500, 500),
            st.sampled_from([2**63 // 100 + d for d in (-1, 0, 1)] + [9223372036, 9223372037]),
        ),
        max_size=9,
    ),
)
def test_whole_numbers(path: str, cells: list[int | None]) -> None:
    hold(pa.array(cells, pa.int64()), path)


@pytest.mark.parametrize("path", [*WHOLE, *EXACT])
def test_whole_numbers_without_a_sign(path: str) -> None:
    hold(pa.array([0, 1, 2**64 - 1, None], pa.uint64()), path)
    hold(pa.array([0, 255, None], pa.uint8()), path)


@given(
    path=st.sampled_from([*WHOLE, *EXACT]),
    scale=st.sampled_from([0, 2, 4, 9, 12]),
    cells=st.lists(
        st.one_of(st.none(), st.integers(-(10**24), 10**24), st.integers(-(10**6), 10**6)),
        max_size=9,
    ),
)
def test_decimals(path: str, scale: int, cells: list[int | None]) -> None:
    values = [None if cell is None else Decimal(cell).scaleb(-scale) for cell in cells]
    hold(pa.array(values, pa.decimal128(38, scale)), path)
    hold(pa.array(values, pa.decimal256(50, scale)), path)


@pytest.mark.parametrize("path", EXACT)
def test_a_slice_of_decimals(path: str) -> None:
    hold(pa.array([Decimal("1.00"), Decimal("0.25"), None], pa.decimal128(9, 2)).slice(1), path)


@pytest.mark.parametrize("path", ["x.day", "x.end"])
def test_dates(path: str) -> None:
    days = [date(2024, 2, 29), date(1899, 12, 31), date(1900, 1, 1), date(2199, 12, 31), None]
    hold(pa.array([*days, date(2200, 1, 1)], pa.date32()), path)
    hold(pa.array(days, pa.date64()), path)
    midnight = [datetime(2024, 2, 29), datetime(2024, 2, 29, 10), None]  # noqa: DTZ001
    hold(pa.array(midnight, pa.timestamp("us")), path)
    hold(pa.array(midnight[:1], pa.timestamp("ms")), path)


def test_truth_values_and_numbers_as_text() -> None:
    hold(pa.array([True, False, None]), "x.flag")
    hold(pa.array([5, None, 10**12]), "x.word")
    hold(pa.array([None, None], pa.null()), "x.cash")


@given(path=st.sampled_from(WHOLE), cells=st.lists(st.floats(), max_size=9))
def test_binary_fractions_for_whole_numbers(path: str, cells: list[float]) -> None:
    fact = FACTS[path]
    read = read_column(pa.array(cells, pa.float64()), fact, reading())
    assert isinstance(read.column, Column)
    for row, value in enumerate(cells):
        low, high = _limits(fact)
        fits = (
            not math.isnan(value)
            and abs(value) <= 2**53
            and value == int(value)
            and low <= value <= high
        )
        assert bool(read.wrong[row]) is not fits
        assert not fits or read.column.values[row] == int(value)


def _limits(fact: FactDefinition) -> tuple[Any, Any]:
    longest = {Kind.DAYS: 36525, Kind.MONTHS: 1200}.get(fact.type.kind, 2**53)
    low = -longest if fact.min is None else fact.min
    return low, longest if fact.max is None else fact.max


@given(
    cells=st.lists(st.integers(-(10**12), 10**12), max_size=9),
    path=st.sampled_from(["x.cash", "x.q"]),
)
def test_a_binary_fraction_stands_for_the_decimal_that_it_is_nearest_to(
    cells: list[int], path: str
) -> None:
    decimals = 2 if path == "x.cash" else 9
    values = np.array([float(Fraction(cell, 10**decimals)) for cell in cells])
    read = read_column(pa.array(values, pa.float64()), FACTS[path], reading(floats=True))
    assert not read.wrong.any()
    assert isinstance(read.column, Column)
    assert list(read.column.values) == cells


@pytest.mark.parametrize("value", [0.1 + 0.2, 1.005, float("nan"), float("inf"), 2.0**60, 1e300])
def test_a_binary_fraction_that_stands_for_no_amount_is_refused(value: float) -> None:
    assert read_column(pa.array([value]), FACTS["x.cash"], reading(floats=True)).wrong[0]


def test_amounts_in_a_currency_without_minor_units() -> None:
    hold(pa.array(["8000", "8000.0", "8000.5"]), "x.cash", "JPY")
    hold(pa.array([8000, 2**62]), "x.cash", "JPY")
    hold(pa.array([Decimal("8000.0"), Decimal("0.5")]), "x.cash", "JPY")
