"""Values as JSON: amounts, rates and ratios are decimal strings, counts are numbers, dates ISO 8601."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from policyengine.decision.trace import Result, Unknown
from policyengine.finance.money import currency
from policyengine.ir.program import Program
from policyengine.model.types import Kind, Record, Type

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"

#: Decimals that are kept of a fraction that has no end, such as a third.
PLACES = 12


def encode(value: Result, type_: Type, program: Program) -> str | int | bool | None:
    """Return a value of a plain type as JSON; null where it is unknown."""
    if isinstance(value, Unknown):
        return None
    if type_.kind is Kind.MONEY:
        return decimal_text(Fraction(value), currency(program.currency).exponent)  # type: ignore[arg-type]
    if type_.kind in (Kind.NUMBER, Kind.RATE):
        return decimal_text(Fraction(value), 0)  # type: ignore[arg-type]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return len(value)
    assert not isinstance(value, Fraction)  # noqa: S101  # fractions are numbers, rates or money
    return value


def encode_fact(value: Result, type_: Type, program: Program) -> Json:
    """Return a fact as JSON; a list becomes its records."""
    if not isinstance(value, tuple):
        return encode(value, type_, program)
    fields = program.dictionary.records.get(type_.of or "", {})
    return [_record(record, {n: f.type for n, f in fields.items()}, program) for record in value]


def _record(record: Record, types: dict[str, Type], program: Program) -> Json:
    return {
        name: encode_fact(value, types[name], program)
        for name, value in sorted(record.fields.items())
    }


def decimal_text(value: Fraction, places: int) -> str:
    """Write an exact decimal with at least so many places; a fraction without end is cut half up."""
    digits = _exact_places(value)
    if digits is None:
        scaled = _half_up(value * 10**PLACES)
        return format(decimal(scaled, PLACES), "f")
    keep = max(digits, places)
    return format(decimal(int(value * 10**keep), keep), "f")


def decimal(scaled: int, places: int) -> Decimal:
    """Return a whole number of the last decimal place as a decimal: exact in every decimal context."""
    return Decimal(f"{scaled}E-{places}")


def _exact_places(value: Fraction) -> int | None:
    """Return the decimals that an exact writing needs, or None where there is none within reason."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    return places if rest == 1 and places <= PLACES else None


def _half_up(value: Fraction) -> int:
    """Round to the nearest whole number, halves away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole
