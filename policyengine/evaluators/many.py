"""What every evaluator of many rows offers. Apart from `base`, as arrays are imported only where there are many."""

from __future__ import annotations

from typing import Protocol

from policyengine.decision.columns import Codes, DecidedColumns
from policyengine.facts.columns import FactColumns
from policyengine.ir.program import Program

#: Whether a policy applies to a row.
APPLIES, DOES_NOT, MAY = 1, 0, -1


class ColumnsEvaluator(Protocol):
    """An interpreter of programs over many rows. It is pure, agrees with the reference row by row, and can be pickled.

    Amounts of the facts are in minor units of the program's currency. Whether a policy is in force is asked elsewhere.
    """

    def decide(self, program: Program, facts: FactColumns) -> DecidedColumns:
        """Return what is decided of each row."""

    def applies(self, program: Program, facts: FactColumns) -> Codes:
        """Return of each row `APPLIES`, `DOES_NOT` or `MAY`."""
