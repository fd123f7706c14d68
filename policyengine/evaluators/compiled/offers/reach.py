"""Which expressions certainly have a value once all facts are known."""

from __future__ import annotations

from datetime import date

from policyengine.evaluators.compiled.offers.analysis import value_on
from policyengine.ir import nodes as ir
from policyengine.ir.program import Program
from policyengine.ir.reach import reached

_NEVER_SURE = (ir.Lookup, ir.LevelPayment, ir.MonthsToRepay, ir.Shift)


def is_total(node: ir.Node, program: Program, day: date) -> bool:
    """Whether an expression has a value on a day, whatever the facts are."""
    return all(_is_total(part, program, day) for part in reached([node], program))


def _is_total(node: ir.Node, program: Program, day: date) -> bool:
    match node:
        case ir.Arithmetic(operator="/", right=right):
            return bool(value_on(right, program, day))
        case ir.Parameter(key=key, at=at):
            return at is None and program.parameters[key].on(day) is not None
        case ir.Aggregate(kind=kind):
            return kind == "sum"
        case ir.RoundTo(step=step):
            value = value_on(step, program, day)
            return value is not None and value > 0  # type: ignore[operator]  # a number
        case _:
            return not isinstance(node, _NEVER_SURE)
