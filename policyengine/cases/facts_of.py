"""Facts after an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import attrs

from policyengine.facts.facts import Facts
from policyengine.model.types import Record, Value


def facts_after(facts: Facts, changes: Mapping[str, Value | None], loan: int | None) -> Facts:
    """Return facts with some of them changed; the very same facts where nothing differs.

    Args:
        facts: What was known.
        changes: Values by path; None is no longer known.
        loan: The place of the loan that paths of `loan.` are about.
    """
    for path, value in changes.items():
        facts = _after(facts, path, value, loan)
    return facts


def facts_on(facts: Facts, day: date) -> Facts:
    """Return the same facts for a decision on another day."""
    return facts if facts.as_of == day else attrs.evolve(facts, as_of=day)


def _after(facts: Facts, path: str, value: Value | None, loan: int | None) -> Facts:
    record, _, field = path.partition(".")
    if record != "loan":
        values = _with(facts.values, path, value)
        return facts if values is facts.values else attrs.evolve(facts, values=values)
    loans = list(facts.loans or ())
    assert loan is not None  # noqa: S101  # an event with facts of a loan says of which
    fields = _with(loans[loan].fields, field, value)
    if fields is loans[loan].fields:
        return facts
    loans[loan] = Record(dict(fields))
    return attrs.evolve(facts, loans=tuple(loans))


def _with(known: Mapping[str, Value], name: str, value: Value | None) -> Mapping[str, Value]:
    if known.get(name) == value:
        return known
    rest = {each: found for each, found in known.items() if each != name}
    return rest if value is None else {**rest, name: value}
