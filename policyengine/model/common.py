"""What several kinds of file share: names, sources, parameters, conditions."""

from __future__ import annotations

import re
from datetime import date

import attrs

from policyengine.model.composite import ByKind, Converted, Key, Later, ListOf, MapOf, RecordOf
from policyengine.model.shape import (
    Formula,
    Literal,
    Name,
    OneOf,
    Shape,
    Texts,
    TextsShape,
    Words,
    Written,
)
from policyengine.model.types import BOOLEAN, DATE, PLAIN_TYPES
from policyengine.source import Span
from policyengine.syntax.expression_parser import parse_expression
from policyengine.syntax.yaml_tree import Scalar

LANGUAGE_VERSION = "1"
FILE_NAME = Name(re.compile(r"[a-z][a-z0-9_]*([.-][a-z0-9_]+)*"), "a name")
#: Languages that the engine itself has words for: units, truth values, what is not known.
LANGUAGES_SPOKEN = ("en", "zh")
CURRENCY = Name(re.compile(r"[A-Z]{3}"), "a currency code", "three capitals, such as `CNY`")
CODE = Name(
    re.compile(r"[A-Z][A-Z0-9_]*"), "a reason code", "capitals, digits and `_`, such as `DPD_RANGE`"
)
SOURCE_KINDS = (
    "regulation",
    "guidance",
    "contract",
    "lender_policy",
    "secondary_article",
    "programme",
    "standard",
)
EVENTS = (
    "contact",
    "document_received",
    "fact_changed",
    "plan_offered",
    "plan_accepted",
    "plan_signed",
    "payment_due",
    "payment_made",
    "payment_missed",
    "promise_made",
    "promise_broken",
    "hardship_ended",
    "visit_agreed",
    "visit_reported",
    "settled",
)

EXPRESSION = Formula(parse_expression)
TEXTS = TextsShape()

LANGUAGE = Key(
    OneOf((LANGUAGE_VERSION,), "a version of the language that is known here"),
    required=True,
    default=LANGUAGE_VERSION,
)
LANGUAGES = Key(
    Converted(ListOf(OneOf(LANGUAGES_SPOKEN), at_least=1, what="a list of languages"), tuple),
    required=True,
)


@attrs.frozen
class Source:
    """A document that rules cite; one title may serve every language."""

    kind: str
    title: Scalar | Texts
    cited_as: Texts | None
    date: date | None
    url: Scalar | None
    note: Scalar | None
    span: Span


TITLE: Shape[Scalar | Texts] = ByKind(
    "a title, or one in each language", scalar=Words(), mapping=TEXTS
)
SOURCE = RecordOf(
    Source,
    {
        "kind": Key(
            OneOf(SOURCE_KINDS, "a kind of source"), required=True, default="secondary_article"
        ),
        "title": Key(TITLE, required=True),
        "cited_as": Key(
            TEXTS, help="what readers of each language call it, where not by its name here"
        ),
        "date": Key(Literal(DATE)),
        "url": Key(Words()),
        "note": Key(Words()),
    },
    "a source",
)


@attrs.frozen
class DatedValue:
    """A parameter's value and the days it holds, both ends included; open where None."""

    value: Scalar
    starts: date | None
    ends: date | None
    type: str | None
    assumed: bool
    note: Scalar | None
    source: Scalar | None
    span: Span


@attrs.frozen
class Parameter:
    """A named number of the policy, possibly dated."""

    values: tuple[DatedValue, ...]


