"""A set, in a condition or in a cell, that names a value twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from policyengine.diagnostics import Diagnostic, Severity
from policyengine.ir.nodes import Constant, Member
from policyengine.ir.program import Cell, Program
from policyengine.ir.showing import shown
from policyengine.lint._walk import nodes_in
from policyengine.model.types import Value
from policyengine.source import Span

CODE = "repeated-value"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each value that a set repeats."""
    for node in nodes_in(program):
        if isinstance(node, Member):
            options = [option for option in node.options if isinstance(option, Constant)]
            for value in _repeated(option.value for option in options):
                yield _note(shown(value, options[0].type), node.span)
    for table in program.tables.values():
        for row in table.rows:
            for cell, input_ in zip(row.cells, table.inputs, strict=True):
                for value in _repeated(_points(cell)):
                    yield _note(shown(value, input_.type), row.span.first_line())


def _points(cell: Cell) -> Iterator[Value]:
    for interval in cell.intervals or ():
        if interval.low is not None and interval.low == interval.high:
            yield interval.low


def _repeated(values: Iterable[Value]) -> list[Value]:
    return [value for value, times in Counter(values).items() if times > 1]


def _note(value: str, span: Span) -> Diagnostic:
    message = f"`{value}` is named twice"
    return Diagnostic(CODE, message, span, "leave one out", severity=Severity.WARNING)
