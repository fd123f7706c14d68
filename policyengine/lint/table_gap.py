"""A table without `otherwise` in which some input fits no row."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.diagnostics import Diagnostic
from policyengine.ir.program import Program, TableDefinition
from policyengine.lint._grid import TooLarge, hole

CODE = "table-gap"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each table that leaves an input without an output."""
    for table in program.tables.values():
        found = gap(table, program)
        if found is not None:
            yield Diagnostic(
                CODE,
                f"no row of the table `{table.name}` fits `{found}`",
                table.span.first_line(),
                "add a row for it, or `otherwise:`",
            )


def gap(table: TableDefinition, program: Program) -> str | None:
    """Return an input without an output, or None; a table too large to decide has none here."""
    if not needs_all(table):
        return None
    try:
        return hole(table, program)
    except TooLarge:
        return None


def needs_all(table: TableDefinition) -> bool:
    """Whether an input that fits no row has no output; a count of no rows is zero."""
    return table.otherwise is None and table.hit != "collect count"
