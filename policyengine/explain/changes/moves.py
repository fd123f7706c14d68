"""The facts that a borrower can act on: in whole steps from today's value, one way, within the fact's limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import floor

import attrs

from policyengine.facts.facts import Situation
from policyengine.ir.dictionary import FactDefinition
from policyengine.ir.program import Program
from policyengine.model.literals import LONGEST
from policyengine.model.types import Kind, Value

#: The furthest that a fact without a limit of its own is moved to: money as far as a profile can hold it.
_MOST_MINOR_UNITS = 2**63 - 1
_MOST = 10**15
_KINDS = {Kind.MONEY, Kind.INTEGER, Kind.NUMBER, Kind.RATE, Kind.DAYS, Kind.MONTHS}

#: A number of steps for each of several moves.
Point = tuple[int, ...]


@attrs.frozen
class Move:
    """One fact going up or down: by `step`, which has its sign, at most `most` times from where it stands."""

    fact: FactDefinition
    start: int | Fraction
    step: int | Fraction
    most: int

    @property
    def path(self) -> str:
        """The fact's path."""
        return self.fact.path

    def at(self, steps: int) -> int | Fraction:
        """Return the value after a number of steps."""
        return self.start + self.step * steps

    def by(self, steps: int) -> int | Fraction:
        """Return how far it goes in a number of steps."""
        return self.step * steps if self.step > 0 else -self.step * steps


def moves_of(program: Program, situation: Situation) -> tuple[Move, ...]:
    """Return every move of a known fact of the policy's vocabulary, by path; up before down."""
    dictionary = program.dictionary
    seen = dictionary.vocabularies.get(program.vocabulary, frozenset())
    facts = (dictionary.facts[path] for path in sorted(dictionary.facts) if path in seen)
    scale = program.scale
    return tuple(move for fact in facts for move in _moves(fact, situation.get(fact.path), scale))


def moved(situation: Situation, moves: Sequence[Move], point: Point) -> Situation:
    """Return the facts after each move has gone a number of steps."""
    for move, steps in zip(moves, point, strict=True):
        situation = situation.with_fact(move.path, move.at(steps))
    return situation


def _moves(fact: FactDefinition, value: Value | None, scale: int) -> Iterator[Move]:
    step = fact.step
    if fact.type.kind not in _KINDS or not isinstance(value, (int, Fraction)):
        return
    if not isinstance(step, (int, Fraction)) or step <= 0:
        return
    if fact.type.kind is Kind.MONEY:
        step *= (step * scale).denominator  # to the next whole minor unit
    low, high = _limits(fact, scale)
    if fact.direction != "down" and value + step <= high:
        yield Move(fact, value, step, floor((high - value) / step))
    if fact.direction != "up" and value - step >= low:
        yield Move(fact, value, -step, floor((value - low) / step))


def _limits(fact: FactDefinition, scale: int) -> tuple[int | Fraction, int | Fraction]:
    most: int | Fraction = LONGEST.get(fact.type.kind, _MOST)
    if fact.type.kind is Kind.MONEY:
        most = Fraction(_MOST_MINOR_UNITS, scale)
    low = fact.min if isinstance(fact.min, (int, Fraction)) else -most
    high = fact.max if isinstance(fact.max, (int, Fraction)) else most
    return max(low, -most), min(high, most)
