"""Random profiles over the tiny vocabulary, near the thresholds of the generated policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random
from typing import Any, TypeAlias

import tiny

Profile: TypeAlias = dict[str, Any]

POOLS: dict[str, list[Any]] = {
    "boolean": [True, True, False],
    "integer": [0, 1, 2, 3, 4],
    "number": [Decimal("0.5"), 1, 2],
    "money": [Decimal(n) for n in ("0", "50.00", "90.00", "99.99", "100.00", "100.01", "150.00")],
    "rate": [Decimal(n) for n in ("0", "0.06", "0.12", "0.24")],
    "days": [0, 29, 30, 31, 90],
    "months": [0, 2, 3, 6, 12],
    "date": ["2024-01-31", "2024-06-30", "2024-10-31", "2024-11-19", "2024-11-20", "2025-02-28"],
    "colour": ["red", "green", "blue"],
    "shade": ["light", "dark"],
    "text": ["a", "b"],
}
X = {
    **dict.fromkeys(["flag", "other", "dear"], "boolean"),
    **dict.fromkeys(["n", "m"], "integer"),
    "q": "number",
    **dict.fromkeys(["cash", "cost"], "money"),
    "rate": "rate",
    **dict.fromkeys(["days", "wait"], "days"),
    **dict.fromkeys(["months", "term"], "months"),
    **dict.fromkeys(["day", "end"], "date"),
    "word": "text",
    "colour": "colour",
    "shade": "shade",
}
ITEM = {
    "n": "integer",
    "cash": "money",
    "rate": "rate",
    "days": "days",
    "day": "date",
    "flag": "boolean",
    "colour": "colour",
}
PART = {"n": "integer", "flag": "boolean"}
LOAN: Mapping[str, list[Any]] = {
    "principal": [Decimal(n) for n in ("1200.00", "600.00", "1000.00", "600.00", "900.00", "0")],
    "accrued_interest": POOLS["money"],
    "penalty_interest": POOLS["money"],
    "fees": POOLS["money"],
    "annual_rate": POOLS["rate"],
    "payment": POOLS["money"],
    "remaining_term": [6, 12, 12, 1],
    "days_past_due": POOLS["days"],
    "next_due": ["2024-11-30", "2024-12-15"],
    "method": ["level", "level", "equal_principal"],
}
#: Without these there is never an offer; they are missing more seldom than the others.
NEEDED = ("principal", "annual_rate", "remaining_term", "next_due", "method")


def made(seed: int) -> Profile:
    """Return the profile of a seed: everything known, or some or many facts missing."""
    random = Random(seed)
    return _Maker(random, random.choice([0.0, 0.0, 0.03, 0.1, 0.3])).profile()


class _Maker:
    def __init__(self, random: Random, missing: float) -> None:
        self.random, self.missing = random, missing

    def profile(self) -> Profile:
        x = self._fields(X) | self._known({"items": self._items})
        count = self.random.choice([1, 1, 1, 2, 3])
        return {"as_of": tiny.AS_OF, "x": x, "loans": [self._loan(i) for i in range(count)]}

    def _loan(self, place: int) -> dict[str, Any]:
        fields = {n: self._from(p) for n, p in LOAN.items() if n not in NEEDED}
        needed = {n: self.random.choice(LOAN[n]) for n in NEEDED if not self._gone(0.25)}
        found = self._known(fields | {"items": self._items}) | needed
        if found.get("next_due") == "2024-11-30" and self.random.random() < 0.3:
            found["due_day"] = 31
        return {"id": f"L{place}"} | found

    def _items(self) -> list[dict[str, Any]]:
        count = self.random.choice([0, 1, 2, 2])
        return [self._fields(ITEM) | self._known({"parts": self._parts}) for _ in range(count)]

    def _parts(self) -> list[dict[str, Any]]:
        return [self._fields(PART) for _ in range(self.random.choice([0, 1, 2]))]

    def _fields(self, types: Mapping[str, str]) -> dict[str, Any]:
        return self._known({name: self._from(POOLS[type_]) for name, type_ in types.items()})

    def _from(self, pool: list[Any]) -> Callable[[], Any]:
        return lambda: self.random.choice(pool)

    def _known(self, fields: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
        return {name: value() for name, value in fields.items() if not self._gone()}

    def _gone(self, less: float = 1.0) -> bool:
        return self.random.random() < self.missing * less
