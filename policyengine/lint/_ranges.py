"""Between which values an expression lies. Never too narrow: what is outside cannot happen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.program import Program
from policyengine.ir.showing import shown
from policyengine.model.types import ORDERED, Type, Value


@attrs.frozen
class Range:
    """The least and the greatest value, both included; None where there is no limit."""

    low: Any = None
    high: Any = None

    def holds(self, value: Value) -> bool:
        """Whether a value lies within."""
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)

    def text(self, type_: Type) -> str | None:
        """Return what a reader should know of the limits, or None without any."""
        if self.low is not None and self.high is not None:
            return f"lies from {shown(self.low, type_)} to {shown(self.high, type_)}"
        if self.low is not None:
            return f"is never less than {shown(self.low, type_)}"
        return None if self.high is None else f"is never more than {shown(self.high, type_)}"


ANYTHING = Range()


def range_of(node: ir.Node, program: Program) -> Range:
    """Return limits that every known value of the expression keeps."""
    if node.type.kind not in ORDERED:
        return ANYTHING
    match node:
        case ir.Constant(value=value):
            return Range(value, value)
        case ir.Fact(path=path):
            fact = program.dictionary.facts[path]
            return Range(fact.min, fact.max)
        case ir.Derived(key=key):
            return range_of(program.derived[key].node, program)
        case ir.Parameter(key=key):
            values: list[Any] = [dated.value for dated in program.parameters[key].values]
            return Range(min(values), max(values))
        case ir.Quantified():
            return Range(0, None)
        case _:
            return _of_operation(node, program)


def _of_operation(node: ir.Node, program: Program) -> Range:
    match node:
        case ir.Absolute():
            return Range(0, None)
        case ir.Negate(operand=operand):
            return _negated(range_of(operand, program))
        case ir.Arithmetic(operator="+", left=left, right=right):
            return _sum(range_of(left, program), range_of(right, program))
        case ir.Extremum(kind=kind, operands=operands):
            return _extremum(kind, [range_of(operand, program) for operand in operands])
        case ir.Choose(then=then, otherwise=otherwise):
            ranges = [range_of(then, program), range_of(otherwise, program)]
            return Range(_all(min, (r.low for r in ranges)), _all(max, (r.high for r in ranges)))
        case _:
            return ANYTHING


def _negated(range_: Range) -> Range:
    low = None if range_.high is None else -range_.high
    return Range(low, None if range_.low is None else -range_.low)


def _sum(left: Range, right: Range) -> Range:
    low = None if left.low is None or right.low is None else left.low + right.low
    return Range(low, None if left.high is None or right.high is None else left.high + right.high)


def _extremum(kind: str, ranges: list[Range]) -> Range:
    """The greatest of several is at least each of their lows, and at most the greatest high."""
    lows, highs = [r.low for r in ranges], [r.high for r in ranges]
    if kind == "max":
        return Range(_any(max, lows), _all(max, highs))
    return Range(_all(min, lows), _any(min, highs))


def _any(choose: Callable[[list[Any]], Any], limits: Iterable[Any]) -> Any:
    known = [limit for limit in limits if limit is not None]
    return choose(known) if known else None


def _all(choose: Callable[[list[Any]], Any], limits: Iterable[Any]) -> Any:
    known = list(limits)
    return None if any(limit is None for limit in known) else choose(known)
