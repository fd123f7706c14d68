"""A million borrowers under the same ten plans: for each plan who is eligible, and a byte whose bits say what fails.

From columns in memory, in each engine's own form, to columns in memory; on two threads. Nothing is missing, and only
the compiled evaluator would notice if something were.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import handwritten
import numpy as np
from compare_screening import POLICIES

import policyengine as pe
from engines import with_c, with_compiled, with_copying, with_duckdb, with_numpy, with_polars
from engines.conditions import Conditions, conditions_of
from engines.made import Portfolio, made
from engines.measuring import Row, Way, compared, installed
from policyengine.ir.program import Program

ROWS, THREADS = 1_000_000, 2
#: Every so many rows are held against Python written by hand.
_SAMPLE = 500
#: How often a pass repeats what is short, at most.
_REPEATS = 20


def measured(passes: int) -> tuple[list[Row], list[str]]:
    """Return what each way takes, and what is left out and why; all give the same bytes, or it fails."""
    policy = pe.load(POLICIES)["hardship"]
    conditions, portfolio = conditions_of(policy.program), made(ROWS, policy.policies)
    ways, skipped = installed(builders(policy.program, portfolio))
    check(ways, conditions, portfolio)
    ways += with_copying.ways(len(conditions.plans), portfolio, THREADS)
    return compared(ways, [None] * _REPEATS, passes, least=1), skipped


def builders(program: Program, portfolio: Portfolio) -> list[Callable[[], list[Way]]]:
    """Return what builds the ways of each engine."""
    conditions = conditions_of(program)
    return [
        lambda: with_c.ways(conditions, portfolio, THREADS),
        lambda: with_compiled.ways(program, portfolio, THREADS),
        lambda: with_numpy.ways(conditions, portfolio, THREADS),
        lambda: with_polars.ways(conditions, portfolio, THREADS),
        lambda: with_duckdb.ways(conditions, portfolio, THREADS),
    ]


def check(ways: list[Way], conditions: Conditions, portfolio: Portfolio) -> None:
    """Fail where a way says something else of any row than the first, or that of a sampled row than the hand."""
    masks, eligible = ways[0].shown(ways[0].run(None))
    rows = range(0, masks.shape[1], _SAMPLE)
    expected = np.array([_masks(conditions, portfolio.loan(row)) for row in rows], np.uint8).T
    assert np.array_equal(masks[:, ::_SAMPLE], expected)
    assert np.array_equal(eligible, masks == 0)
    for way in ways[1:]:
        also, may = way.shown(way.run(None))
        assert np.array_equal(also, masks), f"{way.name} says something else"
        assert np.array_equal(may, eligible), f"{way.name} says something else"


def _masks(conditions: Conditions, loan: dict[str, Any]) -> list[int]:
    """Return for each plan the bits of the conditions that fail, by hand."""
    _, failed = handwritten.screened(loan)
    return [
        sum(1 << place for place, key in enumerate(found) if key in failed.get(plan, ()))
        for plan, found in conditions.plans.items()
    ]
