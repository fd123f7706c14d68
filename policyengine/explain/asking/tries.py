"""Answers to one fact to try."""

from __future__ import annotations

import attrs

from policyengine.decision.later import Later
from policyengine.explain.asking.cuts import Stretch
from policyengine.explain.asking.domains import Domain
from policyengine.model.types import Value


@attrs.frozen
class Tries:
    """Answers to one fact to try, and whether no other could behave differently."""

    values: tuple[Value, ...]
    _rest: Later[tuple[Value, ...] | None]

    @property
    def exact(self) -> bool:
        """Whether no answer but `all` could behave differently; terms may have to be searched for to tell."""
        return self._rest.value is not None

    @property
    def all(self) -> tuple[Value, ...]:
        """The answers to try, with those that were found in looking for others."""
        return tuple(dict.fromkeys((*self.values, *(self._rest.value or ()))))

    @classmethod
    def known(cls, values: tuple[Value, ...], exact: bool) -> Tries:
        """Return answers of which it is known whether they are all there is to try."""
        return cls(values, Later.known(() if exact else None))

    @property
    def found_later(self) -> tuple[Value, ...]:
        """The answers that were found in looking for others."""
        return self.all[len(self.values) :]


def told_apart(stretches: tuple[Stretch, ...], domain: Domain) -> list[int]:
    """Return places of every stretch: a usual value and both ends, what reads well first."""
    usual = [domain.place(value) for value in domain.usual]
    inside = [next((p for p in usual if low <= p <= high), low) for low, high in stretches]
    ends = sorted((p for s in stretches for p in s), key=lambda place: place in domain.ends)
    return list(dict.fromkeys([*inside, *ends]))
