"""The value of any expression, given the facts, the day and, once there are any, the terms."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from functools import singledispatchmethod
from typing import Any, Protocol, cast

import attrs

from policyengine.decision.trace import Result, Truth, Unknown, merged
from policyengine.decision.why import Why
from policyengine.evaluators.reference import tables
from policyengine.evaluators.reference.logic import conjunction, disjunction, negation
from policyengine.facts.facts import Situation
from policyengine.finance.amortisation import level_payment, periods_to_repay
from policyengine.finance.calendar import add_months, days_between, months_between
from policyengine.finance.errors import FinanceError
from policyengine.finance.rate import periodic
from policyengine.finance.rounding import Rounding, round_to_integer, round_to_step
from policyengine.ir import nodes as ir
from policyengine.ir.program import Program
from policyengine.model.types import Kind, Record
from policyengine.plans.prospect import Prospect

#: What each operator says of two values.
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ROUNDINGS = {"round": Rounding.HALF_UP, "floor": Rounding.FLOOR, "ceil": Rounding.CEILING}


def undefined(code: str, *, currency: str = "", **values: object) -> Unknown:
    """Return the unknown that stands for something without a value."""
    return Unknown(undefined=frozenset({Why(code, currency=currency, **values)}))


class NamedTerms(Protocol):
    """Terms as expressions see them: a prospect, or what was signed."""

    def value(self, name: str, months: int | None = None) -> Fraction | int | None:
        """Return what `plan.<name>` stands for; None where there is no such thing."""


@attrs.frozen
class _Member:
    """A member of a list and the path that leads to it."""

    record: Record
    path: str


@attrs.frozen(eq=False)
class Valuation:
    """Values of one program's expressions in one situation."""

    program: Program
    situation: Situation
    prospect: NamedTerms | None = None
    _members: dict[str, _Member] = attrs.field(factory=dict)
    _derived: dict[str, Result] = attrs.field(factory=dict)

    @property
    def scale(self) -> int:
        """Minor units in one major unit."""
        return self.program.scale

    def with_terms(self, prospect: NamedTerms | None) -> Valuation:
        """Return the same with `plan.` naming these terms."""
        return self._in_sight_of(prospect, {})

    def truth(self, node: ir.Node) -> Truth:
        """Return the value of a boolean expression."""
        return self.value(node)  # type: ignore[return-value]  # the types were checked

    def value(self, node: ir.Node) -> Result:
        """Return the value of an expression, or what is missing for it."""
        found: Result = _OF_NODES.dispatch(type(node))(self, node)
        return found

    @singledispatchmethod
    def _value(self, node: ir.Node) -> Result:
        raise NotImplementedError(type(node).__name__)

    # Names

    @_value.register(ir.Constant)
    def _(self, node: ir.Constant) -> Result:
        return node.value

    @_value.register(ir.Fact)
    def _(self, node: ir.Fact) -> Result:
        found = self.situation.get(node.path)
        return Unknown(frozenset({node.path})) if found is None else found

    @_value.register(ir.Field)
    def _(self, node: ir.Field) -> Result:
        found = self._members[node.variable].record.fields.get(node.name)
        return Unknown(frozenset({self.path(node)})) if found is None else found

    @_value.register(ir.Parameter)
    def _(self, node: ir.Parameter) -> Result:
        day = self.value(node.at) if node.at else self.situation.as_of
        if isinstance(day, Unknown):
            return day
        assert isinstance(day, date)  # noqa: S101  # the types were checked
        parameter = self.program.parameters[node.key]
        dated = parameter.on(day)
        if dated is None:
            return undefined("no_parameter_value", name=parameter.name, day=day)
        return dated.value

    @_value.register(ir.Derived)
    def _(self, node: ir.Derived) -> Result:
        if node.key not in self._derived:
            self._derived[node.key] = self.outside_lists().value(
                self.program.derived[node.key].node
            )
        return self._derived[node.key]

    def outside_lists(self) -> Valuation:
        """Return the same where no variable and no terms are in sight, as in a derived value or a table."""
        return self._in_sight_of(None, {})

    def under(self, program: Program) -> Valuation:
        """Return the same situation, terms and members under another program."""
        derived = self._derived if program is self.program else {}
        return Valuation(program, self.situation, self.prospect, self._members, derived)

    def _in_sight_of(self, prospect: NamedTerms | None, members: dict[str, _Member]) -> Valuation:
        return Valuation(self.program, self.situation, prospect, members, self._derived)

    @_value.register(ir.PlanValue)
    def _(self, node: ir.PlanValue) -> Result:
        if self.prospect is None:
            return undefined("no_terms", name=f"plan.{node.name}")
        if not node.arguments:
            found = self.prospect.value(node.name)
            return Unknown(frozenset({"loan.remaining_term"})) if found is None else found
        months = self.value(node.arguments[0])
        if isinstance(months, Unknown):
            return months
        found = self.prospect.value(node.name, months)  # type: ignore[arg-type]
        return undefined("no_plan_value", name=f"plan.{node.name}") if found is None else found

    @_value.register(ir.AsOf)
    def _(self, _node: ir.AsOf) -> Result:
        return self.situation.as_of

    @_value.register(ir.Known)
    def _(self, node: ir.Known) -> Result:
        return not isinstance(self.value(node.operand), Unknown)

    # Logic

    @_value.register(ir.Not)
    def _(self, node: ir.Not) -> Result:
        return negation(self.truth(node.operand))

    @_value.register(ir.And)
    def _(self, node: ir.And) -> Result:
        return conjunction([self.truth(operand) for operand in node.operands])

    @_value.register(ir.Or)
    def _(self, node: ir.Or) -> Result:
        return disjunction([self.truth(operand) for operand in node.operands])

    @_value.register(ir.Compare)
    def _(self, node: ir.Compare) -> Result:
        compare = COMPARISONS[node.operator]
        return self._known(compare, node.left, node.right)

    @_value.register(ir.Member)
    def _(self, node: ir.Member) -> Result:
        value = self.value(node.value)
        options = [self.value(option) for option in node.options]
        return disjunction(
            [
                merged(value, option)
                if isinstance(value, Unknown) or isinstance(option, Unknown)
                else value == option
                for option in options
            ]
        )

    @_value.register(ir.Choose)
    def _(self, node: ir.Choose) -> Result:
        condition = self.truth(node.condition)
        if not isinstance(condition, Unknown):
            return self.value(node.then if condition else node.otherwise)
        then, otherwise = self.value(node.then), self.value(node.otherwise)
        if isinstance(then, Unknown) or isinstance(otherwise, Unknown) or then != otherwise:
            return merged(condition, then, otherwise)
        return then

    # Arithmetic

    @_value.register(ir.Arithmetic)
    def _(self, node: ir.Arithmetic) -> Result:
        if node.operator == "/":
            return self._known(lambda a, b: _quotient(a, b, node), node.left, node.right)
        operations = {"+": operator.add, "-": operator.sub, "*": operator.mul}
        return self._known(operations[node.operator], node.left, node.right)

    @_value.register(ir.Negate)
    def _(self, node: ir.Negate) -> Result:
        return self._known(operator.neg, node.operand)

    @_value.register(ir.Absolute)
    def _(self, node: ir.Absolute) -> Result:
        return self._known(abs, node.operand)

    @_value.register(ir.Extremum)
    def _(self, node: ir.Extremum) -> Result:
        choose: Callable[..., Result] = min if node.kind == "min" else max
        return self._known(choose, *node.operands)

    @_value.register(ir.RoundTo)
    def _(self, node: ir.RoundTo) -> Result:
        mode = _ROUNDINGS[node.mode]
        return self._known(lambda value, step: _rounded(value, step, mode), node.operand, node.step)

    @_value.register(ir.LevelPayment)
    def _(self, node: ir.LevelPayment) -> Result:
        return self._known(self._level_payment, node.principal, node.rate, node.months)

    def _level_payment(self, principal: Fraction, rate: Fraction, months: int) -> Result:
        minor = round_to_integer(principal * self.scale)
        if minor == 0:
            return Fraction(0)
        try:
            payment = level_payment(minor, periodic(Fraction(rate)), months)
        except FinanceError as error:
            return undefined("not_repayable", currency=self.program.currency, why=error.cause)
        return Fraction(payment, self.scale)

    @_value.register(ir.MonthsToRepay)
    def _(self, node: ir.MonthsToRepay) -> Result:
        return self._known(_months_to_repay, node.principal, node.rate, node.payment)

    # Dates

    @_value.register(ir.Between)
    def _(self, node: ir.Between) -> Result:
        between = months_between if node.unit == "months" else days_between
        return self._known(between, node.start, node.end)

    @_value.register(ir.Shift)
    def _(self, node: ir.Shift) -> Result:
        return self._known(
            lambda day, amount: _shifted(day, node.unit, node.sign * amount), node.date, node.amount
        )

    # Lists and tables

    @_value.register(ir.Quantified)
    def _(self, node: ir.Quantified) -> Result:
        members = self.each(node.members, node.variable)
        if isinstance(members, Unknown):
            return members
        if node.condition is None:
            return len(members)
        found = [member.truth(node.condition) for member in members]
        if node.kind == "any":
            return disjunction(found)
        if node.kind == "all":
            return conjunction(found)
        if any(isinstance(truth, Unknown) for truth in found):
            return merged(*found)
        return sum(1 for truth in found if truth)

    @_value.register(ir.Aggregate)
    def _(self, node: ir.Aggregate) -> Result:
        members = self.each(node.members, node.variable)
        if isinstance(members, Unknown):
            return members
        chosen = [(m, m.truth(node.condition) if node.condition else True) for m in members]
        unknown = [truth for _, truth in chosen if isinstance(truth, Unknown)]
        values = [m.value(node.value) for m, t in chosen if isinstance(t, Unknown) or t]
        if unknown or any(isinstance(value, Unknown) for value in values):
            return merged(*unknown, *values)
        return _aggregate(node, values)

    def each(self, list_: ir.Node, variable: str) -> list[Valuation] | Unknown:
        """Return one valuation for each member, with the variable standing for it."""
        records = self.value(list_)
        if isinstance(records, Unknown):
            return records
        path = self.path(list_)
        return [
            self._in_sight_of(
                self.prospect,
                {**self._members, variable: _Member(record, self._member_path(path, i))},
            )
            for i, record in enumerate(cast("tuple[Record, ...]", records))
        ]

    def path(self, node: ir.Node) -> str:
        """Return where a profile holds a fact or a field of the member in sight."""
        if isinstance(node, ir.Field):
            return f"{self._members[node.variable].path}.{node.name}"
        return node.path if isinstance(node, ir.Fact) else "list"

    def _member_path(self, path: str, index: int) -> str:
        """The loan under assessment is `loan` wherever it is met."""
        return "loan" if path == "loans" and index == self.situation.loan else f"{path}[{index}]"

    @_value.register(ir.Lookup)
    def _(self, node: ir.Lookup) -> Result:
        table = self.program.tables[node.key]
        arguments = iter([self.value(argument) for argument in node.arguments])
        outside = self.outside_lists()
        inputs = [
            outside.value(each.node) if each.node else next(arguments) for each in table.inputs
        ]
        return tables.lookup(table, inputs, outside.value)

    # Helpers

    def _known(self, function: Callable[..., Result], *operands: ir.Node) -> Result:
        """Apply a function where all operands are known."""
        values = [self.value(operand) for operand in operands]
        if any(isinstance(value, Unknown) for value in values):
            return merged(*values)
        return _within_reach(function(*values))

    def instalments_asked(self, node: ir.Node) -> Iterator[Any]:
        """Yield the instalments that questions about payments within an expression are about."""
        for part in node.walk():
            if isinstance(part, ir.PlanValue) and part.name.startswith("max_payment"):
                months = self.value(part.arguments[0]) if part.arguments else None
                if isinstance(self.prospect, Prospect) and not isinstance(months, Unknown):
                    row, _ = self.prospect.asked(part.name, months)  # type: ignore[arg-type]
                    if row:
                        yield row


