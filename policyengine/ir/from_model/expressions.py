"""Expression trees to typed nodes: names resolved, units checked, chains taken apart.

A finding inside an expression does not stop the rest of it from being read.
"""

from __future__ import annotations

from fractions import Fraction
from functools import singledispatchmethod

import attrs

from policyengine.diagnostics import did_you_mean, nearest_or_list
from policyengine.ir import nodes as ir
from policyengine.ir.dictionary import LOANS, FactDefinition
from policyengine.ir.from_model import typing
from policyengine.ir.from_model.scope import Scope, Where
from policyengine.ir.plan_values import PLAN_QUESTIONS, PLAN_VALUES
from policyengine.model.literals import a_kind
from policyengine.model.shape import Written
from policyengine.model.types import (
    BOOLEAN,
    DATE,
    DAYS,
    INTEGER,
    MONEY,
    MONTHS,
    NUMBER,
    ORDERED,
    RATE,
    TEXT,
    Kind,
    Type,
)
from policyengine.source import Span
from policyengine.syntax import expression_tree as tree

_UNIT_TYPES = {"days": (DAYS, 1), "months": (MONTHS, 1), "years": (MONTHS, 12)}
_FUNCTIONS = (
    "min",
    "max",
    "abs",
    "round_to",
    "floor_to",
    "ceil_to",
    "payment",
    "months_between",
    "days_between",
    "known",
)
_NOT_COMPARABLE = "days and months do not convert: say both in the same unit"


def elaborate(
    written: Written, scope: Scope, where: Where, expected: Type | None = None
) -> ir.Node | None:
    """Return the node an expression stands for, or None when something in it was noted.

    Where a type is expected, a value of another type is noted.
    """
    return _Elaboration(written, scope, where).of_type(written.tree, expected)


def elaborate_part(
    written: Written, part: tree.Expression, scope: Scope, where: Where, expected: Type | None
) -> ir.Node | None:
    """Do the same for a part of an expression, such as one end of a range."""
    return _Elaboration(written, scope, where).of_type(part, expected)


