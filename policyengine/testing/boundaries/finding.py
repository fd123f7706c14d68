"""Finds the borrower for whom a condition decides: somebody whom a plan is allowed, with single facts changed.

One starts from the borrowers whom the plans are allowed, and from those at other boundaries of the condition. Where it
does not decide for any of them, because another condition fails or the value is not used, facts that it reads are given
other values or taken away, one at a time, as long as nothing more stands in the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from heapq import heappop, heappush
from itertools import chain, zip_longest

import attrs

from policyengine.decision.decision import Status
from policyengine.model.types import Value
from policyengine.testing.boundaries.conditions import Condition, asked_about, conditions_of
from policyengine.testing.boundaries.deciding import Decider, Grade, key_of
from policyengine.testing.boundaries.mattering import brought, demands
from policyengine.testing.boundaries.probes import MissingProbe, Placed, Probe
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.witnesses import Witnesses

#: Borrowers that are tried for one boundary, and decisions that are made for it.
TRIES, DECISIONS = 100, 400
#: More than any number of rules: nothing turned at all.
_FAR = 1_000
#: Parts of a condition that name the fact of a boundary, and that one tries to make decide.
_PARTS = 4

#: A borrower, and by its place the one that it was made from.
Candidate = tuple[int, Borrower]


@attrs.frozen(eq=False)
class Found:
    """A boundary, the borrower who is moved across it and where to, and how much the condition decides.

    `base` is the place of the borrower that this one was made from.
    """

    probe: Probe
    base: int
    borrower: Borrower
    placed: tuple[Placed, ...]
    grade: Grade

    @property
    def moved(self) -> tuple[Borrower, ...]:
        """The borrower at each place."""
        return tuple(borrower for _, borrower in self.placed)


@attrs.frozen(eq=False)
class Tried:
    """What came of looking for one boundary: whom was found, or how many were tried, changing which facts."""

    found: Found | None
    tried: int
    changed: tuple[str, ...]


@attrs.frozen(eq=False, slots=False)
class Finder:
    """Looks for borrowers under one policy."""

    decider: Decider
    witnesses: Witnesses

    def best(
        self, condition: Condition, probes: Sequence[Probe], near: Sequence[Candidate] = ()
    ) -> Tried:
        """Return the boundary that shows most of what a condition decides, of several ways to show it.

        Args:
            condition: Which condition.
            probes: The ways to move across the boundary, the best one first.
            near: Borrowers at other boundaries of the condition.
        """
        search = _Search(self, condition, self.decider.count)
        starts = [*self._ordered(condition), *near]
        for place, probe in enumerate(probes):
            these = starts[:1] if place else starts
            search.try_all(probe, self._ready(condition, probe, these))
        search.climb()
        changed = self.changed(condition, probes[0].path, ())
        best = search.best or self._at_least(probes, starts)
        return Tried(best, search.count, changed)

    def _at_least(self, probes: Sequence[Probe], starts: Sequence[Candidate]) -> Found | None:
        """Return somebody at a limit where nothing changes: a fault may leave a gap there."""
        for probe in probes:
            for base, borrower in starts:
                placed = tuple(probe.placed(borrower)) if probe.is_limit else ()
                if placed:
                    return Found(probe, base, borrower, placed, Grade.NOTHING)
        return None

    def shown(
        self, condition: Condition, probe: Probe, base: int, borrower: Borrower
    ) -> Found | None:
        """Return a borrower at a boundary where anything at all changes there."""
        placed = tuple(probe.placed(borrower))
        moved = [each for _, each in placed]
        grade = self.decider.grade(condition, moved)
        if isinstance(probe, MissingProbe) and moved:
            opens = self.decider.opens(condition, borrower, moved[0])
            grade = Grade.ALONE if opens else self.decider.grade(condition, [borrower, *moved])
            grade = grade if grade is Grade.ALONE else Grade.NOTHING
        return None if grade is Grade.NOTHING else Found(probe, base, borrower, placed, grade)

    def _ready(
        self, condition: Condition, probe: Probe, starts: Sequence[Candidate]
    ) -> Iterator[Candidate]:
        """Yield the borrowers one starts from, and the same so changed that the part decides the condition."""
        seen: set[str] = set()
        for base, borrower in starts:
            for each in (borrower, *self._brought(condition, probe, borrower)):
                if key_of(each) not in seen:
                    seen.add(key_of(each))
                    yield base, each

    def _brought(
        self, condition: Condition, probe: Probe, borrower: Borrower
    ) -> Iterator[Borrower]:
        program = self.decider.program
        for part in probe.parts(condition)[:_PARTS]:
            wanted = demands(condition, part, program)
            yield brought(borrower, wanted, self.witnesses.choices, program, probe.path)

    def changed(
        self, condition: Condition, path: str, blocking: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Return the facts that are changed: what blocking rules read, then the condition, and what terms hang on."""
        first = self._read_by(blocking)
        behind = self._beside(condition) if condition.position else frozenset[str]()
        each = (*sorted(first), *sorted(condition.facts), *sorted(behind))
        known = self.witnesses.choices.keys() - {path}
        return tuple(fact for fact in dict.fromkeys(each) if fact in known)

    def _beside(self, condition: Condition) -> frozenset[str]:
        """Return what terms are worked out from, and what the other conditions of a plan read of them."""
        plans = set(condition.plans)
        others = (c.facts for c in self._conditions if c.position and plans & set(c.plans))
        return condition.position.union(*others)

    @cached_property
    def _conditions(self) -> tuple[Condition, ...]:
        return conditions_of(self.decider.program)

    def varied(
        self, condition: Condition, path: str, base: Borrower, blocking: tuple[str, ...]
    ) -> Iterator[Borrower]:
        """Yield a borrower with single facts changed or taken away, in turns."""
        facts = self.changed(condition, path, blocking)
        open_ = asked_about(condition, self.decider.program)
        first = self._read_by(blocking)
        for these in ([f for f in facts if f in first], [f for f in facts if f not in first]):
            each = [self._others(base, fact, fact in open_) for fact in these]
            for changed in chain.from_iterable(zip_longest(*each)):
                if changed is not None:
                    yield changed

    def _read_by(self, rules: tuple[str, ...]) -> frozenset[str]:
        return frozenset[str]().union(*(c.facts for c in self._conditions if c.id in rules))

    def _others(self, base: Borrower, fact: str, missing: bool) -> list[Borrower]:
        known = base.facts.get(fact)
        values: Sequence[Value] = self.witnesses.choices[fact].values
        gone = [base.without(fact)] if missing else []
        return [*gone, *(base.with_fact(fact, value) for value in values if value != known)]

    def _ordered(self, condition: Condition) -> list[Candidate]:
        """Return the borrowers to start from: those first to whom the plans of the condition are allowed."""
        placed = list(enumerate(self.witnesses.borrowers))
        wanted = set(condition.plans)
        return sorted(placed, key=lambda each: (-len(self._allowed[each[0]] & wanted), each[0]))

    @cached_property
    def _allowed(self) -> tuple[frozenset[str], ...]:
        found = (self.decider.decided(each) for each in self.witnesses.borrowers)
        return tuple(
            frozenset(p.plan for p in each.plans if p.status is Status.ALLOWED)
            if each
            else frozenset()
            for each in found
        )


