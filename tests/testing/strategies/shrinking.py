"""The simplest example that Hypothesis comes to, the same on every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


def shrunk(strategy: SearchStrategy[T], condition: Callable[[T], bool], examples: int) -> T:
    """Return what is left of the first of so many examples for which a condition holds."""
    return find(
        strategy,
        condition,
        settings=settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
