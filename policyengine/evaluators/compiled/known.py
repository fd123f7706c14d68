"""The short-circuit spelling: expressions where everything that is read is known.

What has no value all the same gives up, either before any rule (`return None`) or by `NoValue`: the other spelling
decides then. So it may be looked for earlier than the reference would, or where the reference would not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import singledispatchmethod
from typing import cast

import attrs

from policyengine.evaluators.compiled import numbers
from policyengine.evaluators.compiled.naming import inside
from policyengine.evaluators.compiled.numbers import Number, compared, unified
from policyengine.evaluators.compiled.writing import (
    NUMERIC,
    NotWritten,
    Writing,
    Written,
    within_reach,
)
from policyengine.ir import nodes as ir
from policyengine.ir.program import Cell, Interval, Rule, TableDefinition, TableRow
from policyengine.model.types import Type

_NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@attrs.frozen(eq=False)
class Known:
    """Writes expressions into a function."""

    writing: Writing

    def failing(self, rule: Rule) -> str:
        """Return the source of whether a rule fails."""
        fails = self.negation(rule.test)
        return fails if rule.applies is None else f"{self.truth(rule.applies)} and {inside(fails)}"

    def truth(self, node: ir.Node) -> str:
        """Return the source of a condition, ready to stand in `and`."""
        return cast("str", self.written(node))

    def negation(self, node: ir.Node) -> str:
        """Return the source of a condition's opposite."""
        if isinstance(node, ir.Not):
            return self.truth(node.operand)
        if isinstance(node, ir.Compare):
            return self._compared(node, _NEGATED[node.operator])
        if isinstance(node, ir.Member):
            return self._member(node, "not in")
        return f"not {inside(self.truth(node))}"

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
        return self._major(f"on({name}, {self._plain(node.at)})", node.type)

    @written.register
    def _(self, node: ir.Derived) -> Written:
        if node.key not in self.writing.derived:
            definition = self.writing.program.derived[node.key]
            name = node.key.rpartition(".")[2]
            self.writing.derived[node.key] = self._named(name, self.written(definition.node))
        return self.writing.derived[node.key]

    @written.register
    def _(self, _node: ir.AsOf) -> Written:
        return "as_of"

    @written.register
    def _(self, node: ir.PlanValue) -> Written:
        return self.writing.of_terms(
            node.name, [self._whole(self.number(a)) for a in node.arguments]
        )

    @written.register
    def _(self, node: ir.Known) -> Written:
        if isinstance(node.operand, (ir.Fact, ir.Field, ir.Constant, ir.AsOf)):
            return "True"
        written = self.written(node.operand)
        source = written.numerator if isinstance(written, Number) else written
        return f"(({source},) is not None)"

    # Logic

    @written.register
    def _(self, node: ir.Not) -> Written:
        return f"({self.negation(node.operand)})"

    @written.register
    def _(self, node: ir.And) -> Written:
        return f"({' and '.join(map(self.truth, node.operands))})"

    @written.register
    def _(self, node: ir.Or) -> Written:
        return f"({' or '.join(map(self.truth, node.operands))})"

    @written.register
    def _(self, node: ir.Compare) -> Written:
        return f"({self._compared(node, node.operator)})"

    def _compared(self, node: ir.Compare, operator: str) -> str:
        left, right = self.written(node.left), self.written(node.right)
        if isinstance(left, Number) and isinstance(right, Number):
            return compared(within_reach(left), operator, within_reach(right))
        return f"{inside(str(left))} {operator} {inside(str(right))}"

    @written.register
    def _(self, node: ir.Member) -> Written:
        return f"({self._member(node, 'in')})"

    def _member(self, node: ir.Member, operator: str) -> str:
        value, options = self.written(node.value), [self.written(o) for o in node.options]
        if isinstance(value, Number):
            (source, *others), _ = unified([value, *cast("list[Number]", options)])
            return f"{source} {operator} ({', '.join(others)},)"
        if all(isinstance(option, ir.Constant) for option in node.options):
            return f"{value} {operator} {{{', '.join(cast('list[str]', options))}}}"
        return f"{value} {operator} ({', '.join(cast('list[str]', options))},)"

    @written.register
    def _(self, node: ir.Choose) -> Written:
        condition = self.truth(node.condition)
        return self._one_of(
            [self.written(node.then), self.written(node.otherwise)],
            lambda sources: f"({sources[0]} if {condition} else {sources[1]})",
        )

    # Arithmetic

    @written.register
    def _(self, node: ir.Arithmetic) -> Written:
        left, right = self.number(node.left), self.number(node.right)
        if node.operator == "/":
            return self._divided(left, right)
        if node.operator == "*":
            return numbers.multiplied(left, right)
        return numbers.added(left, right, node.operator)

    def _divided(self, left: Number, right: Number) -> Number:
        constant = right.constant
        if constant is not None and constant < 0:
            return self._divided(
                numbers.negated(left), attrs.evolve(right, numerator=str(-constant))
            )
        if constant is not None and constant > 0:
            return numbers.divided(left, right)
        if right.never_negative and constant is None and not self.writing.members:
            divisor = self._local("divisor", right.numerator)
            self.writing.lines.add(f"if not {divisor}:")
            self.writing.lines.add("    return None")
            return numbers.divided(left, attrs.evolve(right, numerator=divisor))
        (a, b), _ = unified([left, right])
        return Number(f"ratio({a}, {b})", 1, left.bits + right.bits, False)

    @written.register
    def _(self, node: ir.Negate) -> Written:
        return numbers.negated(self.number(node.operand))

    @written.register
    def _(self, node: ir.Absolute) -> Written:
        operand = self.number(node.operand)
        return attrs.evolve(operand, numerator=f"abs({operand.numerator})", never_negative=True)

    @written.register
    def _(self, node: ir.Extremum) -> Written:
        written = [self.written(operand) for operand in node.operands]
        return self._one_of(written, lambda sources: f"{node.kind}({', '.join(sources)})")

    @written.register
    def _(self, node: ir.RoundTo) -> Written:
        operand, step = self.number(node.operand), self.number(node.step)
        (value, stride), _ = unified([operand, step])
        if step.constant is None or step.constant <= 0:
            stride = f"above_zero({stride})"
        function = {"round": "half_up"}.get(node.mode, node.mode)
        whole = Number(f"{function}({value}, {stride})", 1, operand.bits + step.bits)
        return attrs.evolve(numbers.multiplied(whole, step), never_negative=operand.never_negative)

    @written.register
    def _(self, node: ir.LevelPayment) -> Written:
        parts = [self.number(part) for part in (node.principal, node.rate, node.months)]
        principal, rate, months = parts
        scale = self.writing.layout.scale
        minor = f"{self._fraction(principal)} * {scale}"
        source = f"level({minor}, {self._fraction(rate)}, {self._whole(months)})"
        return Number(source, scale, sum(part.bits for part in parts) + 64, True)

    @written.register
    def _(self, node: ir.MonthsToRepay) -> Written:
        parts = [self.number(part) for part in (node.principal, node.rate, node.payment)]
        source = f"months_to_repay({', '.join(map(self._fraction, parts))})"
        return Number(source, 1, 64, True)

    # Dates

    @written.register
    def _(self, node: ir.Between) -> Written:
        return Number(
            f"{node.unit}_between({self._plain(node.start)}, {self._plain(node.end)})", 1, 64
        )

    @written.register
    def _(self, node: ir.Shift) -> Written:
        amount = self.number(node.amount)
        signed = amount if node.sign == 1 else numbers.negated(amount)
        return f"{node.unit}_after({self._plain(node.date)}, {self._whole(signed)})"

    # Lists

    @written.register
    def _(self, node: ir.Quantified) -> Written:
        members = self._plain(node.members)
        if node.condition is None:
            return Number(f"len({members})", 1, 64, True)
        with self.writing.over(node.variable, node.members.type) as target:
            condition = self.truth(node.condition)
        if node.kind == "count":
            return Number(f"sum(1 for {target} in {members} if {condition})", 1, 64, True)
        return f"{node.kind}({condition} for {target} in {members})"

    @written.register
    def _(self, node: ir.Aggregate) -> Written:
        members = self._plain(node.members)
        with self.writing.over(node.variable, node.members.type) as target:
            condition = f" if {self.truth(node.condition)}" if node.condition else ""
            value = self.written(node.value)
        function = {"sum": "sum", "min": "least", "max": "greatest"}[node.kind]

        def over(sources: Sequence[str]) -> str:
            return f"{function}([{sources[0]} for {target} in {members}{condition}])"

        if isinstance(value, Number) and isinstance(value.denominator, str):
            value = Number(self._fraction(value), 1, value.bits, value.never_negative)
        found = self._one_of([value], over)
        return attrs.evolve(found, bits=found.bits + 64) if isinstance(found, Number) else found

    # Tables

    @written.register
    def _(self, node: ir.Lookup) -> Written:
        table = self.writing.program.tables[node.key]
        inputs, bindings = self._inputs(table, node)
        fits = [self._fits(table, row, inputs) for row in table.rows]
        if bindings:
            fits[0] = f"({', '.join(bindings)},) and {fits[0]}"
        outputs = [self.written(row.output) for row in table.rows]
        otherwise = self._otherwise(table)
        if table.hit == "collect count":
            counted = " + ".join(f"(1 if {fit} else 0)" for fit in fits)
            return Number(f"({counted})", 1, 64, True)
        if table.hit.startswith("collect") or table.hit == "priority":
            return self._collected(table, fits, outputs, otherwise)
        return self._one_of([*outputs, otherwise], lambda sources: _chain(fits, sources))

    def _inputs(self, table: TableDefinition, node: ir.Lookup) -> tuple[list[Written], list[str]]:
        """Return the inputs by names, and what gives those to them that are no plain names."""
        arguments, bindings = iter(node.arguments), []
        inputs: list[Written] = []
        for each in table.inputs:
            written = self.written(each.node or next(arguments))
            source = written.numerator if isinstance(written, Number) else written
            if not source.isidentifier():
                name = self.writing.names.new(each.name or "input")
                bindings.append(f"{name} := {source}")
                written = (
                    attrs.evolve(written, numerator=name) if isinstance(written, Number) else name
                )
            inputs.append(written)
        return inputs, bindings

    def _fits(self, table: TableDefinition, row: TableRow, inputs: Sequence[Written]) -> str:
        cells = [
            self._accepts(cell, value, each.type)
            for cell, value, each in zip(row.cells, inputs, table.inputs, strict=True)
            if cell.intervals is not None
        ]
        return f"({' and '.join(cells)})" if cells else "True"

    def _accepts(self, cell: Cell, value: Written, type_: Type) -> str:
        intervals = [self._contains(each, value, type_) for each in cell.intervals or ()]
        return f"({' or '.join(intervals)})" if intervals else "False"

    def _contains(self, interval: Interval, value: Written, type_: Type) -> str:
        ends = (
            (interval.low, ">=" if interval.includes_low else ">"),
            (interval.high, "<=" if interval.includes_high else "<"),
        )
        if interval.low is not None and interval.low == interval.high and type_.kind not in NUMERIC:
            return f"{value} == {self.writing.constant(interval.low)}"
        tests = [
            self._against(value, operator, self.writing.constant(end))
            for end, operator in ends
            if end is not None
        ]
        return f"({' and '.join(tests)})" if tests else "True"

    def _against(self, value: Written, operator: str, end: Written) -> str:
        if isinstance(value, Number) and isinstance(end, Number):
            return compared(value, operator, end)
        return f"{value} {operator} {end}"

    def _otherwise(self, table: TableDefinition) -> Written:
        if table.otherwise is not None:
            return self.written(table.otherwise)
        return self._nothing(table.output)

    def _collected(
        self,
        table: TableDefinition,
        fits: Sequence[str],
        outputs: Sequence[Written],
        otherwise: Written,
    ) -> Written:
        found = self.writing.names.new("found")

        def collected(sources: Sequence[str]) -> str:
            each = ", ".join(
                f"*(({source},) if {fit} else ())"
                for fit, source in zip(fits, sources[:-1], strict=True)
            )
            return f"({self._out_of(table, found)} if ({found} := [{each}]) else {sources[-1]})"

        return self._one_of([*outputs, otherwise], collected)

    def _out_of(self, table: TableDefinition, found: str) -> str:
        if table.hit != "priority":
            return f"{table.hit.removeprefix('collect ')}({found})"
        if table.output.kind in NUMERIC:
            raise NotWritten  # an order of numbers would have to be over the denominator of the outputs
        order = {value: place for place, value in enumerate(table.order)}
        return f"first_in({self.writing.seen(f'order_of_{table.name}', order)}, {found})"

    # Helpers

    def _one_of(
        self, written: Sequence[Written], source: Callable[[Sequence[str]], str]
    ) -> Written:
        """Return what is one of several values, all over one denominator."""
        if not isinstance(written[0], Number):
            return source(cast("Sequence[str]", written))
        several = [within_reach(number) for number in cast("Sequence[Number]", written)]
        if any(isinstance(number.denominator, str) for number in several) and len(several) > 1:
            several = [Number(self._fraction(n), 1, n.bits, n.never_negative) for n in several]
        numerators, denominator = unified(several)
        return Number(
            source(numerators),
            denominator,
            sum(number.bits for number in several),
            all(number.never_negative for number in several),
        )

    def _nothing(self, type_: Type) -> Written:
        return Number("nothing()", 1, 1, True) if type_.kind in NUMERIC else "nothing()"

    def _major(self, source: str, type_: Type) -> Written:
        """Return a value that is given as a policy has it: amounts in major units, rates as shares."""
        return Number(source, 1, 512) if type_.kind in NUMERIC else source

    def _plain(self, node: ir.Node) -> str:
        return cast("str", self.written(node))

    def _fraction(self, number: Number) -> str:
        if number.denominator == 1:
            return f"Fraction({number.numerator})"
        return f"ratio({number.numerator}, {number.denominator})"

    def _whole(self, number: Number) -> str:
        """Return a count of months or days, which has no denominator."""
        if number.denominator != 1:
            raise NotWritten
        return number.numerator

    def _local(self, text: str, source: str) -> str:
        if source.isidentifier():
            return source
        name = self.writing.names.new(text)
        self.writing.lines.add(f"{name} = {source}")
        return name

    def _named(self, text: str, written: Written) -> Written:
        if not isinstance(written, Number):
            return self._local(text, written)
        if written.constant is not None:
            return written
        denominator = written.denominator
        if isinstance(denominator, str):
            denominator = self._local(f"{text}_over", denominator)
        return attrs.evolve(
            written, numerator=self._local(text, written.numerator), denominator=denominator
        )


def _chain(fits: Sequence[str], sources: Sequence[str]) -> str:
    """Return the source of the first that fits; the last one is for where none does."""
    rows = "".join(f"{source} if {fit} else " for fit, source in zip(fits, sources, strict=False))
    return f"({rows}{sources[-1]})"
