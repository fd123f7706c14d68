"""What can be moved step by step: a fact, the day of the decision, or a field of the first member of a list."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from fractions import Fraction
from typing import Protocol

import attrs

from policyengine.explain.asking.domains import Domain
from policyengine.model.types import Kind, Record, Value
from policyengine.testing.strategies.aiming import looked_at, turn_from
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.choices import Choices
from policyengine.testing.strategies.written import written


class Axis(Protocol):
    """Something of a borrower that can be moved."""

    @property
    def path(self) -> str:
        """The fact that is moved."""

    @property
    def title(self) -> str:
        """What a reader calls it."""

    @property
    def choices(self) -> Choices:
        """What it may be."""

    def get(self, borrower: Borrower) -> Value | None:
        """Return the value as it stands; None where it is not known."""

    def put(self, borrower: Borrower, value: Value) -> Borrower:
        """Return the borrower with another value."""


@attrs.frozen(eq=False)
class FactAxis:
    """A fact."""

    path: str
    title: str
    choices: Choices

    def get(self, borrower: Borrower) -> Value | None:
        """Return the value as it stands; None where it is not known."""
        return borrower.facts.get(self.path)

    def put(self, borrower: Borrower, value: Value) -> Borrower:
        """Return the borrower with another value."""
        return borrower.with_fact(self.path, value)


@attrs.frozen(eq=False)
class MemberAxis:
    """A field of the first member of a list."""

    path: str
    field: str
    title: str
    choices: Choices

    def get(self, borrower: Borrower) -> Value | None:
        """Return the value as it stands; None where there is no member, or it is not known of it."""
        members = borrower.facts.get(self.path)
        if not isinstance(members, tuple) or not members:
            return None
        return members[0].fields.get(self.field)

    def put(self, borrower: Borrower, value: Value) -> Borrower:
        """Return the borrower with another value."""
        members = borrower.facts.get(self.path)
        assert isinstance(members, tuple)  # noqa: S101  # asked only where there is a value
        first = Record({**members[0].fields, self.field: value})
        return borrower.with_fact(self.path, (first, *members[1:]))


def turn(axis: Axis, borrower: Borrower, key: Callable[[Borrower], Hashable]) -> int | None:
    """Return the first place, going up, on the other side of where a key turns; None where it does not."""
    known, domain = axis.get(borrower), axis.choices.domain
    if known is None:
        return None

    def at(place: int) -> Hashable:
        return key(axis.put(borrower, domain.at(place)))

    return turn_from(domain.place(known), looked_at(axis.choices), domain, at)


def steps_around(axis: Axis, place: int, borrower: Borrower) -> list[tuple[str, Borrower]]:
    """Return the borrower one step below a place, at it and one above, each with words that say so."""
    domain = axis.choices.domain
    low, high = domain.ends
    at = shown(domain.at(place), domain)
    words = _words(domain, at)
    places = (place - domain.step, place, place + domain.step)
    return [
        (said, axis.put(borrower, domain.at(each)))
        for said, each in zip(words, places, strict=True)
        if low <= each <= high
    ]


def shown(value: Value, domain: Domain) -> str:
    """Return a value as a policy author writes it."""
    return written(domain.kind, value, domain.scale)


def _words(domain: Domain, at: str) -> tuple[str, str, str]:
    if domain.kind is Kind.DATE:
        return days_around(at)
    steps = {Kind.MONEY: Fraction(domain.step, domain.scale)}
    step = steps.get(domain.kind, domain.at(domain.step))
    one = "one" if step == 1 else shown(step, domain)
    return (f"{one} below {at}", f"exactly {at}", f"{one} above {at}")


def days_around(day: date | str) -> tuple[str, str, str]:
    """Return the words for the day before, of and after a day."""
    return (f"the day before {day}", f"on {day}", f"the day after {day}")
