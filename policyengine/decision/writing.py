"""Amounts, rates, counts and days as readers of a language write them (CLDR, by babel)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

from policyengine.finance.money import currency

#: Decimals of an amount that a reader sees where it is finer than the minor unit.
_AMOUNT = "¤#,##0.00##"
#: Digits that a number is worked out to behind its whole part.
_DIGITS = 28


def money(amount: Fraction | int, code: str, language: str) -> str:
    """Write an amount of the major unit of a currency."""
    pattern = _AMOUNT if currency(code).exponent == 2 else None

    def write(decimal: Decimal, locale: Locale) -> str:
        return format_currency(
            decimal, code, pattern, locale=locale, currency_digits=pattern is None
        )

    return _written(amount, write, language)


def rate(share: Fraction | int, language: str) -> str:
    """Write a rate or a share in percent."""
    return _written(
        share, lambda d, locale: format_percent(d, "#,##0.####%", locale=locale), language
    )


def number(value: Fraction | int, language: str) -> str:
    """Write a number with at most four decimals."""
    return _written(
        value, lambda d, locale: format_decimal(d, "#,##0.####", locale=locale), language
    )


def months(count: int, language: str) -> str:
    """Write a number of months."""
    return _duration(count, "duration-month", language)


def days(count: int, language: str) -> str:
    """Write a number of days."""
    return _duration(count, "duration-day", language)


def day(value: date, language: str) -> str:
    """Write a date."""
    return format_date(value, "long", locale=_locale(language))


def major(minor: Fraction | int, code: str) -> Fraction:
    """Return minor units of a currency in its major unit."""
    scale: int = 10 ** currency(code).exponent
    return Fraction(minor) / scale


def _written(value: Fraction | int, write: Callable[[Decimal, Locale], str], language: str) -> str:
    with localcontext(_room_for(int(value))):
        return write(Decimal(value.numerator) / Decimal(value.denominator), _locale(language))


def _duration(count: int, unit: str, language: str) -> str:
    """Write out a number of units; not every language has a long form of its own."""
    locale = _locale(language)
    length: Literal["long", "short"] = "short" if locale.language == "zh" else "long"
    with localcontext(_room_for(count)):
        return format_unit(count, unit, length, locale=locale)


def _room_for(whole: int) -> Context:
    """Return a decimal context with room for all digits, whatever the caller has set."""
    return Context(prec=_DIGITS + len(str(whole)))


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
