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

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_QUANTITY = re.compile(r"(?P<number>-?(0|[1-9][0-9]*)) *(?P<unit>[A-Za-z]+)?")
_MONEY = re.compile(r"(?P<number>-?(0|[1-9][0-9]*)(\.[0-9]+)?)( +(?P<currency>[A-Z]{3}))?")
_UNITS = {
    "day": (Kind.DAYS, 1),
    "days": (Kind.DAYS, 1),
    "month": (Kind.MONTHS, 1),
    "months": (Kind.MONTHS, 1),
    "year": (Kind.MONTHS, 12),
    "years": (Kind.MONTHS, 12),
}
MAX_DIGITS = 30
#: A hundred years. A longer time is a slip, and would be waited for.
LONGEST = {Kind.DAYS: 36_525, Kind.MONTHS: 1_200}


class LiteralError(Exception):
    """The text is no value of the type.

    `masked` and `masked_hint` say the same without the text, which may be nobody else's business.
    """

    def __init__(
        self, code: str, text: str, reason: str, hint: str | None, masked_hint: str | None = None
    ) -> None:
        self.code, self.hint, self.masked_hint = code, hint, masked_hint
        self.message, self.masked = f"`{_short(text)}` {reason}", f"`…` {reason}"
        super().__init__(self.message)


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
        reason = f"is text in quotes where {a_kind(type_)} is expected"
        hint = "write it without quotes"
        raise LiteralError("quoted-value", text, reason, hint, hint)
    if len(text) > MAX_DIGITS and type_.kind is not Kind.ENUM:
        reason, hint = f"is not {a_kind(type_)}", f"at most {MAX_DIGITS} characters are read"
        raise LiteralError(_code(type_), text, reason, hint, hint)
    return _read(type_, text, currency, enum_values)


def a_kind(type_: Type) -> str:
    """Return the type as a reader would name it, with an article."""
    return _ARTICLES.get(type_.kind) or (str(type_) if type_.of else f"a {type_}")


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
    word, either = meant.get(text.lower(), text.lower()), "write `true` or `false`"
    hint = f"write `{word}`" if word in ("true", "false") else either
    raise LiteralError("not-a-boolean", text, "is not a boolean", hint, either)


