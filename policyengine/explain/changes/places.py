"""The answers at each place that facts are moved to; an offer that stands on the same values is not sought again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import attrs

from policyengine.decision.trace import Result
from policyengine.evaluators.base import Evaluator, Offered, Probe
from policyengine.explain.changes.conditions import Condition
from policyengine.explain.changes.moves import Move, Point, moved
from policyengine.explain.changes.reach import POSITION, Reach
from policyengine.facts.facts import Situation
from policyengine.ir import nodes as ir
from policyengine.ir.nodes import Node
from policyengine.ir.program import PlanDefinition, Program
from policyengine.ir.reach import settings_of, speaks_of_terms

#: Places that are looked at in one search, and months of schedules that are worked out in it, before it gives up.
MAX_PLACES, MAX_MONTHS = 2_000, 300_000


@attrs.frozen
class Ground:
    """One denied plan, and the facts from which it is looked at."""

    program: Program
    plan: PlanDefinition
    situation: Situation
    evaluator: Evaluator
    conditions: tuple[Condition, ...]
    offers: Offers


@attrs.define
class Places:
    """The answers at the places of some moves."""

    ground: Ground
    moves: Sequence[Move]
    months: int = 0
    _probes: dict[Point, Probe] = attrs.field(factory=dict)

    @property
    def today(self) -> Point:
        """Where the facts stand."""
        return tuple(0 for _ in self.moves)

    @property
    def last(self) -> Point:
        """As far as every fact goes."""
        return tuple(move.most for move in self.moves)

    def probe(self, point: Point) -> Probe:
        """Return the answers at a place."""
        if point not in self._probes:
            ground = self.ground
            situation = moved(ground.situation, self.moves, point)
            probe = ground.evaluator.probe(ground.program, situation)
            self._probes[point] = _Probe(probe, self)
        return self._probes[point]

    def spent(self) -> bool:
        """Whether enough has been looked at."""
        return len(self._probes) > MAX_PLACES or self.months > MAX_MONTHS

    def offered(self, probe: Probe) -> Offered:
        """Return whether there is an offer at a place."""
        found, anew = self.ground.offers.at(probe)
        self.months += found.months if anew else 0
        return found


@attrs.frozen
class _Probe:
    """Answers that remember offers."""

    probe: Probe
    places: Places

    def value(self, node: Node) -> Result:
        return self.probe.value(node)

    def offer(self, _plan: PlanDefinition) -> Offered:
        return self.places.offered(self.probe)


@attrs.define(slots=False)
class Offers:
    """The offers of one plan, by the values that they stand on: more income and less expense may come to the same.

    `paths` are the facts that may move.
    """

    program: Program
    plan: PlanDefinition
    reach: Reach
    paths: frozenset[str]
    _found: dict[tuple[Result, ...], Offered] = attrs.field(factory=dict)

    def at(self, probe: Probe) -> tuple[Offered, bool]:
        """Return whether there is an offer, and whether that was worked out anew."""
        if self._inputs is None:
            return probe.offer(self.plan), True
        key = tuple(probe.value(node) for node in self._inputs)
        anew = key not in self._found
        if anew:
            self._found[key] = probe.offer(self.plan)
        return self._found[key], anew

    @cached_property
    def _inputs(self) -> tuple[Node, ...] | None:
        """All that moves of what the offer stands on; None where it cannot be told apart from the terms."""
        found = [part for node in self._nodes() for part in _apart(node) if self._moves(part)]
        if POSITION & self.paths or any(speaks_of_terms(part) for part in found):
            return None
        return tuple(found)

    def _nodes(self) -> Iterator[Node]:
        offer = self.plan.offer
        yield from settings_of(offer.levers)
        for rule in (*offer.until, *offer.accept, *self.program.guarantees):
            yield from rule.conditions

    def _moves(self, node: Node) -> bool:
        return not self.reach.of(node).isdisjoint(self.paths)


def _apart(node: Node) -> Iterator[Node]:
    """Yield the parts of an expression that name no terms, and whole lists that do: their parts have no value alone."""
    if speaks_of_terms(node) and not isinstance(node, (ir.Quantified, ir.Aggregate)):
        for child in node.children():
            yield from _apart(child)
    elif not isinstance(node, ir.PlanValue):
        yield node
