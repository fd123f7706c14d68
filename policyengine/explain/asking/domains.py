"""What can be answered: every value of a small type, the ends and the grid of an ordered one.

An ordered type is a grid of whole numbers: minor units of money, days, months, days of the calendar; numbers and rates
have twelve decimals and lie within a million million, amounts within 10^15 minor units.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

import attrs

from policyengine.ir.dictionary import FactDefinition
from policyengine.ir.program import Program
from policyengine.model.types import ORDERED, Kind, Record, Type, Value

_DECIMALS = 10**12
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)
#: In minor units: what any borrower could owe, and within what terms can be worked out.
_MOST_MONEY = 10**15
_WHOLE = {Kind.INTEGER: 10**18, Kind.DAYS: 36_525, Kind.MONTHS: 1_200}
#: Values that tell rules apart where nothing is known of them, the most ordinary first.
_USUAL: dict[Kind, tuple[Any, ...]] = {
    Kind.MONEY: (1000, 10_000, 100, 100_000, 1, 0),
    Kind.NUMBER: (1, 0, 10, Fraction(1, 2), 100),
    Kind.RATE: (Fraction(1, 10), Fraction(1, 20), Fraction(1, 5), 0, Fraction(1, 2)),
    Kind.INTEGER: (1, 0, 2, 3, 12),
    Kind.DAYS: (45, 1, 0, 75, 120, 400),
    Kind.MONTHS: (12, 3, 24, 1, 0, 6, 60),
}
#: Ordered types with no more values than this are looked at value by value.
SMALL = 130


@attrs.frozen(slots=False, eq=False)
class Domain:
    """The values of one fact. `words` are the texts that the policy compares texts with."""

    path: str
    fact: FactDefinition
    program: Program
    scale: int
    as_of: date
    words: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """The kind of value."""
        return self.fact.type.kind

    @property
    def ordered(self) -> bool:
        """Whether the values have an order."""
        return self.kind in ORDERED

    @cached_property
    def ends(self) -> tuple[int, int]:
        """The first and the last place on the grid of an ordered type."""
        low, high = self._widest()
        if self.fact.min is not None:
            low = max(low, self.place(self.fact.min))
        if self.fact.max is not None:
            high = min(high, self.place(self.fact.max))
        return low, high

    @property
    def legible(self) -> int:
        """Places from one value to the next that one would write: a whole amount, a hundredth of a percent."""
        return {Kind.MONEY: self.scale, Kind.RATE: _DECIMALS // 10**4}.get(self.kind, 1)

    @property
    def small(self) -> bool:
        """Whether every value can be looked at."""
        return not self.ordered or self.ends[1] - self.ends[0] < SMALL

    def _widest(self) -> tuple[int, int]:
        if self.kind is Kind.DATE:
            return _FIRST.toordinal(), _LAST.toordinal()
        most = {Kind.MONEY: _MOST_MONEY, **_WHOLE}.get(self.kind, _DECIMALS**2)
        return -most, most

    def at(self, place: int) -> Value:
        """Return the value at a place of the grid."""
        if self.kind is Kind.DATE:
            return date.fromordinal(place)
        if self.kind is Kind.MONEY:
            return Fraction(place, self.scale)
        return Fraction(place, _DECIMALS) if self.kind in (Kind.NUMBER, Kind.RATE) else place

    def place(self, value: Any) -> int:
        """Return the place of a value on the grid, the nearest below."""
        if isinstance(value, date):
            return value.toordinal()
        unit = {Kind.MONEY: self.scale, Kind.NUMBER: _DECIMALS, Kind.RATE: _DECIMALS}
        return int(Fraction(value) * unit.get(self.kind, 1) // 1)

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """All values of a type without order; texts and lists as far as they can be told apart."""
        if self.kind is Kind.BOOLEAN:
            return (True, False)
        if self.kind is Kind.ENUM:
            return tuple(self.program.dictionary.values_of(self.fact.type))
        if self.kind is Kind.TEXT:
            return (*self.words, _other_than(self.words, self.path))
        return tuple(_lists(self.fact.type, self.program, self.as_of))

    @cached_property
    def usual(self) -> tuple[Value, ...]:
        """Some values of any type: the usual ones, and of an ordered type its ends."""
        if not self.ordered:
            return self.values
        low, high = self.ends
        if self.small:
            return tuple(self.at(place) for place in range(low, high + 1))
        wanted = [*self.ordinary, low, high]
        return tuple(self.at(p) for p in dict.fromkeys(wanted) if low <= p <= high)

    @property
    def step(self) -> int:
        """Places from one value to the next that is told apart: a minor unit, a hundredth of a percent."""
        own = {Kind.RATE: self.legible, Kind.NUMBER: _DECIMALS // 100}
        return own.get(self.kind, 1)

    @property
    def ordinary(self) -> Iterable[int]:
        """The places of some usual values of an ordered type, the most ordinary first."""
        if self.kind is Kind.DATE:
            today = self.as_of.toordinal()
            return [today + days for days in (0, 1, -1, -30, 30, -91, -366, -732, 366)]
        return [self.place(value) for value in _USUAL[self.kind]]


def _other_than(words: tuple[str, ...], path: str) -> str:
    """Return a text that is none of some; what other loans are called by is not the same either."""
    found = "-".join(["other", *re.findall(r"\d+", path)])
    while found in words:
        found += "-other"
    return found


def _lists(type_: Type, program: Program, as_of: date) -> Iterator[tuple[Record, ...]]:
    """Yield no members, and one, two and more of some kinds of member."""
    yield ()
    fields = program.dictionary.records.get(type_.of or "", {})
    choices = {
        name: Domain(name, fact, program, 1, as_of).usual
        for name, fact in fields.items()
        if not fact.protected and fact.type.kind is not Kind.LIST
    }
    nested: dict[str, Value] = {n: () for n, f in fields.items() if f.type.kind is Kind.LIST}
    for turn in range(min(max(map(len, choices.values()), default=1), 12)):
        chosen = {name: values[turn % len(values)] for name, values in choices.items()}
        member = Record({**chosen, **nested})
        for count in (1, 2, 3, 5):
            yield (member,) * count
