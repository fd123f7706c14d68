"""A step that passes over everything in its range but the least."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from policyengine.diagnostics import Diagnostic, Severity
from policyengine.ir.levers import Extent
from policyengine.ir.nodes import Constant, Node
from policyengine.ir.program import Program
from policyengine.ir.showing import shown
from policyengine.lint._walk import parts_of

CODE = "step-too-large"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each step that is more than the range it is to go through."""
    for part in parts_of(program):
        if isinstance(part, Extent) and part.step is not None:
            yield from _check(part, part.step)


def _check(extent: Extent, step: Node) -> Iterator[Diagnostic]:
    low, high, stride = (_number(node) for node in (extent.low, extent.high, step))
    if low is None or high is None or stride is None or not low < high < low + stride:
        return
    least, most, by = (shown(value, extent.low.type) for value in (low, high, stride))
    message = f"a step of `{by}` passes over all from `{least}` to `{most}` but `{least}`"
    hint = f"write a step of `{shown(high - low, extent.low.type)}` or less"
    yield Diagnostic(CODE, message, step.span, hint, severity=Severity.WARNING)


def _number(node: Node) -> int | Fraction | None:
    value = node.value if isinstance(node, Constant) else None
    return value if isinstance(value, (int, Fraction)) else None