@attrs.frozen
class _Elaboration:
    written: Written
    scope: Scope
    where: Where

    def of_type(self, node: tree.Expression, expected: Type | None) -> ir.Node | None:
        found = self.read(node, expected)
        if found is None or expected is None:
            return found
        fitting = typing.as_type(found, expected)
        if fitting is None:
            self._note_mismatch(node, found, expected)
        return fitting

    def read(self, node: tree.Expression, expected: Type | None = None) -> ir.Node | None:
        """Read any expression; `expected` says what a quoted word or a bare name may mean."""
        if isinstance(node, tree.TextLiteral):
            return self._text(node, expected)
        if isinstance(node, tree.Path):
            return self._path(node, expected)
        if isinstance(node, tree.IfElse):
            return self._if_else(node, expected)
        return self._read(node)

    @singledispatchmethod
    def _read(self, node: tree.Expression) -> ir.Node | None:
        return self.error("expression-syntax", "this does not belong in an expression", node)

    # Literals

    @_read.register
    def _(self, node: tree.Number) -> ir.Node:
        if node.unit == "%":
            return self._constant(node, RATE, Fraction(node.digits) / 100)
        if node.unit:
            type_, factor = _UNIT_TYPES[node.unit]
            if "." in node.digits:
                self.error("not-a-number", f"`{self._source(node)}` is not a whole number", node)
                return self._constant(node, type_, 0)
            return self._constant(node, type_, int(node.digits) * factor)
        if "." in node.digits:
            return self._constant(node, NUMBER, Fraction(node.digits))
        return self._constant(node, INTEGER, int(node.digits))

    @_read.register
    def _(self, node: tree.DateLiteral) -> ir.Node:
        return self._constant(node, DATE, node.value)

    @_read.register
    def _(self, node: tree.BooleanLiteral) -> ir.Node:
        return self._constant(node, BOOLEAN, node.value)

    def _text(self, node: tree.TextLiteral, expected: Type | None) -> ir.Node | None:
        if expected is None or expected.kind is not Kind.ENUM:
            return self._constant(node, TEXT, node.value)
        values = self.scope.dictionary.values_of(expected)
        if node.value not in values:
            return self.error(
                "unknown-value",
                f"`{node.value}` is not a value of {expected.of}",
                node,
                nearest_or_list(node.value, values),
            )
        return self._constant(node, expected, node.value)

    # Names

    def _path(self, node: tree.Path, expected: Type | None) -> ir.Node | None:
        first, *rest = node.parts
        if first in self.where.variables:
            return self._field(node, first, rest)
        if first == "plan":
            return self._plan_value(node, rest)
        if not rest:
            return self._single_name(node, first, expected)
        return self._fact(node)

    def _fact(self, node: tree.Path) -> ir.Node | None:
        fact = self.scope.dictionary.facts.get(node.name)
        if fact is None or node.name not in self.scope.visible:
            return self._unknown_name(node, [*self.scope.visible])
        return self._allowed_fact(node, fact)

    def _allowed_fact(self, node: tree.Path, fact: FactDefinition) -> ir.Node | None:
        if fact.protected:
            return self.error(
                "protected-fact",
                f"`{fact.path}` is protected and may not be used in a rule",
                node,
                "decide on the borrower's means and loan, not on who they are",
            )
        return ir.Fact(type=fact.type, span=self.span(node), path=fact.path)

    def _single_name(
        self, node: tree.Path, name: str, expected: Type | None
    ) -> ir.Node | None:
        span, scope = self.span(node), self.scope
        if name == "as_of":
            return ir.AsOf(type=DATE, span=span)
        if name == "loans":
            return ir.Fact(type=LOANS, span=span, path="loans")
        if name in scope.parameters:
            parameter = scope.parameters[name]
            return ir.Parameter(type=parameter.type, span=span, key=parameter.key)
        if name in scope.written_derived:
            return self._derived(node, name)
        if name in scope.written_tables:
            return self._lookup(node, name, ())
        if name in scope.unreadable:
            return None
        if expected and name in scope.dictionary.values_of(expected):
            return self.error(
                "unknown-name",
                f"`{name}` is not a name",
                node,
                f'a value of {expected.of} is written in quotes: `"{name}"`',
            )
        return self._unknown_name(node, [*scope.own_names(), *scope.visible, "loans", "as_of"])

    def _derived(self, node: tree.Path, name: str) -> ir.Node | None:
        if name in self.scope.under_way:
            way = [*self.scope.under_way[self.scope.under_way.index(name) :], name]
            return self.error(
                "cycle",
                f"`{name}` is derived from itself: " + " → ".join(f"`{n}`" for n in way),
                node,
                "one of them must stand on facts alone",
            )
        derived = self.scope.elaborate_derived(name)
        if derived is None:
            return None
        return ir.Derived(type=derived.type, span=self.span(node), key=self.scope.key(name))

    def _field(self, node: tree.Path, variable: str, rest: list[str]) -> ir.Node | None:
        fields = self.scope.dictionary.records.get(self.where.variables[variable], {})
        if len(rest) != 1 or rest[0] not in fields:
            name = ".".join(rest)
            return self.error(
                "unknown-name",
                f"`{node.name}` is not a field of {self.where.variables[variable]}",
                node,
                nearest_or_list(name, fields),
            )
        fact = fields[rest[0]]
        if self._allowed_fact(node, fact) is None:
            return None
        return ir.Field(type=fact.type, span=self.span(node), variable=variable, name=rest[0])

    def _plan_value(self, node: tree.Path, rest: list[str]) -> ir.Node | None:
        name = ".".join(rest)
        if not self.where.plan:
            return self.error(
                "plan-not-known-yet",
                f"`{node.name}` is not known here: there are no terms yet",
                node,
                "use it under `until`, in a guarantee, in `figures` or in a later step",
            )
        if name in PLAN_QUESTIONS:
            return self.error(
                "missing-argument",
                f"`{node.name}` asks for a number of months",
                node,
                f"write `{node.name}(3 months)`",
            )
        if name not in PLAN_VALUES:
            hint = nearest_or_list(name, [*PLAN_VALUES, *PLAN_QUESTIONS])
            return self.error("unknown-name", f"`{node.name}` is not known of a plan", node, hint)
        return ir.PlanValue(type=PLAN_VALUES[name], span=self.span(node), name=name)

    def _unknown_name(self, node: tree.Path, known: list[str]) -> ir.Node | None:
        return self.error(
            "unknown-name", f"`{node.name}` is not a known name", node, did_you_mean(node.name, known)
        )

    # Logic

    @_read.register
    def _(self, node: tree.Negation) -> ir.Node | None:
        operand = self.of_type(node.operand, BOOLEAN)
        return operand and ir.Not(type=BOOLEAN, span=self.span(node), operand=operand)

    @_read.register
    def _(self, node: tree.Junction) -> ir.Node | None:
        operands = self._all(node.operands, BOOLEAN)
        if operands is None:
            return None
        kind = ir.And if node.operator == "and" else ir.Or
        return kind(type=BOOLEAN, span=self.span(node), operands=operands)

    @_read.register
    def _(self, node: tree.Comparison) -> ir.Node | None:
        operands = self._comparable(node.operands)
        if operands is None:
            return None
        pairs = [
            self._compare(node, operator, operands[i], operands[i + 1])
            for i, operator in enumerate(node.operators)
        ]
        if any(pair is None for pair in pairs):
            return None
        found = tuple(pair for pair in pairs if pair is not None)
        if len(found) == 1:
            return found[0]
        return ir.And(type=BOOLEAN, span=self.span(node), operands=found)

    def _compare(
        self, node: tree.Comparison, operator: str, left: ir.Node, right: ir.Node
    ) -> ir.Node | None:
        if operator not in ("==", "!=") and left.type.kind not in ORDERED:
            return self.error(
                "type-mismatch",
                f"`{operator}` asks for values with an order, and {a_kind(left.type)} has none",
                node,
                "use `==`, `!=` or `in {…}`",
            )
        return ir.Compare(
            type=BOOLEAN, span=self.span(node), operator=operator, left=left, right=right
        )

    def _comparable(self, parts: tuple[tree.Expression, ...]) -> tuple[ir.Node, ...] | None:
        """Read operands that must be of one type; what is written plainly takes the type of the others."""
        read: dict[int, ir.Node | None] = {}
        expected: Type | None = None
        for index in sorted(range(len(parts)), key=lambda i: _is_literal(parts[i])):
            read[index] = found = self.read(parts[index], expected)
            if expected is None and found is not None:
                expected = found.type
        found_all = [read[index] for index in range(len(parts))]
        if any(found is None for found in found_all):
            return None
        return self._unified(parts, [n for n in found_all if n is not None])

    def _unified(
        self, parts: tuple[tree.Expression, ...], found: list[ir.Node]
    ) -> tuple[ir.Node, ...] | None:
        common = typing.common_type(found)
        read = [typing.as_type(node, common) if common else None for node in found]
        if any(node is None for node in read):
            self._note_no_common(parts, found)
            return None
        return tuple(node for node in read if node is not None)

    def _note_no_common(self, parts: tuple[tree.Expression, ...], found: list[ir.Node]) -> None:
        pairs = zip(parts, found, strict=True)
        (one, first), (other, second) = next(
            ((a, b) for a in pairs for b in zip(parts, found, strict=True) if _differ(a[1], b[1])),
            ((parts[0], found[0]), (parts[-1], found[-1])),
        )
        self.error(
            "type-mismatch",
            f"`{self._source(one)}` is {a_kind(first.type)} and "
            f"`{self._source(other)}` is {a_kind(second.type)}",
            other,
            _mismatch_hint(first, second),
        )

    @_read.register
    def _(self, node: tree.Membership) -> ir.Node | None:
        if isinstance(node.options, tree.Range):
            inside = self._within(node, node.options)
        else:
            inside = self._one_of(node, node.options)
        if inside is None or not node.negated:
            return inside
        return ir.Not(type=BOOLEAN, span=self.span(node), operand=inside)

    def _within(self, node: tree.Membership, range_: tree.Range) -> ir.Node | None:
        upper = "<=" if range_.includes_high else "<"
        chain = tree.Comparison(
            node.start, node.end, (range_.low, node.value, range_.high), ("<=", upper)
        )
        return self._read(chain)

    def _one_of(self, node: tree.Membership, choice: tree.Choice) -> ir.Node | None:
        operands = self._comparable((node.value, *choice.options))
        if operands is None:
            return None
        value, *options = operands
        return ir.Member(
            type=BOOLEAN, span=self.span(node), value=value, options=tuple(options)
        )

    def _if_else(self, node: tree.IfElse, expected: Type | None) -> ir.Node | None:
        condition = self.of_type(node.condition, BOOLEAN)
        branches = [self.read(part, expected) for part in (node.then, node.otherwise)]
        if condition is None or branches[0] is None or branches[1] is None:
            return None
        unified = self._unified((node.then, node.otherwise), [branches[0], branches[1]])
        if unified is None:
            return None
        then, otherwise = unified
        return ir.Choose(
            type=then.type,
            span=self.span(node),
            condition=condition,
            then=then,
            otherwise=otherwise,
        )

    # Arithmetic

    @_read.register
    def _(self, node: tree.Negative) -> ir.Node | None:
        operand = self.read(node.operand)
        if operand is None:
            return None
        if typing.is_bare_number(operand):
            assert isinstance(operand, ir.Constant)  # noqa: S101  # what is_bare_number says
            return attrs.evolve(operand, value=-operand.value, span=self.span(node))  # type: ignore[operator]
        if typing.sum_type(operand.type, operand.type) is None:
            return self.error("type-mismatch", f"{a_kind(operand.type)} has no sign", node)
        return ir.Negate(type=operand.type, span=self.span(node), operand=operand)

    @_read.register
    def _(self, node: tree.Binary) -> ir.Node | None:
        left, right = self.read(node.left), self.read(node.right)
        if left is None or right is None:
            return None
        if node.operator in "+-":
            return self._sum(node, left, right)
        kind = typing.product_type if node.operator == "*" else typing.quotient_type
        return self._arithmetic(node, left, right, kind(left.type, right.type))

    def _sum(self, node: tree.Binary, left: ir.Node, right: ir.Node) -> ir.Node | None:
        if typing.is_shift(left.type, right.type):
            return ir.Shift(
                type=DATE,
                span=self.span(node),
                unit=str(right.type.kind),
                date=left,
                amount=right,
                sign=1 if node.operator == "+" else -1,
            )
        left = typing.as_type(left, right.type) or left
        right = typing.as_type(right, left.type) or right
        return self._arithmetic(node, left, right, typing.sum_type(left.type, right.type))

    def _arithmetic(
        self, node: tree.Binary, left: ir.Node, right: ir.Node, type_: Type | None
    ) -> ir.Node | None:
        if type_ is None:
            return self.error(
                "type-mismatch",
                f"`{node.operator}` does not join {a_kind(left.type)} and {a_kind(right.type)}",
                node,
                _mismatch_hint(left, right),
            )
        return ir.Arithmetic(
            type=type_, span=self.span(node), operator=node.operator, left=left, right=right
        )

    # Calls

    @_read.register
    def _(self, node: tree.Call) -> ir.Node | None:
        name = node.callee.name
        if name in self.scope.written_tables:
            return self._lookup(node, name, node.arguments)
        if node.callee.parts[0] == "plan" and len(node.callee.parts) > 1:
            return self._plan_question(node)
        if name not in _FUNCTIONS:
            known = [*_FUNCTIONS, *self.scope.written_tables]
            hint = did_you_mean(name, known)
            if name not in self.scope.unreadable:
                self.error("unknown-name", f"`{name}` is not a function", node.callee, hint)
            return None
        if any(argument.name for argument in node.arguments):
            return self.error("bad-argument", f"`{name}` takes its arguments by place", node)
        parts = tuple(argument.value for argument in node.arguments)
        return self._function(node, name, parts)

    def _function(
        self, node: tree.Call, name: str, parts: tuple[tree.Expression, ...]
    ) -> ir.Node | None:
        if name in ("min", "max"):
            return self._extremum(node, name, parts)
        if name == "known":
            return self._known(node, parts)
        if name == "abs":
            return self._absolute(node, parts)
        if name.endswith("_to"):
            return self._round_to(node, name.removesuffix("_to"), parts)
        if name == "payment":
            return self._level_payment(node, parts)
        return self._between(node, name.removesuffix("_between"), parts)

    def _counted(
        self, node: tree.Call, parts: tuple[tree.Expression, ...], number: int, usage: str
    ) -> bool:
        if len(parts) != number:
            self.error(
                "bad-argument",
                f"`{node.callee.name}` takes {number} argument{'s' if number > 1 else ''}",
                node,
                f"write `{usage}`",
            )
        return len(parts) == number

    def _extremum(
        self, node: tree.Call, kind: str, parts: tuple[tree.Expression, ...]
    ) -> ir.Node | None:
        if len(parts) < 2:
            return self.error(
                "bad-argument", f"`{kind}` takes two values or more", node, f"write `{kind}(a, b)`"
            )
        operands = self._comparable(parts)
        if operands is None:
            return None
        if operands[0].type.kind not in ORDERED:
            return self.error("type-mismatch", f"{a_kind(operands[0].type)} has no order", node)
        return ir.Extremum(
            type=operands[0].type, span=self.span(node), kind=kind, operands=operands
        )

    def _known(self, node: tree.Call, parts: tuple[tree.Expression, ...]) -> ir.Node | None:
        if not self.where.known:
            return self.error(
                "known-in-requirement",
                "`known` may be used in the `when` of a referral only",
                node,
                "here it would let a missing fact decide; a missing fact leaves the plan undetermined",
            )
        if not self._counted(node, parts, 1, "known(loan.fees)"):
            return None
        operand = self.read(parts[0])
        if operand is not None and not isinstance(operand, (ir.Fact, ir.Field)):
            return self.error("bad-argument", "`known` asks about a fact", parts[0])
        return operand and ir.Known(type=BOOLEAN, span=self.span(node), operand=operand)

    def _absolute(self, node: tree.Call, parts: tuple[tree.Expression, ...]) -> ir.Node | None:
        if not self._counted(node, parts, 1, "abs(a)"):
            return None
        operand = self.read(parts[0])
        if operand is not None and typing.sum_type(operand.type, operand.type) is None:
            return self.error("type-mismatch", f"{a_kind(operand.type)} has no sign", parts[0])
        return operand and ir.Absolute(
            type=operand.type, span=self.span(node), operand=operand
        )

    def _round_to(
        self, node: tree.Call, mode: str, parts: tuple[tree.Expression, ...]
    ) -> ir.Node | None:
        if not self._counted(node, parts, 2, f"{mode}_to(a, 0.01)"):
            return None
        operands = self._comparable(parts)
        if operands is None:
            return None
        value, step = operands
        if typing.sum_type(value.type, value.type) is None:
            return self.error("type-mismatch", f"{a_kind(value.type)} cannot be rounded", node)
        if isinstance(step, ir.Constant) and step.value <= 0:  # type: ignore[operator]
            return self.error("bad-argument", "a step must be more than zero", parts[1])
        return ir.RoundTo(
            type=value.type, span=self.span(node), mode=mode, operand=value, step=step
        )

    def _level_payment(
        self, node: tree.Call, parts: tuple[tree.Expression, ...]
    ) -> ir.Node | None:
        if not self._counted(node, parts, 3, "payment(principal, rate, term)"):
            return None
        principal, rate, months = (
            self.of_type(part, type_)
            for part, type_ in zip(parts, (MONEY, RATE, MONTHS), strict=True)
        )
        if principal is None or rate is None or months is None:
            return None
        return ir.LevelPayment(
            type=MONEY, span=self.span(node), principal=principal, rate=rate, months=months
        )

    def _between(
        self, node: tree.Call, unit: str, parts: tuple[tree.Expression, ...]
    ) -> ir.Node | None:
        if not self._counted(node, parts, 2, f"{unit}_between(a, b)"):
            return None
        dates = self._all(parts, DATE)
        if dates is None:
            return None
        type_ = DAYS if unit == "days" else MONTHS
        return ir.Between(
            type=type_, span=self.span(node), unit=unit, start=dates[0], end=dates[1]
        )

    def _plan_question(self, node: tree.Call) -> ir.Node | None:
        name = ".".join(node.callee.parts[1:])
        if name in PLAN_VALUES:
            return self.error(
                "bad-argument", f"`plan.{name}` takes no argument", node, f"write `plan.{name}`"
            )
        if name not in PLAN_QUESTIONS or not self.where.plan:
            return self._plan_value(node.callee, [*node.callee.parts[1:]])
        if len(node.arguments) != 1:
            return self.error("bad-argument", f"`plan.{name}` takes a number of months", node)
        months = self.of_type(node.arguments[0].value, MONTHS)
        return months and ir.PlanValue(
            type=PLAN_QUESTIONS[name], span=self.span(node), name=name, arguments=(months,)
        )

    def _lookup(
        self, node: tree.Expression, name: str, arguments: tuple[tree.Argument, ...]
    ) -> ir.Node | None:
        if name in self.scope.under_way:
            return self.error("cycle", f"the table `{name}` looks itself up", node)
        table = self.scope.elaborate_table(name)
        if table is None:
            return None
        bound = {i.name: i.type for i in table.inputs if i.name}
        given = self._bound(node, name, bound, arguments)
        if given is None:
            return None
        return ir.Lookup(
            type=table.output, span=self.span(node), key=table.key, arguments=given
        )

    def _bound(
        self,
        node: tree.Expression,
        table: str,
        bound: dict[str, Type],
        arguments: tuple[tree.Argument, ...],
    ) -> tuple[ir.Node, ...] | None:
        given = {a.name: a.value for a in arguments if a.name in bound}
        for argument in arguments:
            if argument.name not in bound:
                self.error(
                    "bad-argument",
                    f"the table `{table}` has no input `{argument.name}`"
                    if argument.name
                    else f"the inputs of the table `{table}` are bound by name",
                    argument,
                    nearest_or_list(argument.name or "", bound),
                )
        missing = [name for name in bound if name not in given]
        if missing:
            usage = ", ".join(f"{name} = …" for name in bound)
            self.error(
                "missing-argument",
                f"the input `{missing[0]}` of the table `{table}` is not bound",
                node,
                f"write `{table}({usage})`",
            )
            return None
        found = [self.of_type(given[name], type_) for name, type_ in bound.items()]
        if any(node is None for node in found) or len(arguments) != len(bound):
            return None
        return tuple(node for node in found if node is not None)

    @_read.register
    def _(self, node: tree.At) -> ir.Node | None:
        parameter = self.read(node.parameter)
        date = self.of_type(node.date, DATE)
        if parameter is None or date is None:
            return None
        if not isinstance(parameter, ir.Parameter):
            return self.error(
                "bad-argument", "`at` asks for a parameter before it", node.parameter
            )
        return attrs.evolve(parameter, at=date, span=self.span(node))

    # Lists

    @_read.register
    def _(self, node: tree.Quantified) -> ir.Node | None:
        members = self._members(node.members)
        inner = self._inside(node.variable, node, members)
        if members is None or inner is None:
            return None
        condition = inner.of_type(node.condition, BOOLEAN) if node.condition else None
        if node.condition and condition is None:
            return None
        if node.condition is None and node.kind != "count":
            return self.error(
                "missing-argument",
                f"`{node.kind}` needs a condition",
                node,
                f"write `{node.kind}({node.variable} in … where …)`",
            )
        return ir.Quantified(
            type=INTEGER if node.kind == "count" else BOOLEAN,
            span=self.span(node),
            kind=node.kind,
            variable=node.variable,
            members=members,
            condition=condition,
        )

    @_read.register
    def _(self, node: tree.Aggregate) -> ir.Node | None:
        kind = node.callee.name
        if kind not in ("sum", "min", "max", "latest"):
            hint = nearest_or_list(kind, ("sum", "min", "max", "latest"))
            return self.error("unknown-name", f"`{kind}` does not work on a list", node.callee, hint)
        members = self._members(node.members)
        inner = self._inside(node.variable, node, members)
        if members is None or inner is None:
            return None
        value = inner.read(node.value)
        condition = inner.of_type(node.condition, BOOLEAN) if node.condition else None
        if value is None or (node.condition and condition is None):
            return None
        return self._aggregated(node, kind, members, value, condition)

    def _aggregated(
        self,
        node: tree.Aggregate,
        kind: str,
        members: ir.Node,
        value: ir.Node,
        condition: ir.Node | None,
    ) -> ir.Node | None:
        if kind == "latest" and value.type != DATE:
            return self.error("type-mismatch", "`latest` asks for dates", node.value, "use `max`")
        fits = (
            typing.sum_type(value.type, value.type) is not None
            if kind == "sum"
            else value.type.kind in ORDERED
        )
        if not fits:
            return self.error(
                "type-mismatch", f"`{kind}` does not work on {a_kind(value.type)}", node.value
            )
        return ir.Aggregate(
            type=value.type,
            span=self.span(node),
            kind="max" if kind == "latest" else kind,
            value=value,
            variable=node.variable,
            members=members,
            condition=condition,
        )

    def _members(self, node: tree.Expression) -> ir.Node | None:
        members = self.read(node)
        if members is not None and members.type.kind is not Kind.LIST:
            return self.error("type-mismatch", f"`{self._source(node)}` is not a list", node)
        return members

    def _inside(
        self, variable: str, node: tree.Expression, members: ir.Node | None
    ) -> _Elaboration | None:
        taken = {*self.scope.own_names(), *self.scope.records(), *self.where.variables}
        if variable in taken | {"loans", "plan", "as_of"}:
            self.error(
                "name-taken", f"`{variable}` already means something else", node, "use another name"
            )
            return None
        if members is None or members.type.of is None:
            return None
        return attrs.evolve(self, where=self.where.with_variable(variable, members.type.of))

    # Helpers

    def _all(
        self, parts: tuple[tree.Expression, ...], expected: Type
    ) -> tuple[ir.Node, ...] | None:
        found = [self.of_type(part, expected) for part in parts]
        if any(node is None for node in found):
            return None
        return tuple(node for node in found if node is not None)

    def _constant(self, node: tree.Expression, type_: Type, value: object) -> ir.Constant:
        return ir.Constant(type=type_, span=self.span(node), value=value)  # type: ignore[arg-type]

    def _source(self, node: tree.Expression) -> str:
        return self.written.text(node)

    def span(self, node: tree.Expression) -> Span:
        return self.written.span(node)

    def error(
        self, code: str, message: str, node: tree.Expression, hint: str | None = None
    ) -> ir.Node | None:
        """Note a finding; there is no node then."""
        self.scope.findings.error(code, message, self.span(node), hint)
        return None

    def _note_mismatch(self, part: tree.Expression, node: ir.Node, expected: Type) -> None:
        self.error(
            "type-mismatch",
            f"`{self._source(part)}` is {a_kind(node.type)} where {a_kind(expected)} is expected",
            part,
            _expected_hint(node, expected),
        )


