"""Two answers that end differently, brought as near to one another as can be.

Halving would search for terms some fifty times. The terms found at one end say how far they themselves still fit, which
takes no search: beyond that the end is likely to change. Every guess is put to the evaluator like any other place.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import suppress
from itertools import count
from math import isqrt

import attrs

from policyengine.explain.asking.case import Spent


@attrs.define
class Narrowing:
    """A stretch of places on a fact's grid that is narrowed.

    `step` is how near the ends are brought to one another; above one, to three digits only. `end` says how all ends at
    a place; `edge` up to where the terms found at the first of two places fit.
    """

    low: int
    high: int
    step: int
    end: Callable[[int], Hashable]
    edge: Callable[[int, int], int | None]

    def narrow(self) -> None:
        """Bring the ends next to each other, unless that takes too much or ends in a third way in between."""
        with suppress(Spent):
            self._narrow((self.end(self.low), self.end(self.high)))

    def _narrow(self, ends: tuple[Hashable, Hashable]) -> None:
        for turn in count():
            middle = self._middle(ends, guessing=turn % 3 < 2)
            if middle is None:
                return
            end = self.end(middle)
            if end == ends[0]:
                self.low = middle
            elif end == ends[1]:
                self.high = middle
            else:
                return

    def _middle(self, ends: tuple[Hashable, Hashable], *, guessing: bool) -> int | None:
        """Return the place to look at next; None where the ends are near enough."""
        if self.high - self.low <= 1:
            return None
        if self.step == 1:
            guess = self._guess(ends) if guessing else None
            return (self.low + self.high) // 2 if guess is None else guess
        return self._coarse()

    def _coarse(self) -> int | None:
        """Return a place with few digits, halfway in magnitude as long as that is far off."""
        low, high = self.low, self.high
        unit = max(self.step, 10 ** (len(str(abs(low))) - 3))
        far = low >= 0 and high > 4 * max(low, unit)
        middle = isqrt(max(low, unit) * high) if far else (low + high) // 2
        middle = middle // unit * unit
        middle = middle if middle > low else middle + unit
        return middle if middle < high else None

    def _guess(self, ends: tuple[Hashable, Hashable]) -> int | None:
        """Return the last place at which the terms found fit, or the first at which they do not."""
        if True not in ends:
            return None
        low, high = self.low, self.high
        place, other, step = (low, high, 1) if ends[0] is True else (high, low, -1)
        edge = self.edge(place, other)
        if edge is None:
            return None
        return min(max(edge if edge != place else place + step, low + 1), high - 1)


def furthest(fits: Callable[[int], bool], place: int, other: int) -> int:
    """Return the place furthest from one towards another that fits, where those that fit come first."""
    while abs(other - place) > 1:
        middle = (place + other) // 2
        if fits(middle):
            place = middle
        else:
            other = middle
    return place
