"""Values as JSON: amounts, rates and ratios are decimal strings, counts are numbers, dates ISO 8601."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TypeAlias

from policyengine.decision.decimals import decimal_text
from policyengine.decision.trace import Result, Unknown
from policyengine.finance.money import currency
from policyengine.ir.program import Program
from policyengine.model.types import Kind, Record, Type

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"


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
