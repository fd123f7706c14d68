"""Counts add up, whatever the parts."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from policyengine.decision.columns import NONE, TERMS, DecidedColumns, PlanColumns
from policyengine.portfolio.rejects import Reject
from policyengine.portfolio.tally import Tally, tally_of

ROW = st.tuples(
    st.sampled_from([-1, 0, 1, 2, 3]),
    st.sampled_from([0, 1, 2]),
    st.sampled_from([0, 1, 2, 3, 1 << 63, (1 << 63) | 2]),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([0, 1]),
)


def columns(rows: list[tuple[int, int, int, int, int]]) -> DecidedColumns:
    outcome = np.array([row[0] for row in rows], np.int8)
    status = np.array([NONE if row[0] == NONE else row[1] for row in rows], np.int8)
    failed = np.array([row[2] for row in rows], np.uint64)
    terms = dict.fromkeys(TERMS, np.array([row[3] for row in rows], np.int64))
    nothing = np.zeros(len(rows), np.uint64)
    paths = np.array([row[4] for row in rows], np.int8)
    plan = PlanColumns(status, failed, nothing, terms)
    return DecidedColumns(outcome, {"plan": plan}, (nothing, nothing), paths)


def counted(rows: list[tuple[int, int, int, int, int]], rejects: int = 0) -> Tally:
    bad = [Reject(row, "x", "code", "why") for row in range(rejects) for _ in range(2)]
    return tally_of({"policy": columns(rows)}, len(rows), bad)


@given(rows=st.lists(ROW, max_size=30), cut=st.integers(0, 30))
def test_two_parts_count_as_the_whole(rows: list[tuple[int, int, int, int, int]], cut: int) -> None:
    parts = counted(rows[:cut]) + counted(rows[cut:])
    assert as_counts(parts) == as_counts(counted(rows))
    assert Tally.from_json(parts.to_json()) == parts


def as_counts(tally: Tally) -> dict[str, object]:
    """Return the counts with those of nothing left out."""
    policy = tally.policies["policy"]
    plan = policy.plans["plan"]
    return {
        "decided": tally.decided,
        "without": tally.without_policy,
        "outcome": {k: v for k, v in policy.outcome.items() if v},
        "exact": policy.exact,
        "status": {k: v for k, v in plan.status.items() if v},
        "failing": {k: v for k, v in plan.failing.items() if v},
        "first": {k: v for k, v in plan.first.items() if v},
        "cost": plan.cost,
    }


@given(rows=st.lists(ROW, max_size=30))
def test_counts_are_those_of_the_rows(rows: list[tuple[int, int, int, int, int]]) -> None:
    found = as_counts(counted(rows))
    applying = [row for row in rows if row[0] != NONE]
    denied = [row[2] for row in applying if row[1] == 1]
    assert found["without"] == len(rows) - len(applying)
    assert found["exact"] == sum(row[4] for row in applying)
    assert found["cost"] == sum(row[3] for row in applying if row[1] == 0)
    bits = {b: sum(m >> b & 1 for m in denied) for b in (0, 1, 63)}
    assert found["failing"] == {b: n for b, n in bits.items() if n}
    first = [min((b for b in (0, 1, 63) if m >> b & 1), default=-1) for m in denied]
    assert found["first"] == {b: first.count(b) for b in set(first)}


def test_a_row_with_two_rejects_is_one_row() -> None:
    tally = counted([], rejects=3)
    assert (tally.rejected, tally.rejects) == (3, {"code": 6})
