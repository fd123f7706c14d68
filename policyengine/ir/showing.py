"""Values and expressions as a policy writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from policyengine.model.types import Kind, Type, Value
from policyengine.source import Span


def shown(value: Value, type_: Type) -> str:
    """Return a value in the notation of its type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, (int, Fraction)):
        return str(value)
    if type_.kind is Kind.RATE:
        return f"{_decimal(value * 100)}%"
    if type_.kind in (Kind.DAYS, Kind.MONTHS):
        unit = type_.kind.value
        return f"{value} {unit.removesuffix('s') if abs(value) == 1 else unit}"
    return _decimal(value)


def _decimal(value: int | Fraction) -> str:
    text = format(Decimal(value.numerator) / Decimal(value.denominator), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(span: Span) -> str:
    """Return a stretch of a file on one line."""
    return " ".join(span.file.text[span.start : span.end].split())
