"""Where the network and the evaluator that shadows it differ: what is kept of it, with as few facts as it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias

import attrs

from policyengine.facts.facts import Facts, Situation
from policyengine.model.types import Record

#: Times that a smaller case is tried for one disagreement.
MOST_TRIES = 400
#: A fact by its path; a loan that is not under assessment by its place.
Part: TypeAlias = str | int


@attrs.frozen
class Difference:
    """One condition, what the network says of it and what the shadow does; None is not known."""

    group: str
    id: str
    found: bool | None
    want: bool | None


@attrs.frozen(eq=False)
class Disagreement:
    """The network and its shadow differed, or the engine failed; the shadow's answer stands.

    Attributes:
        policy: The policy, and `digest` its fingerprint.
        day: The day of the decision.
        differences: The conditions in question; none where the engine failed.
        error: What the engine said, where it failed.
        situation: The facts, as few as still show it. They are the borrower's: they stay in memory.
        again: Whether it shows on a fresh network with these facts; if not, it hung on what was there before.
    """

    policy: str
    digest: str
    day: date
    differences: tuple[Difference, ...]
    error: str | None
    situation: Situation = attrs.field(repr=False)
    again: bool


def smallest(situation: Situation, shows: Callable[[Situation], bool]) -> tuple[Situation, bool]:
    """Return the fewest facts that still show something, and whether it shows at all on facts alone.

    Facts are taken away in halves, then quarters, down to one: what is left needs every one of its facts.
    """
    if not shows(situation):
        return situation, False
    tries = iter(range(MOST_TRIES))
    parts = _parts(situation)
    size = max(1, len(parts) // 2)
    while parts:
        left = _without_one(
            parts, size, lambda kept: next(tries, None) is not None and shows(_of(situation, kept))
        )
        if left is not None:
            parts = left
            size = min(size, max(1, len(parts)))
        elif size == 1:
            break
        else:
            size //= 2
    return _of(situation, parts), True


def _without_one(
    parts: Sequence[Part], size: int, shows: Callable[[Sequence[Part]], bool]
) -> list[Part] | None:
    """Return the parts without the first stretch of a size that is not needed; None where each is."""
    for start in range(0, len(parts), size):
        kept = [*parts[:start], *parts[start + size :]]
        if shows(kept):
            return kept
    return None


def _parts(situation: Situation) -> list[Part]:
    facts = situation.facts
    others = [place for place in range(len(facts.loans or ())) if place != situation.loan]
    return [*others, *facts.values, *(f"loan.{name}" for name in _loan(situation).fields)]


def _loan(situation: Situation) -> Record:
    loans = situation.facts.loans
    return loans[situation.loan] if loans and situation.loan is not None else Record({})


def _of(situation: Situation, kept: Sequence[Part]) -> Situation:
    """Return a situation with those of its facts that are kept."""
    facts, left = situation.facts, set(kept)
    values = {path: value for path, value in facts.values.items() if path in left}
    if facts.loans is None or situation.loan is None:
        return Situation(Facts(facts.as_of, facts.currency, values, facts.loans), situation.loan)
    own = {n: v for n, v in _loan(situation).fields.items() if f"loan.{n}" in left}
    loans = [
        (place, Record(own) if place == situation.loan else loan)
        for place, loan in enumerate(facts.loans)
        if place == situation.loan or place in left
    ]
    place = [place for place, _ in loans].index(situation.loan)
    found = Facts(facts.as_of, facts.currency, values, tuple(loan for _, loan in loans))
    return Situation(found, place)