_VALUE_KEYS = {
    "value": Key(Words("a value"), required=True),
    "type": Key(OneOf(tuple(PLAIN_TYPES), "a type")),
    "assumed": Key(Literal(BOOLEAN), default=False),
    "note": Key(Words()),
    "source": Key(Words()),
}
_ONE_VALUE = RecordOf(
    lambda **keys: DatedValue(starts=None, ends=None, **keys), _VALUE_KEYS, "a parameter"
)
_DATED_VALUE = RecordOf(
    DatedValue,
    {
        "from": Key(Literal(DATE), required=True, attribute="starts"),
        "until": Key(Literal(DATE), attribute="ends"),
        **_VALUE_KEYS,
    },
    "a dated value",
)
PARAMETER: Shape[Parameter] = ByKind(
    "a parameter with `value:`, or a list of dated values",
    mapping=Converted(_ONE_VALUE, lambda value: Parameter((value,))),
    sequence=Converted(ListOf(_DATED_VALUE, at_least=1), Parameter),
)
PARAMETERS = MapOf(PARAMETER, what="parameters by name")
DERIVED = MapOf(EXPRESSION, what="derived values by name")


@attrs.frozen
class Condition:
    """Something that must hold: an expression, or conditions of which any or all must hold."""

    id: Scalar | None
    that: Written | None
    any: tuple[Condition, ...] | None
    all: tuple[Condition, ...] | None
    because: Texts | None
    code: Scalar | None
    source: Scalar | None
    span: Span


def _part() -> Shape[Condition]:
    return _CONDITION_PART


_PARTS = ListOf(Later("condition_part", _part), at_least=1, what="a list of conditions")
_TEST_KEYS = {
    "that": Key(EXPRESSION),
    "any": Key(_PARTS),
    "all": Key(_PARTS),
    "code": Key(CODE),
    "source": Key(Words()),
}
_CONDITION_PART: Shape[Condition] = RecordOf(
    Condition,
    {"id": Key(Name()), "because": Key(TEXTS), **_TEST_KEYS},
    "a part of a condition",
    exactly_one=("that", "any", "all"),
)
CONDITION: Shape[Condition] = RecordOf(
    Condition,
    {
        "id": Key(Name(), required=True),
        "because": Key(TEXTS, required=True, default=None),
        **_TEST_KEYS,
    },
    "a condition",
    exactly_one=("that", "any", "all"),
)


#: Conditions that several plans share, by name.
CONDITIONS = MapOf(
    RecordOf(
        lambda **keys: Condition(id=None, **keys),
        {"because": Key(TEXTS, required=True, default=None), **_TEST_KEYS},
        "a condition",
        exactly_one=("that", "any", "all"),
    ),
    what="conditions by name",
)


@attrs.frozen
class Reference:
    """The name of a condition that is declared under `conditions`."""

    name: Scalar
    written: Written | None = None


def bare_condition(written: Written) -> Condition:
    """Return the condition that an expression alone stands for."""
    span = written.scalar.span
    return Condition(None, written, None, None, None, None, None, span)


@attrs.frozen
class Guarantee:
    """What every offer must keep."""

    id: Scalar
    applies_to: Written | None
    that: Written
    because: Texts | None
    code: Scalar | None
    source: Scalar | None
    span: Span


GUARANTEES = ListOf(
    RecordOf(
        Guarantee,
        {
            "id": Key(Name(), required=True),
            "applies_to": Key(EXPRESSION),
            "that": Key(EXPRESSION, required=True),
            "because": Key(TEXTS, required=True, default=None),
            "code": Key(CODE),
            "source": Key(Words()),
        },
        "a guarantee",
    )
)


@attrs.frozen
class Referral:
    """Something to do or somebody to turn to, beside the plans or in place of a refusal."""

    title: Texts | None
    when: Written
    because: Texts | None
    instead_of_refusal: bool
    code: Scalar | None
    source: Scalar | None
    span: Span


REFERRALS = MapOf(
    RecordOf(
        Referral,
        {
            "title": Key(TEXTS, required=True, default=None),
            "when": Key(EXPRESSION, required=True),
            "because": Key(TEXTS, required=True, default=None),
            "instead_of_refusal": Key(Literal(BOOLEAN), default=False),
            "code": Key(CODE),
            "source": Key(Words()),
        },
        "a referral",
    ),
    what="referrals by name",
)
