"""What both spellings share: names for facts, members and constants, and the value of parameters on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from typing import Any

import attrs

from policyengine.evaluators.compiled.layout import Layout
from policyengine.evaluators.compiled.naming import Lines, Names
from policyengine.evaluators.compiled.numbers import Number, constant
from policyengine.evaluators.compiled.support import IN_SIGHT
from policyengine.ir.nodes import Fact, Field, Parameter
from policyengine.ir.program import Program
from policyengine.model.types import Kind, Type, Value

#: A number, or the source of a value that is none.
Written = Number | str

#: Bits that facts have at most: amounts are of 64 bits, other numbers have up to 40 digits, counted in billionths.
_AMOUNT_BITS, _OTHER_BITS = 64, 170
#: Numbers that could grow larger than this are left to the evaluator that knows what becomes of them.
MOST_BITS = 1 << 17
NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.RATE, Kind.DAYS, Kind.MONTHS})


class NotWritten(Exception):
    """An expression that is left to the other evaluator."""


#: What `plan.<name>` stands for, given the sources of its arguments; None where that is not in sight.
Terms = Callable[[str, Sequence[str]], Written | None]


@attrs.frozen(eq=False)
class Writing:
    """One function in the making: its program, the day it is for, and what its source can see."""

    program: Program
    layout: Layout
    day: date
    names: Names = attrs.field(factory=lambda: Names({*IN_SIGHT, "values", "as_of"}))
    lines: Lines = attrs.field(factory=Lines)
    in_sight: dict[str, Any] = attrs.field(factory=dict)
    facts: dict[str, Written] = attrs.field(factory=dict)
    members: dict[str, dict[str, str]] = attrs.field(factory=dict)
    derived: dict[str, Written] = attrs.field(factory=dict)
    terms: list[Terms] = attrs.field(factory=list)

    def begin(self, function: str) -> None:
        """Begin the function, and give each fact that is read a local name."""
        self.names.taken.add(function)
        self.lines.written.append(f"def {function}(as_of, values):")
        slots = [(slot, self.names.new(slot.name)) for slot in self.layout.facts]
        if slots:
            self.lines.add(f"{', '.join(name for _, name in slots)}, = values")
        for slot, name in slots:
            self.facts[slot.name] = self.typed(name, slot.type, slot.never_negative)

    def tried(self, write: Callable[..., None], *arguments: Any) -> bool:
        """Write something, or leave no trace of it where it is left to the other evaluator."""
        count, derived = len(self.lines.written), dict(self.derived)
        try:
            write(*arguments)
        except NotWritten:
            del self.lines.written[count:]
            self.lines.depth = 1
            self.members.clear()
            self.derived.clear()
            self.derived.update(derived)
            return False
        return True

    def fact(self, node: Fact) -> Written:
        """Return a fact of the borrower or of the loan."""
        return self.facts[node.path]

    def name_of(self, path: str) -> str:
        """Return the local name of a fact, `None` where the vocabulary has no such fact."""
        found = self.facts.get(path, "None")
        return found.numerator if isinstance(found, Number) else found

    def field(self, node: Field) -> Written:
        """Return a field of the member that a variable stands for."""
        return self.typed(self.members[node.variable][node.name], node.type, False)

    @contextmanager
    def over(self, variable: str, record: Type) -> Iterator[str]:
        """Name the fields of a list's members for a while; yield the target of a loop over them."""
        fields, before = self.layout.records[record.of or ""], self.members.get(variable)
        names = {slot.name: self.names.new(f"{variable}_{slot.name}") for slot in fields}
        self.members[variable] = names
        yield f"({', '.join(names.values())},)" if names else "_"
        del self.members[variable]
        if (
            before is not None
        ):  # an outer list's, which has come upon a name for an expression with a list of its own
            self.members[variable] = before

    def of_terms(self, name: str, months: Sequence[str]) -> Written:
        """Return what is named of the terms in sight.

        Raises:
            NotWritten: There are none, or it is not known of them here.
        """
        found = self.terms[-1](name, months) if self.terms else None
        if found is None:
            raise NotWritten
        return found

    @contextmanager
    def in_terms(self, terms: Terms) -> Iterator[None]:
        """Let expressions see some terms for a while."""
        self.terms.append(terms)
        try:
            yield
        finally:
            self.terms.pop()

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write the lines of a block; what it names of derived values is not in sight behind it."""
        self.lines.add(head)
        self.lines.depth += 1
        derived = dict(self.derived)
        yield
        self.lines.depth -= 1
        self.derived.clear()
        self.derived.update(derived)

    def typed(self, source: str, type_: Type, never_negative: bool) -> Written:
        """Return what a name stands for that holds an input of a type."""
        if type_.kind not in NUMERIC:
            return source
        bits = _AMOUNT_BITS if type_.kind is Kind.MONEY else _OTHER_BITS
        return Number(source, self.layout.denominator(type_), bits, never_negative)

    def parameter(self, node: Parameter) -> Written | None:
        """Return a parameter's value on the day of the decision; None where it has none."""
        dated = self.program.parameters[node.key].on(self.day)
        return None if dated is None else self.constant(dated.value)

    def constant(self, value: Value) -> Written:
        """Return a value that the policy writes."""
        if isinstance(value, (bool, str)):
            return repr(value)
        if isinstance(value, (int, Fraction)):
            return constant(value)
        if isinstance(value, date):
            return self.seen(f"day_{value.isoformat()}", value)
        raise NotWritten

    def seen(self, name: str, thing: Any) -> str:
        """Give generated source a name for something."""
        for known, other in self.in_sight.items():
            if other is thing or (isinstance(thing, date) and other == thing):
                return known
        found = self.names.new(name)
        self.in_sight[found] = thing
        return found


def within_reach(number: Number) -> Number:
    """Return a number that cannot grow too large.

    Raises:
        NotWritten: It might.
    """
    if number.bits > MOST_BITS:
        raise NotWritten
    return number
