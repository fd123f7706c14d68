"""Trends are held to the values of every place."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import grids
import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from policyengine.decision.trace import Result, Unknown
from policyengine.evaluators.base import Probe
from policyengine.explain.changes.moves import moved, moves_of
from policyengine.explain.changes.reach import Reach
from policyengine.explain.changes.trend import FALLS, MIXED, RISES, STILL, Trend, Trends
from policyengine.ir.nodes import Node

PATHS = ("x.cash", "x.cost", "x.n")


def trend_and_values(
    expression: str, facts: Mapping[str, Any], paths: tuple[str, ...]
) -> tuple[Trend, dict[tuple[int, ...], Result]]:
    """Return the trend of an expression, and its value at every place."""
    body = grids.DERIVE + f"  e: {tiny.quoted(expression)}\n"
    policies = tiny.policies(body, vocabulary=grids.VOCABULARY)
    (program,), situation = policies.programs, tiny.situation(policies, facts)
    ways = {m.path: m for m in moves_of(program, situation) if m.path in paths}
    moves = tuple(ways.values())
    node: Node = next(d.node for d in program.derived.values() if d.name == "e")

    def probe(point: tuple[int, ...]) -> Probe:
        return policies.evaluator.probe(program, moved(situation, moves, point))

    rises = {m.path: RISES if m.step > 0 else FALLS for m in moves}
    ends = probe(tuple(0 for _ in moves)), probe(tuple(m.most for m in moves))
    trend = Trends(Reach(program), rises, *ends).of(node)
    points = product(*(range(m.most + 1) for m in moves))
    return trend, {point: probe(point).value(node) for point in points}


def held_to(trend: Trend, values: Mapping[tuple[int, ...], Result]) -> None:
    if trend is MIXED:
        return
    for point, value in values.items():
        for side in range(len(point)):
            further = (*point[:side], point[side] + 1, *point[side + 1 :])
            if further in values:
                held_to_one_step(trend, value, values[further])


def held_to_one_step(trend: Trend, before: Result, after: Result) -> None:
    if trend is STILL:
        assert before == after
        return
    low, high = (before, after) if trend is RISES else (after, before)
    if isinstance(low, bool) or isinstance(high, bool):
        assert rank(low) <= rank(high)
        return
    assert isinstance(low, Unknown) == isinstance(high, Unknown)
    if not isinstance(low, Unknown):
        assert low <= high  # type: ignore[operator]  # amounts


def rank(truth: Result) -> int:
    return 1 if isinstance(truth, Unknown) else 2 if truth else 0


@settings(max_examples=200)
@given(
    expression=st.one_of(grids.CONDITIONS, grids.AMOUNTS),
    facts=grids.facts(),
    paths=st.sampled_from([*((path,) for path in PATHS), PATHS[:2], PATHS]),
)
def test_a_value_goes_the_way_of_its_trend(
    expression: str, facts: dict[str, Any], paths: tuple[str, ...]
) -> None:
    held_to(*trend_and_values(expression, facts, paths))


FACTS = {"x.cash": "3.00", "x.cost": "4.00", "x.n": "2", "x.flag": "true"}


@pytest.mark.parametrize(
    ("expression", "trend"),
    [
        ("x.cash - x.cost >= 3", RISES),  # cash goes up, cost goes down
        ("x.cash - x.cost < 3", FALLS),
        ("x.cash == 3", MIXED),
        ("x.cash + x.cost >= 3", MIXED),
        ("x.days > 3 days", STILL),
        ("x.cost / x.cash <= 0.5", RISES),
        ("x.cash / x.cost >= 2", MIXED),  # cost goes down to zero
        ("x.cash / max(x.cost, 1) >= 2", RISES),
        ("x.cash / (4 - x.cost) >= 2", MIXED),  # by zero
        ("not (x.cost > 2) and left > 1", RISES),
        ("if x.cash > 5 then x.flag else false", RISES),
        ("if x.cash > 5 then 3 else 2", RISES),
        ("if x.cash > 5 then 2 else 3", FALLS),
        ("if x.cash > 5 then x.cost else 6", MIXED),
        ("if x.flag then x.cash else x.cost", RISES),
        ("floor_to(x.cash / 3, 1)", RISES),
        ("x.cash * x.n", RISES),
        ("x.cash * (x.n - 5)", FALLS),
        ("step_by_cash", MIXED),
        ("abs(x.cash)", MIXED),
    ],
)
def test_signs_that_are_seen(expression: str, trend: Trend) -> None:
    facts = {**FACTS, "x.days": "2"}
    found, values = trend_and_values(expression, facts, ("x.cash", "x.cost"))
    assert found is trend
    held_to(found, values)


def test_the_law_would_see_a_wrong_sign() -> None:
    _, values = trend_and_values("x.cash", FACTS, ("x.cash",))
    assert len(values) == 7
    for wrong in (FALLS, STILL):
        with pytest.raises(AssertionError):
            held_to(wrong, values)
