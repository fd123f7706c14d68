"""Policies and regulations as written."""

from __future__ import annotations

from datetime import date

import attrs

from policyengine.model.common import (
    CODE,
    CONDITION,
    CONDITIONS,
    CURRENCY,
    DERIVED,
    EVENTS,
    EXPRESSION,
    FILE_NAME,
    GUARANTEES,
    LANGUAGE,
    LANGUAGES,
    PARAMETERS,
    REFERRALS,
    SOURCE,
    TEXTS,
    Condition,
    Guarantee,
    Parameter,
    Reference,
    Referral,
    Source,
)
from policyengine.model.composite import ByKind, Converted, Key, ListOf, MapOf, RecordOf
from policyengine.model.offers import OFFER, Offer
from policyengine.model.shape import Literal, Name, OneOf, Shape, Texts, Words, Written
from policyengine.model.tables import TABLES, Table
from policyengine.model.types import DATE, DAYS, INTEGER
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Scalar

STATES = ("performing", "broken", "cured", "renegotiate", "completed")


@attrs.frozen
class Transition:
    """What moves an agreement from one state to the next."""

    event: str
    count: int
    consecutive: int | None
    within: int | None
    go: str
    because: Texts | None
    source: Scalar | None
    span: Span


@attrs.frozen
class Duty:
    """What a state asks of the lender; always, where it has no `when`."""

    title: Texts | None
    when: Written | None
    because: Texts | None
    code: Scalar | None
    source: Scalar | None
    span: Span


@attrs.frozen
class FollowUp:
    """What happens after signature: states, the events that lead out of them, and what each asks of the lender."""

    start: str
    performing: tuple[Transition, ...]
    broken: tuple[Transition, ...]
    cured: tuple[Transition, ...]
    renegotiate: tuple[Transition, ...]
    completed: tuple[Transition, ...]
    asks: dict[str, dict[str, Duty]]
    span: Span


@attrs.frozen
class Figure:
    """A number that is reported with the terms; by its name where it has no title."""

    value: Written
    title: Texts | None
    span: Span


@attrs.frozen
class Plan:
    """One kind of relief: what it requires and what it offers."""

    title: Texts | None
    require: tuple[Condition | Reference, ...]
    offer: Offer
    figures: dict[str, Figure]
    follow_up: Scalar | None
    span: Span


@attrs.frozen
class Effective:
    """The days on which a policy may be used, both included."""

    starts: date
    ends: date | None
    span: Span


@attrs.frozen
class Rules:
    """What policies and regulations have in common."""

    name: Scalar
    language: str
    version: Scalar
    languages: tuple[str, ...]
    title: Texts | None
    currency: Scalar
    vocabulary: Scalar
    effective: Effective | None
    sources: dict[str, Source]
    applies_to: Written | None
    parameters: dict[str, Parameter]
    tables: dict[str, Table]
    derive: dict[str, Written]
    guarantees: tuple[Guarantee, ...]
    referrals: dict[str, Referral]
    span: Span


@attrs.frozen
class Regulation(Rules):
    """Rules that bind every policy that names them."""


@attrs.frozen
class Policy(Rules):
    """One lender's rules for one product."""

    regulations: tuple[Scalar, ...]
    conditions: dict[str, Condition]
    plans: dict[str, Plan]
    follow_up: dict[str, FollowUp]


_TRANSITION = RecordOf(
    Transition,
    {
        "event": Key(OneOf(EVENTS, "an event"), required=True),
        "count": Key(Literal(INTEGER), default=1),
        "consecutive": Key(Literal(INTEGER)),
        "within": Key(Literal(DAYS)),
        "go": Key(OneOf(STATES, "a state"), required=True),
        "because": Key(TEXTS, required=True, default=None),
        "source": Key(Words()),
    },
    "a transition",
)
_DUTIES = MapOf(
    RecordOf(
        Duty,
        {
            "title": Key(TEXTS, required=True, default=None),
            "when": Key(EXPRESSION),
            "because": Key(TEXTS, required=True, default=None),
            "code": Key(CODE),
            "source": Key(Words()),
        },
        "a duty",
    ),
    what="duties by name",
)
_ASKS: Shape[dict[str, dict[str, Duty]]] = RecordOf(
    lambda span, **duties: duties,  # noqa: ARG005  # every record is given its place
    {state: Key(_DUTIES, default={}) for state in STATES},
    "`asks`",
)
_FOLLOW_UP = RecordOf(
    FollowUp,
    {"start": Key(OneOf(STATES, "a state"), required=True)}
    | {state: Key(ListOf(_TRANSITION), default=()) for state in STATES}
    | {"asks": Key(_ASKS, default={})},
    "a follow-up",
)
_REQUIREMENT: Shape[Condition | Reference] = ByKind(
    "a condition, or the name of a shared one",
    scalar=Converted(Name(), Reference),
    mapping=CONDITION,
)
_FIGURE: Shape[Figure] = ByKind(
    "an expression, or `{title: …, value: …}`",
    scalar=Converted(EXPRESSION, lambda written: Figure(written, None, written.span())),
    mapping=RecordOf(
        Figure,
        {
            "value": Key(EXPRESSION, required=True),
            "title": Key(TEXTS, required=True, default=None),
        },
        "a figure",
    ),
)
_PLAN = RecordOf(
    Plan,
    {
        "title": Key(TEXTS, required=True, default=None),
        "require": Key(ListOf(_REQUIREMENT, what="a list of conditions"), default=()),
        "offer": Key(OFFER, required=True),
        "figures": Key(MapOf(_FIGURE, what="figures by name"), default={}),
        "follow_up": Key(Name()),
    },
    "a plan",
)
_EFFECTIVE = RecordOf(
    Effective,
    {
        "from": Key(Literal(DATE), required=True, attribute="starts"),
        "until": Key(Literal(DATE), attribute="ends"),
    },
    "`effective`",
)


def _rules(first: str) -> dict[str, Key]:
    return {
        first: Key(FILE_NAME, required=True, attribute="name"),
        "language": LANGUAGE,
        "version": Key(Words(), required=True),
        "title": Key(TEXTS, required=True, default=None),
        "languages": LANGUAGES,
        "currency": Key(CURRENCY, required=True),
        "vocabulary": Key(FILE_NAME, required=True),
        "effective": Key(_EFFECTIVE),
        "sources": Key(MapOf(SOURCE, what="sources by name"), default={}),
        "applies_to": Key(EXPRESSION),
        "parameters": Key(PARAMETERS, default={}),
        "tables": Key(TABLES, default={}),
        "derive": Key(DERIVED, default={}),
        "guarantees": Key(GUARANTEES, default=()),
        "referrals": Key(REFERRALS, default={}),
    }


REGULATION: Shape[Regulation] = RecordOf(Regulation, _rules("regulation"), "a regulation")
POLICY: Shape[Policy] = RecordOf(
    Policy,
    _rules("policy")
    | {
        "regulations": Key(ListOf(FILE_NAME), default=()),
        "conditions": Key(CONDITIONS, default={}),
        "plans": Key(MapOf(_PLAN, what="plans by name"), required=True),
        "follow_up": Key(MapOf(_FOLLOW_UP, what="follow-ups by name"), default={}),
    },
    "a policy",
)
