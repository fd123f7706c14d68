"""Policies with one plan, and the loan that the tests of single offers start from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import problems

import policyengine as pe

LOAN: dict[str, Any] = {
    "principal": Decimal("10000.00"),
    "annual_rate": Decimal("0.12"),
    "remaining_term": 24,
    "next_due": "2024-12-31",
    "method": "level",
    "payment": Decimal("470.73"),
} | dict.fromkeys(problems.BALANCES, Decimal("100.00"))
FACTS: dict[str, Any] = {
    "cash": Decimal("400.00"),
    "months": 3,
    "rate": Decimal("0.05"),
    "flag": True,
}


def policies(steps: str, until: str = "plan.max_payment <= x.cash", more: str = "") -> pe.PolicySet:
    """Return a policy with the plan `relief`; `steps` and `more`, the rest of the offer, are lines of YAML."""
    offer = [
        "steps:",
        *(f"  {line}" for line in steps.splitlines()),
        f"until: {until}",
        *more.splitlines(),
    ]
    lines = "".join(f"      {line}\n" for line in offer)
    return problems.loaded(
        problems.HEAD + f"plans:\n  relief:\n    title: {{en: Relief}}\n    offer:\n{lines}"
    )


def plan(found: pe.PolicySet, facts: dict[str, Any] | None = None, **loan: Any) -> pe.Plan:
    """Return what is decided of the plan for the loan with some facts changed; None leaves one out."""
    profile = {"as_of": "2024-11-20", "loans": [LOAN | loan], "x": FACTS | (facts or {})}
    return found.decide(profile).decisions[0].plan("relief")
