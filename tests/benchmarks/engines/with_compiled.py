"""The compiled conditions of this package over columns: exact, with masks of what fails and of what is not known."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.made import Portfolio
from engines.measuring import Way, engine
from policyengine.facts.columns import Column, FactColumns, ListColumn
from policyengine.ir.program import Program

#: Amounts are whole dollars and the share is in hundredths: what makes them minor units, and billionths.
_MINOR, _BILLIONTHS = 100, 10**9
_AMOUNTS = ("income", "debt_service", "balance")


def ways(program: Program, portfolio: Portfolio, threads: int) -> list[Way]:
    """Return the way.

    Raises:
        NotInstalledError: numba, which compiles for columns, is not there.
    """
    screening = engine("policyengine.evaluators.compiled.columns.screening", "numba")
    evaluator, facts = screening.ColumnsEvaluator(threads=threads), facts_of(portfolio)

    def run(_: None) -> Any:
        return evaluator.screen(program, facts)

    return [Way(f"compiled, {threads} threads", run, ours=True, shown=_shown)]


def facts_of(portfolio: Portfolio) -> FactColumns:
    """Return the borrowers as this package has them. No column has a row of which it is not known."""
    facts = {
        f"loan.{name}": Column(_whole(name, column), None)
        for name, column in portfolio.columns.items()
    }
    rows = len(portfolio.columns["income"])
    alone = ListColumn(np.arange(rows + 1), None, {})
    return FactColumns(date(2024, 11, 20), rows, facts, alone, ())


def _whole(name: str, column: NDArray[Any]) -> NDArray[Any]:
    if name == "ltv":
        return np.array(np.rint(column * _BILLIONTHS), np.int32)
    if name in _AMOUNTS:
        return np.array(column * _MINOR, np.int32)
    return column.view(np.int8) if column.dtype == np.bool_ else column


def _shown(screened: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    assert screened.flagged is None or not screened.flagged.any(), "a row takes another path"
    assert not any(screened.left), "a condition is left out"
    assert not any(mask.any() for mask in screened.unknown), "nothing is unknown here"
    masks = np.stack(screened.failed[: len(screened.groups.plans)])
    return masks, masks == 0
