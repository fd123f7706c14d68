"""A table that is too large to look for gaps and overlaps in."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.diagnostics import Diagnostic, Severity
from policyengine.ir.program import Program, TableDefinition
from policyengine.lint._grid import TooLarge, hole, idle_rows, overlaps
from policyengine.lint.table_gap import needs_all

CODE = "table-not-checked"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each table that could not be decided."""
    for table in program.tables.values():
        if _too_large(table, program):
            yield Diagnostic(
                CODE,
                f"the table `{table.name}` is too large to be checked for gaps and overlaps",
                table.span.first_line(),
                "split it into tables of fewer inputs",
                severity=Severity.WARNING,
            )


def _too_large(table: TableDefinition, program: Program) -> bool:
    try:
        if needs_all(table):
            hole(table, program)
        if table.hit == "unique":
            list(overlaps(table, program))
        list(idle_rows(table, program))
    except TooLarge:
        return True
    return False
