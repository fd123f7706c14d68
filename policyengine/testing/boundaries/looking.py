"""Goes through the conditions of a policy and looks for a borrower at each of their boundaries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property

import attrs

from policyengine.ir.nodes import Field
from policyengine.ir.program import Program
from policyengine.ir.reach import reached
from policyengine.model.types import ORDERED, Kind
from policyengine.policy_set import Policy
from policyengine.testing.boundaries.axes import Axis, FactAxis, MemberAxis
from policyengine.testing.boundaries.conditions import About, Condition, conditions_of
from policyengine.testing.boundaries.deciding import Decider, Grade
from policyengine.testing.boundaries.edges import (
    Edge,
    counts_months,
    dated_days,
    edges_of,
    facts_of,
)
from policyengine.testing.boundaries.finding import Candidate, Finder, Found, Tried
from policyengine.testing.boundaries.probes import (
    DayProbe,
    EdgeProbe,
    MissingProbe,
    OnDay,
    OptionsProbe,
    Probe,
    TurnProbe,
)
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.choices import Choices, choices, leap_year_from
from policyengine.testing.strategies.witnesses import Witnesses, witnesses_of

_DAY = timedelta(days=1)
#: Of those at one boundary so many are started from at others of the condition.
_NEAR = 4


@attrs.frozen(eq=False)
class Shown:
    """A boundary of a condition, and what came of looking for a borrower at it."""

    condition: Condition
    title: str
    text: str
    tried: Tried

    @property
    def section(self) -> str:
        """What stands above the cases of the condition."""
        return f"{self.condition.name}: {self.condition.text}"


@attrs.frozen(eq=False, slots=False)
class Boundaries:
    """The boundaries of one policy."""

    program: Program
    decider: Decider
    witnesses: Witnesses
    _seen: dict[object, list[Found]] = attrs.field(factory=dict)
    _near: dict[str, list[Candidate]] = attrs.field(factory=dict)

    @classmethod
    def of(cls, policy: Policy) -> Boundaries:
        """Return the boundaries of a policy; its set's evaluator decides about those who are tried."""
        program = policy.program
        return cls(program, Decider(program, policy.policies.evaluator), witnesses_of(program))

    def shown(self) -> Iterator[Shown]:
        """Yield each boundary, condition by condition, that no boundary before it shows as well."""
        for condition in conditions_of(self.program):
            for probes in self._probes(condition):
                yield from self._one(condition, probes)
        yield from self._days()

    def _one(self, condition: Condition, probes: list[Probe]) -> Iterator[Shown]:
        known = self._seen.setdefault(probes[0].key, [])
        if any(self._shows(condition, each) for each in known):
            return
        near = self._near.setdefault(condition.name, [])
        tried = self._finder.best(condition, probes, near)
        if tried.found is not None:
            known.append(tried.found)
            if tried.found.grade is Grade.ALONE and not isinstance(probes[0], MissingProbe):
                near += [(tried.found.base, each) for _, each in tried.found.placed[:_NEAR]]
        title = tried.found.probe.title if tried.found else probes[0].title
        yield Shown(condition, title, probes[0].text, tried)

    def _shows(self, condition: Condition, found: Found) -> bool:
        """Whether somebody who shows a boundary of another condition shows it of this one too."""
        again = self._finder.shown(condition, found.probe, found.base, found.borrower)
        return again is not None and again.grade is Grade.ALONE

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self.decider, self.witnesses)

    # What there is to show of a condition: each in one or more ways

    def _probes(self, condition: Condition) -> Iterator[list[Probe]]:
        edges = edges_of(condition, self.program)
        dated, plain = [[e for e in edges if e.dated is found] for found in (True, False)]
        for edge in plain:
            yield from self._sides(edge)
        if condition.position:
            yield from _some(list(self._turns(condition)))
        yield from ([probe] for probe in self._options(condition))
        for probe in self._members(condition):
            yield [probe]
        for edge in dated:
            yield from self._sides(edge)
        for edge in plain:
            if counts_months(edge, self.program):
                for day in self._hard_days:
                    inner = [p for p in self._ways(edge, edge.turns[0]) if _is_dated(p.axis)]
                    yield from _some([OnDay(day, probe, self._in_force) for probe in inner])
        for path in sorted(condition.facts & self._choices.keys()):
            yield [MissingProbe(path, self._title(path), self.program)]

    def _sides(self, edge: Edge) -> Iterator[list[Probe]]:
        for with_same in edge.turns:
            yield from _some([*self._ways(edge, with_same)])

    def _ways(self, edge: Edge, with_same: bool) -> list[EdgeProbe]:
        return [EdgeProbe(axis, edge, self.program, with_same) for axis in self._axes(edge)]

    def _axes(self, edge: Edge) -> list[Axis]:
        paths = facts_of(edge, self.program)
        return [self._axis(path) for path in paths if path in self._choices]

    def _axis(self, path: str) -> Axis:
        return FactAxis(path, self._title(path), self._choices[path])

    def _turns(self, condition: Condition) -> Iterator[Probe]:
        """Yield the turns of each plan that the condition can deny, as each fact that it reads is moved."""
        facts = (*sorted(condition.facts), *sorted(condition.position - condition.facts))
        ordered = [path for path in facts if self._is_ordered(path)]
        for plan in condition.plans:
            for path in ordered:
                yield TurnProbe(self._axis(path), condition, plan, self.decider)

    def _is_ordered(self, path: str) -> bool:
        return path in self._choices and self._choices[path].domain.ordered

    def _options(self, condition: Condition) -> Iterator[Probe]:
        for path in sorted(condition.facts & self._choices.keys()):
            if not self._is_ordered(path):
                yield OptionsProbe(path, self._title(path), self._choices[path], self.decider)

    def _members(self, condition: Condition) -> Iterator[Probe]:
        """Yield the turns of a condition as a field of a list's first member is moved."""
        nodes = tuple(reached(condition.nodes, self.program))
        fields = {node.name for node in nodes if isinstance(node, Field)}
        for path in sorted(condition.facts & self._choices.keys()):
            type_ = self._choices[path].domain.fact.type
            if type_.kind is Kind.LIST:
                record = self.program.dictionary.records.get(type_.of or "", {})
                for name in sorted(fields & record.keys()):
                    if record[name].type.kind in ORDERED:
                        yield self._member(condition, path, name)

    def _member(self, condition: Condition, path: str, field: str) -> Probe:
        fact = self.program.dictionary.records[self._choices[path].domain.fact.type.of or ""][field]
        found = choices(f".{field}", fact, self.program, self.witnesses.today)
        title = f"{self._title(path)}, {_first(fact.title, field)}"
        plan = condition.plans[0] if condition.plans else None
        return TurnProbe(MemberAxis(path, field, title, found), condition, plan, self.decider)

    # Days

    def _days(self) -> Iterator[Shown]:
        """Yield the days on which the policy or a value of it begins, by the conditions that read it."""
        for condition in conditions_of(self.program):
            for day in filter(self._matters, dated_days(condition, self.program)):
                yield from self._one(condition, [DayProbe(day, f"a value begins on {day}")])
        for day in self._terms_of_policy:
            condition = Condition(About.POLICY, "", "effective", (), (), frozenset())
            yield from self._one(condition, [DayProbe(day, f"the policy, from {day}")])

    def _matters(self, day: date) -> bool:
        return self.program.in_force(day - _DAY) and self.program.in_force(day)

    @property
    def _terms_of_policy(self) -> Iterator[date]:
        if self.program.starts is not None:
            yield self.program.starts
        if self.program.ends is not None:
            yield self.program.ends + _DAY

    @property
    def _hard_days(self) -> tuple[date, ...]:
        """Days on which months are hard to count: 29 February, 28 February of another year, and 30 April."""
        leap = leap_year_from(self.witnesses.today.year)
        return (date(leap, 2, 29), date(leap + 1, 2, 28), date(leap + 1, 4, 30))

    def _in_force(self, borrower: Borrower) -> bool:
        return self.program.in_force(borrower.as_of)

    # Names

    @property
    def _choices(self) -> Mapping[str, Choices]:
        return self.witnesses.choices

    def _title(self, path: str) -> str:
        return _first(self.program.dictionary.facts[path].title, path)


def _is_dated(axis: Axis) -> bool:
    return axis.choices.domain.kind is Kind.DATE


def _some(probes: list[Probe]) -> Iterator[list[Probe]]:
    if probes:
        yield probes


def _first(title: Mapping[str, str], otherwise: str) -> str:
    return title.get("en") or next(iter(title.values()), otherwise)
