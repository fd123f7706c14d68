"""Reads a value from text by the type of the place it stands in: never by how it looks.

`010` is no number here, `NO` no boolean and `1:30` no time. What is refused says what was expected.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from policyengine.diagnostics import nearest_or_list
from policyengine.model.types import Kind, Type, Value

_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_QUANTITY = re.compile(r"(?P<number>-?(0|[1-9]\d*))\s*(?P<unit>[A-Za-z]+)?")
_MONEY = re.compile(r"(?P<number>-?(0|[1-9]\d*)(\.\d+)?)(\s+(?P<currency>[A-Z]{3}))?")
_UNITS = {
    "day": (Kind.DAYS, 1),
    "days": (Kind.DAYS, 1),
    "month": (Kind.MONTHS, 1),
    "months": (Kind.MONTHS, 1),
    "year": (Kind.MONTHS, 12),
    "years": (Kind.MONTHS, 12),
}
MAX_DIGITS = 30


class LiteralError(Exception):
    """The text is no value of the type."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        self.code, self.message, self.hint = code, message, hint
        super().__init__(message)


def read_literal(
    type_: Type,
    text: str,
    *,
    quoted: bool = False,
    currency: str | None = None,
    enum_values: tuple[str, ...] = (),
) -> Value:
    """Return the value that `text` denotes for `type_`; raise LiteralError where it denotes none.

    Money comes back in the currency's major unit; `currency` is the one expected of an amount that names its own.
    """
    if type_.kind is Kind.TEXT:
        return text
    if quoted and type_.kind not in (Kind.ENUM, Kind.DATE):
        raise LiteralError(
            "quoted-value",
            f"`{_short(text)}` is text in quotes where {a_kind(type_)} is expected",
            "write it without quotes",
        )
    if len(text) > MAX_DIGITS and type_.kind is not Kind.ENUM:
        raise _mismatch(type_, text)
    return _read(type_, text, currency, enum_values)


def a_kind(type_: Type) -> str:
    """Return the type as a reader would name it, with an article."""
    return _ARTICLES.get(type_.kind, f"a {type_}")


_ARTICLES = {
    Kind.INTEGER: "a whole number",
    Kind.MONEY: "an amount of money",
    Kind.RATE: "a rate such as 14.452%",
    Kind.DAYS: "a number of days",
    Kind.MONTHS: "a number of months",
    Kind.DATE: "a date such as 2024-11-20",
    Kind.BOOLEAN: "true or false",
    Kind.ENUM: "one of a list of values",
}


def _read(type_: Type, text: str, currency: str | None, enum_values: tuple[str, ...]) -> Value:
    match type_.kind:
        case Kind.BOOLEAN:
            return _boolean(text)
        case Kind.INTEGER:
            return _integer(type_, text)
        case Kind.NUMBER:
            return _number(type_, text)
        case Kind.RATE:
            return _rate(type_, text)
        case Kind.MONEY:
            return _money(type_, text, currency)
        case Kind.DAYS | Kind.MONTHS:
            return _quantity(type_, text)
        case Kind.DATE:
            return _date(text)
        case Kind.ENUM:
            return _enum(type_, text, enum_values)
        case _:
            raise _mismatch(type_, text)


def _boolean(text: str) -> bool:
    if text in ("true", "false"):
        return text == "true"
    meant = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
    word = meant.get(text.lower(), text.lower())
    hint = f"write `{word}`" if word in ("true", "false") else "write `true` or `false`"
    raise LiteralError("not-a-boolean", f"`{_short(text)}` is not a boolean", hint)


def _integer(type_: Type, text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise _mismatch(type_, text)
    return int(text)


def _number(type_: Type, text: str) -> Fraction:
    if not _NUMBER.fullmatch(text):
        raise _mismatch(type_, text)
    return Fraction(text)


def _rate(type_: Type, text: str) -> Fraction:
    if text.endswith("%"):
        return _number(type_, text[:-1].rstrip()) / 100
    return _number(type_, text)


def _money(type_: Type, text: str, currency: str | None) -> Fraction:
    found = _MONEY.fullmatch(text)
    if not found:
        raise _mismatch(type_, text)
    named = found["currency"]
    if named and currency and named != currency:
        raise LiteralError(
            "wrong-currency", f"`{text}` is in {named} where {currency} is expected", None
        )
    return Fraction(found["number"])


def _quantity(type_: Type, text: str) -> int:
    found = _QUANTITY.fullmatch(text)
    if not found:
        raise _mismatch(type_, text)
    number, unit = int(found["number"]), found["unit"]
    if unit is None:
        return number
    if unit not in _UNITS:
        raise LiteralError(
            "unknown-unit", f"`{unit}` is not a unit", nearest_or_list(unit, _UNITS)
        )
    kind, factor = _UNITS[unit]
    if kind is not type_.kind:
        raise LiteralError(
            "wrong-unit",
            f"`{text}` is a number of {kind} where a number of {type_.kind} is expected",
            f"days and months do not convert: say it in {type_.kind}",
        )
    return number * factor


def _date(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise LiteralError(
            "not-a-date", f"`{_short(text)}` is not a date", "dates are written 2024-11-20"
        )
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise LiteralError(
            "not-a-date", f"the date {text} does not exist", "check the day of the month"
        ) from None


def _enum(type_: Type, text: str, values: tuple[str, ...]) -> str:
    if text not in values:
        raise LiteralError(
            "unknown-value",
            f"`{_short(text)}` is not a value of {type_.of}",
            nearest_or_list(text, values),
        )
    return text


def _mismatch(type_: Type, text: str) -> LiteralError:
    return LiteralError(
        "not-a-" + {Kind.INTEGER: "number", Kind.DAYS: "number", Kind.MONTHS: "number"}.get(
            type_.kind, type_.kind.value
        ),
        f"`{_short(text)}` is not {a_kind(type_)}",
        _number_hint(text),
    )


def _number_hint(text: str) -> str:
    if re.fullmatch(r"-?\d[\d_]*_[\d_]*(\.\d+)?", text) or re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
        return f"write `{text.replace('_', '').replace(',', '')}`"
    if re.fullmatch(r"-?0\d+(\.\d+)?", text):
        return "write the digits without a leading zero"
    if re.fullmatch(r"-?\d+(\.\d+)?[eE][+-]?\d{1,2}", text):
        return f"write `{_plain(text)}`"
    if re.fullmatch(r"[+-]?\.?(nan|inf|infinity)", text, re.IGNORECASE):
        return "a value is a number, or left out where it is not known"
    if text in ("true", "false"):
        return "a truth value is not a number"
    return "numbers are written with digits and at most one point, such as `8000.00`"


def _plain(text: str) -> str:

    return format(Decimal(text), "f")


def _short(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= 40 else text[:37] + "…"
