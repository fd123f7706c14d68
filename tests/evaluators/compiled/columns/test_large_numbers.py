from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import rows
import tiny

import policyengine as pe
from policyengine.facts.facts import Situation

CONDITIONS = (
    "x.cash * 3 > x.cost * 7",
    "x.cash * 3 <= x.cost * 7",
    "x.cash / x.cost > 0.31",
    "x.cash / x.cost == 2.5",
    "x.cost / loan.fees <= 31%",
    "x.cash + x.cost == 100.01",
    "x.cash - x.cost > 0",
    "abs(x.cash - x.cost) <= 0.01",
    "-x.cash < x.cost",
    "max(x.cash, x.cost, 0) * 12% > loan.fees",
    "min(x.cash * 2, x.cost * 3) < loan.fees",
    "(if x.flag then x.cash else x.cost * 2) * x.rate > loan.fees",
    "round_to(x.cash, 0.5) >= x.cost",
    "floor_to(x.cash, 10) == x.cash",
    "ceil_to(x.cash / 3, 0.01) * 3 > x.cash",
    "round_to(x.cash, x.cost) > x.cash",
    "ceil_to(loan.payment, 10) < 100.01",
    "ceil_to(loan.payment, 10) - 5 < 100",
    "sum(l.payment for l in loans) > x.cash + x.cost",
    "max(l.payment for l in loans) >= x.cash",
    "x.n in {0, 1, 9007199254740993}",
)
#: Products of so many bits that the error of a double may exceed what the wrapped difference decides.
BEYOND = ("x.cash * x.n >= x.cost * x.m", "x.n * x.n * x.m > x.n")
#: In minor units: about zero, about 2^53, about the bound of 64 bits.
AMOUNTS = (0, 1, 99, 100, 2**52, 2**53 - 1, 2**53, 2**53 + 1, 2**62, 2**63 - 2, 2**63 - 1)


def test_amounts_of_any_size_are_compared_exactly() -> None:
    policies = tiny.requiring(CONDITIONS)
    found = rows.compared(policies, list(_situations(policies, Random(7))))
    assert found.differences == []
    assert (found.left, found.flagged) == (0, 0)


def test_rows_that_64_bits_cannot_decide_are_flagged() -> None:
    policies = tiny.requiring(BEYOND)
    situations = list(_situations(policies, Random(7)))
    found = rows.compared(policies, situations)
    assert found.differences == []
    assert found.left == 0
    assert 0 < found.flagged < len(situations)


def test_numbers_of_ordinary_size_are_never_flagged() -> None:
    policies = tiny.requiring(BEYOND)
    found = rows.compared(policies, list(_situations(policies, Random(8), most=2**20)))
    assert found.differences == []
    assert found.flagged == 0


def _situations(
    policies: pe.PolicySet, random: Random, most: int = 2**63 - 1
) -> Iterator[Situation]:
    for _ in range(500):
        cash, cost = _pair(random, most)
        facts: dict[str, Any] = {
            "x.cash": _money(cash),
            "x.cost": _money(cost),
            "x.n": random.choice([0, 1, 2, 9007199254740992, 9007199254740993]) % (most + 1),
            "x.m": random.choice([-1, 0, 3, 2**31]) % (min(most, 2**31) + 1),
            "x.flag": random.random() < 0.5,
            "x.rate": random.choice([Decimal("0.12"), Decimal("0.123456789"), 0]),
            "loans": [
                {"id": "A", "fees": _money(abs(cost) // 3), "payment": _money(abs(cash))},
                {"id": "B", "payment": _money(abs(cost))},
            ],
        }
        known = {name: value for name, value in facts.items() if random.random() < 0.97}
        yield tiny.situation(policies, known | {"loans": facts["loans"]})


def _pair(random: Random, most: int) -> tuple[int, int]:
    """Two amounts that a threshold lies between, or near enough."""
    cash = min(random.choice(AMOUNTS) + random.randint(0, 9), most)
    ratio = random.choice([(3, 7), (100, 31), (2, 5), (1, 1), (-1, 1), (0, 1)])
    cost = cash * ratio[0] // ratio[1] + random.randint(-1, 1)
    signed = random.choice([1, 1, 1, -1]) * cash
    return signed, max(-most, min(most, cost))


def _money(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-2)
