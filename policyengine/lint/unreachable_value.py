"""A value in a set that the fact can never have, by the vocabulary's `min` and `max`."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.diagnostics import Diagnostic, Severity
from policyengine.ir.nodes import Constant, Member, Node
from policyengine.ir.program import Cell, Program
from policyengine.ir.showing import shown, written
from policyengine.lint._ranges import Range, range_of
from policyengine.lint._walk import nodes_in
from policyengine.model.types import Value
from policyengine.source import Span

CODE = "unreachable-value"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each member of a set that is out of reach, where another is in reach."""
    for node in nodes_in(program):
        if isinstance(node, Member):
            limits = range_of(node.value, program)
            options = [o for o in node.options if isinstance(o, Constant)]
            for value in _outside([o.value for o in options], len(node.options), limits):
                yield _note(value, node.value, limits, node.span)
    for table in program.tables.values():
        for row in table.rows:
            for cell, input_ in zip(row.cells, table.inputs, strict=True):
                if input_.node is not None:
                    limits, points = range_of(input_.node, program), _points(cell)
                    for value in _outside(points, len(points), limits):
                        yield _note(value, input_.node, limits, row.span.first_line())


def _points(cell: Cell) -> list[Value]:
    return [i.low for i in cell.intervals or () if i.low is not None and i.low == i.high]


def _outside(values: list[Value], options: int, limits: Range) -> list[Value]:
    """Return the values out of reach; where all are, the whole never holds, which is found elsewhere."""
    outside = [value for value in values if not limits.holds(value)]
    return outside if len(outside) < options else []


def _note(value: Value, node: Node, limits: Range, span: Span) -> Diagnostic:
    name = written(node.span)
    return Diagnostic(
        CODE,
        f"`{name}` is never `{shown(value, node.type)}`",
        span,
        f"`{name}` {limits.text(node.type)}",
        severity=Severity.WARNING,
    )