@attrs.frozen(eq=False)
class _At:
    """A borrower who was tried, and the other rules that fail at the boundary; None where nothing turned there."""

    probe: Probe
    base: int
    borrower: Borrower
    blocking: tuple[str, ...] | None = None

    @property
    def blocked(self) -> int:
        """How many rules that are."""
        return _FAR if self.blocking is None else len(self.blocking)


@attrs.define
class _Search:
    """Goes on from whoever is nearest: the one for whom the fewest other rules fail at the boundary."""

    finder: Finder
    condition: Condition
    began: int
    best: Found | None = None
    count: int = 0
    _queue: list[tuple[int, bool, int, _At]] = attrs.field(factory=list)
    _seen: set[tuple[str, ...]] = attrs.field(factory=set)

    def try_all(self, probe: Probe, candidates: Iterable[Candidate]) -> None:
        """Try some borrowers, until the condition decides for one."""
        for base, borrower in candidates:
            if self._is_over():
                return
            self._try(_At(probe, base, borrower), None)

    def climb(self) -> None:
        """Change single facts of those tried, the nearest first, and go on from whoever comes nearer."""
        while self._queue and not self._is_over():
            at = heappop(self._queue)[-1]
            path, blocking = at.probe.path, at.blocking or ()
            for changed in self.finder.varied(self.condition, path, at.borrower, blocking):
                nearer = self._try(attrs.evolve(at, borrower=changed), at)
                if nearer or self._is_over():
                    break

    def _try(self, at: _At, of: _At | None) -> bool:
        """Try a borrower made from another one, keep whom no more rules block, and return whether it is nearer."""
        self.count += 1
        found = self.finder.shown(self.condition, at.probe, at.base, at.borrower)
        blocking = None
        if found is not None:
            if self.best is None or found.grade > self.best.grade:
                self.best = found
            blocking = self.finder.decider.others_failing(self.condition, found.moved)
        tried = attrs.evolve(at, blocking=blocking)
        if of is None or tried.blocked <= of.blocked < _FAR:
            new = blocking is not None and blocking not in self._seen
            self._seen |= {blocking} if blocking is not None else set()
            heappush(self._queue, (tried.blocked, not new, self.count, tried))
            return new and of is not None
        return tried.blocked < _FAR <= of.blocked

    def _is_over(self) -> bool:
        if self.best is not None and self.best.grade is Grade.ALONE:
            return True
        decided = self.finder.decider.count - self.began
        return self.count >= TRIES or decided >= DECISIONS
