"""What a condition stands on: truths, choices, and quantities with the values that they are compared with."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import attrs

from policyengine.decision.trace import Unknown
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.explain.asking.case import program_words
from policyengine.explain.asking.domains import Domain
from policyengine.facts.facts import Facts
from policyengine.ir import nodes as ir
from policyengine.ir.program import Program
from policyengine.model.types import ORDERED, Kind, Record, Type, Value
from policyengine.testing.mutation.regions.shape import shape

#: Values that an expression without facts may have, before it is taken for a quantity.
_MOST = 40
_WHOLE = (Kind.INTEGER, Kind.DAYS, Kind.MONTHS)
_DAY = timedelta(days=1)


@attrs.define
class Quantity:
    """Something that has a value of its own, always or where it is known: a fact by its `path`, or any expression."""

    type: Type
    path: str | None
    cuts: dict[Value, None] = attrs.field(factory=dict)
    always_known: bool = False


@attrs.define
class Reading:
    """What the conditions of a policy and of a mutant stand on, by the shape of the expression.

    `at` are the shapes by program and node: what a node says stands also on what its program has for the names in it.
    `pairs` are those of comparisons of two quantities, and whether the first of the two stands on the right.
    `behind` are the expressions that a quantity is worked out from, and the program that has the names in them.
    `at_terms` says that the conditions count only once there are terms.
    """

    at_terms: bool = False
    quantities: dict[Hashable, Quantity] = attrs.field(factory=dict)
    at: dict[tuple[int, int], Hashable] = attrs.field(factory=dict)
    pairs: dict[tuple[int, int], tuple[Hashable, bool]] = attrs.field(factory=dict)
    days: dict[date, None] = attrs.field(factory=dict)
    behind: dict[Hashable, tuple[Program, tuple[ir.Node, ...]]] = attrs.field(factory=dict)

    def condition(self, node: ir.Node, program: Program) -> None:
        """Read a condition: what it is made of is read, and anything else is a truth by itself."""
        if isinstance(node, (ir.And, ir.Or, ir.Not, ir.Choose)):
            for part in node.children():
                self.condition(part, program)
        elif isinstance(node, ir.Derived):
            self.condition(program.derived[node.key].node, program)
        else:
            self._single(node, program)

    def _single(self, node: ir.Node, program: Program) -> None:
        match node:
            case ir.Constant():
                pass
            case ir.Known(operand=operand):
                self._known(operand, program)
            case ir.Compare(left=left, right=right):
                self._compare(node, left, right, program)
            case ir.Member(value=value, options=options):
                self._member(node, value, options, program)
            case ir.Parameter() | ir.Lookup():
                self._inside(node, program)
            case _:
                self._quantity(node, program)

    def _known(self, node: ir.Node, program: Program) -> None:
        if node.type.kind is Kind.BOOLEAN:
            self.condition(node, program)
        else:
            self._quantity(node, program)

    def _compare(self, node: ir.Node, left: ir.Node, right: ir.Node, program: Program) -> None:
        fixed = [_values(side, program) for side in (left, right)]
        for side, mine, other in ((left, fixed[0], fixed[1]), (right, fixed[1], fixed[0])):
            if mine is not None:
                self._inside(side, program)
            elif other is not None:
                self._side(side, other, program)
        if fixed == [None, None]:
            self._pair(node, left, right, program)

    def _side(self, side: ir.Node, values: set[Value], program: Program) -> None:
        if isinstance(side, ir.Choose):
            self.condition(side.condition, program)
            for branch in (side.then, side.otherwise):
                if _values(branch, program) is None:
                    self._side(branch, values, program)
                else:
                    self._inside(branch, program)
        elif isinstance(side, ir.Derived):
            self._side(program.derived[side.key].node, values, program)
        elif isinstance(side, ir.AsOf):
            self._days(v for v in values if isinstance(v, date))
        else:
            self._quantity(side, program).cuts.update(dict.fromkeys(values))

    def _days(self, days: Iterator[date]) -> None:
        for day in days:
            self.days.update(dict.fromkeys((day - _DAY, day, day + _DAY)))

    def _pair(self, node: ir.Node, left: ir.Node, right: ir.Node, program: Program) -> None:
        one, other = shape(left, program), shape(right, program)
        turned = repr(other) < repr(one)
        key = ("pair", other, one) if turned else ("pair", one, other)
        self.pairs[id(program), id(node)] = (key, turned)
        self.behind.setdefault(key, (program, (left, right)))
        self.quantities.setdefault(key, Quantity(Type(Kind.INTEGER), None, {0: None}))

    def _member(
        self, node: ir.Node, value: ir.Node, options: tuple[ir.Node, ...], program: Program
    ) -> None:
        found = [_values(option, program) for option in options]
        known = {each for values in found if values is not None for each in values}
        if None in found:
            self._quantity(node, program)
        elif _values(value, program) is None:
            self._side(value, known, program)
        else:
            self._inside(value, program)

    def _inside(self, node: ir.Node, program: Program) -> None:
        """Read what decides which of several written values an expression has."""
        if isinstance(node, ir.Derived):
            self._inside(program.derived[node.key].node, program)
        elif isinstance(node, ir.Choose):
            self.condition(node.condition, program)
            self._inside(node.then, program)
            self._inside(node.otherwise, program)
        elif isinstance(node, ir.Parameter):
            self._parameter(node, program)
        elif isinstance(node, ir.Lookup):
            self._lookup(node, program)
        else:
            for child in node.children():
                self._inside(child, program)

    def _parameter(self, node: ir.Parameter, program: Program) -> None:
        ends = [d for v in program.parameters[node.key].values for d in (v.starts, v.ends) if d]
        if node.at is None:
            self._days(iter(ends))
        elif ends:
            beside = {day + by * _DAY for day in ends for by in (-1, 0, 1)}
            self._side(node.at, set(beside), program)
        else:
            self._quantity(node.at, program)

    def _lookup(self, node: ir.Lookup, program: Program) -> None:
        table = program.tables[node.key]
        arguments = iter(node.arguments)
        for place, given in enumerate(table.inputs):
            value = given.node if given.node is not None else next(arguments)
            intervals = (i for row in table.rows for i in row.cells[place].intervals or ())
            ends = {end for i in intervals for end in (i.low, i.high) if end is not None}
            if value.type.kind is Kind.BOOLEAN:
                self.condition(value, program)
            elif _values(value, program) is None:
                self._side(value, ends, program)
            else:
                self._inside(value, program)
        for output in (*(row.output for row in table.rows), table.otherwise):
            if output is not None:
                self._inside(output, program)

    def _quantity(self, node: ir.Node, program: Program) -> Quantity:
        key = shape(node, program)
        self.at[id(program), id(node)] = key
        self.behind.setdefault(key, (program, (node,)))
        path = node.path if isinstance(node, ir.Fact) else None
        known = self.at_terms and _is_of_all_terms(node)
        return self.quantities.setdefault(key, Quantity(node.type, path, always_known=known))


def _is_of_all_terms(node: ir.Node) -> bool:
    """Whether all terms have a value; of an extension that is so only where the loan had a term."""
    return isinstance(node, ir.PlanValue) and not node.arguments and node.name != "extension"


def _values(node: ir.Node, program: Program) -> set[Value] | None:
    """Return the values that an expression without facts can have; None where it reads any, or has too many."""
    match node:
        case ir.Constant(value=value):
            return {value}
        case ir.Parameter(key=key):
            return {each.value for each in program.parameters[key].values}
        case ir.Derived(key=key):
            return _values(program.derived[key].node, program)
        case ir.Choose(then=then, otherwise=otherwise):
            return _joined([_values(then, program), _values(otherwise, program)])
        case ir.Lookup(key=key):
            table = program.tables[key]
            outputs = [row.output for row in table.rows]
            outputs += [table.otherwise] if table.otherwise is not None else []
            plain = table.hit in ("unique", "first", "priority")
            return _joined([_values(each, program) for each in outputs]) if plain else None
        case ir.Arithmetic(left=left, right=right):
            return _worked_out(node, left, right, program)
        case _:
            return None


def _joined(found: list[set[Value] | None]) -> set[Value] | None:
    values: set[Value] = set()
    for each in found:
        if each is None:
            return None
        values |= each
    return values if len(values) <= _MOST else None


def _worked_out(
    node: ir.Arithmetic, left: ir.Node, right: ir.Node, program: Program
) -> set[Value] | None:
    ends = _values(left, program), _values(right, program)
    if ends[0] is None or ends[1] is None or len(ends[0]) * len(ends[1]) > _MOST:
        return None
    valuation = Valuation(program, Facts(date.min, None, {}, None).about(None))
    found = set()
    for one in ends[0]:
        for other in ends[1]:
            sides = [
                ir.Constant(type=side.type, span=side.span, value=value)
                for side, value in ((left, one), (right, other))
            ]
            value = valuation.value(attrs.evolve(node, left=sides[0], right=sides[1]))
            if not isinstance(value, Unknown):
                found.add(value)
    return found


# Regions


def regions_of(quantity: Quantity, program: Program, as_of: date) -> tuple[Value, ...] | None:
    """Return a value of each region; None where a quantity has no values that can be gone through."""
    kind = quantity.type.kind
    if kind is Kind.BOOLEAN:
        return (True, False)
    if kind is Kind.ENUM:
        return tuple(program.dictionary.values_of(quantity.type))
    if kind is Kind.TEXT:
        words = (*map(str, quantity.cuts), *program_words(program))
        return (*dict.fromkeys(words), f"other than {len(words)}")
    if kind not in ORDERED:
        return ((Record({}),),)
    fact = program.dictionary.facts.get(quantity.path) if quantity.path else None
    if quantity.path is not None and fact is not None:
        return tuple(_of_fact(Domain(quantity.path, fact, program, program.scale, as_of), quantity))
    return tuple(_beside(kind, sorted(quantity.cuts)))


def _of_fact(domain: Domain, quantity: Quantity) -> Iterator[Value]:
    low, high = domain.ends
    places = {low + (high - low) // 2} if not quantity.cuts else set()
    for cut in quantity.cuts:
        place = domain.place(cut)
        places |= {place - 1, place, place + 1}
    yield from (domain.at(place) for place in sorted(places) if low <= place <= high)


def _beside(kind: Kind, cuts: list[Any]) -> Iterator[Value]:
    if kind is Kind.DATE:
        found = {cut + by * _DAY for cut in cuts for by in (-1, 0, 1)}
        yield from sorted(found) if found else (date(2024, 1, 1),)
    elif kind in _WHOLE:
        yield from sorted({cut + by for cut in cuts for by in (-1, 0, 1)}) if cuts else (0,)
    else:
        yield from (cuts[0] - 1, *_and_between(cuts), cuts[-1] + 1) if cuts else (Fraction(0),)


def _and_between(cuts: list[Any]) -> Iterator[Any]:
    for place, cut in enumerate(cuts):
        yield cut
        if place + 1 < len(cuts):
            yield Fraction(cut + cuts[place + 1]) / 2