#: The methods by the class of the node. Binding a method of several classes anew for each value would cost more than
#: the value (before Python 3.13).
_OF_NODES = Valuation.__dict__["_value"].dispatcher

#: Bits of a number: exact fractions grow with every product; an exact instalment over 1,200 months needs some 25,000.
_MAX_BITS = 1 << 17


def _within_reach(value: Result) -> Result:
    if isinstance(value, Fraction) or type(value) is int:
        bits = max(value.numerator.bit_length(), value.denominator.bit_length())
        return value if bits <= _MAX_BITS else undefined("number_too_large")
    return value


def _quotient(left: Any, right: Any, node: ir.Arithmetic) -> Result:
    if right == 0:
        return undefined("division_by_zero", at=str(node.span))
    return Fraction(left) / Fraction(right)


def _months_to_repay(principal: Fraction, rate: Fraction, payment: Fraction) -> Result:
    try:
        months = periods_to_repay(Fraction(principal), periodic(Fraction(rate)), Fraction(payment))
    except FinanceError as error:
        return undefined("not_repayable", why=error.cause)
    return undefined("never_repaid") if months is None else months


def _rounded(value: Any, step: Any, mode: Rounding) -> Result:
    if step <= 0:
        return undefined("rounding_step")
    rounded = round_to_step(value, step, mode)
    whole = isinstance(value, int) and isinstance(step, int)
    return int(rounded) if whole else Fraction(rounded)


def _shifted(day: date, unit: str, amount: int) -> Result:
    try:
        return add_months(day, amount) if unit == "months" else day + timedelta(days=amount)
    except (FinanceError, OverflowError, ValueError):
        return undefined("outside_calendar")


def _aggregate(node: ir.Aggregate, values: list[Any]) -> Result:
    if node.kind == "sum":
        zero = 0 if node.type.kind in (Kind.INTEGER, Kind.DAYS, Kind.MONTHS) else Fraction(0)
        return sum(values, zero)
    if not values:
        return undefined("least_of_nothing" if node.kind == "min" else "greatest_of_nothing")
    chosen: Result = min(values) if node.kind == "min" else max(values)
    return chosen
