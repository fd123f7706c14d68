"""Expressions of one row as branch-free source: each value with whether it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property, singledispatchmethod
from typing import cast

import attrs

from policyengine.evaluators.compiled.columns.leaves import About, Copied, Read, swapped, tested
from policyengine.evaluators.compiled.columns.lists import aggregated, quantified
from policyengine.evaluators.compiled.columns.logic import NO, YES, Logic, Truth
from policyengine.evaluators.compiled.columns.numbers import Numbers, number
from policyengine.evaluators.compiled.columns.sight import Sight
from policyengine.evaluators.compiled.columns.tables import looked_up
from policyengine.evaluators.compiled.columns.values import (
    NO_MEMBERS,
    NO_NUMBER,
    NO_PLAIN,
    NO_TRUTH,
    Members,
    Number,
    Plain,
    Value,
)
from policyengine.evaluators.compiled.columns.wholes import Whole, Wholes, constant
from policyengine.evaluators.compiled.columns.writing import Rows
from policyengine.evaluators.compiled.writing import NUMERIC, NotWritten
from policyengine.ir import nodes as ir
from policyengine.model.types import Kind, Type
from policyengine.model.types import Value as Written


@attrs.frozen(eq=False, slots=False)
class Expressions:
    """Writes expressions into a loop over rows. `members` says of each variable which member it stands for.

    `terms` gives what `plan.` names where there are terms in sight.
    """

    sight: Sight
    rows: Rows
    members: Mapping[str, tuple[str | None, str]] = attrs.field(factory=dict)
    terms: Callable[[ir.PlanValue], Number] | None = None

    @cached_property
    def logic(self) -> Logic:
        """Truth of one row."""
        return Logic(self.rows.joined, YES)

    @cached_property
    def wholes(self) -> Wholes:
        """Whole numbers of one row."""
        return Wholes(self.rows)

    @cached_property
    def numbers(self) -> Numbers:
        """Numbers of one row."""
        return Numbers(self.wholes, self.logic)

    def among(self, variable: str, path: str | None, place: str) -> Expressions:
        """Return the same with a variable standing for a member of a list."""
        return attrs.evolve(self, members={**self.members, variable: (path, place)})

    def truth(self, node: ir.Node) -> Truth:
        """Return a condition."""
        return cast("Truth", self.value(node))

    def number(self, node: ir.Node) -> Number:
        """Return a number."""
        return cast("Number", self.value(node))

    def plain(self, node: ir.Node) -> Plain:
        """Return a date, an enum value or a text."""
        return cast("Plain", self.value(node))

    @singledispatchmethod
    def value(self, _node: ir.Node) -> Value:
        """Return an expression.

        Raises:
            NotWritten: It is left to another evaluator.
        """
        raise NotWritten

    # Names

    @value.register
    def _(self, node: ir.Constant) -> Value:
        return self.constant(node.value, node.type)

    @value.register
    def _(self, node: ir.Fact) -> Value:
        return self._column(node.path, node.type, "i")

    @value.register
    def _(self, node: ir.Field) -> Value:
        path, place = self.members[node.variable]
        if path is None:
            return nothing(node.type)
        return self._column(f"{path}[].{node.name}", node.type, place)

    def _column(self, path: str, type_: Type, place: str) -> Value:
        shape = self.sight.shape(path)
        if shape is None:
            return nothing(type_)
        known = YES
        if shape.missing:
            known = self.rows.named(self._at(self.sight.known(path), place))
            self._note(known, Copied(self.sight.known(path)), place)
        if type_.kind is Kind.LIST:
            return self._members(path, place, known)
        read = self._at(self.sight.values(path), place)
        if type_.kind is Kind.BOOLEAN:
            true = self.rows.named(f"{read} != 0")
            column = Read(self.sight.values(path), self.sight.bits(path))
            self._note(true, tested(column, "!=", 0), place)
            return self.logic.within(true, known)
        # Where it is not known it is zero, so that the bounds hold of it too.
        zero = "" if known == YES else f" if {known} else 0"
        source = self.rows.named(f"np.int64({read}){zero}")
        self._note(source, Read(self.sight.values(path), self.sight.bits(path)), place)
        if type_.kind in NUMERIC:
            whole = Whole(source, *self.sight.bounds(path))
            return Number(whole, constant(self.sight.denominator(type_)), known)
        return Plain(source, known)

    def _note(self, name: str, about: About | None, place: str) -> None:
        """Note what a name stands for that is read of a row itself, not of a member."""
        if about is not None and place == "i":
            self.rows.about[name] = about

    def _at(self, array: str, place: str) -> str:
        """Return the source of an element: of a row's own, in the block; of a member's, in the whole array."""
        return f"{self.rows.block_of(array)}[i]" if place == "i" else f"{array}[{place}]"

    def _members(self, path: str, place: str, known: str) -> Members:
        begins = self.sight.values(path)
        if place == "i":
            begins = self.rows.block_of(begins, " + 1")
        first = self.rows.named(f"{begins}[{place}]")
        behind = self.rows.named(f"{begins}[{place} + 1]")
        if known != YES:
            behind = self.rows.named(f"{behind} if {known} else {first}")
        return Members(first, behind, path, self.sight.most(path), known)

    @value.register
    def _(self, node: ir.Parameter) -> Value:
        parameter = self.sight.program.parameters[node.key]
        if node.at is None:
            dated = parameter.on(self.sight.day)
            return nothing(node.type) if dated is None else self.constant(dated.value, node.type)
        day, found, covered = self.plain(node.at), nothing(node.type), NO
        for each in reversed(parameter.values):
            within = self._covered(day, each.starts, each.ends)
            found = self.one_of(within, self.constant(each.value, node.type), found, YES)
            covered = self.logic.any_of([covered, within])
        return with_known(found, self.logic.all_of([day.known, covered]), self.logic)

    def _covered(self, day: Plain, starts: date | None, ends: date | None) -> str:
        tests = [
            self.rows.named(f"{day.source} {operator} {end.toordinal()}")
            for operator, end in ((">=", starts), ("<=", ends))
            if end is not None
        ]
        return self.logic.all_of(tests)

    @value.register
    def _(self, node: ir.Derived) -> Value:
        if node.key not in self.rows.remembered:
            outside = attrs.evolve(self, members={})
            self.rows.remembered[node.key] = outside.value(
                self.sight.program.derived[node.key].node
            )
        return cast("Value", self.rows.remembered[node.key])

    @value.register
    def _(self, node: ir.PlanValue) -> Value:
        if self.terms is None:
            raise NotWritten
        return self.terms(node)

    @value.register
    def _(self, _node: ir.AsOf) -> Value:
        return Plain("as_of")

    @value.register
    def _(self, node: ir.Known) -> Value:
        return Truth(self.value(node.operand).known)

    # Logic

    @value.register
    def _(self, node: ir.Not) -> Value:
        return self.logic.negation(self.truth(node.operand))

    @value.register
    def _(self, node: ir.And) -> Value:
        return self.logic.conjunction(list(map(self.truth, node.operands)))

    @value.register
    def _(self, node: ir.Or) -> Value:
        return self.logic.disjunction(list(map(self.truth, node.operands)))

    @value.register
    def _(self, node: ir.Compare) -> Value:
        return self.compared(self.value(node.left), node.operator, self.value(node.right))

    def compared(self, left: Value, operator: str, right: Value) -> Truth:
        """Return a comparison of two values of one type."""
        if isinstance(left, Number) and isinstance(right, Number):
            return self.numbers.compared(left, operator, right)
        known = self.logic.all_of([left.known, right.known])
        if isinstance(left, Truth) and isinstance(right, Truth):
            same = self.logic.same(left.true, right.true)
            return self.logic.within(same if operator == "==" else self.logic.negated(same), known)
        if isinstance(left, Plain) and isinstance(right, Plain):
            return self.logic.within(self._plainly(left.source, operator, right.source), known)
        raise NotWritten

    def _plainly(self, left: str, operator: str, right: str) -> str:
        name = self.rows.named(f"{left} {operator} {right}")
        if left.isdigit():
            left, operator, right = right, swapped(operator), left
        read = self.rows.about.get(left)
        if isinstance(read, Read) and right.isdigit():
            self._note(name, tested(read, operator, int(right)), "i")
        return name

    @value.register
    def _(self, node: ir.Member) -> Value:
        value = self.value(node.value)
        options = [self.value(option) for option in node.options]
        return self.logic.disjunction([self.compared(value, "==", each) for each in options])

    @value.register
    def _(self, node: ir.Choose) -> Value:
        condition = self.truth(node.condition)
        then, otherwise = self.value(node.then), self.value(node.otherwise)
        agreed = NO
        if condition.known != YES:
            agreed = self.compared(then, "==", otherwise).true
        known = self.logic.known_choice(condition, then.known, otherwise.known, agreed)
        return self.one_of(condition.true, then, otherwise, known)

    def one_of(self, condition: str, then: Value, otherwise: Value, known: str) -> Value:
        """Return one of two values of one type by a truth."""
        if isinstance(then, Number) and isinstance(otherwise, Number):
            return self.numbers.chosen(condition, then, otherwise, known)
        if isinstance(then, Truth) and isinstance(otherwise, Truth):
            return self.logic.within(self.logic.chosen(condition, then.true, otherwise.true), known)
        if isinstance(then, Plain) and isinstance(otherwise, Plain):
            return Plain(self._one_source(condition, then.source, otherwise.source), known)
        raise NotWritten

    def _one_source(self, condition: str, then: str, otherwise: str) -> str:
        if condition in (YES, NO) or then == otherwise:
            return otherwise if condition == NO else then
        return self.rows.named(f"{then} if {condition} else {otherwise}")

    # Arithmetic

    @value.register
    def _(self, node: ir.Arithmetic) -> Value:
        left, right = self.number(node.left), self.number(node.right)
        if node.operator == "/":
            return self.numbers.divided(left, right)
        if node.operator == "*":
            return self.numbers.multiplied(left, right)
        return self.numbers.added(left, node.operator, right)

    @value.register
    def _(self, node: ir.Negate) -> Value:
        return self.numbers.negated(self.number(node.operand))

    @value.register
    def _(self, node: ir.Absolute) -> Value:
        return self.numbers.absolute(self.number(node.operand))

    @value.register
    def _(self, node: ir.Extremum) -> Value:
        operands = [self.value(operand) for operand in node.operands]
        if all(isinstance(operand, Number) for operand in operands):
            return self.numbers.extremum(node.kind, cast("Sequence[Number]", operands))
        plain = cast("Sequence[Plain]", operands)
        known = self.logic.all_of(operand.known for operand in plain)
        source = plain[0].source
        for other in plain[1:]:
            source = self.rows.named(f"{node.kind}({source}, {other.source})")
        return Plain(source, known)

    @value.register
    def _(self, node: ir.RoundTo) -> Value:
        return self.numbers.rounded(node.mode, self.number(node.operand), self.number(node.step))

    # Dates

    @value.register
    def _(self, node: ir.Between) -> Value:
        start, end = self.plain(node.start), self.plain(node.end)
        known = self.logic.all_of([start.known, end.known])
        if node.unit == "months":
            source = self.rows.named(f"months_between({start.source}, {end.source})")
            return Number(Whole(source, -(2**17), 2**17), known=known)
        days = Whole(self.rows.named(f"{end.source} - {start.source}"), -(2**22), 2**22)
        return Number(days, known=known)

    @value.register
    def _(self, node: ir.Shift) -> Value:
        day, amount = self.plain(node.date), self.number(node.amount)
        if amount.denominator.constant != 1:
            raise NotWritten
        whole = amount.numerator if node.sign == 1 else self.wholes.negated(amount.numerator)
        known = self.logic.all_of([day.known, amount.known])
        whole = self.wholes.fitting(whole, known)
        found = self.rows.named(f"{node.unit}_after({day.source}, {whole.source})")
        return Plain(found, self.logic.all_of([known, self.rows.named(f"{found} != 0")]))

    # Lists and tables

    @value.register
    def _(self, node: ir.Quantified) -> Value:
        return quantified(self, node, self._list(node.members))

    @value.register
    def _(self, node: ir.Aggregate) -> Value:
        return aggregated(self, node, self._list(node.members))

    def _list(self, node: ir.Node) -> Members:
        return cast("Members", self.value(node))

    @value.register
    def _(self, node: ir.Lookup) -> Value:
        table, arguments = self.sight.program.tables[node.key], iter(node.arguments)
        outside = attrs.evolve(self, members={})
        inputs = [
            outside.value(each.node) if each.node else self.value(next(arguments))
            for each in table.inputs
        ]
        return looked_up(outside, table, inputs)

    def constant(self, value: Written, type_: Type) -> Value:
        """Return a value that the policy writes."""
        if isinstance(value, bool):
            return Truth(YES if value else NO)
        if isinstance(value, (int, Fraction)):
            return number(value)
        if isinstance(value, date):
            return Plain(str(value.toordinal()))
        if isinstance(value, str):
            return Plain(self.sight.place_of(value, type_))
        raise NotWritten


def nothing(type_: Type) -> Value:
    """Return what is known of no row."""
    if type_.kind in NUMERIC:
        return NO_NUMBER
    if type_.kind is Kind.BOOLEAN:
        return NO_TRUTH
    return NO_MEMBERS if type_.kind is Kind.LIST else NO_PLAIN


def with_known(value: Value, known: str, logic: Logic) -> Value:
    """Return a value that is known where a source says it, whatever it was before."""
    if isinstance(value, Truth):
        return logic.within(value.true, known)
    return attrs.evolve(value, known=known)
