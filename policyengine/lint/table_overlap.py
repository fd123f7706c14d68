"""Two rows of a `unique` table that one input fits, even where their outputs agree."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.diagnostics import Diagnostic, Related
from policyengine.ir.program import Program, TableDefinition
from policyengine.lint._grid import TooLarge, overlaps

CODE = "table-overlap"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each row that meets an earlier one."""
    for table in program.tables.values():
        for later, earlier, witness in shared(table, program):
            yield Diagnostic(
                CODE,
                f"two rows of the table `{table.name}` fit `{witness}`",
                table.rows[later].span.first_line(),
                "set the rows apart, or say `hit: first`",
                related=(Related("the other row", table.rows[earlier].span.first_line()),),
            )


def shared(table: TableDefinition, program: Program) -> list[tuple[int, int, str]]:
    """Return the pairs of rows with an input in common; a table too large to decide has none here."""
    if table.hit != "unique":
        return []
    try:
        return list(overlaps(table, program))
    except TooLarge:
        return []
