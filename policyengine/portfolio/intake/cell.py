"""One cell: its value as a profile would have it, and what is said of one that is refused."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policyengine.diagnostics import Diagnostic, ProfileError
from policyengine.facts.columns import FINE
from policyengine.facts.from_profile import value_from
from policyengine.ir.dictionary import FactDefinition
from policyengine.model.types import Kind, Type, Value
from policyengine.portfolio.intake.reading import Reading
from policyengine.source import SourceFile, Span
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence

NOWHERE = Span(SourceFile("portfolio", "", confidential=True), 0, 0)
_MOST = 2**63 - 1


def whole_cell(value: Any, fact: FactDefinition, path: str, reading: Reading) -> int | None:
    """Return the value of a cell as a whole number; None where it is not known.

    Raises:
        ProfileError: It is wrong; the error carries every finding.
    """
    found = value_from(node_of(value), fact, path, reading.dictionary, reading.currency)
    if found is None:
        return None
    whole = whole_value(found, fact.type, reading)
    if whole is None:
        finer = fact.type.kind in (Kind.RATE, Kind.NUMBER) and (found * FINE) % 1  # type: ignore[operator]  # a number
        raise ProfileError([_too_fine(path) if finer else _too_large(path)])
    return whole


def whole_value(value: Value, type_: Type, reading: Reading) -> int | None:
    """Return a value as columns hold it; None where it is no whole number of 64 bits there."""
    match type_.kind:
        case Kind.ENUM:
            return reading.dictionary.values_of(type_).index(str(value))
        case Kind.TEXT:
            return reading.texts.place(str(value))
        case Kind.DATE:
            assert isinstance(value, date)  # noqa: S101  # the types were checked
            return value.toordinal()
        case Kind.MONEY:
            return _fitting(Fraction(value) * 10**reading.currency.exponent)  # type: ignore[arg-type]  # an amount
        case Kind.RATE | Kind.NUMBER:
            return _fitting(Fraction(value) * FINE)  # type: ignore[arg-type]  # a number
        case _:
            return _fitting(Fraction(value))  # type: ignore[arg-type]  # a whole number or a truth value


def findings_of(
    value: Any, fact: FactDefinition, path: str, reading: Reading
) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a cell, or with the members of a list in it."""
    try:
        if fact.type.kind is not Kind.LIST:
            whole_cell(value, fact, path, reading)
            return ()
        value_from(node_of(value), fact, path, reading.dictionary, reading.currency)
    except ProfileError as error:
        return error.diagnostics
    return tuple(_of_members(value, fact, path, reading))


def _of_members(value: Any, fact: FactDefinition, path: str, reading: Reading) -> list[Diagnostic]:
    """Return what is wrong with members whose values a profile may have, and columns may not."""
    fields = reading.dictionary.records[fact.type.of or ""]
    return [
        finding
        for place, member in enumerate(value or ())
        for name, inner in (member or {}).items()
        for finding in findings_of(inner, fields[name], f"{path}[{place}].{name}", reading)
    ]


def node_of(value: Any) -> Node:
    """Return a cell as a profile would have it: text stands there without quotes."""
    if isinstance(value, MappingOf):
        return Mapping(tuple((_scalar(str(k)), node_of(v)) for k, v in value.items()), NOWHERE)
    if isinstance(value, list):
        return Sequence(tuple(map(node_of, value)), NOWHERE)
    return _scalar(_written(value))


def _scalar(text: str) -> Scalar:
    return Scalar(text, NOWHERE)


def _written(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        return _short(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, datetime):
        midnight = value.replace(hour=0, minute=0, second=0, microsecond=0)
        return value.date().isoformat() if value == midnight else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _short(value: Decimal) -> str:
    """Write a decimal without the zeros that only its column's scale gives it."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _float(value: float) -> str:
    """Return the shortest decimal that denotes the same binary fraction."""
    text = repr(value)
    return _short(Decimal(text)) if value - value == 0 else text


def _fitting(value: Fraction) -> int | None:
    return value.numerator if value.denominator == 1 and abs(value) <= _MOST else None


def _too_fine(path: str) -> Diagnostic:
    message, hint = f"`{path}` has more than nine decimals", "write at most nine decimals"
    return Diagnostic("too-many-decimals", message, hint=hint, path=path)


def _too_large(path: str) -> Diagnostic:
    message = f"`{path}` is larger than any number that a column holds"
    return Diagnostic("out-of-range", message, hint="check the number of digits", path=path)
