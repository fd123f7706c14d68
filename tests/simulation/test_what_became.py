"""What became of a plan: the rules that are stated, from one pair of terms to another."""

from typing import Any

import numpy as np
import pytest

from policyengine.decision.columns import NONE, STATUSES, TERMS, PlanColumns
from policyengine.decision.decision import Status
from policyengine.simulation.changes import CHANGES, EFFECTS, Change, changes_of, effects_of

BASE = {"payment": 100, "max_payment": 120, "total_paid": 1000, "forborne": 50}
TOP = 2**63 - 1


def plan(status: Status | None = Status.ALLOWED, **terms: int) -> PlanColumns:
    code = NONE if status is None else STATUSES.index(status)
    mask = np.zeros(1, np.uint64)
    values = {term: np.array([(BASE | terms).get(term, 0)], np.int64) for term in TERMS}
    return PlanColumns(np.array([code], np.int8), mask, mask, values)


def change(old: PlanColumns, new: PlanColumns) -> Change | None:
    code = int(changes_of(old, new)[0])
    return None if code == NONE else CHANGES[code]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, None),
        ({"payment": 99}, Change.BETTER),
        ({"payment": 101}, Change.WORSE),
        ({"max_payment": 119}, Change.BETTER),
        ({"max_payment": 121}, Change.WORSE),
        ({"total_paid": 999}, Change.BETTER),
        ({"total_paid": 1001}, Change.WORSE),
        ({"forborne": 49}, Change.BETTER),
        ({"total_paid": 1010, "forborne": 40}, Change.OTHER_TERMS),  # 1,050 in all, as before
        ({"payment": 90, "total_paid": 1100}, Change.OTHER_TERMS),
        ({"payment": 90, "max_payment": 130}, Change.OTHER_TERMS),
        ({"payment": 90, "total_paid": 900}, Change.BETTER),
        ({"term_months": 13}, Change.OTHER_TERMS),
        ({"cost": -1}, Change.OTHER_TERMS),
    ],
)
def test_terms(terms: dict[str, int], expected: Change | None) -> None:
    assert change(plan(), plan(Status.ALLOWED, **terms)) is expected
    turned = {Change.BETTER: Change.WORSE, Change.WORSE: Change.BETTER}
    assert change(plan(Status.ALLOWED, **terms), plan()) is turned.get(expected, expected)  # type: ignore[arg-type]


def test_sums_beyond_64_bits_with_a_sign_are_compared() -> None:
    old, new = {"total_paid": TOP, "forborne": TOP - 1}, {"total_paid": TOP, "forborne": TOP}
    assert change(plan(Status.ALLOWED, **old), plan(Status.ALLOWED, **new)) is Change.WORSE


ALL = (*STATUSES, None)


@pytest.mark.parametrize("old", ALL)
@pytest.mark.parametrize("new", ALL)
def test_statuses(old: Status | None, new: Status | None) -> None:
    if Status.ALLOWED not in (old, new):
        expected = None if old is new or None in (old, new) else Change.OTHER_STATUS
    elif old is new:
        expected = None
    else:
        expected = Change.GAINED if new is Status.ALLOWED else Change.LOST
    assert change(plan(old), plan(new)) is expected


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        ([None, None], "same"),
        (["gained", None], "gains"),
        (["better", "gained"], "gains"),
        (["lost", "other_terms"], "loses"),
        (["worse"], "loses"),
        (["gained", "lost"], "both"),
        (["better", "worse"], "both"),
        (["other_terms", "other_status"], "other"),
    ],
)
def test_what_the_changes_of_its_plans_come_to_for_a_loan(plans: list[Any], expected: str) -> None:
    codes = [np.array([NONE if p is None else CHANGES.index(Change(p))], np.int8) for p in plans]
    assert EFFECTS[int(effects_of(codes, np.array([True]))[0])] == expected
    assert effects_of(codes, np.array([False])).tolist() == [NONE]
