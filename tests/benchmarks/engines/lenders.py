"""Whole decisions under the policies of the five lenders: offers solved, schedules built, from a raw mapping."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import borrowers

import policyengine as pe
from engines.measuring import Row, Way, compared

_POLICIES = Path(__file__).parents[3] / "policies"
_COUNT = 60


def measured(passes: int) -> tuple[list[Row], list[str]]:
    """Return what each evaluator takes for a loan of one borrower; both decide the same, or it fails."""
    reference, compiled = pe.load(_POLICIES), pe.load(_POLICIES, evaluator="compiled")
    profiles = list(_profiles())
    for profile in profiles:
        assert compiled.decide(profile).to_json() == reference.decide(profile).to_json()
    ways = [
        Way("reference", lambda profile: _read(reference.decide(profile)), ours=True),
        Way("compiled", lambda profile: _read(compiled.decide(profile)), ours=True),
    ]
    return compared(ways, profiles, passes), []


def _profiles() -> Iterator[Any]:
    """Yield the example's borrower with one of the five loans, with more or less income and expenses."""
    chance = Random(20240817)
    for place in range(_COUNT):
        profile = borrowers.single(place % len(borrowers.FIVE["loans"]))
        yield profile | {"borrower": _moved(profile["borrower"], chance)}


def _moved(borrower: dict[str, Any], chance: Random) -> dict[str, Any]:
    names = ("monthly_income", "essential_expenses")
    return borrower | {n: borrower[n] * Decimal(chance.randint(60, 140)) / 100 for n in names}


def _read(assessment: pe.Assessment) -> object:
    """Read what a caller would: outcomes, statuses, terms and schedules. Reasons are words, and made when read."""
    return [
        (decision.outcome, [(plan.status, plan.terms, plan.schedule) for plan in decision.plans])
        for decision in assessment.decisions
    ]
