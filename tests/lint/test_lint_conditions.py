"""Constant conditions against brute force: never a false alarm, and nothing of one fact is missed."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st
from linting import load

#: The vocabulary gives a score from 0 to 1000.
THRESHOLDS = [-1, 0, 1, 2, 999, 1000, 1001]
SCORES = [0, 1, 2, 3, 500, 998, 999, 1000]
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@attrs.frozen
class Condition:
    text: str
    holds: Callable[[int], bool]
    parts: tuple[Condition, ...] = ()

    def all(self) -> Iterator[Condition]:
        yield self
        for part in self.parts:
            yield from part.all()

    def constant(self) -> bool:
        return len({self.holds(score) for score in SCORES}) == 1


def _compared(sign: str, limit: int) -> Condition:
    compare = COMPARISONS[sign]
    return Condition(f"borrower.score {sign} {limit}", lambda score: compare(score, limit))


def _member(limits: list[int]) -> Condition:
    text = "borrower.score in {" + ", ".join(map(str, limits)) + "}"
    return Condition(text, lambda score: score in limits)


def _both(one: Condition, other: Condition) -> Condition:
    text = f"({one.text}) and ({other.text})"
    return Condition(text, lambda score: one.holds(score) and other.holds(score), (one, other))


def _either(one: Condition, other: Condition) -> Condition:
    text = f"({one.text}) or ({other.text})"
    return Condition(text, lambda score: one.holds(score) or other.holds(score), (one, other))


def _negated(one: Condition) -> Condition:
    return Condition(f"not ({one.text})", lambda score: not one.holds(score), (one,))


_single = st.one_of(
    st.builds(_compared, st.sampled_from(sorted(COMPARISONS)), st.sampled_from(THRESHOLDS)),
    st.builds(_member, st.lists(st.sampled_from(THRESHOLDS), min_size=1, max_size=3)),
)
conditions = st.recursive(
    _single,
    lambda inner: st.one_of(
        st.builds(_both, inner, inner), st.builds(_either, inner, inner), st.builds(_negated, inner)
    ),
    max_leaves=4,
)


def _reported(text: str) -> list[str]:
    items = load(f"derive:\n  a: {text!r}\n").findings.items
    messages = [d.message for d in items if d.code == "constant-condition"]
    return [message.split("`")[1] for message in messages]


@given(conditions)
def test_a_condition_on_one_fact_is_reported_exactly_where_it_is_constant(
    condition: Condition,
) -> None:
    reported = _reported(condition.text)
    constant = {part.text for part in condition.all() if part.constant()}
    assert set(reported) <= constant
    assert bool(reported) == bool(constant)


@given(conditions)
def test_what_else_is_asked_counts_as_unknown(condition: Condition) -> None:
    known = _reported(condition.text)
    beside = _reported(f"({condition.text}) and borrower.willing or borrower.income > 1")
    assert beside == known
