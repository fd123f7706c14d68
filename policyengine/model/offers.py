"""The offer of a plan as written: steps that change the terms, and the conditions that end them."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf

import attrs

from policyengine.diagnostics import Related
from policyengine.model.common import (
    CONDITION,
    EXPRESSION,
    Condition,
    Reference,
    bare_condition,
)
from policyengine.model.composite import ByKind, Converted, Key, ListOf, OneOrMany, RecordOf
from policyengine.model.shape import Formula, OneOf, Reading, Schema, Shape, Written
from policyengine.source import Span
from policyengine.syntax.expression_parser import parse_amount, parse_expression, parse_extent
from policyengine.syntax.expression_tree import Expression, Path
from policyengine.syntax.yaml_tree import Mapping, Node

_AMOUNT = Formula(parse_amount)
_EXTENT = Formula(parse_extent)
_INTEREST = ("accrues", "capitalised", "waived")
_BALANCES = ("arrears", "penalty_interest", "accrued_interest", "fees", "late_fees")


@attrs.frozen
class Step:
    """One lever with its settings: words such as `interest: accrues`, and formulas by key.

    `parts` are settings that are mappings of formulas themselves, such as `then` of `rate`.
    """

    lever: str
    settings: MappingOf[str, str]
    formulas: MappingOf[str, Written]
    lists: MappingOf[str, tuple[Written, ...]]
    parts: MappingOf[str, MappingOf[str, Written]]
    when: Written | None
    span: Span


@attrs.frozen
class Offer:
    """What a plan may change, how far, and what must come out; without `until` the terms are fixed."""

    steps: tuple[Step, ...]
    until: tuple[Condition | Reference, ...] | None
    accept: tuple[Condition | Reference, ...]
    choose: str
    negative_amortisation: bool
    span: Span


@attrs.frozen
class _Settings:
    """The settings of a lever, told apart into words and formulas."""

    words: dict[str, str]
    formulas: dict[str, Written]
    lists: dict[str, tuple[Written, ...]]
    parts: dict[str, dict[str, Written]]


def _settings(**keys: object) -> _Settings:
    words = {k: v for k, v in keys.items() if isinstance(v, str)}
    formulas = {k: v for k, v in keys.items() if isinstance(v, Written)}
    lists = {k: v for k, v in keys.items() if isinstance(v, tuple)}
    parts = {k: v.formulas for k, v in keys.items() if isinstance(v, _Settings)}
    return _Settings(words, formulas, lists, parts)


def _lever(
    name: str,
    keys: dict[str, Key],
    exactly_one: tuple[str, ...] = (),
    together: tuple[str, ...] = (),
) -> Shape[_Settings]:
    what = f"the step `{name}`"
    return RecordOf(_settings, keys, what, exactly_one, whole=True, together=together)


def _share(text: str) -> Expression:
    """Parse a share; `all` and `none` are shares too."""
    return parse_expression({"all": "100%", "none": "0%"}.get(text, text))


_SHARE = Formula(_share)
_AMOUNT_KEYS = {
    "up_to": Key(EXPRESSION),
    "exactly": Key(EXPRESSION),
    "step": Key(EXPRESSION),
}

#: How a rate rises after the months for which it is fixed.
_THEN = RecordOf(
    _settings,
    {
        "rise": Key(EXPRESSION, required=True, help="add `rise: 1%`"),
        "every": Key(EXPRESSION, required=True, help="add `every: 12 months`"),
        "up_to": Key(
            EXPRESSION, required=True, help="no rate rises without an end: add `up_to: 5%`"
        ),
    },
    "the mapping `then`",
    whole=True,
)

#: The levers of the language: each names the settings it takes.
LEVERS: dict[str, Shape[_Settings]] = {
    "holiday": _lever(
        "holiday",
        {
            "months": Key(_EXTENT),
            "through": Key(EXPRESSION),
            "interest": Key(OneOf(_INTEREST), required=True),
            "maturity": Key(OneOf(("extends", "stays")), required=True),
        },
        exactly_one=("months", "through"),
    ),
    "term": _lever(
        "term",
        {"up_to": Key(_AMOUNT), "exactly": Key(_AMOUNT), "step": Key(EXPRESSION)},
        exactly_one=("up_to", "exactly"),
    ),
    "instalments": _lever(
        "instalments",
        {
            "months": Key(_EXTENT, required=True),
            "step": Key(EXPRESSION),
            "rate": Key(EXPRESSION),
        },
    ),
    "waive": _lever(
        "waive",
        {name: Key(_EXTENT) for name in (*_BALANCES, "future_interest")}
        | {"step": Key(EXPRESSION)},
    ),
    "capitalise": _lever("capitalise", {name: Key(_SHARE) for name in _BALANCES}),
    "rate": _lever(
        "rate",
        {
            "down_to": Key(EXPRESSION),
            "exactly": Key(EXPRESSION),
            "step": Key(EXPRESSION),
            "fixed_for": Key(EXPRESSION, help="add `fixed_for: 60 months`"),
            "then": Key(_THEN, help="add `then: {rise: 1%, every: 12 months, up_to: 5%}`"),
        },
        exactly_one=("down_to", "exactly"),
        together=("fixed_for", "then"),
    ),
    "interest_only": _lever(
        "interest_only",
        {
            "months": Key(_EXTENT, required=True),
            "maturity": Key(OneOf(("extends", "stays")), required=True),
        },
    ),
    "repayment_plan": _lever(
        "repayment_plan",
        {
            "balance": Key(OneOf(_BALANCES), default="arrears"),
            "months": Key(_EXTENT, required=True),
            "step": Key(EXPRESSION),
            "cap": Key(EXPRESSION),
        },
    ),
    "defer_balance": _lever("defer_balance", {name: Key(_SHARE) for name in _BALANCES}),
    "forbear": _lever("forbear", _AMOUNT_KEYS, exactly_one=("up_to", "exactly")),
    "forgive": _lever("forgive", _AMOUNT_KEYS, exactly_one=("up_to", "exactly")),
    "settle": _lever("settle", {"discount": Key(_EXTENT, required=True), "step": Key(EXPRESSION)}),
    "stepped": _lever(
        "stepped",
        {
            "shares": Key(ListOf(EXPRESSION, at_least=1), required=True),
            "months": Key(EXPRESSION, required=True),
        },
    ),
    "pay": _lever(
        "pay",
        {
            "amount": Key(EXPRESSION, required=True),
            "months": Key(_EXTENT),
            "unpaid_interest": Key(OneOf(_INTEREST)),
        },
    ),
}


@attrs.frozen
class _StepShape(Shape[Step]):
    """A mapping with one lever and, where needed, `when`."""

    def read(self, node: Node, reading: Reading) -> Step | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        keys = {name: Key(shape) for name, shape in LEVERS.items()} | {"when": Key(EXPRESSION)}
        step = RecordOf(_StepKeys, keys, "a step", exactly_one=tuple(LEVERS)).read(node, reading)
        if step is None:
            return None
        lever, settings = next(((n, s) for n, s in step.levers.items() if s), (None, None))
        if lever is None or settings is None:
            return None
        return Step(
            lever,
            settings.words,
            settings.formulas,
            settings.lists,
            settings.parts,
            step.when,
            _lever_span(node, lever),
        )

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in LEVERS.items()}
            | {"when": EXPRESSION.schema()},
            "oneOf": [{"required": [name]} for name in LEVERS],
            "additionalProperties": False,
        }


class _StepKeys:
    def __init__(self, when: Written | None, span: Span, **levers: _Settings | None) -> None:
        self.when, self.span, self.levers = when, span, levers


def _lever_span(node: Node, lever: str) -> Span:
    key = node.key(lever) if isinstance(node, Mapping) else None
    return key.span if key else node.span


def _bare(written: Written) -> Condition | Reference:
    """A single name refers to a shared condition where there is one of that name."""
    if isinstance(written.tree, Path) and len(written.tree.parts) == 1:
        return Reference(written.scalar, written)
    return bare_condition(written)


_UNTIL: Shape[Condition | Reference] = ByKind(
    "a condition, or the name of a shared one",
    scalar=Converted(EXPRESSION, _bare),
    mapping=CONDITION,
)

_OFFER = RecordOf(
    Offer,
    {
        "steps": Key(ListOf(_StepShape(), at_least=1, what="a list of steps"), required=True),
        "until": Key(OneOrMany(_UNTIL), whole=True),
        "accept": Key(OneOrMany(_UNTIL), default=()),
        "choose": Key(OneOf(("waterfall", "least_cost")), default="waterfall"),
        "negative_amortisation": Key(
            Converted(OneOf(("allowed", "refused")), lambda word: word == "allowed"), default=False
        ),
    },
    "an offer",
)


@attrs.frozen
class _OfferShape(Shape[Offer]):
    """An offer; what is enough where steps run out has no meaning where the steps do not run out."""

    def read(self, node: Node, reading: Reading) -> Offer | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        accept, choose = (
            node.key(name) if isinstance(node, Mapping) else None for name in ("accept", "choose")
        )
        offer = _OFFER.read(node, reading)
        if offer and accept and choose and offer.choose == "least_cost":
            reading.findings.error(
                "contradictory-keys",
                "`accept` says what is enough where steps run out; `least_cost` searches them all",
                accept.span,
                "leave out `accept`, or write `choose: waterfall`",
                related=(Related("the search", choose.span),),
            )
        return offer

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return _OFFER.schema()


OFFER = _OfferShape()
