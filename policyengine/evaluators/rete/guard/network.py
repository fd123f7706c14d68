"""Facts in slots, and the rules that hold now.

The engine tells only of new matches, so what each rule stands on is kept here: a rule holds as long as all facts of one
of its matches stand. The slots are the record; whatever goes wrong in the engine, the network is made anew from them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from threading import RLock

import attrs

from policyengine.evaluators.rete.guard.engine import EngineError
from policyengine.evaluators.rete.guard.limits import (
    MOST_SLOTS,
    Part,
    TooManyError,
    parts_of,
    slots_of,
)
from policyengine.evaluators.rete.guard.matchers import InProcess, MakesMatchers, Matcher
from policyengine.evaluators.rete.guard.patterns import (
    Fact,
    Rule,
    UnsafeError,
    check_fact,
    types_of,
)
from policyengine.evaluators.rete.guard.spelling import Match, identities_clash

#: Facts that are asserted before a network is made anew, whatever happens. With identities of 32 bits made from what
#: facts say, the first two are taken for one another after some 46,000; those of slots cannot clash.
REBUILT_AFTER = 20_000
#: Failures of the engine that are kept.
MOST_FAILURES = 100


@attrs.define(eq=False)
class Network:
    """Rules over facts in slots, matched as the facts come and go. Safe between threads: one at a time.

    Attributes:
        rules: The rules; they are called by their place.
        slots: How many slots there are.
        rebuilt: How often the network was made anew.
        failures: What the engine said when it failed, the last times.

    Raises:
        UnsafeError: A rule or a fact is none that the engine takes as it is meant.
        TooManyError: There are more rules than are carried.
        EngineError: The engine fails, and fails again when made anew.
    """

    rules: Sequence[Rule]
    slots: int
    matchers: MakesMatchers = InProcess
    rebuilt_after: int = REBUILT_AFTER
    rebuilt: int = attrs.field(default=0, init=False)
    failures: deque[str] = attrs.field(factory=lambda: deque(maxlen=MOST_FAILURES), init=False)
    _parts: tuple[Part, ...] = attrs.field(init=False)
    _types: Mapping[str, type] = attrs.field(init=False)
    _homes: Mapping[int, tuple[int, ...]] = attrs.field(init=False)
    _facts: dict[int, Fact] = attrs.field(factory=dict, init=False, repr=False)
    _supports: dict[int, set[Match]] = attrs.field(factory=dict, init=False, repr=False)
    _of_slot: dict[int, set[Match]] = attrs.field(factory=dict, init=False, repr=False)
    _before: frozenset[int] = attrs.field(default=frozenset(), init=False)
    _asserted: int = attrs.field(default=0, init=False)
    _matcher: Matcher | None = attrs.field(default=None, init=False)
    _sound: bool = attrs.field(default=True, init=False)
    _lock: RLock = attrs.field(factory=RLock, init=False)

    def __attrs_post_init__(self) -> None:
        if self.slots > MOST_SLOTS or identities_clash(range(self.slots)):
            raise TooManyError(f"{self.slots:,} slots; at most {MOST_SLOTS:,} are carried")
        self._parts = parts_of(self.rules)
        self._types = types_of(self.rules)
        self._homes = _homes(self._parts, self.slots)

    @property
    def lock(self) -> RLock:
        """Held while a network changes; whoever changes it and then reads it holds it for both."""
        return self._lock

    @property
    def holding(self) -> frozenset[int]:
        """The rules that hold now."""
        with self._lock:
            return frozenset(self._supports)

    def matches_of(self, slot: int) -> frozenset[Match]:
        """Return the matches that the fact of a slot is part of."""
        with self._lock:
            return frozenset(self._of_slot.get(slot, ()))

    def changed(self) -> tuple[frozenset[int], frozenset[int]]:
        """Return the rules that hold since this was last asked, and those that ceased to."""
        with self._lock:
            now, before = self.holding, self._before
            self._before = now
            return now - before, before - now

    def fact(self, slot: int) -> Fact | None:
        """Return the fact that stands in a slot."""
        return self._facts.get(slot)

    def replace(self, slot: int, fact: Fact | None) -> None:
        """Put a fact in a slot in the place of what stood there, or nothing."""
        if not 0 <= slot < self.slots:
            raise UnsafeError(f"there is no slot {slot}")
        if fact is not None:
            check_fact(fact, self._types)
        with self._lock:
            if not self._sound or self._facts.get(slot) != fact:
                self._changed_to(slot, fact)

    def retract(self, slot: int) -> None:
        """Take the fact of a slot out, where there is one."""
        self.replace(slot, None)

    def rebuild(self) -> None:
        """Make the network anew from the facts in the slots."""
        with self._lock:
            self.close()
            self._supports.clear()
            self._of_slot.clear()
            self.rebuilt += 1
            self._asserted = 0
            for slot, fact in self._facts.items():
                self._put(slot, fact)
            self._sound = True

    def close(self) -> None:
        """Free what the engine holds; the facts stay, and the next change makes the network anew."""
        with self._lock:
            matcher, self._matcher, self._sound = self._matcher, None, False
            if matcher is not None:
                try:
                    matcher.close()
                except EngineError as error:
                    self.failures.append(str(error))

    def _changed_to(self, slot: int, fact: Fact | None) -> None:
        """Change a slot, and the engine after it: until that has followed, it is not to be trusted."""
        sound, self._sound = self._sound and self._asserted < self.rebuilt_after, False
        held = self._facts.pop(slot, None) is not None
        self._forget(slot)
        if fact is not None:
            self._facts[slot] = dict(fact)
        if not (sound and self._followed(slot, fact, held=held)):
            self.rebuild()
        self._sound = True

    def _followed(self, slot: int, fact: Fact | None, *, held: bool) -> bool:
        """Retract before anything is asserted; return whether the engine took it."""
        try:
            if held and self._matcher is not None:
                for part in self._homes[slot]:
                    self._matcher.take(part, slot)
            if fact is not None:
                self._put(slot, fact)
        except EngineError as error:
            self.failures.append(str(error))
            return False
        return True

    def _put(self, slot: int, fact: Fact) -> None:
        if self._matcher is None:
            self._matcher = self.matchers(self._parts)
        self._asserted += 1
        for part in self._homes[slot]:
            for match in self._matcher.put(part, slot, fact):
                self._keep(match)

    def _keep(self, match: Match) -> None:
        rule, slots = match
        self._supports.setdefault(rule, set()).add(match)
        for slot in slots:
            self._of_slot.setdefault(slot, set()).add(match)

    def _forget(self, slot: int) -> None:
        """Drop the matches that a fact was part of, and the rules that no longer have one."""
        for match in self._of_slot.pop(slot, ()):
            rule, slots = match
            for other in slots - {slot}:
                self._of_slot[other].discard(match)
            self._supports[rule].discard(match)
            if not self._supports[rule]:
                del self._supports[rule]


def _homes(parts: Sequence[Part], slots: int) -> dict[int, tuple[int, ...]]:
    """Return for each slot the rulesets in which a rule is about it."""
    about = [slots_of([p for rule in part.rules for p in rule.patterns]) for part in parts]
    return {
        slot: tuple(i for i, named in enumerate(about) if named is None or slot in named)
        for slot in range(slots)
    }
