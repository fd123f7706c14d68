"""The values of expressions while one fact goes through a stretch, others that are missing being anything."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce, singledispatchmethod
from typing import Protocol

import attrs

from policyengine.decision.trace import Result, Unknown
from policyengine.explain.asking.case import Answers, Case
from policyengine.explain.asking.throughout.span import (
    ENDLESS,
    Span,
    Vague,
    either,
    greater,
    lesser,
)
from policyengine.explain.asking.trend import Trend
from policyengine.ir import nodes as ir
from policyengine.ir.reach import speaks_of_terms
from policyengine.model.types import Kind, Value

_NUMBERS = (Kind.MONEY, Kind.NUMBER, Kind.RATE, Kind.INTEGER, Kind.DAYS, Kind.MONTHS)


class Figures(Protocol):
    """What `plan.` names, between bounds."""

    def figure(self, name: str, months: Span | None) -> Span:
        """Return between what a figure lies, amounts in major units.

        Raises:
            Vague: No bounds of it are known.
        """

    def is_agreed(self, name: str, node: ir.Node) -> bool:
        """Whether a figure is the very amount that an expression says."""


@attrs.frozen(eq=False)
class Stretch:
    """The places of a fact's grid from `low` to `high`; of no fact where `path` is None.

    Every other fact that is missing and not answered may have any of its values.
    """

    case: Case
    answers: Answers
    path: str | None = None
    low: int = 0
    high: int = 0

    def fact(self, path: str) -> Span:
        """Return between what a fact lies.

        Raises:
            Vague: It is no number.
        """
        if path == self.path:
            return self._along()
        value = self.given(path)
        if value is not None:
            return _number(value)
        bounds = self.case.bounds(path)
        if bounds is None:
            raise Vague
        return Span.between(*bounds)

    def given(self, path: str) -> Value | None:
        """Return the value of a fact that is known or answered."""
        answer = self.answers.get(path)
        return self.case.situation.get(path) if answer is None else answer

    def _along(self) -> Span:
        assert self.path is not None  # noqa: S101  # looked at before
        domain = self.case.domains[self.path]
        if domain.kind not in _NUMBERS:
            raise Vague
        first, last = (_number(domain.at(place)).low for place in (self.low, self.high))
        return Span(first, first, last - first)

    # Numbers

    def number(self, node: ir.Node, terms: Figures | None = None) -> Span:
        """Return between what the value of an expression lies.

        Raises:
            Vague: No bounds of it are known, or it may have no value.
        """
        if not speaks_of_terms(node):
            value = self.case.value(node, self.answers)
            if not isinstance(value, Unknown):
                return _number(value)
            if not value.missing and value != Unknown():
                raise Vague
        try:
            return self._number(node, terms)
        except Vague:
            return self._between_ends(node)

    @singledispatchmethod
    def _number(self, _node: ir.Node, _terms: Figures | None) -> Span:
        raise Vague

    @_number.register
    def _(self, node: ir.Fact, _terms: Figures | None) -> Span:
        return self.fact(node.path)

    @_number.register
    def _(self, node: ir.Derived, _terms: Figures | None) -> Span:
        return self.number(self.case.program.derived[node.key].node)

    @_number.register
    def _(self, node: ir.PlanValue, terms: Figures | None) -> Span:
        if terms is None:
            raise Vague
        months = self.number(node.arguments[0]) if node.arguments else None
        return terms.figure(node.name, months)

    @_number.register
    def _(self, node: ir.Negate, terms: Figures | None) -> Span:
        return -self.number(node.operand, terms)

    @_number.register
    def _(self, node: ir.Arithmetic, terms: Figures | None) -> Span:
        left, right = self.number(node.left, terms), self.number(node.right, terms)
        if node.operator == "+":
            return left + right
        if node.operator == "-":
            return left - right
        return left * right if node.operator == "*" else left / right

    @_number.register
    def _(self, node: ir.Extremum, terms: Figures | None) -> Span:
        operands = [self.number(operand, terms) for operand in node.operands]
        return reduce(lesser if node.kind == "min" else greater, operands)

    @_number.register
    def _(self, node: ir.RoundTo, terms: Figures | None) -> Span:
        step = self.number(node.step, terms).fixed()
        if step <= 0:
            raise Vague
        steps = self.number(node.operand, terms).times(1 / step)
        up = node.mode == "ceil"
        found = (
            steps.rounded() if node.mode == "round" else -(-steps).whole() if up else steps.whole()
        )
        return found.times(step)

    @_number.register
    def _(self, node: ir.Choose, terms: Figures | None) -> Span:
        chosen = self.truth(node.condition, terms)
        if chosen is None:
            return either(self.number(node.then, terms), self.number(node.otherwise, terms))
        return self.number(node.then if chosen else node.otherwise, terms)

    @_number.register
    def _(self, node: ir.Aggregate, _terms: Figures | None) -> Span:
        """What a list that is missing adds up to is anything; nothing below nought where no member is."""
        if node.kind != "sum" or not self._is_missing(node.members):
            raise Vague
        return Span.between(0 if self._never_below_nought(node) else -ENDLESS, ENDLESS)

    def _never_below_nought(self, node: ir.Aggregate) -> bool:
        value, members, dictionary = node.value, node.members, self.case.program.dictionary
        if not isinstance(value, ir.Field) or value.variable != node.variable:
            return False
        assert isinstance(members, ir.Fact)  # noqa: S101  # looked at before
        definition = dictionary.records[dictionary.facts[members.path].type.of or ""][value.name]
        return definition.min is not None and _number(definition.min).least >= 0

    @_number.register
    def _(self, node: ir.Quantified, _terms: Figures | None) -> Span:
        if node.kind != "count" or not self._is_missing(node.members):
            raise Vague
        return Span.between(0, ENDLESS)

    def _is_missing(self, members: ir.Node) -> bool:
        return isinstance(members, ir.Fact) and members.path in self.case.domains

    # Conditions

    def truth(self, node: ir.Node, terms: Figures | None = None) -> bool | None:
        """Return whether a condition holds throughout, or nowhere; None where it may be either.

        Raises:
            Vague: It may have no value.
        """
        if not speaks_of_terms(node):
            value = self.case.value(node, self.answers)
            if isinstance(value, bool):
                return value
            if isinstance(value, Unknown) and not value.missing and value != Unknown():
                raise Vague
        try:
            return self._truth(node, terms)
        except Vague:
            return self._same_at_ends(node)

    @singledispatchmethod
    def _truth(self, _node: ir.Node, _terms: Figures | None) -> bool | None:
        raise Vague

    @_truth.register
    def _(self, node: ir.Fact, _terms: Figures | None) -> bool | None:
        if node.path == self.path or node.path not in self.case.domains:
            raise Vague
        return None

    @_truth.register
    def _(self, node: ir.Derived, _terms: Figures | None) -> bool | None:
        return self.truth(self.case.program.derived[node.key].node)

    @_truth.register
    def _(self, node: ir.Not, terms: Figures | None) -> bool | None:
        found = self.truth(node.operand, terms)
        return None if found is None else not found

    @_truth.register
    def _(self, node: ir.And, terms: Figures | None) -> bool | None:
        return self.all_hold(node.operands, terms)

    @_truth.register
    def _(self, node: ir.Or, terms: Figures | None) -> bool | None:
        return self._decided(node.operands, terms, by=True)

    @_truth.register
    def _(self, node: ir.Choose, terms: Figures | None) -> bool | None:
        chosen = self.truth(node.condition, terms)
        if chosen is not None:
            return self.truth(node.then if chosen else node.otherwise, terms)
        then, otherwise = self.truth(node.then, terms), self.truth(node.otherwise, terms)
        return then if then == otherwise else None

    @_truth.register
    def _(self, node: ir.Compare, terms: Figures | None) -> bool | None:
        if node.left.type.kind not in _NUMBERS:
            raise Vague
        if node.operator == "==" and terms is not None and _same(node, terms):
            return True
        apart = self.number(node.left, terms) - self.number(node.right, terms)
        return _compared(node.operator, apart)

    def all_hold(self, nodes: tuple[ir.Node, ...], terms: Figures | None) -> bool | None:
        """Return whether all conditions hold throughout; False where one holds nowhere.

        Raises:
            Vague: One may have no value, and none is false.
        """
        return self._decided(nodes, terms, by=False)

    def _decided(
        self, nodes: tuple[ir.Node, ...], terms: Figures | None, *, by: bool
    ) -> bool | None:
        found: list[bool | None] = []
        vague = False
        for node in nodes:
            try:
                found.append(self.truth(node, terms))
            except Vague:
                vague = True
        if by in found:
            return by
        if vague:
            raise Vague
        return None if None in found else not by

    # What the ends of the stretch say

    def _between_ends(self, node: ir.Node) -> Span:
        ends = [_number(value) for value in self._ends(node)]
        return either(*ends)

    def _same_at_ends(self, node: ir.Node) -> bool | None:
        low, high = self._ends(node)
        if not isinstance(low, bool):
            raise Vague
        return low if low == high else None

    def _ends(self, node: ir.Node) -> tuple[Result, Result]:
        """Return the values at both ends, between which those within lie.

        Raises:
            Vague: Not all of them do, or an end has no value.
        """
        if self.path is None or speaks_of_terms(node):
            raise Vague
        low, high = self._at(self.low), self._at(self.high)
        ends = low(node), high(node)
        if any(isinstance(end, Unknown) for end in ends):
            raise Vague
        depends, bounds, path = self.case.reads, self.case.bounds, self.path
        trend = Trend(self.case.program, low, high, lambda each: depends(each, path), False, bounds)
        if trend.of(node) is None:
            raise Vague
        return ends

    def _at(self, place: int) -> Callable[[ir.Node], Result]:
        assert self.path is not None  # noqa: S101  # looked at before
        given = {**self.answers, self.path: self.case.domains[self.path].at(place)}
        return lambda node: self.case.value(node, given)


def _number(value: Result) -> Span:
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise Vague
    return Span.of(value)


def _same(node: ir.Compare, terms: Figures) -> bool:
    """Whether one side is a figure that is the very amount of the other."""
    sides = ((node.left, node.right), (node.right, node.left))
    return any(
        isinstance(side, ir.PlanValue) and terms.is_agreed(side.name, other)
        for side, other in sides
    )


def _compared(operator: str, apart: Span) -> bool | None:
    """Return how two numbers compare that are so far apart."""
    least, most = apart.least, apart.most
    if operator in ("==", "!="):
        if least > 0 or most < 0:
            return operator == "!="
        return operator == "==" if least == most == 0 else None
    if operator in (">", ">="):
        least, most = -most, -least
    strict = operator in ("<", ">")
    if most < 0 or (most == 0 and not strict):
        return True
    return False if least > 0 or (least == 0 and strict) else None
