"""Quantifiers and aggregates over the members of a list: a loop within the row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from policyengine.evaluators.compiled.columns.logic import NO, YES, Truth
from policyengine.evaluators.compiled.columns.values import Members, Number, Plain, Value
from policyengine.evaluators.compiled.columns.wholes import Whole, wrapping
from policyengine.evaluators.compiled.writing import NotWritten
from policyengine.ir import nodes as ir

if TYPE_CHECKING:
    from policyengine.evaluators.compiled.columns.expressions import Expressions


def quantified(writer: Expressions, node: ir.Quantified, members: Members) -> Value:
    """Return whether any or all members meet a condition, or how many do."""
    if node.condition is None:
        count = writer.rows.named(f"{members.behind} - {members.first}")
        return Number(Whole(count, 0, members.most), known=members.known)
    if node.kind == "count":
        return _counted(writer, node, node.condition, members)
    return _any_or_all(writer, node, node.condition, members)


def _counted(
    writer: Expressions, node: ir.Quantified, condition: ir.Node, members: Members
) -> Number:
    rows = writer.rows
    count, known = rows.variable("count", "0"), rows.variable("all_known", YES)
    place, heading = _loop(writer, members)
    with rows.inner(heading):
        truth = writer.among(node.variable, members.path, place).truth(condition)
        rows.lines.add(f"{count} = {count} + {truth.true}")
        rows.lines.add(f"{known} = {known} & {truth.known}")
    return Number(Whole(count, 0, members.most), known=writer.logic.all_of([members.known, known]))


def _any_or_all(
    writer: Expressions, node: ir.Quantified, condition: ir.Node, members: Members
) -> Truth:
    rows, logic, is_all = writer.rows, writer.logic, node.kind == "all"
    true = rows.variable("every" if is_all else "some", YES if is_all else NO)
    false = rows.variable("fails", NO if is_all else YES)
    place, heading = _loop(writer, members)
    with rows.inner(heading):
        truth = writer.among(node.variable, members.path, place).truth(condition)
        operators = ("&", "|") if is_all else ("|", "&")
        for name, source, operator in zip(
            (true, false), (truth.true, logic.false(truth)), operators, strict=True
        ):
            rows.lines.add(f"{name} = {name} {operator} {source}")
    known = logic.all_of([members.known, logic.any_of([true, false])])
    return logic.within(true, known)


def aggregated(writer: Expressions, node: ir.Aggregate, members: Members) -> Value:
    """Return the sum, the least or the greatest of a value over the members that meet a condition."""
    return _Aggregate(writer, node, members).written()


@attrs.frozen
class _Aggregate:
    writer: Expressions
    node: ir.Aggregate
    members: Members

    def written(self) -> Value:
        """Write the loop; its variables are named before it, and what they start with is known behind it."""
        rows, logic = self.writer.rows, self.writer.logic
        found, double = rows.variable("found", "0"), rows.variable("double", "0.0")
        some, known = rows.variable("some", NO), rows.variable("all_known", YES)
        place, heading = _loop(self.writer, self.members)
        with rows.inner(heading):
            inside = self.writer.among(self.node.variable, self.members.path, place)
            chosen = inside.truth(self.node.condition) if self.node.condition else Truth(YES)
            value = inside.value(self.node.value)
            possible = logic.any_of([chosen.true, logic.negated(chosen.known)])
            unknown = logic.any_of(
                [
                    logic.negated(chosen.known),
                    logic.all_of([possible, logic.negated(value.known)]),
                ]
            )
            error = self._take(value, logic.all_of([chosen.true, value.known]), found, double, some)
            rows.lines.add(f"{some} = {some} | {chosen.true}")
            rows.lines.add(f"{known} = {known} & {logic.negated(unknown)}")
        needed = [self.members.known, known, *([] if self.node.kind == "sum" else [some])]
        return self._found(value, found, (double, error), logic.all_of(needed))

    def _take(self, value: Value, taken: str, found: str, double: str, some: str) -> int:
        """Write what a member adds; return what its double is wrong by at most, where one is needed."""
        if isinstance(value, Number):
            if value.denominator.constant is None:
                raise NotWritten  # each member would have a denominator of its own
            whole = value.numerator
        elif isinstance(value, Plain):
            whole = Whole(value.source, 0, 0)
        else:
            raise NotWritten
        if self.node.kind == "sum":
            return self._add(whole, taken, found, double)
        whole = self.writer.wholes.fitting(whole, taken)
        operator = "<" if self.node.kind == "min" else ">"
        better = f"{taken} & (({some} ^ True) | ({whole.source} {operator} {found}))"
        self.writer.rows.lines.add(f"{found} = {whole.source} if {better} else {found}")
        return 0

    def _add(self, whole: Whole, taken: str, found: str, double: str) -> int:
        lines = self.writer.rows.lines
        added = f"({whole.source} if {taken} else 0)"
        if self._sum(whole).fits:
            lines.add(f"{found} = {found} + {added}")
            return 0
        lines.add(f"{found} = {wrapping(found, '+', added)}")
        source, error = self.writer.wholes.double(whole)
        lines.add(f"{double} = {double} + ({source} if {taken} else 0.0)")
        return error

    def _found(self, value: Value, found: str, double: tuple[str, int], known: str) -> Value:
        if isinstance(value, Plain):
            return Plain(found, known)
        assert isinstance(value, Number)  # noqa: S101  # `_take` took nothing else
        whole = value.numerator
        if self.node.kind != "sum":
            # Of no member at all it is zero, and not known.
            fitting = Whole(found, min(0, whole.low), max(0, whole.high))
            return Number(_clamped(fitting), value.denominator, known)
        total = self._sum(whole)
        if not total.fits:
            name, error = double
            total = attrs.evolve(total, double=name, error=self._error(total, error))
        return Number(attrs.evolve(total, source=found), value.denominator, known)

    def _sum(self, whole: Whole) -> Whole:
        most = self.members.most
        return Whole("", min(0, whole.low * most), max(0, whole.high * most))

    def _error(self, total: Whole, error: int) -> int:
        """Each member's double is wrong by so much at most, and each step was rounded."""
        most = self.members.most
        return most * (error + ((total.size + most * error) >> 52) + 1)


def _clamped(whole: Whole) -> Whole:
    return attrs.evolve(whole, low=max(whole.low, -(2**63)), high=min(whole.high, 2**63 - 1))


def _loop(writer: Expressions, members: Members) -> tuple[str, str]:
    place = writer.rows.names.new("m")
    return place, f"for {place} in range({members.first}, {members.behind}):"
