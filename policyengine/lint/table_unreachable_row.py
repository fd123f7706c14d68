"""A row that never decides: earlier rows take all that it accepts, or no input fits it."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.diagnostics import Diagnostic, Severity
from policyengine.ir.program import Program, TableDefinition
from policyengine.lint._grid import TooLarge, idle_rows

CODE = "table-unreachable-row"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each row without an effect."""
    for table in program.tables.values():
        for row, fits in idle(table, program):
            why = "earlier rows take every input that fits it" if fits else "no input fits it"
            yield Diagnostic(
                CODE,
                f"this row of the table `{table.name}` never decides: {why}",
                table.rows[row].span.first_line(),
                "move it up, or leave it out" if fits else "check it against the vocabulary",
                severity=Severity.WARNING,
            )


def idle(table: TableDefinition, program: Program) -> list[tuple[int, bool]]:
    """Return the rows without an effect and whether anything fits them."""
    try:
        return list(idle_rows(table, program))
    except TooLarge:
        return []
