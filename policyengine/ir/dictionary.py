"""All facts that the policies of a set may name, from all of its vocabularies."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from policyengine.model.types import BORROWER, LENDER, Kind, Type, Value
from policyengine.source import Span

Text = Mapping[str, str]
#: The names in a path, without the places in its lists.
_PART = re.compile(r"[a-z_][a-z0-9_]*")


@attrs.frozen(eq=False)
class Question:
    """How to ask for a fact: the question, the evidence that answers it, and its cost."""

    question: Text
    evidence: Text
    cost: int


@attrs.frozen(eq=False)
class FactDefinition:
    """One fact, or one field of a record. `min` and `max` are included. `answered_by` is `borrower` or `lender`."""

    path: str
    type: Type
    title: Text
    min: Value | None
    max: Value | None
    required: bool
    sensitive: bool
    protected: bool
    ask: Question | None
    answered_by: str
    per: str
    step: Value | None
    direction: str | None
    span: Span


@attrs.frozen(eq=False)
class EnumDefinition:
    """A closed list: value to titles, in the order of the file."""

    name: str
    values: Mapping[str, Text]


@attrs.frozen(eq=False)
class EventDefinition:
    """A kind of event: its title, and the fields that the vocabulary adds to those it always has."""

    kind: str
    title: Text
    fields: Mapping[str, FactDefinition]


@attrs.frozen(eq=False)
class Dictionary:
    """Facts by path, enums and records by name, the required facts of each vocabulary, and kinds of events.

    The record `loan` holds the facts of a loan by field, so that `loans` is a list like any other.
    """

    facts: Mapping[str, FactDefinition]
    enums: Mapping[str, EnumDefinition]
    records: Mapping[str, Mapping[str, FactDefinition]]
    required: Mapping[str, tuple[str, ...]]
    vocabularies: Mapping[str, frozenset[str]]
    events: Mapping[str, EventDefinition]

    def fact(self, path: str) -> FactDefinition | None:
        """Return a fact, or the field of a record that a path ends with; None where there is none."""
        record, _, field = path.partition(".")
        return self.facts.get(path) or self.records.get(record, {}).get(field)

    def answered_by(self, path: str) -> str:
        """Return who is asked for a fact, `borrower` or `lender`; for an entry of a list who is asked for the list."""
        record, *fields = _PART.findall(path)
        record = "loan" if record == "loans" else record
        found = self.facts.get(".".join([record, *fields[:1]]))
        return found.answered_by if found else answering(record)

    def values_of(self, type_: Type) -> tuple[str, ...]:
        """Return the values of an enum type, or nothing."""
        if type_.kind is not Kind.ENUM:
            return ()
        enum = self.enums.get(type_.of or "")
        return tuple(enum.values) if enum else ()


def answering(record: str) -> str:
    """Return who is asked for the facts of a record where the vocabulary does not say."""
    return LENDER if record == "loan" else BORROWER


LOANS = Type(Kind.LIST, "loan")
