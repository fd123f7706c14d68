"""One loan under one policy in a network: its facts come and go, and the conditions that hold are known at once."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from policyengine.decision.screening import Group, Mask, Screening
from policyengine.evaluators.base import Probe
from policyengine.evaluators.rete.compiler.from_program import Conditions
from policyengine.evaluators.rete.guard.matchers import InProcess, MakesMatchers
from policyengine.evaluators.rete.guard.network import Network
from policyengine.facts.facts import Situation

#: A condition by its group and its id, and whether it holds.
Held = tuple[str, str]


@attrs.define(eq=False)
class LoanNetwork:
    """The conditions of a policy over the facts of one loan at a time.

    Whoever changes it and then reads it holds `network.lock` for both.

    Raises:
        TooManyError: The policy has more conditions than are carried.
        EngineError: From any change: the engine fails, and fails again when it is made anew.
    """

    conditions: Conditions
    matchers: MakesMatchers = InProcess
    network: Network = attrs.field(init=False)
    _before: frozenset[Held] = attrs.field(default=frozenset(), init=False)

    @network.default
    def _made(self) -> Network:
        return Network(self.conditions.rules, len(self.conditions.slots), self.matchers)

    def take(
        self, situation: Situation, probe: Probe, changed: Iterable[str] | None = None
    ) -> None:
        """Take the facts of a loan; slots in which the same stands already are left alone.

        Args:
            situation: The facts.
            probe: Works out what the network does not carry.
            changed: The paths of the facts that are not as they were when facts were last taken; by default any.
                The day of the decision is no fact: where it changes, everything may.
        """
        with self.network.lock:
            for place in self._places(changed):
                fact = self.conditions.slots[place].fact(situation, probe)
                self.network.replace(place, fact)

    def _places(self, changed: Iterable[str] | None) -> Iterable[int]:
        if changed is None:
            return range(len(self.conditions.slots))
        places: set[int] = set()
        for path in changed:
            places.update(self.conditions.by_fact.get(path, ()))
            if path.startswith("loan."):  # the loan is one of those in the list
                places.update(self.conditions.by_fact.get("loans", ()))
        return sorted(places)

    @property
    def truths(self) -> tuple[tuple[bool | None, ...], ...]:
        """Whether each condition holds, group by group, the guarantees last; None is not known."""
        holding = self.network.holding
        return tuple(tuple(m.truth(holding) for m in group) for group in self.conditions.means)

    @property
    def screening(self) -> Screening:
        """Which conditions of a screening fail, and which are not known."""
        truths = self.truths[:-1]
        failed = tuple(_mask(t is False for t in group) for group in truths)
        unknown = tuple(_mask(t is None for t in group) for group in truths)
        return Screening(self.conditions.groups, failed, unknown)

    @property
    def holding(self) -> frozenset[Held]:
        """The conditions that certainly hold, by group and id."""
        groups: tuple[Group, ...] = (*self.conditions.groups.all, self.conditions.guarantees)
        return frozenset(
            (group.name, rule.id)
            for group, truths in zip(groups, self.truths, strict=True)
            for rule, truth in zip(group.rules, truths, strict=True)
            if truth is True
        )

    def changed(self) -> tuple[frozenset[Held], frozenset[Held]]:
        """Return the conditions that hold since this was last asked, and those that ceased to."""
        now, before = self.holding, self._before
        self._before = now
        return now - before, before - now


def _mask(bits: Iterable[bool]) -> Mask:
    return sum(1 << place for place, bit in enumerate(bits) if bit)
