"""What becomes of an offer over stretches of a fact, each looked at as a whole and halved where that says nothing."""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt

import attrs

from policyengine.decision.trace import Unknown
from policyengine.explain.asking.atoms import Atom
from policyengine.explain.asking.case import Answers, Case
from policyengine.explain.asking.throughout.proof import offered_throughout
from policyengine.explain.asking.throughout.stretch import Stretch

#: Stretches of one fact that are looked at, and how many in a row may say nothing.
_MOST, _IN_VAIN = 60, 10


@attrs.define
class Settled:
    """What is known of an offer for the places of a fact's grid: `places` has one for each stretch it is known of."""

    case: Case
    path: str
    answers: Answers
    places: list[int] = attrs.field(factory=list)
    room: int = _MOST
    in_vain: int = 0

    def all_of(self, atom: Atom, stretches: Iterable[tuple[int, int]]) -> bool:
        """Return whether it is known throughout some stretches whether there is an offer.

        Raises:
            Spent: Too much was tried.
        """
        return all(self._known(atom, stretch) for stretch in stretches)

    def _known(self, atom: Atom, stretch: tuple[int, int]) -> bool:
        low, high = stretch
        if not self.room or self.in_vain > _IN_VAIN or atom.plan is None:
            return False
        self.room -= 1
        self.in_vain += 1
        self.case.budget.step()
        if low == high:
            given = {**self.answers, self.path: self.case.domains[self.path].at(low)}
            known = not isinstance(atom.truth(atom.relevant(given)), Unknown)
        else:
            along = Stretch(self.case, atom.relevant(self.answers), self.path, low, high)
            known = offered_throughout(atom.plan, along) is not None
            if not known:
                middle = _middle(low, high)
                return self.all_of(atom, [(low, middle), (middle + 1, high)])
        if known:
            self.in_vain = 0
            self.places.append(low)
        return known


def _middle(low: int, high: int) -> int:
    """Return a place between two, halfway in magnitude as long as that is far off."""
    far = low >= 0 and high > 4 * max(low, 1)
    return isqrt(max(low, 1) * high) if far else (low + high) // 2
