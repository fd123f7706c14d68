"""What of a policy one decided case shows: the values behind its trace, asked again with somebody watching.

Terms are not looked for again: the trace says where each search ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date

import attrs

from policyengine.decision.decision import Decision, Status
from policyengine.decision.trace import PlanFinding, Result, Trace, Unknown
from policyengine.evaluators.reference.findings import holds
from policyengine.evaluators.reference.offers import ladder_of
from policyengine.evaluators.reference.tables import row_fits
from policyengine.evaluators.reference.valuation import NamedTerms, Valuation
from policyengine.finance.errors import FinanceError
from policyengine.ir import nodes as ir
from policyengine.ir.levers import Lever
from policyengine.ir.program import PlanDefinition, Rule, TableDefinition
from policyengine.plans.ladder import MOST, Found, Ladder
from policyengine.plans.levers import NotKnown
from policyengine.plans.measures import measures
from policyengine.plans.position import Position, position_of
from policyengine.testing.coverage.points import (
    FALSE,
    OTHER,
    TRUE,
    UNKNOWN,
    USED,
    Point,
    Points,
)

#: Parts that were seen, and how.
Seen = set[tuple[Point, str]]


def seen_in(decision: Decision, trace: Trace, points: Points) -> Seen:
    """Return what of a policy is seen when one loan is decided."""
    watch = _Watch(points)
    case = _Case(decision, trace, watch)
    for found in trace.plans:
        name = found.plan.id
        watch.seen.add((points.plans[name], str(decision.plan(name).status)))
        case.plan(found)
    for referral in trace.program.referrals:
        holds(referral.rule, case.watched)
    return watch.seen


# Watching values


@attrs.frozen(eq=False)
class _Watch:
    """Notes the parts behind the values that are asked for."""

    points: Points
    seen: Seen = attrs.field(factory=set)

    def value(self, node: ir.Node, found: Result, valuation: Valuation) -> None:
        """Note an expression that has been evaluated."""
        if isinstance(node, ir.Parameter):
            self._parameter(node, valuation)
        elif isinstance(node, ir.Lookup):
            self._lookup(node, found, valuation)
        point = self.points.of_node.get(id(node))
        if point is not None:
            self.seen.add((point, _way(found, point)))

    def used(self, part: object) -> None:
        """Note a row, a dated value or a step."""
        self.seen.add((self.points.of_part[id(part)], USED))

    def _parameter(self, node: ir.Parameter, valuation: Valuation) -> None:
        day = valuation.value(node.at) if node.at else valuation.situation.as_of
        dated = valuation.program.parameters[node.key].on(day) if isinstance(day, date) else None
        if dated is not None:
            self.used(dated)

    def _lookup(self, node: ir.Lookup, found: Result, valuation: Valuation) -> None:
        table = valuation.program.tables[node.key]
        outside, arguments = valuation.outside_lists(), iter(node.arguments)
        inputs = [
            outside.value(each.node) if each.node else valuation.value(next(arguments))
            for each in table.inputs
        ]
        for part in _giving(table, inputs, found, outside):
            self.used(part)


def _way(found: Result, point: Point) -> str:
    if isinstance(found, Unknown):
        return UNKNOWN
    if isinstance(found, bool):
        return TRUE if found else FALSE
    return str(found) if found in point.ways else OTHER


def _giving(
    table: TableDefinition, inputs: list[Result], found: Result, outside: Valuation
) -> Iterable[object]:
    """Return the rows that certainly give the output of a table."""
    fits = [(row, row_fits(row, inputs)) for row in table.rows]
    possible = [(row, truth) for row, truth in fits if truth is not False]
    certain = [row for row, truth in possible if truth is True]
    if not possible and table.otherwise is not None and table.hit != "collect count":
        return [table.otherwise]
    if table.hit == "first":
        return [row for row, truth in possible[:1] if truth is True]
    if table.hit == "priority":
        return [row for row in certain if outside.value(row.output) == found]
    return certain


@attrs.frozen(eq=False)
class _Watched(Valuation):
    """Values of which each is noted when it is asked for."""

    watch: _Watch = attrs.field(kw_only=True)

    def value(self, node: ir.Node) -> Result:
        """Return a value, and note it; whether a fact is known is not what it is."""
        if isinstance(node, ir.Known):
            found = Valuation(self.program, self.situation, members=self._members).value(node)
        else:
            found = super().value(node)
        self.watch.value(node, found, self)
        return found

    def _in_sight_of(self, prospect: NamedTerms | None, members: dict) -> Valuation:  # type: ignore[type-arg]
        return _Watched(
            self.program, self.situation, prospect, members, self._derived, watch=self.watch
        )


# What a case looks at


@attrs.frozen(eq=False)
class _Case:
    decision: Decision
    trace: Trace
    watch: _Watch
    watched: Valuation = attrs.field(init=False)

    @watched.default
    def _watched(self) -> Valuation:
        return _Watched(self.trace.program, self.trace.situation, watch=self.watch)

    def plan(self, found: PlanFinding) -> None:
        """Look at what a plan requires and, where nothing of it fails, at its offer."""
        required = [holds(rule, self.watched) for rule in found.plan.require]
        if False not in required:
            self._offer(found)

    def _offer(self, looked: PlanFinding) -> None:
        plan, program = looked.plan, self.trace.program
        for lever in plan.offer.levers:
            if lever.when is not None:
                self.watched.value(lever.when)
        position = position_of(self.trace.situation, plan.offer.levers, program.scale)
        found = looked.offer.search.ended
        if not isinstance(position, Unknown) and isinstance(found, Found):
            unwatched = Valuation(program, self.trace.situation)
            self._steps(plan, position, ladder_of(plan.offer, position, unwatched), found)
            self._rules(plan, found)

    def _allowed(self, plan: PlanDefinition) -> bool:
        return self.decision.plan(plan.id).status is Status.ALLOWED

    def _steps(
        self, plan: PlanDefinition, position: Position, ladder: Ladder, found: Found
    ) -> None:
        """Look at the settings of each step that the search reached, and at what the steps changed."""
        watched = ladder_of(plan.offer, position, self.watched)
        levers = ladder.applicable()
        path = found.choice or (MOST,) * len(levers)
        begun = found.tried > 0 or found.choice is not None
        for place, lever in enumerate(levers):
            changed = self._allowed(plan) and _changes(ladder, levers[: place + 1], found)
            if changed:
                self.watch.used(lever)
            if changed or (begun and place < len(path)):
                with suppress(NotKnown, FinanceError):
                    watched.settings(lever, ladder.draft(levers[:place], path))

    def _rules(self, plan: PlanDefinition, found: Found) -> None:
        """Look at the rules at the terms that were found, or at the nearest."""
        if found.prospect is None:
            return
        at = self.watched.with_terms(found.prospect)
        offer = plan.offer
        for rule in (*offer.until, *(() if found.target_met else offer.accept)):
            holds(rule, at)
        if found.holds is True:
            for rule in self.trace.program.guarantees:
                _guarantee(rule, at)
        if self._allowed(plan):
            for figure in plan.figures.values():
                at.value(figure.node)


def _guarantee(rule: Rule, at: Valuation) -> None:
    """Look at a guarantee, where it may concern this loan."""
    if rule.applies is None or at.truth(rule.applies) is not False:
        at.truth(rule.test)


def _changes(ladder: Ladder, levers: Iterable[Lever], found: Found) -> bool:
    """Whether the last of some steps changes the terms that were found."""
    *before, lever = levers
    choice = found.choice or ()
    untouched, taken = ladder.draft(before, choice), ladder.draft([*before, lever], choice)
    return measures(lever, untouched, ladder.scale) != measures(lever, taken, ladder.scale)