def _integer(type_: Type, text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise _mismatch(type_, text)
    return int(text)


def _number(type_: Type, text: str) -> Fraction:
    if not _NUMBER.fullmatch(text):
        raise _mismatch(type_, text)
    return Fraction(text)


def _rate(type_: Type, text: str) -> Fraction:
    share, percent = text.removesuffix("%").rstrip(" "), text.endswith("%")
    if not _NUMBER.fullmatch(share if percent else text):
        raise _mismatch(type_, text)
    return Fraction(share) / (100 if percent else 1)


def _money(type_: Type, text: str, currency: str | None) -> Fraction:
    found = _MONEY.fullmatch(text)
    if not found:
        raise _mismatch(type_, text)
    named = found["currency"]
    if named and currency and named != currency:
        reason = f"is in {named} where {currency} is expected"
        hint = f"amounts are never converted: give it in {currency}"
        raise LiteralError("wrong-currency", text, reason, hint, hint)
    return Fraction(found["number"])


def _quantity(type_: Type, text: str) -> int:
    found = _QUANTITY.fullmatch(text)
    if not found:
        raise _mismatch(type_, text)
    number, unit = int(found["number"]), found["unit"]
    if unit is None:
        return _within_a_lifetime(type_, text, number)
    if unit not in _UNITS:
        hint = nearest_or_list(unit, _UNITS)
        raise LiteralError("unknown-unit", unit, "is not a unit", hint, nearest_or_list("", _UNITS))
    kind, factor = _UNITS[unit]
    if kind is not type_.kind:
        reason = f"is a number of {kind} where a number of {type_.kind} is expected"
        hint = f"days and months do not convert: say it in {type_.kind}"
        raise LiteralError("wrong-unit", text, reason, hint, hint)
    return _within_a_lifetime(type_, text, number * factor)


def _within_a_lifetime(type_: Type, text: str, number: int) -> int:
    if abs(number) > LONGEST[type_.kind]:
        hint = f"at most {LONGEST[type_.kind]} {type_.kind} are read"
        raise LiteralError("out-of-range", text, "is longer than a hundred years", hint, hint)
    return number


def _date(text: str) -> date:
    notation = "dates are written 2024-11-20"
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise LiteralError("not-a-date", text, "is not a date", notation, notation)
    try:
        return date.fromisoformat(text)
    except ValueError:
        hint = "check the month and the day"
        reason = "is a date that does not exist"
        raise LiteralError("not-a-date", text, reason, hint, hint) from None


def _enum(type_: Type, text: str, values: tuple[str, ...]) -> str:
    if text not in values:
        hint, masked_hint = nearest_or_list(text, values), nearest_or_list("", values)
        reason = f"is not a value of {type_.of}"
        raise LiteralError("unknown-value", text, reason, hint, masked_hint)
    return text


_WHOLE = (Kind.INTEGER, Kind.DAYS, Kind.MONTHS)
_CODES = dict.fromkeys(_WHOLE, "not-a-number") | {Kind.MONEY: "not-an-amount"}
_NOTATION = "numbers are written with digits and at most one point, such as `8000.00`"


def _mismatch(type_: Type, text: str) -> LiteralError:
    return LiteralError(
        _code(type_), text, f"is not {a_kind(type_)}", _number_hint(type_, text), _NOTATION
    )


def _code(type_: Type) -> str:
    return _CODES.get(type_.kind, f"not-a-{type_.kind}")


def _number_hint(type_: Type, text: str) -> str:
    percent = "%" if type_.kind is Kind.RATE and text.endswith("%") else ""
    plain = _without_ornament(text.removesuffix(percent))
    if plain is not None and (type_.kind not in _WHOLE or _INTEGER.fullmatch(plain)):
        return f"write `{plain}{percent}`"
    if re.fullmatch(r"[+-]?\.?(nan|inf|infinity)", text, re.IGNORECASE):
        return "a value is a number, or left out where it is not known"
    if text in ("true", "false"):
        return "a truth value is not a number"
    if text.endswith("%") and not percent:
        return "a share in percent does not fit here"
    if type_.kind in _WHOLE and _NUMBER.fullmatch(text):
        return "write a whole number"
    return _NOTATION


_ORNAMENTS = (
    (re.compile(r"(-?[0-9][0-9_]*_[0-9_]*(\.[0-9]+)?)"), 0),
    (re.compile(r"[¥￥$€£]? *(-?[0-9]{1,3}([,，][0-9]{3})+(\.[0-9]+)?)"), 0),
    (re.compile(r"-?0+([0-9]+(\.[0-9]+)?)"), 0),
    (re.compile(r"([+-]?[0-9]{1,9}(\.[0-9]{1,9})?[eE][+-]?[0-9])"), 0),
    (re.compile(r"(-?[0-9]{1,9}(\.[0-9]{1,9})?)万元?"), 4),
    (re.compile(r"(?:[¥￥$€£] *|\+)?(-?[0-9]+(\.[0-9]+)?)元?"), 0),
)


def _without_ornament(text: str) -> str | None:
    """Return the number as it is written here, where the text is one in another notation."""
    half_width = text.translate({0xFF10 + digit: str(digit) for digit in range(10)})
    for pattern, exponent in _ORNAMENTS:
        found = pattern.fullmatch(half_width)
        if found:
            number = Decimal(re.sub("[_,，]", "", found[1]))
            plain = format(number.scaleb(exponent) if exponent else number, "f")
            return plain if plain != text else None
    return None


def _short(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= 40 else text[:37] + "…"
