"""One row of many: the same facts as they are known of one borrower."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from policyengine.facts.columns import FINE, Column, FactColumns, ListColumn
from policyengine.facts.facts import Facts, Situation
from policyengine.ir.dictionary import Dictionary
from policyengine.model.types import Kind, Record, Type, Value


def situation_at(columns: FactColumns, row: int, dictionary: Dictionary, scale: int) -> Situation:
    """Return what is known of one row, with its own loan under assessment.

    Args:
        columns: The facts of many rows.
        row: The place of the row.
        dictionary: The facts there are, for their types.
        scale: Minor units in one major unit of the currency that the amounts are in.
    """
    reading = _Reading(columns, dictionary, scale)
    values = {}
    for path, column in columns.facts.items():
        if not path.startswith("loan."):
            value = reading.value(column, dictionary.facts[path].type, row)
            if value is not None:
                values[path] = value
    loans = reading.members(columns.loans, "loan", row)
    return Facts(columns.as_of, None, values, loans).about(0)


class _Reading:
    def __init__(self, columns: FactColumns, dictionary: Dictionary, scale: int) -> None:
        self.dictionary = dictionary
        self.plain: Mapping[Kind, Callable[[int, Type], Any]] = {
            Kind.BOOLEAN: lambda whole, _: bool(whole),
            Kind.MONEY: lambda whole, _: Fraction(whole, scale),
            Kind.RATE: lambda whole, _: Fraction(whole, FINE),
            Kind.NUMBER: lambda whole, _: Fraction(whole, FINE),
            Kind.DATE: lambda whole, _: date.fromordinal(whole),
            Kind.ENUM: lambda whole, type_: dictionary.values_of(type_)[whole],
            Kind.TEXT: lambda whole, _: columns.texts[whole],
        }

    def value(self, column: Column | ListColumn, type_: Type, row: int) -> Value | None:
        """Return a fact of a row; None where it is not known."""
        if column.known is not None and not column.known[row]:
            return None
        if isinstance(column, ListColumn):
            return self.members(column, type_.of or "", row)
        whole = int(column.values[row])
        read = self.plain.get(type_.kind)
        return whole if read is None else read(whole, type_)

    def members(self, column: ListColumn, record: str, row: int) -> tuple[Record, ...]:
        """Return the members of a list of a row."""
        types = {name: fact.type for name, fact in self.dictionary.records[record].items()}
        first, last = int(column.offsets[row]), int(column.offsets[row + 1])
        return tuple(self._member(column.fields, types, place) for place in range(first, last))

    def _member(
        self, fields: Mapping[str, Column | ListColumn], types: Mapping[str, Type], place: int
    ) -> Record:
        found = {name: self.value(field, types[name], place) for name, field in fields.items()}
        return Record({name: value for name, value in found.items() if value is not None})
