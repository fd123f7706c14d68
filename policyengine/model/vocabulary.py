"""Vocabularies: the facts that policies may name, and how to ask for them."""

from __future__ import annotations

import re

import attrs

from policyengine.model.common import EVENTS, FILE_NAME, LANGUAGE, LANGUAGES, TEXTS
from policyengine.model.composite import Key, ListOf, MapOf, RecordOf
from policyengine.model.shape import Literal, Name, OneOf, Shape, Texts, Words
from policyengine.model.types import BOOLEAN, BORROWER, INTEGER, LENDER, PLAIN_TYPES, Kind
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Scalar

FACT_PATH = Name(
    re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*"),
    "the name of a fact",
    "a record and a field, such as `loan.principal`",
)
FACT_TYPES = (*PLAIN_TYPES, Kind.ENUM.value, Kind.LIST.value)


@attrs.frozen
class Ask:
    """The question that gets a fact, the evidence that answers it, and the effort it costs."""

    question: Texts
    evidence: Texts | None
    cost: int
    span: Span


@attrs.frozen
class Actionable:
    """How a counterfactual may change a fact."""

    step: Scalar
    direction: str
    span: Span


@attrs.frozen
class FactDeclaration:
    """One fact, or one field of a record."""

    type: str
    of: Scalar | None
    title: Texts | None
    min: Scalar | None
    max: Scalar | None
    required: bool
    sensitive: bool
    protected: bool
    actionable: Actionable | None
    ask: Ask | None
    answered_by: str | None
    per: str
    note: Scalar | None
    span: Span


@attrs.frozen
class EnumDeclaration:
    """A closed list of values with their titles."""

    title: Texts | None
    values: dict[str, Texts]
    span: Span


@attrs.frozen
class EventDeclaration:
    """What a person calls a kind of event, and what it holds beside the fields that every such event has."""

    title: Texts | None
    fields: dict[str, FactDeclaration]
    span: Span


@attrs.frozen
class Vocabulary:
    """A data dictionary."""

    name: Scalar
    language: str
    languages: tuple[str, ...]
    title: Texts | None
    extends: tuple[Scalar, ...]
    enums: dict[str, EnumDeclaration]
    records: dict[str, dict[str, FactDeclaration]]
    facts: dict[str, FactDeclaration]
    events: dict[str, EventDeclaration | None]
    span: Span


_FLAG = Key(Literal(BOOLEAN), default=False)
_FACT = RecordOf(
    FactDeclaration,
    {
        "type": Key(OneOf(FACT_TYPES, "a type"), required=True),
        "of": Key(Name(), help="the enum, or the record that a list holds"),
        "title": Key(TEXTS, required=True, default=None),
        "min": Key(Words("a value")),
        "max": Key(Words("a value")),
        "required": _FLAG,
        "sensitive": _FLAG,
        "protected": _FLAG,
        "actionable": Key(
            RecordOf(
                Actionable,
                {
                    "step": Key(Words("a value"), required=True),
                    "direction": Key(OneOf(("up", "down", "either")), default="either"),
                },
                "`actionable`",
            )
        ),
        "ask": Key(
            RecordOf(
                Ask,
                {
                    "question": Key(TEXTS, required=True),
                    "evidence": Key(TEXTS),
                    "cost": Key(Literal(INTEGER), default=1),
                },
                "`ask`",
            )
        ),
        "answered_by": Key(
            OneOf((BORROWER, LENDER)),
            help="who is asked; by default the lender for facts of the loan, else the borrower",
        ),
        "per": Key(OneOf(("year", "month", "day")), default="year"),
        "note": Key(Words()),
    },
    "a fact",
)
_ENUM = RecordOf(
    EnumDeclaration,
    {
        "title": Key(TEXTS, required=True, default=None),
        "values": Key(MapOf(TEXTS, what="values by name"), required=True),
    },
    "an enum",
)
_EVENT = RecordOf(
    EventDeclaration,
    {
        "title": Key(TEXTS, required=True, default=None),
        "fields": Key(MapOf(_FACT, what="fields by name"), default={}),
    },
    "an event",
)
_EVENTS: Shape[dict[str, EventDeclaration | None]] = RecordOf(
    lambda span, **events: events,  # noqa: ARG005  # every record is given its place
    {event: Key(_EVENT) for event in EVENTS},
    "`events`",
)

VOCABULARY = RecordOf(
    Vocabulary,
    {
        "vocabulary": Key(FILE_NAME, required=True, attribute="name"),
        "language": LANGUAGE,
        "languages": LANGUAGES,
        "title": Key(TEXTS, required=True, default=None),
        "extends": Key(
            ListOf(FILE_NAME), default=(), help="vocabularies whose facts are in sight too"
        ),
        "enums": Key(MapOf(_ENUM, what="enums by name"), default={}),
        "records": Key(MapOf(MapOf(_FACT, what="fields by name")), default={}),
        "facts": Key(MapOf(_FACT, FACT_PATH, what="facts by name"), required=True),
        "events": Key(_EVENTS, default={}),
    },
    "a vocabulary",
)
