from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.model.literals import LiteralError, a_kind, read_literal
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
    Type,
    Value,
)

LIST = Type(Kind.LIST, "past_plan")
ENUM = Type(Kind.ENUM, "duration")
VALUES = ("temporary", "permanent")


def read(type_: Type, text: str, *, quoted: bool = False) -> Value:
    return read_literal(type_, text, quoted=quoted, currency="CNY", enum_values=VALUES)


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (BOOLEAN, "true", True),
        (BOOLEAN, "false", False),
        (INTEGER, "0", 0),
        (INTEGER, "-12", -12),
        (NUMBER, "3.10", Fraction(31, 10)),
        (MONEY, "8000.00", 8000),
        (MONEY, "8000 CNY", 8000),
        (MONEY, "-0.01", Fraction(-1, 100)),
        (RATE, "14.452%", Fraction(14452, 100000)),
        (RATE, "30 %", Fraction(3, 10)),
        (RATE, "0.14452", Fraction(14452, 100000)),
        (DAYS, "90", 90),
        (DAYS, "1 day", 1),
        (DAYS, "90 days", 90),
        (MONTHS, "12 months", 12),
        (MONTHS, "5 years", 60),
        (DATE, "2024-02-29", date(2024, 2, 29)),
        (TEXT, "NO", "NO"),
        (TEXT, "010", "010"),
        (ENUM, "temporary", "temporary"),
    ],
)
def test_a_value_is_read_by_its_type(type_: Type, text: str, value: Value) -> None:
    found = read(type_, text)
    assert found == value
    assert isinstance(found, (type(value), Fraction))


def test_quoted_text_enums_and_dates_are_accepted() -> None:
    assert read(TEXT, "3", quoted=True) == "3"
    assert read(ENUM, "temporary", quoted=True) == "temporary"
    assert read(DATE, "2024-01-31", quoted=True) == date(2024, 1, 31)


@pytest.mark.parametrize(
    ("type_", "text", "code", "hint"),
    [
        (BOOLEAN, "ON", "not-a-boolean", "write `true`"),
        (BOOLEAN, "NO", "not-a-boolean", "write `false`"),
        (BOOLEAN, "True", "not-a-boolean", "write `true`"),
        (BOOLEAN, "1", "not-a-boolean", "write `true` or `false`"),
        (INTEGER, "3.10", "not-a-number", "write a whole number"),
        (INTEGER, "1e3", "not-a-number", "write `1000`"),
        (INTEGER, "1e-3", "not-a-number", "numbers are written"),
        (NUMBER, "010", "not-a-number", "write `10`"),
        (NUMBER, "1_000", "not-a-number", "write `1000`"),
        (NUMBER, "1,000.50", "not-a-number", "write `1000.50`"),
        (NUMBER, "1:30", "not-a-number", "numbers are written"),
        (NUMBER, ".nan", "not-a-number", "left out where it is not known"),
        (NUMBER, "-Infinity", "not-a-number", "left out where it is not known"),
        (NUMBER, "true", "not-a-number", "a truth value"),
        (NUMBER, "30%", "not-a-number", "in percent"),
        (NUMBER, "１２", "not-a-number", "write `12`"),
        (NUMBER, "1２", "not-a-number", "write `12`"),
        (NUMBER, "٣", "not-a-number", "numbers are written"),
        (NUMBER, "", "not-a-number", "numbers are written"),
        (MONEY, "5万", "not-an-amount", "write `50000`"),
        (MONEY, "1.5万元", "not-an-amount", "write `15000`"),
        (MONEY, "¥8,000", "not-an-amount", "write `8000`"),
        (MONEY, "8000元", "not-an-amount", "write `8000`"),
        (MONEY, "+5", "not-an-amount", "write `5`"),
        (MONEY, "8000 USD", "wrong-currency", "give it in CNY"),
        (MONEY, "9" * 31, "not-an-amount", "at most 30"),
        (RATE, "1e1%", "not-a-rate", "write `10%`"),
        (RATE, "%", "not-a-rate", "numbers are written"),
        (DAYS, "3 months", "wrong-unit", "say it in days"),
        (MONTHS, "90 days", "wrong-unit", "say it in months"),
        (MONTHS, "9 mths", "unknown-unit", "did you mean `months`?"),
        (MONTHS, "1201", "out-of-range", "at most 1200 months"),
        (MONTHS, "101 years", "out-of-range", "at most 1200 months"),
        (DAYS, "-36526 days", "out-of-range", "at most 36525 days"),
        (DAYS, "90\u00a0days", "not-a-number", "numbers are written"),
        (DATE, "2024-02-30", "not-a-date", "check the month"),
        (DATE, "20.11.2024", "not-a-date", "2024-11-20"),
        (DATE, "2024-11-2０", "not-a-date", "2024-11-20"),
        (ENUM, "temporay", "unknown-value", "did you mean `temporary`?"),
        (ENUM, "x", "unknown-value", "known: `permanent`, `temporary`"),
        (LIST, "x", "not-a-list", "numbers are written"),
    ],
)
def test_what_is_no_value_is_refused(type_: Type, text: str, code: str, hint: str) -> None:
    with pytest.raises(LiteralError) as refused:
        read(type_, text)
    assert refused.value.code == code
    assert hint in (refused.value.hint or "")


def test_a_quoted_number_is_text() -> None:
    with pytest.raises(LiteralError) as refused:
        read(MONEY, "0.9", quoted=True)
    assert refused.value.code == "quoted-value"


@pytest.mark.parametrize("type_", [BOOLEAN, NUMBER, MONEY, RATE, MONTHS, DATE, ENUM])
@pytest.mark.parametrize("text", ["8713x", "87,13", "0087", "87 weeks", "2024-87-13", "87 USD"])
def test_a_masked_message_does_not_repeat_the_value(type_: Type, text: str) -> None:
    with pytest.raises(LiteralError) as refused:
        read(type_, text)
    said = f"{refused.value.masked} {refused.value.masked_hint}"
    assert "87" not in said.replace("…", "")
    assert "`…`" in said


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(LiteralError, match=r"`x{37}…` is not") as refused:
        read(NUMBER, "x" * 10_000)
    assert len(refused.value.message) < 100


def test_kinds_have_names_for_readers() -> None:
    assert a_kind(INTEGER) == "a whole number"
    assert a_kind(LIST) == "a list of past_plan"
    assert str(ENUM) == "enum duration"
    assert str(MONEY) == "money"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_a_number_is_exact(number: Decimal) -> None:
    assert read(MONEY, format(number, "f")) == Fraction(number)


@given(
    st.sampled_from([BOOLEAN, INTEGER, NUMBER, MONEY, RATE, DAYS, DATE, ENUM]), st.text(max_size=40)
)
def test_any_text_is_a_value_or_refused_with_a_hint(type_: Type, text: str) -> None:
    assert _outcome(type_, text)


def _outcome(type_: Type, text: str) -> object:
    try:
        read(type_, text)
    except LiteralError as error:
        return error.hint and error.masked_hint
    return text.isascii()
