"""The kinds of events, and the fields that each has in every vocabulary; a vocabulary may add more."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import attrs

from policyengine.model.types import DATE, INTEGER, MONEY, TEXT, Type, Value

#: What every event has, whatever its kind.
HEAD = ("id", "kind", "on", "sequence", "loan", "facts", "signed", "details")


@attrs.frozen
class OwnField:
    """A field that a kind of event has in every vocabulary.

    Attributes:
        type: What it holds.
        required: Whether the event says nothing without it.
        min: The least value, included.
        above: The value that it must be more than.
    """

    type: Type
    required: bool = False
    min: Value | None = None
    above: Fraction | None = None


_PAID = OwnField(MONEY, above=Fraction(0))
_CHOSEN = {"policy": OwnField(TEXT, required=True), "plan": OwnField(TEXT, required=True)}
_NUMBER = OwnField(INTEGER, min=1)
_OWN: Mapping[str, Mapping[str, OwnField]] = {
    "contact": {"channel": OwnField(TEXT)},
    "document_received": {"document": OwnField(TEXT, required=True)},
    "fact_changed": {},
    "plan_offered": _CHOSEN,
    "plan_accepted": _CHOSEN,
    "plan_signed": _CHOSEN,
    "payment_due": {"amount": _PAID, "currency": OwnField(TEXT), "instalment": _NUMBER},
    "payment_made": {
        "amount": attrs.evolve(_PAID, required=True),
        "currency": OwnField(TEXT),
    },
    "payment_missed": {"instalment": _NUMBER, "due": OwnField(DATE)},
    "promise_made": {
        "amount": _PAID,
        "currency": OwnField(TEXT),
        "by": OwnField(DATE, required=True),
    },
    "promise_broken": {"promise": OwnField(TEXT)},
    "hardship_ended": {},
    "visit_agreed": {"day": OwnField(DATE, required=True)},
    "visit_reported": {},
    "settled": {},
}

#: Kinds that are about one loan: they name it where the case has several.
OF_A_LOAN = frozenset(
    kind for kind in _OWN if kind.startswith(("plan_", "payment_")) or kind == "settled"
)
#: A kind and what is its opposite; of two opposites the last says how things stand.
OPPOSITES: Mapping[str, str] = {
    "payment_made": "payment_missed",
    "payment_missed": "payment_made",
    "promise_made": "promise_broken",
    "promise_broken": "promise_made",
}


def own_fields(kind: str) -> Mapping[str, OwnField]:
    """Return the fields that a kind of event has in every vocabulary."""
    return _OWN[kind]
