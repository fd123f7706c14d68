"""A quotient that has no value says nothing of what stands beside it: a branch, a row of a table, another fact."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import rows
import tiny

import policyengine as pe
from policyengine.facts.facts import Situation

CONDITIONS = (
    "(if x.flag then x.cash / x.m else x.cash) >= 100",
    "(if x.flag then x.cost else x.cost / x.m) < 100",
    "(if x.flag then x.cash / x.n else x.cost / x.m) >= 50",
    "(if x.flag then x.cash / (x.m - x.n) else x.cost) > x.cash",
    "shared > 40",
)
TABLE = """\
tables:
  shared:
    hit: unique
    inputs: [x.flag]
    output: money
    rows: [[true, x.cash / x.m], [false, x.cost]]
"""


def test_what_has_no_value_leaves_the_rest_as_it_is() -> None:
    policies = tiny.requiring(CONDITIONS, TABLE)
    situations = list(_situations(policies))
    found = rows.compared(policies, situations)
    assert found.differences == []
    assert (found.left, found.flagged) == (0, 0)


def _situations(policies: pe.PolicySet) -> Iterator[Situation]:
    amounts = (None, Decimal(0), Decimal("99.99"), Decimal(150))
    values = (amounts, amounts, (None, 0, 1, 3), (None, 0, 2), (None, True, False))
    names = ("x.cash", "x.cost", "x.m", "x.n", "x.flag")
    for each in product(*values):
        facts: dict[str, Any] = dict(zip(names, each, strict=True))
        known = {name: value for name, value in facts.items() if value is not None}
        yield tiny.situation(policies, known | {"loans": [{"id": "A"}]})
