"""The three-valued spelling: statements, one for each part of an expression, where None is what is not known.

What has no value is None as well: which of the two it is, and why, the trace asks the reference for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import singledispatchmethod
from typing import cast

import attrs

from policyengine.evaluators.compiled import numbers
from policyengine.evaluators.compiled.numbers import Number, compared, unified
from policyengine.evaluators.compiled.writing import (
    NUMERIC,
    NotWritten,
    Writing,
    Written,
    within_reach,
)
from policyengine.ir import nodes as ir
from policyengine.ir.program import Rule
from policyengine.ir.reach import reached
from policyengine.model.types import BOOLEAN, Type
from policyengine.source import SourceFile, Span


@attrs.frozen(eq=False)
class Unknowns:
    """Writes expressions into a function; each is a name or a literal."""

    writing: Writing

    def holds(self, rule: Rule) -> str:
        """Return the name of whether a rule holds."""
        truth = self.plain(rule.test)
        if rule.applies is None:
            return truth
        return self._named(f"any_of(negation({self.plain(rule.applies)}), {truth})")

    def plain(self, node: ir.Node) -> str:
        """Return what is no number."""
        return cast("str", self.written(node))

    def number(self, node: ir.Node) -> Number:
        """Return a number."""
        return within_reach(cast("Number", self.written(node)))

    @singledispatchmethod
    def written(self, _node: ir.Node) -> Written:
        """Return an expression.

        Raises:
            NotWritten: It is left to the other evaluator.
        """
        raise NotWritten

    # Names

    @written.register
    def _(self, node: ir.Constant) -> Written:
        return self.writing.constant(node.value)

    @written.register
    def _(self, node: ir.Fact) -> Written:
        return self.writing.fact(node)

    @written.register
    def _(self, node: ir.Field) -> Written:
        return self.writing.field(node)

    @written.register
    def _(self, node: ir.Parameter) -> Written:
        if node.at is None:
            found = self.writing.parameter(node)
            return self._nothing(node.type) if found is None else found
        parameter = self.writing.program.parameters[node.key]
        name = self.writing.seen(f"parameter_{parameter.name}", parameter)
        return self._of(node.type, f"maybe(on, {name}, {self.plain(node.at)})")

    @written.register
    def _(self, node: ir.Derived) -> Written:
        found = self.writing.derived.get(node.key)
        if found is None:
            found = self.written(self.writing.program.derived[node.key].node)
            self.writing.derived[node.key] = found
        return found

    @written.register
    def _(self, _node: ir.AsOf) -> Written:
        return "as_of"

    @written.register
    def _(self, node: ir.PlanValue) -> Written:
        return self.writing.of_terms(node.name, [self._count(a) for a in node.arguments])

    @written.register
    def _(self, node: ir.Known) -> Written:
        return self._named(f"{self._source(node.operand)} is not None")

    # Logic

    @written.register
    def _(self, node: ir.Not) -> Written:
        return self._named(f"negation({self.plain(node.operand)})")

    @written.register
    def _(self, node: ir.And) -> Written:
        return self._named(f"all_of({', '.join(map(self.plain, node.operands))})")

    @written.register
    def _(self, node: ir.Or) -> Written:
        return self._named(f"any_of({', '.join(map(self.plain, node.operands))})")

    @written.register
    def _(self, node: ir.Compare) -> Written:
        return self._compared(self.written(node.left), node.operator, self.written(node.right))

    def _compared(self, left: Written, operator: str, right: Written) -> str:
        if isinstance(left, Number) and isinstance(right, Number):
            source = compared(left, operator, right)
        else:
            source = f"{left} {operator} {right}"
        return self._where_known([left, right], source)

    @written.register
    def _(self, node: ir.Member) -> Written:
        value = self.written(node.value)
        tests = [self._compared(value, "==", self.written(option)) for option in node.options]
        return self._named(f"any_of({', '.join(tests)})")

    @written.register
    def _(self, node: ir.Choose) -> Written:
        condition = self.plain(node.condition)
        several = [self.written(node.then), self.written(node.otherwise)]

        def chosen(sources: Sequence[str]) -> str:
            then, otherwise = sources
            same = f"{then} if {then} == {otherwise} else None"
            return f"({same}) if {condition} is None else {then} if {condition} else {otherwise}"

        return self._one_of(several, chosen)

    # Arithmetic

    @written.register
    def _(self, node: ir.Arithmetic) -> Written:
        left, right = self.number(node.left), self.number(node.right)
        if node.operator == "/":
            return self._divided(left, right)
        found = (
            numbers.multiplied(left, right)
            if node.operator == "*"
            else numbers.added(left, right, node.operator)
        )
        return self._kept([left, right], found)

    def _divided(self, left: Number, right: Number) -> Number:
        a, b = (self._over_one(number) for number in (left, right))
        source = self._named(f"maybe(ratio, {a}, {b})")
        return Number(source, 1, left.bits + right.bits)

    @written.register
    def _(self, node: ir.Negate) -> Written:
        operand = self.number(node.operand)
        return self._kept([operand], numbers.negated(operand))

    @written.register
    def _(self, node: ir.Absolute) -> Written:
        operand = self.number(node.operand)
        found = attrs.evolve(operand, numerator=f"abs({operand.numerator})")
        return self._kept([operand], found)

    @written.register
    def _(self, node: ir.Extremum) -> Written:
        written = [self.written(operand) for operand in node.operands]
        return self._one_of(written, lambda sources: f"maybe({node.kind}, {', '.join(sources)})")

    @written.register
    def _(self, node: ir.RoundTo) -> Written:
        operand, step = self.number(node.operand), self.number(node.step)
        (value, stride), _ = self._unified([operand, step])
        stride = self._named(f"maybe(above_zero, {stride})")
        function = {"round": "half_up"}.get(node.mode, node.mode)
        source = self._named(f"maybe({function}, {value}, {stride})")
        whole = Number(source, 1, operand.bits + step.bits)
        return self._kept([whole, step], numbers.multiplied(whole, step))

    @written.register
    def _(self, node: ir.LevelPayment) -> Written:
        parts = [self.number(part) for part in (node.principal, node.rate, node.months)]
        principal, rate, months = parts
        scale = self.writing.layout.scale
        minor = self._kept([principal], numbers.multiplied(principal, numbers.constant(scale)))
        source = (
            f"maybe(level, {self._over_one(minor)}, {self._over_one(rate)}, {months.numerator})"
        )
        return Number(self._named(source), scale, sum(part.bits for part in parts) + 64)

    @written.register
    def _(self, node: ir.MonthsToRepay) -> Written:
        parts = [self.number(part) for part in (node.principal, node.rate, node.payment)]
        source = f"maybe(months_to_repay, {', '.join(map(self._over_one, parts))})"
        return Number(self._named(source), 1, 64)

    # Dates

    @written.register
    def _(self, node: ir.Between) -> Written:
        ends = f"{self.plain(node.start)}, {self.plain(node.end)}"
        return Number(self._named(f"maybe({node.unit}_between, {ends})"), 1, 64)

    @written.register
    def _(self, node: ir.Shift) -> Written:
        day, amount = self.plain(node.date), self.number(node.amount)
        signed = amount if node.sign == 1 else self._kept([amount], numbers.negated(amount))
        return self._named(f"maybe({node.unit}_after, {day}, {signed.numerator})")

    # Lists

    @written.register
    def _(self, node: ir.Quantified) -> Written:
        members = self.plain(node.members)
        if node.condition is None:
            return Number(self._named(f"maybe(len, {members})"), 1, 64)
        truths, _ = self._each(node, members, [node.condition])
        function = {"any": "any_of", "all": "all_of", "count": "counted"}[node.kind]
        found = self._named(f"None if {members} is None else {function}(*{truths})")
        return Number(found, 1, 64) if node.kind == "count" else found

    @written.register
    def _(self, node: ir.Aggregate) -> Written:
        members, chosen = self.plain(node.members), node.condition or _ALWAYS
        pairs, value = self._each(node, members, [chosen, node.value])
        function = {"sum": "summed", "min": "least_of", "max": "greatest_of"}[node.kind]
        found = self._named(f"None if {members} is None else {function}({pairs})")
        if isinstance(value, Number):
            return attrs.evolve(value, numerator=found, bits=value.bits + 64)
        return found

    def _each(
        self, node: ir.Quantified | ir.Aggregate, members: str, parts: Sequence[ir.Node]
    ) -> tuple[str, Written]:
        """Gather the values of some expressions for each member; return that list, and the last one's value."""
        for part in reached(parts, self.writing.program):
            if isinstance(part, ir.Derived):
                self.written(part)  # it is the same for all members
        lines, found = self.writing.lines, self.writing.names.new(f"of_{node.variable}")
        lines.add(f"{found} = []")
        with self.writing.over(node.variable, node.members.type) as target:
            lines.add(f"for {target} in {members} or ():")
            lines.depth += 1
            written = [self.written(part) for part in parts]
            sources = [each.numerator if isinstance(each, Number) else each for each in written]
            lines.add(f"{found}.append({sources[0] if len(sources) == 1 else _tuple(sources)})")
            lines.depth -= 1
        return found, written[-1]

    # Tables

    @written.register
    def _(self, node: ir.Lookup) -> Written:
        table, arguments = self.writing.program.tables[node.key], iter(node.arguments)
        inputs = [self._major(each.node or next(arguments)) for each in table.inputs]
        outputs = [self._major(row.output) for row in table.rows]
        otherwise = self._major(table.otherwise) if table.otherwise else "None"
        name = self.writing.seen(f"table_{table.name}", table)
        source = f"looked_up({name}, {_tuple(inputs)}, {_tuple(outputs)}, {otherwise})"
        return self._of(node.type, source)

    # Helpers

    def _major(self, node: ir.Node) -> str:
        """Return a value as a policy has it."""
        written = self.written(node)
        return self._over_one(written) if isinstance(written, Number) else written

    def _of(self, type_: Type, source: str) -> Written:
        """Return a value that is given as a policy has it."""
        name = self._named(source)
        return Number(name, 1, 1024) if type_.kind in NUMERIC else name

    def _over_one(self, number: Number) -> str:
        if number.denominator == 1:
            return number.numerator
        return self._named(f"maybe(ratio, {number.numerator}, {number.denominator})")

    def _one_of(
        self, written: Sequence[Written], source: Callable[[Sequence[str]], str]
    ) -> Written:
        """Return what is one of several values, all over one denominator."""
        if not isinstance(written[0], Number):
            return self._named(source(cast("Sequence[str]", written)))
        several = [within_reach(number) for number in cast("Sequence[Number]", written)]
        numerators, denominator = self._unified(several)
        bits = sum(number.bits for number in several)
        return Number(self._named(source(numerators)), denominator, bits)

    def _unified(self, several: Sequence[Number]) -> tuple[list[str], int | str]:
        """Return numerators over one denominator, each a name or a literal."""
        numerators, denominator = unified(several)
        named = [
            self._where_known([number], source)
            for number, source in zip(several, numerators, strict=True)
        ]
        return named, denominator

    def _kept(self, operands: Sequence[Written], found: Number) -> Number:
        """Return a number that is known where its operands are."""
        source = self._where_known(operands, found.numerator)
        return attrs.evolve(found, numerator=source, never_negative=False)

    def _where_known(self, operands: Sequence[Written], source: str) -> str:
        atoms = [each.numerator if isinstance(each, Number) else each for each in operands]
        if source in atoms:
            return source
        tests = " or ".join(
            f"{atom} is None" for atom in dict.fromkeys(atoms) if _may_be_none(atom)
        )
        return self._named(f"None if {tests} else {source}" if tests else source)

    def _count(self, node: ir.Node) -> str:
        number = self.number(node)
        if number.denominator != 1:
            raise NotWritten
        return number.numerator

    def _source(self, node: ir.Node) -> str:
        written = self.written(node)
        return written.numerator if isinstance(written, Number) else written

    def _nothing(self, type_: Type) -> Written:
        return Number("None", 1, 1) if type_.kind in NUMERIC else "None"

    def _named(self, source: str) -> str:
        name = self.writing.names.new("v")
        self.writing.lines.add(f"{name} = {source}")
        return name


def _tuple(sources: Sequence[str]) -> str:
    return f"({', '.join(sources)},)"


def _may_be_none(atom: str) -> bool:
    return atom.isidentifier() and atom not in ("True", "False", "as_of")


_ALWAYS = ir.Constant(type=BOOLEAN, span=Span(SourceFile("", ""), 0, 0), value=True)
