"""Who holds the rulesets of one network: this process, or another one (`worker`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import attrs

from policyengine.evaluators.rete.guard.engine import Ruleset
from policyengine.evaluators.rete.guard.limits import Part
from policyengine.evaluators.rete.guard.patterns import Fact
from policyengine.evaluators.rete.guard.spelling import Match


class Matcher(Protocol):
    """The rulesets of one network, empty at first. After an `EngineError` it is thrown away."""

    def put(self, part: int, slot: int, fact: Fact) -> Sequence[Match]:
        """Assert the fact of a free slot in one of the rulesets; return the matches that it completes."""

    def take(self, part: int, slot: int) -> None:
        """Retract the fact of a slot from one of the rulesets."""

    def close(self) -> None:
        """Free what it holds."""


class MakesMatchers(Protocol):
    """Makes the rulesets of a network."""

    def __call__(self, parts: Sequence[Part]) -> Matcher:
        """Return empty rulesets.

        Raises:
            EngineError: They cannot be made.
        """


@attrs.frozen(eq=False)
class InProcess:
    """The rulesets in this process. They are made when the first fact arrives in them."""

    parts: Sequence[Part]
    _rulesets: dict[int, Ruleset] = attrs.field(factory=dict)

    def put(self, part: int, slot: int, fact: Fact) -> Sequence[Match]:
        """Assert the fact of a free slot in one of the rulesets."""
        if part not in self._rulesets:
            self._rulesets[part] = Ruleset(self.parts[part])
        return self._rulesets[part].put(slot, fact)

    def take(self, part: int, slot: int) -> None:
        """Retract the fact of a slot from one of the rulesets."""
        self._rulesets[part].take(slot)

    def close(self) -> None:
        """Free the rulesets."""
        for ruleset in self._rulesets.values():
            ruleset.close()
        self._rulesets.clear()
