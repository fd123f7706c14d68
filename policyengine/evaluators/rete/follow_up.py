"""Follow-up in the network: whether an event moves an agreement on, as joins of at most two events.

An event that counts is a fact: its kind as a small integer, its day, its number among those of its kind since the state
was entered, and how many outcomes in a row were of its kind. So `count: n` is a comparison of one fact, `consecutive`
too, and `within` a join of two: the event, and that n - 1 before it, which has to be late enough. Money is not seen:
whether a payment was on time is reckoned before.

Only as many events as the longest join looks back stand in the network, in slots that are used in turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock

import attrs

from policyengine.evaluators.follow_up import Happened, ReferenceFollower, holds
from policyengine.evaluators.rete.guard.engine import EngineError
from policyengine.evaluators.rete.guard.limits import TooManyError
from policyengine.evaluators.rete.guard.matchers import InProcess, MakesMatchers
from policyengine.evaluators.rete.guard.network import Network
from policyengine.evaluators.rete.guard.patterns import (
    SLOT,
    Against,
    Fact,
    Link,
    Pattern,
    Rule,
    UnsafeError,
)
from policyengine.ir.program import FollowUpDefinition, TransitionDefinition
from policyengine.model.events import OPPOSITES

#: Events that a join looks back at most; what looks back further is worked out before.
MOST_BACK = 64
#: Networks that are kept: one for each state of a follow-up.
MOST_NETWORKS = 64
#: Disagreements that are kept.
MOST_KEPT = 20
KIND, DAY, NUMBER, ROW, VALUE = "kind", "day", "nth", "row", "v"
_FAILURES = (EngineError, TooManyError, UnsafeError)


@attrs.frozen(eq=False)
class FollowUpDisagreement:
    """The network and the reference differed about an event, or the engine failed; the reference's answer stands.

    Attributes:
        state: The state of the agreement.
        since: The events since it was entered, as few as still show it.
        found: The place of the transition that the network took; None for none.
        want: That of the reference's.
        error: What the engine said, where it failed.
    """

    state: str
    since: tuple[Happened, ...]
    found: int | None
    want: int | None
    error: str | None


@attrs.frozen(eq=False)
class ReteFollower:
    """Follows agreements by networks, each step shadowed by the reference. Safe between threads."""

    matchers: MakesMatchers = InProcess
    _states: dict[tuple[FollowUpDefinition, str], StateNetwork] = attrs.field(
        factory=dict, init=False
    )
    _disagreements: list[FollowUpDisagreement] = attrs.field(factory=list, init=False)
    _lock: Lock = attrs.field(factory=Lock, init=False)

    @property
    def disagreements(self) -> tuple[FollowUpDisagreement, ...]:
        """What the reference said otherwise, and failures of the engine."""
        return tuple(self._disagreements)

    def taken(
        self, follow_up: FollowUpDefinition, state: str, since: Sequence[Happened]
    ) -> TransitionDefinition | None:
        """Return the transition that the last event takes, or None where it takes none."""
        want = ReferenceFollower().taken(follow_up, state, since)
        try:
            network = self._network(follow_up, state)
            found = network.taken(since)
            if found is not want:
                network.network.rebuild()
        except _FAILURES as error:
            self._note(follow_up, state, since, str(error))
            return want
        if found is not want:
            self._note(follow_up, state, since, None)
        return want

    def _network(self, follow_up: FollowUpDefinition, state: str) -> StateNetwork:
        key = follow_up, state
        with self._lock:
            if key not in self._states:
                while len(self._states) >= MOST_NETWORKS:
                    self._states.pop(next(iter(self._states))).network.close()
                self._states[key] = state_network(follow_up, state, self.matchers)
            return self._states[key]

    def _note(
        self,
        follow_up: FollowUpDefinition,
        state: str,
        since: Sequence[Happened],
        error: str | None,
    ) -> None:
        if len(self._disagreements) >= MOST_KEPT:
            return
        least = list(since)
        for event in since[:-1]:
            fewer = [each for each in least if each is not event]
            if error is None and _differs(follow_up, state, fewer, self.matchers) is not None:
                least = fewer
        found, want = _differs(follow_up, state, least, self.matchers) or (None, None)
        self._disagreements.append(FollowUpDisagreement(state, tuple(least), found, want, error))


def _differs(
    follow_up: FollowUpDefinition, state: str, since: Sequence[Happened], matchers: MakesMatchers
) -> tuple[int | None, int | None] | None:
    """Return what a network that has seen nothing else and the reference take, where they differ."""
    network = state_network(follow_up, state, matchers)
    try:
        found, want = network.taken(since), ReferenceFollower().taken(follow_up, state, since)
    except _FAILURES:
        return None
    finally:
        network.network.close()
    places = {id(way): place for place, way in enumerate(follow_up.transitions)}
    return None if found is want else (places.get(id(found)), places.get(id(want)))


@attrs.frozen
class _Slots:
    """Where the events of a kind stand: `depth` slots from `first` on, in turn."""

    kind: int
    first: int
    depth: int

    def of(self, number: int) -> int:
        """Return the slot of an event by its number among those of its kind, from 1."""
        return self.first + (number - 1) % self.depth


@attrs.frozen(eq=False)
class StateNetwork:
    """The transitions out of one state over the events since it was entered.

    Attributes:
        ways: The transitions, which are the rules of the network by their places.
        network: The network.
    """

    ways: Sequence[TransitionDefinition]
    network: Network
    _slots: Mapping[str, _Slots]
    _before: Mapping[int, int]

    def taken(self, since: Sequence[Happened]) -> TransitionDefinition | None:
        """Return the first transition that the last event takes, or None where it takes none."""
        last = since[-1]
        with self.network.lock:
            held = self._held_by_kind(last, since) | self._held_before(since)
        return self.ways[min(held)] if held else None

    def _held_by_kind(self, last: Happened, since: Sequence[Happened]) -> set[int]:
        """Return the transitions that hold with the last event in one of their matches."""
        slots = self._slots.get(last.kind)
        if slots is None or not last.on_time:
            return set()
        facts, newest = _facts(last.kind, slots, since)
        for slot in range(slots.first, slots.first + slots.depth):
            self.network.replace(slot, facts.get(slot))
        return {rule for rule, _ in self.network.matches_of(newest)}

    def _held_before(self, since: Sequence[Happened]) -> set[int]:
        for place, slot in self._before.items():
            self.network.replace(slot, {VALUE: int(holds(self.ways[place], since))})
        return {place for place in self._before if place in self.network.holding}


def state_network(
    follow_up: FollowUpDefinition, state: str, matchers: MakesMatchers = InProcess
) -> StateNetwork:
    """Return the network of a state, empty.

    Raises:
        TooManyError: There are more transitions than are carried.
    """
    ways = [way for way in follow_up.transitions if way.state == state]
    slots: dict[str, _Slots] = {}
    free = 0
    for way in filter(_is_carried, ways):
        if way.event not in slots:
            depth = max(map(_back, (w for w in ways if w.event == way.event and _is_carried(w))))
            slots[way.event] = _Slots(len(slots), free, depth)
            free += depth
    left = [place for place, way in enumerate(ways) if not _is_carried(way)]
    before = {place: free + i for i, place in enumerate(left)}
    rules = [
        _met(before[place]) if place in before else _rule(way, slots[way.event].kind)
        for place, way in enumerate(ways)
    ]
    network = Network(rules, free + len(before), matchers)
    return StateNetwork(ways, network, slots, before)


# Transitions as rules


def _is_carried(way: TransitionDefinition) -> bool:
    """Whether a transition is a comparison or a join of two events, and looks back no further than is kept."""
    if way.consecutive is not None and way.consecutive < 1:
        return False
    return 1 <= way.count <= MOST_BACK and (way.within is None or way.within >= 1)


def _back(way: TransitionDefinition) -> int:
    """Return how many events of its kind a transition looks at, the last one included."""
    return 1 if way.within is None else way.count


def _rule(way: TransitionDefinition, kind: int) -> Rule:
    tests = [Against(KIND, "==", kind), Against(NUMBER, ">=", way.count)]
    if way.consecutive is not None:
        tests.append(Against(ROW, ">=", way.consecutive))
    event = Pattern(tuple(tests))
    if way.within is None or way.count == 1:
        return Rule((event,))
    late_enough = Link(DAY, ">", 0, DAY, -way.within)
    that_far_back = Link(NUMBER, "==", 0, NUMBER, 1 - way.count)
    return Rule((event, Pattern((Against(KIND, "==", kind),), (late_enough, that_far_back))))


def _met(slot: int) -> Rule:
    return Rule((Pattern((Against(SLOT, "==", slot), Against(VALUE, "==", 1))),))


# Events as facts


def _facts(kind: str, slots: _Slots, since: Sequence[Happened]) -> tuple[dict[int, Fact], int]:
    """Return the last events of a kind by their slots, and the slot of the very last one."""
    facts: dict[int, Fact] = {}
    number = row = newest = 0
    for event in since:
        if event.kind == kind and event.on_time:
            number, row = number + 1, row + 1
            newest = slots.of(number)
            facts[newest] = {KIND: slots.kind, DAY: event.day, NUMBER: number, ROW: row}
        elif event.kind in (kind, OPPOSITES.get(kind)):
            row = 0
    return facts, newest
