"""Adding up what cases have shown, over policies and over runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from operator import attrgetter
from typing import Any

import attrs

from policyengine.decision.decision import Decision
from policyengine.decision.trace import Trace
from policyengine.ir.program import Program
from policyengine.loading import Loaded
from policyengine.testing.coverage.points import UNKNOWN, Kind, Point, Points, points_of
from policyengine.testing.coverage.watching import seen_in

_AFTER_FILE = attrgetter("line", "column", "of", "kind", "name", "ways")


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Kind) else value


@attrs.frozen
class Unit:
    """A policy or a regulation, with each of its parts and in how many cases it was seen in which way."""

    of: str
    seen: Mapping[Point, Mapping[str, int]]

    @property
    def total(self) -> int:
        """All ways in which a part is to be seen."""
        return sum(len(point.ways) for point in self.seen)

    @property
    def covered(self) -> int:
        """The ways in which a case has shown a part."""
        return self.total - sum(len(ways) for _, ways in self.never)

    @property
    def never(self) -> tuple[tuple[Point, tuple[str, ...]], ...]:
        """The parts that were not seen in every way, in the order of the file, and the ways that are missing."""
        missing = (
            (p, tuple(w for w in p.ways if not seen.get(w))) for p, seen in self.seen.items()
        )
        return tuple((point, ways) for point, ways in missing if ways)

    @property
    def is_policy(self) -> bool:
        """Whether this is a policy: a regulation has no plans."""
        return any(point.kind is Kind.PLAN for point in self.seen)

    def only(self, kind: Kind) -> Unit:
        """Return the parts of one kind."""
        return Unit(
            self.of, {point: seen for point, seen in self.seen.items() if point.kind == kind}
        )

    @property
    def unknown(self) -> int:
        """The conditions that a case has shown to be unknown, which none has to."""
        return sum(bool(seen.get(UNKNOWN)) for seen in self.seen.values())


@attrs.frozen
class Coverage:
    """What the cases of a run have shown, by policy and regulation.

    In the whole policies alone count: of a regulation much may concern policies that are not tested here.
    """

    units: tuple[Unit, ...] = ()

    @property
    def total(self) -> int:
        """All ways in which a part of a policy is to be seen."""
        return sum(unit.total for unit in self.units if unit.is_policy)

    @property
    def covered(self) -> int:
        """The ways in which a case has shown a part of a policy."""
        return sum(unit.covered for unit in self.units if unit.is_policy)

    def reaches(self, least: Decimal) -> bool:
        """Whether at least so many percent are covered, exactly; where there is nothing to cover, nothing is."""
        return bool(self.total) and Fraction(100 * self.covered, self.total) >= Fraction(least)


def percent(covered: int, total: int) -> str:
    """Return a share in percent, rounded down: only what is complete is a hundred."""
    tenths = 1000 * covered // total if total else 0
    return f"{tenths // 10}.{tenths % 10}"


def percentage(text: str) -> Decimal:
    """Read a percentage.

    Raises:
        ValueError: It is no number from 0 to 100.
    """
    try:
        found = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        found = Decimal(-1)
    if not (found.is_finite() and 0 <= found <= 100):
        message = f"`{text}` is no percentage: write a number from 0 to 100"
        raise ValueError(message)
    return found


@attrs.define(eq=False)
class Observed:
    """Counts what is seen, case by case."""

    _counts: dict[Point, dict[str, int]] = attrs.field(factory=dict)
    _points: dict[str, Points] = attrs.field(factory=dict)

    def expect(self, program: Program, loaded: Loaded) -> None:
        """Look out for the parts of a policy, and of the regulations that bind it."""
        if program.id not in self._points:
            points = points_of(program, owners_of(loaded))
            self._points[program.id] = points
            for point in points.all:
                self._counts.setdefault(point, {})

    def case(self, decision: Decision, trace: Trace) -> None:
        """Count what a decided case shows, by what the evaluator found."""
        for point, way in seen_in(decision, trace, self._points[trace.program.id]):
            self._add(point, way, 1)

    def plain(self, path: Callable[[str], str] = str) -> list[list[Any]]:
        """Return the counts as plain values, to be merged elsewhere; `path` is what a file is called there."""
        return [
            [path(point.file), *map(_plain, _AFTER_FILE(point)), dict(ways)]
            for point, ways in self._counts.items()
        ]

    def merge(self, plain: Iterable[list[Any]]) -> None:
        """Add counts from elsewhere."""
        for file, line, column, of, kind, name, ways, counts in plain:
            point = Point(file, line, column, of, Kind(kind), name, tuple(ways))
            self._counts.setdefault(point, {})
            for way, count in counts.items():
                self._add(point, way, count)

    def coverage(self) -> Coverage:
        """Return what was counted: policies and regulations by name, their parts in the order of the file."""
        units: dict[str, dict[Point, Mapping[str, int]]] = {}
        for point in sorted(self._counts):
            units.setdefault(point.of, {})[point] = dict(sorted(self._counts[point].items()))
        return Coverage(tuple(Unit(of, units[of]) for of in sorted(units)))

    def _add(self, point: Point, way: str, count: int) -> None:
        counts = self._counts[point]
        counts[way] = counts.get(way, 0) + count


def owners_of(loaded: Loaded) -> dict[str, str]:
    """Return the name of the policy or regulation that stands in each file."""
    return dict(_owners(loaded))


def _owners(loaded: Loaded) -> Iterator[tuple[str, str]]:
    for program in loaded.programs:
        yield program.span.file.name, program.id
    for regulation in loaded.regulations:
        yield regulation.name.span.file.name, regulation.name.text