def _is_literal(node: tree.Expression) -> bool:
    if isinstance(node, tree.Negative):
        return _is_literal(node.operand)
    return isinstance(node, tree.TextLiteral) or (isinstance(node, tree.Number) and not node.unit)


def _differ(one: ir.Node, other: ir.Node) -> bool:
    return typing.common_type([one, other]) is None or (
        typing.as_type(one, other.type) is None and typing.as_type(other, one.type) is None
    )


def _mismatch_hint(one: ir.Node, other: ir.Node) -> str | None:
    types = {one.type, other.type}
    if types == {DAYS, MONTHS}:
        return _NOT_COMPARABLE
    for node, with_ in ((one, other), (other, one)):
        hint = _expected_hint(node, with_.type)
        if hint:
            return hint
    return None


def _expected_hint(node: ir.Node, expected: Type) -> str | None:
    if typing.is_bare_number(node) and expected in (DAYS, MONTHS):
        assert isinstance(node, ir.Constant)  # noqa: S101  # what is_bare_number says
        return f"write `{node.value} {expected.kind}`"
    if {node.type, expected} == {DAYS, MONTHS}:
        return _NOT_COMPARABLE
    if expected == MONEY and isinstance(node, ir.Parameter):
        return "give the parameter `type: money`"
    if expected == BOOLEAN:
        return "compare it with something, or name a boolean fact"
    return None
