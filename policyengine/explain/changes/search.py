"""The nearest place at which every condition holds.

The places of the moves are cut into boxes, each ever further out and twice as wide. The box with the nearest corner
comes first; what a condition excludes of it is dropped, the rest is cut in two, until it is one place, which is tried.
Nothing that is still there is nearer than the box at hand: the first place that does is the nearest of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import product

import attrs

from policyengine.explain.changes.conditions import Condition
from policyengine.explain.changes.moves import Move, Point
from policyengine.explain.changes.places import Ground, Places
from policyengine.explain.changes.trend import FALLS, RISES, STILL, Trend, Trends

#: A box by its nearest and its furthest place.
Box = tuple[Point, Point]
#: Decides the plan anew at a place: whether it could be offered.
Confirmed = Callable[[Sequence[Move], Point], bool]


@attrs.frozen
class Nearest:
    """The nearest place, or None. Places of fewer than `steps` in all were excluded; `all`: there are no others."""

    point: Point | None
    steps: int
    all: bool


def nearest(
    ground: Ground, moves: Sequence[Move], confirmed: Confirmed, below: int | None = None
) -> Nearest:
    """Return the nearest place at which a plan could be offered, each move going at least one step.

    `below` ends the search at so many steps in all.
    """
    places = Places(ground, moves)
    return _Search(places, trends_of(places), confirmed, below).run()


def trends_of(places: Places) -> tuple[tuple[Condition, Trend], ...]:
    """Return each condition with the way it goes as the facts move."""
    rises = {move.path: RISES if move.step > 0 else FALLS for move in places.moves}
    trends = Trends(
        places.ground.offers.reach, rises, places.probe(places.today), places.probe(places.last)
    )
    return tuple((condition, condition.trend(trends)) for condition in places.ground.conditions)


@attrs.frozen
class _Search:
    places: Places
    conditions: tuple[tuple[Condition, Trend], ...]
    confirmed: Confirmed
    below: int | None

    def run(self) -> Nearest:
        last = self.places.last
        queue = [] if self._excluded(tuple(1 for _ in last), last) else list(_boxes(last))
        heapify(queue)
        while queue:
            steps, low, high = heappop(queue)
            if self.places.spent() or (self.below is not None and steps >= self.below):
                return Nearest(None, steps, all=False)
            if low == high and self._fits(low):
                return Nearest(low, steps, all=False)
            if low != high and not self._excluded(low, high):
                for part in _halves(low, high):
                    heappush(queue, part)
        return Nearest(None, sum(last) + 1, all=True)

    def _fits(self, point: Point) -> bool:
        probe = self.places.probe(point)
        hold = all(condition.holds(probe) is True for condition, _ in self.conditions)
        return hold and self.confirmed(self.places.moves, point)

    def _excluded(self, low: Point, high: Point) -> bool:
        """Whether a condition holds nowhere from a place to another."""
        return any(self._fails(*each, low, high) for each in self.conditions)

    def _fails(self, condition: Condition, trend: Trend, low: Point, high: Point) -> bool:
        if trend is STILL:
            return condition.holds(self.places.probe(low)) is not True
        if trend is RISES:
            return condition.excludes(self.places.probe(high))
        return trend is FALLS and condition.excludes(self.places.probe(low))


def _boxes(last: Point) -> Iterator[tuple[int, Point, Point]]:
    """Yield boxes that hold all places, with the steps to the nearest."""
    for stretches in product(*(list(_stretches(most)) for most in last)):
        yield _ranked(tuple(low for low, _ in stretches), tuple(high for _, high in stretches))


def _stretches(most: int) -> Iterator[tuple[int, int]]:
    low = 1
    while low <= most:
        yield low, min(2 * low - 1, most)
        low *= 2


def _halves(low: Point, high: Point) -> Iterator[tuple[int, Point, Point]]:
    """Cut a box in two across its longest side."""
    side = max(range(len(low)), key=lambda i: high[i] - low[i])
    middle = (low[side] + high[side]) // 2
    yield _ranked(low, (*high[:side], middle, *high[side + 1 :]))
    yield _ranked((*low[:side], middle + 1, *low[side + 1 :]), high)


def _ranked(low: Point, high: Point) -> tuple[int, Point, Point]:
    return sum(low), low, high
