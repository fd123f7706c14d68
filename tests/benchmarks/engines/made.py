"""Made-up borrowers as columns, the same on every run, with the ranges of those of one borrower."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs
import numpy as np
from compare_screening import ENUMS, RANGES, SHARES
from numpy.typing import NDArray

import policyengine as pe

#: A fact of every row: places of names in 8 bits, whole numbers in 32, shares in doubles, truth values.
Columns: TypeAlias = Mapping[str, NDArray[Any]]


@attrs.frozen(eq=False)
class Portfolio:
    """Borrowers as columns, and the names that the places of the columns of names stand for."""

    columns: Columns
    names: Mapping[str, tuple[str, ...]]

    def loan(self, row: int) -> dict[str, Any]:
        """Return one borrower as plain values."""
        plain = {name: column[row].item() for name, column in self.columns.items()}
        return plain | {name: names[plain[name]] for name, names in self.names.items()}


def made(rows: int, policies: pe.PolicySet) -> Portfolio:
    """Return so many borrowers."""
    random = np.random.default_rng(20240817)
    enums = policies.dictionary.enums
    names = {name: tuple(enums[name].values) for name in ENUMS}
    columns: dict[str, NDArray[Any]] = {
        name: random.integers(0, len(found), rows, np.int8) for name, found in names.items()
    }
    for name, (low, high) in RANGES.items():
        columns[name] = random.integers(low, high + 1, rows, np.int32)
    columns["ltv"] = random.integers(20, 141, rows) / 100
    columns |= {name: random.random(rows) < share for name, share in SHARES.items()}
    return Portfolio(columns, names)
