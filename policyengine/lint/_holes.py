"""The days on which a parameter has no value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import attrs

from policyengine.ir.nodes import AsOf, Compare, Constant, Node
from policyengine.ir.program import DatedValue, ParameterDefinition, Program

_DAY = timedelta(days=1)


@attrs.frozen
class Hole:
    """Days without a value, both ends included, and the value beside them; None has no end."""

    starts: date | None
    ends: date | None
    beside: DatedValue

    def within(self, starts: date | None, ends: date | None) -> Hole | None:
        """Return the part of the hole between two days, or None."""
        first = max((d for d in (self.starts, starts) if d), default=None)
        last = min((d for d in (self.ends, ends) if d), default=None)
        return None if first and last and last < first else Hole(first, last, self.beside)

    def text(self) -> str:
        """Return the days as a message says them."""
        if self.ends is None:
            return f"from {self.starts} on"
        if self.starts is None:
            return f"before {self.ends + _DAY}"
        return f"from {self.starts} to {self.ends}"


def holes(parameter: ParameterDefinition) -> Iterator[Hole]:
    """Yield the days before the first value, between values and after the last."""
    first, last = parameter.values[0], parameter.values[-1]
    if first.starts and first.starts > date.min:
        yield Hole(None, first.starts - _DAY, first)
    for earlier, later in pairwise(parameter.values):
        if earlier.ends and later.starts and earlier.ends + _DAY < later.starts:
            yield Hole(earlier.ends + _DAY, later.starts - _DAY, later)
    if last.ends and last.ends < date.max:
        yield Hole(last.ends + _DAY, None, last)


def period(parameter: ParameterDefinition, program: Program) -> tuple[date | None, date | None]:
    """Return the days on which a decision may read a parameter.

    A regulation's guarantees ask nothing outside the dates of the regulation.
    """
    starts, ends = [program.starts], [program.ends]
    if parameter.key != f"{program.id}#{parameter.name}":
        for operator, day in _regulation_dates(parameter, program):
            (starts if operator == ">=" else ends).append(day)
    return (
        max((day for day in starts if day), default=None),
        min((day for day in ends if day), default=None),
    )


def _regulation_dates(
    parameter: ParameterDefinition, program: Program
) -> Iterator[tuple[str, date]]:
    origin = parameter.key.removesuffix(f"#{parameter.name}")
    rules = [rule for rule in program.guarantees if rule.origin == origin]
    for node in rules[0].applies.walk() if rules and rules[0].applies else ():
        found = _day_limit(node)
        if found:
            yield found


def _day_limit(node: Node) -> tuple[str, date] | None:
    match node:
        case Compare(
            operator=(">=" | "<=") as operator, left=AsOf(), right=Constant(value=date() as day)
        ):
            return operator, day
        case _:
            return None
