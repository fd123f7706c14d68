"""Facts that something rests on, as sets of paths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from policyengine.decision.cited import Cited


@attrs.frozen
class Support:
    """Facts that are given, and facts whose absence matters."""

    given: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    def __or__(self, other: Support) -> Support:
        return Support(self.given | other.given, self.absent | other.absent)

    @property
    def cited(self) -> Cited:
        """The same in the order of the alphabet."""
        return Cited(tuple(sorted(self.given)), tuple(sorted(self.absent)))


NOTHING = Support()


def joined(supports: Iterable[Support]) -> Support:
    """Return everything that several rest on."""
    found = NOTHING
    for support in supports:
        found |= support
    return found


def smallest(supports: Sequence[Support]) -> Support:
    """Return the one with the fewest facts; of several the first by the alphabet."""
    return min(supports, key=_size)


def _size(support: Support) -> tuple[int, list[str], list[str]]:
    size = len(support.given) + len(support.absent)
    return size, sorted(support.given), sorted(support.absent)
