"""The types of the language. Days and months are types of their own, and never meet."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction

import attrs


class Kind(StrEnum):
    """What kind of value a fact, a parameter or an expression has."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    RATE = "rate"
    DAYS = "days"
    MONTHS = "months"
    DATE = "date"
    TEXT = "text"
    ENUM = "enum"
    LIST = "list"
    RECORD = "record"


@attrs.frozen
class Type:
    """A kind, and for an enum, a list or a record the name of its declaration."""

    kind: Kind
    of: str | None = None

    def __str__(self) -> str:
        if self.kind is Kind.LIST:
            return f"a list of {self.of}"
        return f"{self.kind} {self.of}" if self.of else str(self.kind)


BOOLEAN = Type(Kind.BOOLEAN)
INTEGER = Type(Kind.INTEGER)
NUMBER = Type(Kind.NUMBER)
MONEY = Type(Kind.MONEY)
RATE = Type(Kind.RATE)
DAYS = Type(Kind.DAYS)
MONTHS = Type(Kind.MONTHS)
DATE = Type(Kind.DATE)
TEXT = Type(Kind.TEXT)

#: Types that are named by one word and need no `of`.
PLAIN_TYPES = {
    t.kind.value: t for t in (BOOLEAN, INTEGER, NUMBER, MONEY, RATE, DAYS, MONTHS, DATE, TEXT)
}

#: Who answers for a fact.
BORROWER, LENDER = "borrower", "lender"

#: Kinds with an order, so that `<` has a meaning.
ORDERED = frozenset(
    {Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.RATE, Kind.DAYS, Kind.MONTHS, Kind.DATE}
)

#: A value of the language: whole numbers (integer, days, months) are `int`; number, rate and money (in the
#: currency's major unit) are exact fractions; an enum value is its name; a list is a tuple of records.
Value = bool | int | Fraction | date | str | tuple["Record", ...]


@attrs.frozen
class Record:
    """A member of a list: its known fields by name. A field that is not there is unknown."""

    fields: dict[str, Value]

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.fields)))
