"""What is said to change a denial, held against every place of small grids."""

from __future__ import annotations

from typing import Any

import grids
import tiny
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import policyengine as pe
from policyengine.decision.decision import Status


def loaded(text: str, guarantee: str | None = None) -> pe.PolicySet:
    body = ""
    if guarantee is not None:
        because = "because: {en: So it is., zh: 如此。}"
        body = f"guarantees:\n  - {{id: cap, that: {tiny.quoted(guarantee)}, {because}}}\n"
    return tiny.policies(body, text, vocabulary=grids.VOCABULARY)


def held_to_the_grid(policies: pe.PolicySet, facts: dict[str, Any]) -> None:
    plan = grids.plan(policies, facts)
    assume(plan.status is Status.DENIED)
    singles = grids.singles(policies, facts)
    assert plan.change_search
    shown = {next(iter(c.changes)): c.steps for c in plan.would_change if len(c.changes) == 1}
    assert shown == singles
    assert [c.steps for c in plan.would_change] == sorted(c.steps for c in plan.would_change)
    if singles:
        assert len(shown) == len(plan.would_change)
    else:
        assert [c.steps for c in plan.would_change] == [
            steps for steps in [grids.pair(policies, facts)] if steps is not None
        ]
    for change in plan.would_change:
        assert change.proven  # grids are small: nothing is left open
        values = {path: str(fact.after) for path, fact in change.changes.items()}
        assert grids.status(policies, {**facts, **values}) is Status.ALLOWED


@settings(max_examples=150)
@given(text=grids.policies(), facts=grids.facts())
def test_the_nearest_changes_are_those_of_the_whole_grid(text: str, facts: dict[str, Any]) -> None:
    held_to_the_grid(loaded(text), facts)


@settings(max_examples=40)
@given(
    text=grids.policies(),
    facts=grids.facts(),
    guarantee=st.sampled_from(
        [
            "plan.extension <= 2 months",
            "plan.max_payment <= 700 + 50 * x.cash",
            "plan.waived <= x.cash",
        ]
    ),
)
def test_so_they_are_under_guarantees(text: str, facts: dict[str, Any], guarantee: str) -> None:
    held_to_the_grid(loaded(text, guarantee), facts)
