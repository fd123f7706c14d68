"""What a plan needs: that the policy applies, each of its rules, and that its offer has terms that may be made."""

from __future__ import annotations

from typing import Protocol

import attrs

from policyengine.decision.trace import PlanFinding, Trace, Truth, Unknown
from policyengine.evaluators.base import Probe
from policyengine.evaluators.reference.logic import disjunction, negation
from policyengine.explain.changes.reach import POSITION, Reach
from policyengine.explain.changes.trend import (
    MIXED,
    RISES,
    STILL,
    Trend,
    Trends,
    joined,
)
from policyengine.ir.nodes import Node
from policyengine.ir.program import PlanDefinition, Program, Rule
from policyengine.ir.reach import settings_of


class Condition(Protocol):
    """Something that a plan needs. `rules` names it; `reads` are the facts that it may read."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that fail in it today, by id, or that are not known."""

    @property
    def reads(self) -> frozenset[str]:
        """The facts that it may read."""

    def holds(self, probe: Probe) -> Truth:
        """Whether it holds, wherever the facts are."""

    def trend(self, trends: Trends) -> Trend:
        """Which way `excludes` speaks as facts move."""

    def excludes(self, probe: Probe) -> bool:
        """Whether what has the trend does not hold: rising, it did not before either; falling, it never will."""


def conditions_of(found: PlanFinding, trace: Trace, reach: Reach) -> tuple[Condition, ...]:
    """Return what a plan needs, the cheapest to look at first."""
    program = trace.program
    first: list[Condition] = []
    if program.applies_to:
        first.append(_That("applies_to", program.applies_to, None, reach))
    missing = tuple(path for path in program.required if trace.situation.get(path) is None)
    if missing:
        first.append(_Missing(missing))
    rules = [_That(rule.id, rule.test, rule.applies, reach) for rule in found.plan.require]
    return (*first, *rules, _Terms(found, program, reach))


@attrs.frozen
class _Missing:
    """Facts that must be known and are not: no other fact makes up for them."""

    paths: tuple[str, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        return self.paths

    @property
    def reads(self) -> frozenset[str]:
        return frozenset()

    def holds(self, _probe: Probe) -> Truth:
        return Unknown(frozenset(self.paths))

    def trend(self, _trends: Trends) -> Trend:
        return STILL

    def excludes(self, _probe: Probe) -> bool:
        return True


@attrs.frozen
class _That:
    """A rule, where it applies."""

    name: str
    test: Node
    when: Node | None
    reach: Reach

    @property
    def rules(self) -> tuple[str, ...]:
        return (self.name,)

    @property
    def reads(self) -> frozenset[str]:
        return self.reach.of(self.test, self.when)

    def holds(self, probe: Probe) -> Truth:
        holds = _truth(probe, self.test)
        return disjunction([negation(_truth(probe, self.when)), holds]) if self.when else holds

    def trend(self, trends: Trends) -> Trend:
        when = trends.of(self.when).turned() if self.when else STILL
        return joined([trends.of(self.test), when])

    def excludes(self, probe: Probe) -> bool:
        return self.holds(probe) is not True


@attrs.frozen
class _Terms:
    """The offer: a search over terms, and the guarantees that the terms found must keep.

    Where facts move the rules of the search alone, the terms there are to choose from stay, and whether some of them
    meet the rules goes the way of the rules: where none does, none did before. Which of them are chosen does change, so
    the guarantees have no trend.
    """

    found: PlanFinding
    program: Program
    reach: Reach

    @property
    def plan(self) -> PlanDefinition:
        return self.found.plan

    @property
    def rules(self) -> tuple[str, ...]:
        offer = self.found.offer
        if offer.obstacle:
            return ("terms",)
        rules = [r for r in offer.rules if r.holds is not True and r.kind != "target"]
        failing = [r for r in rules if r.holds is False]
        return tuple(r.rule.id for r in failing or rules)

    @property
    def reads(self) -> frozenset[str]:
        rules = self.reach.of_rules((*self._rules, *self.program.guarantees))
        return rules | self._ground

    @property
    def _rules(self) -> tuple[Rule, ...]:
        return (*self.plan.offer.until, *self.plan.offer.accept)

    @property
    def _ground(self) -> frozenset[str]:
        """What the terms there are to choose from stand on."""
        return self.reach.of(*settings_of(self.plan.offer.levers)) | POSITION

    def holds(self, probe: Probe) -> Truth:
        return probe.offer(self.plan).holds

    def trend(self, trends: Trends) -> Trend:
        if self.reads.isdisjoint(trends.facts):
            return STILL
        if not self._ground.isdisjoint(trends.facts):
            return MIXED
        found = joined(trends.of(rule.test) for rule in self._rules)
        return RISES if found is STILL else found

    def excludes(self, probe: Probe) -> bool:
        return probe.offer(self.plan).terms is False


def _truth(probe: Probe, node: Node) -> Truth:
    return probe.value(node)  # type: ignore[return-value]  # the types were checked
