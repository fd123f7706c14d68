"""Decision tables in the source of a row. With unknown inputs the output is known where every possible row agrees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import attrs

from policyengine.evaluators.compiled.columns.logic import NO, YES, Truth
from policyengine.evaluators.compiled.columns.values import Number, Plain, Value
from policyengine.evaluators.compiled.columns.wholes import Whole, constant
from policyengine.evaluators.compiled.writing import NUMERIC, NotWritten
from policyengine.ir.program import Cell, Interval, TableDefinition
from policyengine.model.types import Type

if TYPE_CHECKING:
    from policyengine.evaluators.compiled.columns.expressions import Expressions


def looked_up(writer: Expressions, table: TableDefinition, inputs: Sequence[Value]) -> Value:
    """Return the output of a table for its inputs; `writer` sees no members of lists."""
    return _Lookup(writer, table, inputs).written()


@attrs.frozen
class _Possible:
    """What is possible so far: whether anything is, the value, and whether it is known that all agree on it."""

    some: str
    value: Value
    known: str


@attrs.frozen
class _Lookup:
    writer: Expressions
    table: TableDefinition
    inputs: Sequence[Value]

    def written(self) -> Value:
        fits = [self._fits(row.cells) for row in self.table.rows]
        outputs = [self.writer.value(row.output) for row in self.table.rows]
        if self.table.hit.startswith("collect"):
            return self._collected(fits, outputs)
        if self.table.hit == "priority":
            return self._of_priority(fits, outputs)
        return self._first(fits, outputs)

    def _fits(self, cells: Sequence[Cell]) -> Truth:
        return self.writer.logic.conjunction(
            [
                self._accepts(cell, value, each.type)
                for cell, value, each in zip(cells, self.inputs, self.table.inputs, strict=True)
                if cell.intervals is not None
            ]
        )

    def _accepts(self, cell: Cell, value: Value, type_: Type) -> Truth:
        logic = self.writer.logic
        within = logic.any_of(
            self._contains(each, value, type_).true for each in cell.intervals or ()
        )
        return logic.within(within, value.known)

    def _contains(self, interval: Interval, value: Value, type_: Type) -> Truth:
        if interval.low is not None and interval.low == interval.high and type_.kind not in NUMERIC:
            return self.writer.compared(value, "==", self.writer.constant(interval.low, type_))
        ends = (
            (interval.low, ">=" if interval.includes_low else ">"),
            (interval.high, "<=" if interval.includes_high else "<"),
        )
        tests = [
            self.writer.compared(value, operator, self.writer.constant(end, type_))
            for end, operator in ends
            if end is not None
        ]
        return self.writer.logic.conjunction(tests)

    # Unique and first

    def _first(self, fits: Sequence[Truth], outputs: Sequence[Value]) -> Value:
        logic, found = self.writer.logic, self._none()
        passed = NO  # whether a row above certainly fits
        certain = NO  # in a unique table a row that certainly fits excludes all others, wherever it stands
        if self.table.hit == "unique":
            certain = logic.any_of(fit.true for fit in fits)
        for fit, output in zip(fits, outputs, strict=True):
            counts = logic.any_of(
                [fit.true, logic.all_of([self._maybe(fit), logic.negated(certain)])]
            )
            found = self._with(found, logic.all_of([counts, logic.negated(passed)]), output)
            passed = logic.any_of([passed, fit.true])
        return self._result(self._with(found, logic.negated(passed), self._otherwise()))

    def _maybe(self, fit: Truth) -> str:
        return self.writer.logic.negated(self.writer.logic.false(fit))

    def _none(self) -> _Possible:
        return _Possible(NO, self._otherwise(), NO)

    def _with(self, found: _Possible, possible: str, output: Value) -> _Possible:
        """Return what is possible with one more output, where that is."""
        if possible == NO:
            return found
        logic = self.writer.logic
        first = logic.negated(found.some)
        same = YES if first == YES else self.writer.compared(found.value, "==", output).true
        agreed = logic.all_of([found.known, output.known, same])
        known = logic.chosen(possible, logic.chosen(first, output.known, agreed), found.known)
        takes = logic.all_of([possible, first])
        value = self.writer.one_of(takes, _known(output), _known(found.value), YES)
        return _Possible(logic.any_of([found.some, possible]), value, known)

    def _result(self, found: _Possible) -> Value:
        if isinstance(found.value, Truth):
            return self.writer.logic.within(found.value.true, found.known)
        return attrs.evolve(found.value, known=found.known)

    def _otherwise(self) -> Value:
        from policyengine.evaluators.compiled.columns.expressions import nothing  # noqa: PLC0415  # they write each other

        if self.table.otherwise is None:
            return nothing(self.table.output)
        return self.writer.value(self.table.otherwise)

    # By the order of the outputs

    def _of_priority(self, fits: Sequence[Truth], outputs: Sequence[Value]) -> Value:
        writer, logic, found = self.writer, self.writer.logic, self._none()
        ranks, none = [self._rank(output) for output in outputs], len(self.table.order) + 1
        best = constant(none)
        for fit, rank in zip(fits, ranks, strict=True):
            best = self._best(fit, rank, best)
        open_ = NO
        for fit, rank, output in zip(fits, ranks, outputs, strict=True):
            may, wholes = self._maybe(fit), writer.wholes
            leads = wholes.compared(rank, "<", best)
            equals = logic.all_of([fit.true, wholes.compared(rank, "==", best)])
            found = self._with(found, logic.all_of([may, logic.any_of([leads, equals])]), output)
            open_ = logic.any_of([open_, logic.all_of([may, logic.negated(output.known)])])
        certain = logic.any_of(fit.true for fit in fits)
        found = self._with(found, logic.negated(certain), self._otherwise())
        return self._result(
            attrs.evolve(found, known=logic.all_of([found.known, logic.negated(open_)]))
        )

    def _best(self, fit: Truth, rank: Whole, best: Whole) -> Whole:
        wholes = self.writer.wholes
        better = self.writer.logic.all_of([fit.true, wholes.compared(rank, "<", best)])
        return wholes.chosen(better, rank, best)

    def _rank(self, output: Value) -> Whole:
        """Return the place of an output in the table's order; what is not in it comes last."""
        found = constant(len(self.table.order))
        for place, value in reversed(list(enumerate(self.table.order))):
            other = self.writer.constant(value, self.table.output)
            is_it = self.writer.compared(_known(output), "==", other).true
            found = self.writer.wholes.chosen(is_it, constant(place), found)
        return found

    # All of them

    def _collected(self, fits: Sequence[Truth], outputs: Sequence[Value]) -> Value:
        logic, how = self.writer.logic, self.table.hit.removeprefix("collect ")
        certain = logic.all_of(fit.known for fit in fits)
        if how == "count":
            return self._counted(fits, certain)
        known = [
            logic.any_of([logic.false(fit), output.known])
            for fit, output in zip(fits, outputs, strict=True)
        ]
        if not all(isinstance(output, Number) for output in outputs):
            return self._extreme_plain(fits, outputs, logic.all_of([certain, *known]))
        return self._of_numbers(
            how, fits, cast("Sequence[Number]", outputs), logic.all_of([certain, *known])
        )

    def _counted(self, fits: Sequence[Truth], known: str) -> Value:
        wholes, found = self.writer.wholes, constant(0)
        for fit in fits:
            one = wholes.chosen(fit.true, constant(1), constant(0))
            found = wholes.added(found, one)
        return Number(found, known=known)

    def _of_numbers(
        self, how: str, fits: Sequence[Truth], outputs: Sequence[Number], known: str
    ) -> Value:
        writer, logic = self.writer, self.writer.logic
        otherwise = cast("Number", self._otherwise())
        (*each, last), denominator = writer.numbers.unified([*outputs, otherwise])
        found, some = constant(0), NO
        for fit, whole in zip(fits, each, strict=True):
            further = self._further(how, found, some, whole)
            found = writer.wholes.chosen(fit.true, further, found)
            some = logic.any_of([some, fit.true])
        found = writer.wholes.chosen(some, found, last)
        none_known = logic.any_of([some, otherwise.known])
        return Number(found, denominator, logic.all_of([known, none_known]))

    def _further(self, how: str, found: Whole, some: str, whole: Whole) -> Whole:
        wholes = self.writer.wholes
        if how == "sum":
            return wholes.added(found, whole)
        if some == NO:
            return whole
        further = self.writer.numbers.further("<" if how == "min" else ">", whole, found, YES)
        low, high = min(whole.low, further.low), max(whole.high, further.high)
        return wholes.chosen(some, further, whole, low, high)

    def _extreme_plain(self, fits: Sequence[Truth], outputs: Sequence[Value], known: str) -> Value:
        """Dates are the only ordered values that are no numbers."""
        if not all(isinstance(output, Plain) for output in outputs):
            raise NotWritten
        operator = "<" if self.table.hit.endswith("min") else ">"
        writer, logic, found, some = self.writer, self.writer.logic, self._otherwise(), NO
        none_known = found.known
        for fit, output in zip(fits, outputs, strict=True):
            better = writer.compared(_known(output), operator, _known(found)).true
            takes = logic.all_of([fit.true, logic.any_of([logic.negated(some), better])])
            found = writer.one_of(takes, output, found, YES)
            some = logic.any_of([some, fit.true])
        return attrs.evolve(found, known=logic.all_of([known, logic.any_of([some, none_known])]))


def _known(value: Value) -> Value:
    """Return a value as if it were known: who asks looks at that himself."""
    return value if isinstance(value, Truth) else attrs.evolve(value, known=YES)
