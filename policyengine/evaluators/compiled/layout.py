"""What the conditions of a policy read, and the typed inputs of one loan in that order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, cast

import attrs

from policyengine.evaluators.compiled.numbers import FINE
from policyengine.facts.facts import Situation
from policyengine.ir.dictionary import LOANS, Dictionary, FactDefinition
from policyengine.ir.nodes import Aggregate, Fact, Field, Node, Quantified
from policyengine.model.types import Kind, Record, Type, Value

#: A fact as generated source reads it: an amount in minor units, a rate or a number in billionths, the rest as it is;
#: a list is a tuple of tuples of the fields that are read. None is not known.
Input = Any


@attrs.frozen(eq=False)
class Slot:
    """A fact or a field that is read; `never_negative` says that the vocabulary allows nothing below zero."""

    name: str
    type: Type
    never_negative: bool


@attrs.frozen(eq=False)
class Layout:
    """The facts that are read, and the fields that are read of each record. `scale`: minor units in a major one."""

    scale: int
    facts: tuple[Slot, ...]
    records: Mapping[str, tuple[Slot, ...]]

    def inputs(self, situation: Situation) -> Inputs:
        """Return the typed inputs of one loan."""
        values = tuple(self._input(slot, situation.get(slot.name)) for slot in self.facts)
        ordinary = all(map(whole, values)) and all(map(within, self.facts, values))
        return Inputs(situation.as_of, values, ordinary)

    def _input(self, slot: Slot, value: Value | None) -> Input:
        if value is None:
            return None
        if slot.type.kind is Kind.LIST:
            fields = self.records.get(slot.type.of or "", ())
            members = cast("tuple[Record, ...]", value)
            return tuple(self._member(record, fields) for record in members)
        return CONVERSIONS.get(slot.type.kind, _as_it_is)(value, self.scale)

    def _member(self, record: Record, fields: Iterable[Slot]) -> tuple[Input, ...]:
        return tuple(self._input(slot, record.fields.get(slot.name)) for slot in fields)

    def denominator(self, type_: Type) -> int:
        """Return what inputs of a type are counted in."""
        if type_.kind is Kind.MONEY:
            return self.scale
        return FINE if type_.kind in (Kind.RATE, Kind.NUMBER) else 1


@attrs.frozen(eq=False)
class Inputs:
    """The facts of one loan that a policy's conditions read.

    `complete` says that none of them is missing, and none below what the vocabulary allows.
    """

    as_of: date
    values: tuple[Input, ...]
    complete: bool


def layout_from(
    nodes: Iterable[Node], dictionary: Dictionary, scale: int, besides: Iterable[str] = ()
) -> Layout:
    """Return what some expressions read; `nodes` are all of them, with those within.

    `besides` are facts that are read without an expression, those that the vocabulary has.
    """
    facts = {path for path in besides if path in dictionary.facts}
    fields: set[tuple[str, str]] = set()
    records: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, Fact):
            facts.add(node.path)
        elif isinstance(node, Field):
            fields.add((node.variable, node.name))
        elif isinstance(node, (Quantified, Aggregate)):
            records.setdefault(node.members.type.of or "", set()).add(node.variable)
    # Two lists may use one name for their members: a field of both is then read in both.
    read = {
        record: sorted({n for v, n in fields if v in variables and n in dictionary.records[record]})
        for record, variables in records.items()
    }
    return Layout(
        scale,
        tuple(_fact(path, dictionary) for path in sorted(facts)),
        {
            record: tuple(_slot(name, name, dictionary.records[record]) for name in names)
            for record, names in read.items()
        },
    )


def _fact(path: str, dictionary: Dictionary) -> Slot:
    return Slot(path, LOANS, False) if path == "loans" else _slot(path, path, dictionary.facts)


def _slot(name: str, key: str, known: Mapping[str, FactDefinition]) -> Slot:
    fact = known[key]
    numeric = isinstance(fact.min, (int, Fraction)) and not isinstance(fact.min, bool)
    return Slot(name, fact.type, numeric and fact.min >= 0)  # type: ignore[operator]  # a number


def within(slot: Slot, value: Input) -> bool:
    """Whether an input is not below what the vocabulary allows."""
    return not slot.never_negative or value is None or value >= 0


def whole(value: Input) -> bool:
    """Whether nothing of an input is missing."""
    if isinstance(value, tuple):
        return all(map(whole, value))
    return value is not None


def _amount(value: Fraction, scale: int) -> int:
    return value.numerator * (scale // value.denominator)


def _fine(value: Fraction | int, _scale: int) -> int | Fraction:
    fine = value * FINE
    return fine.numerator if fine.denominator == 1 else fine


def _as_it_is(value: Input, _scale: int) -> Input:
    return value


CONVERSIONS: Mapping[Kind, Callable[[Any, int], Input]] = {
    Kind.MONEY: _amount,
    Kind.RATE: _fine,
    Kind.NUMBER: _fine,
}
