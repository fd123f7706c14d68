"""A million made-up borrowers, as columns of this package and as what others read."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from policyengine.facts.columns import Column, FactColumns, ListColumn
from policyengine.ir.dictionary import Dictionary

Array: TypeAlias = NDArray[Any]
AS_OF = date(2024, 11, 20)
ENUMS = ("loan_type", "state", "employment", "hardship")
AMOUNTS = {"income": (800, 15_000), "debt_service": (200, 9_000), "balance": (500, 900_000)}
COUNTS = {
    "days_past_due": (0, 240),
    "months_on_book": (0, 180),
    "remaining_term": (0, 360),
    "prior_plans": (0, 4),
}
SHARES = {"in_bankruptcy": 0.15, "owner_occupied": 0.7, "docs_complete": 0.75}


def plain(rows: int, dictionary: Dictionary) -> dict[str, Array]:
    """Return what one would hold by hand: whole dollars, shares as doubles, enums as small codes."""
    random = np.random.default_rng(7)
    found: dict[str, Array] = {}
    for name in ENUMS:
        found[name] = random.integers(0, len(dictionary.enums[name].values), rows).astype(np.int8)
    for name, (low, high) in (AMOUNTS | COUNTS).items():
        found[name] = random.integers(low, high + 1, rows).astype(np.int32)
    for name, share in SHARES.items():
        found[name] = random.random(rows) < share
    return found | {"ltv": random.integers(20, 141, rows) / 100}


def facts(given: dict[str, Array], missing: float = 0.0) -> FactColumns:
    """Return the same as columns: cents, billionths, each as narrow as its values are; some facts missing."""
    random, rows = np.random.default_rng(8), len(given["income"])
    columns = {
        f"loan.{name}": Column(
            _whole(name, values), random.random(rows) >= missing if missing else None
        )
        for name, values in given.items()
    }
    return FactColumns(AS_OF, rows, columns, ListColumn(np.arange(rows + 1), None, {}), ())


def _whole(name: str, values: Array) -> Array:
    if name in AMOUNTS:
        values = values.astype(np.int64) * 100
    if name == "ltv":
        values = np.rint(values * 100).astype(np.int64) * 10_000_000
    least = np.min_scalar_type(int(-np.abs(values.astype(np.int64)).max() - 1))
    return values.astype(least)
