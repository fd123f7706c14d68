"""What one fact may be: all values of a small type, and of an ordered one those near limits and some ordinary ones.

The simplest comes first, so that a shrunk borrower has it wherever it does not matter.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import attrs

from policyengine.explain.asking.case import program_words
from policyengine.explain.asking.domains import Domain
from policyengine.ir.dictionary import FactDefinition
from policyengine.ir.program import Program
from policyengine.ir.sight import sight
from policyengine.model.types import Kind, Record, Value
from policyengine.testing.strategies.limits import around, limits_of

_DAY = timedelta(days=1)


@attrs.frozen(eq=False)
class Choices:
    """The values that a fact may take, the simplest first, and those within one step of a limit."""

    domain: Domain
    values: tuple[Value, ...]
    near: tuple[Value, ...]


def choices_of(program: Program, as_of: date) -> dict[str, Choices]:
    """Return the choices of every fact that a policy reads, but for the name of the loan."""
    facts = {path: fact for path, fact in sight(program).facts.items() if path != "loan.id"}
    return {path: choices(path, fact, program, as_of) for path, fact in facts.items()}


def choices(path: str, fact: FactDefinition, program: Program, as_of: date) -> Choices:
    """Return the choices of one fact, or of the field of a member, whose path begins with a point."""
    domain = Domain(path, fact, program, program.scale, as_of, program_words(program))
    if domain.kind is Kind.LIST:
        return Choices(domain, tuple(_lists(fact, program, as_of)), ())
    if not domain.ordered:
        return Choices(domain, _plain_first(domain), ())
    ends = (end for end in (fact.min, fact.max) if end is not None)
    near = tuple(_near(domain, (*limits_of(program).of(path), *ends)))
    low, high = domain.ends
    places = {domain.place(value) for value in (*near, *_ordinary(domain))}
    found = sorted((p for p in places if low <= p <= high), key=lambda p: _effort(domain, p))
    return Choices(domain, tuple(domain.at(place) for place in found), near)


def near_places(domain: Domain, values: Iterable[Value]) -> Iterator[int]:
    """Yield the places of some values, and one step below and above each."""
    low, high = domain.ends
    for value in values:
        place = domain.place(value)
        yield from (
            p for p in (place - domain.step, place, place + domain.step) if low <= p <= high
        )


def _near(domain: Domain, values: Iterable[Value]) -> Iterator[Value]:
    yield from (domain.at(place) for place in near_places(domain, values))


def _plain_first(domain: Domain) -> tuple[Value, ...]:
    return (False, True) if domain.kind is Kind.BOOLEAN else domain.values


def _ordinary(domain: Domain) -> Iterator[Value]:
    yield from (domain.at(place) for place in domain.ordinary)
    if domain.kind is Kind.DATE:
        yield from month_ends(domain.as_of)


def month_ends(day: date) -> Iterator[date]:
    """Yield days on which months are hard to count: the ends of the month and of February, and 29 February."""
    first = day.replace(day=1)
    leap = leap_year_from(day.year)
    yield from (first - _DAY, first, (first + 32 * _DAY).replace(day=1) - _DAY)
    yield from (date(leap, 2, 29), date(leap + 1, 2, 28), date(day.year, 12, 31))


def leap_year_from(year: int) -> int:
    """Return the first leap year that is not before a year."""
    return next(each for each in range(year, year + 9) if isleap(each))


def _effort(domain: Domain, place: int) -> tuple[int, int, int]:
    """Return how hard a value is to read: a day further off, an amount with more digits."""
    if domain.kind is Kind.DATE:
        return (0, abs(place - domain.as_of.toordinal()), place)
    value = Fraction(domain.at(place))  # type: ignore[arg-type]  # an ordered value that is no date
    digits = len(str(abs(value.numerator)).rstrip("0")) + len(str(value.denominator)) - 1
    return (digits, abs(place), place < 0)


def _lists(fact: FactDefinition, program: Program, as_of: date) -> Iterator[tuple[Record, ...]]:
    """Yield no members, one in which each field takes its values in turn, and two and three of them."""
    yield ()
    fields = {
        name: choices(f".{name}", field, program, as_of).values
        for name, field in program.dictionary.records.get(fact.type.of or "", {}).items()
        if not field.protected and field.type.kind is not Kind.LIST
    }
    first: dict[str, Value] = {name: values[0] for name, values in fields.items()}
    others = ({**first, name: v} for name, values in fields.items() for v in values[1:])
    members = [Record(first), *map(Record, others)]
    yield from ((member,) for member in members)
    yield from pairwise(members)
    yield from ((member,) * 3 for member in members[:3])


def days_of(program: Program, today: date) -> tuple[date, ...]:
    """Return days of decision: an ordinary one, month ends, and the edges of all that is dated and in force."""
    edges = around(limits_of(program).days)
    found = dict.fromkeys([today, *month_ends(today), *edges])
    return tuple(day for day in found if program.in_force(day))
