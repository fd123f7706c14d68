"""Amounts, rates, months and days as readers of a language write them (CLDR, by babel)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)
from babel.units import format_unit

#: How the names of units are written: not every language has the long form.
_UNIT_LENGTHS = {"en": "long", "zh": "short"}


def money(amount: Decimal | str, currency: str, lang: str) -> str:
    """Write an amount in a currency."""
    return format_currency(Decimal(amount), currency, locale=lang)


def plain_money(amount: Decimal, currency: str, lang: str) -> str:
    """Write an amount without the sign of its currency, for columns."""
    return format_currency(amount, currency, "#,##0.00", locale=lang)


def rate(share: Decimal, lang: str) -> str:
    """Write a rate in percent."""
    return format_percent(share, "#,##0.####%", locale=lang)


def number(value: Decimal | int, lang: str) -> str:
    """Write a number with at most four decimals."""
    return format_decimal(value, "#,##0.####", locale=lang)


def compact(value: Decimal, lang: str) -> str:
    """Write a large round number in short, with at most two decimals: `1.25M`."""
    return format_compact_decimal(value, locale=lang, fraction_digits=2)


def months(count: int, lang: str) -> str:
    """Write a number of months."""
    length = _UNIT_LENGTHS.get(lang, "long")
    return format_unit(count, "duration-month", length, locale=lang)  # type: ignore[arg-type]


def day(value: date, lang: str) -> str:
    """Write a date."""
    return format_date(value, "medium", locale=lang)


def share(part: int, whole: int, lang: str) -> str:
    """Write a part of a whole number of things in percent, with one decimal."""
    found = Decimal(part) / Decimal(whole) if whole else Decimal(0)
    return format_percent(found, "#,##0.0%", locale=lang)
