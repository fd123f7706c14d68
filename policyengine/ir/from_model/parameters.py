"""Parameters: their type by their notation or as stated, and their values in time order."""

from __future__ import annotations

import re
from datetime import date, timedelta

import attrs

from policyengine.diagnostics import Findings, Related
from policyengine.ir.program import DatedValue, ParameterDefinition
from policyengine.model import common as model
from policyengine.model.literals import LiteralError, a_kind, read_literal
from policyengine.model.types import (
    BOOLEAN,
    DATE,
    DAYS,
    INTEGER,
    MONEY,
    MONTHS,
    NUMBER,
    PLAIN_TYPES,
    RATE,
    TEXT,
    Type,
    Value,
)
from policyengine.syntax.yaml_tree import Scalar

_NOTATIONS = (
    (re.compile(r"-?\d+\s*days?"), DAYS),
    (re.compile(r"-?\d+\s*(months?|years?)"), MONTHS),
    (re.compile(r"-?\d+(\.\d+)?\s*%"), RATE),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), DATE),
    (re.compile(r"true|false"), BOOLEAN),
    (re.compile(r"-?\d+(\.\d+)?\s+[A-Z]{3}"), MONEY),
    (re.compile(r"-?(0|[1-9]\d*)"), INTEGER),
)


def parameter_from(
    key: str, name: str, parameter: model.Parameter, currency: str, findings: Findings
) -> ParameterDefinition | None:
    """Return the parameter with its values in time order; note values that do not fit or overlap."""
    read = [_dated_value(value, currency, findings) for value in parameter.values]
    found = [pair for pair in read if pair is not None]
    if not found or len(found) != len(read):
        return None
    type_ = found[0][0]
    for (other, value), written in zip(found, parameter.values, strict=True):
        if other != type_:
            findings.error(
                "type-mismatch",
                f"this value is {a_kind(other)} and the first one is {a_kind(type_)}",
                value.span,
                "give all values of a parameter one type",
                related=(Related("the first one", written.span),),
            )
            return None
    values = sorted((value for _, value in found), key=lambda v: v.starts or date.min)
    return ParameterDefinition(key, name, type_, tuple(_closed(values, findings)))


def _dated_value(
    written: model.DatedValue, currency: str, findings: Findings
) -> tuple[Type, DatedValue] | None:
    type_ = PLAIN_TYPES[written.type] if written.type else _type_by_notation(written.value)
    value = _value(type_, written.value, currency, findings)
    if value is None:
        return None
    return type_, DatedValue(
        value=value,
        starts=written.starts,
        ends=written.ends,
        assumed=written.assumed,
        note=written.note.text if written.note else None,
        source=written.source.text if written.source else None,
        span=written.value.span,
    )


def _type_by_notation(scalar: Scalar) -> Type:
    if scalar.quoted:
        return TEXT
    return next((t for pattern, t in _NOTATIONS if pattern.fullmatch(scalar.text)), NUMBER)


def _value(type_: Type, scalar: Scalar, currency: str, findings: Findings) -> Value | None:
    try:
        return read_literal(type_, scalar.text, quoted=scalar.quoted, currency=currency)
    except LiteralError as error:
        findings.error(error.code, error.message, scalar.span, error.hint)
        return None


def _closed(values: list[DatedValue], findings: Findings) -> list[DatedValue]:
    """End each open value on the day before the next one starts; note overlaps."""
    closed = []
    for value, following in zip(values, [*values[1:], None], strict=True):
        ends = value.ends
        if following is not None and following.starts is not None:
            last = following.starts - timedelta(days=1)
            if (ends is not None and ends > last) or value.starts == following.starts:
                findings.error(
                    "overlapping-dates",
                    "two values of the parameter hold on the same day",
                    following.span,
                    f"end the earlier one with `until: {last}`",
                    related=(Related("the earlier one", value.span),),
                )
            ends = last if ends is None else ends
        _note_reversed(value, findings)
        closed.append(attrs.evolve(value, ends=ends))
    return closed


def _note_reversed(value: DatedValue, findings: Findings) -> None:
    if value.starts and value.ends and value.ends < value.starts:
        findings.error(
            "overlapping-dates", "the value ends before it starts", value.span, "swap the dates"
        )
