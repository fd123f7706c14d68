"""Balances that are not known: what they do to a search, by the lever that touches them.

A balance matters once its lever is reached (`plans.ladder`): the terms before are judged without it, and where none of
them will do, it is not known whether there are any. A lever whose least is already something is there from the start,
and so is the first one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from policyengine.evaluators.compiled.columns.logic import YES, Logic
from policyengine.evaluators.compiled.columns.offers.draft import Setting
from policyengine.plans.position import balances_of

#: Above every choice.
_NEVER = 1 << 62


@attrs.frozen(eq=False)
class Reached:
    """The balances of levers in their order; `known` are the sources of whether each is known."""

    settings: Sequence[Setting]
    known: Mapping[str, str]
    logic: Logic

    @property
    def from_the_start(self) -> list[str]:
        """The sources of whether what the very first terms need is known."""
        return [
            source
            for place, setting in enumerate(self.settings)
            if place == 0 or not setting.unchanged
            for source in self._known(setting)
        ]

    @property
    def missing(self) -> list[str]:
        """The sources of whether balances are not known."""
        return [self.logic.negated(source) for source in self.known.values() if source != YES]

    @property
    def guarded(self) -> bool:
        """Whether the search may come to a lever of which a balance is not known."""
        return any(self._later())

    def furthest(self) -> Iterator[str]:
        """Yield the lines that name the last choice before a balance is needed that is not known."""
        if self.guarded:
            yield f"furthest = {_NEVER}"
        for place, known in self._later():
            before = sum(setting.searched for setting in self.settings[:place])
            choices = " + ".join(f"last_{each}" for each in range(before)) or "0"
            missing = self.logic.negated(self.logic.all_of(known))
            yield f"furthest = min(furthest, {choices}) if {missing} else furthest"

    def _later(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the places of levers that need a balance once they are reached, and whether each is known."""
        for place, setting in enumerate(self.settings):
            known = self._known(setting)
            if place and known and setting.unchanged:
                yield place, known

    def _known(self, setting: Setting) -> list[str]:
        names = (name for name in balances_of(setting.lever) if name != "future_interest")
        return [self.known[name] for name in names if self.known[name] != YES]
