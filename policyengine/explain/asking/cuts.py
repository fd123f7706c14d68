"""The regions of one fact: stretches of its values within which no condition changes, everything else as it is.

A condition that reads the fact compares two values, puts one among others, or holds one against the cells of a table.
Where its sides only rise or only fall with the fact, its answer moves one way, so that bisection on the grid of the
fact's values finds every place where it changes, exactly. What a condition stands on is cut first; between those cuts a
choice takes one branch and a table gives one row.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator

import attrs

from policyengine.decision.trace import Result, Unknown
from policyengine.explain.asking.case import Answers, Case
from policyengine.explain.asking.reach import inner_first
from policyengine.explain.asking.throughout.span import Vague
from policyengine.explain.asking.throughout.stretch import Stretch as Along
from policyengine.explain.asking.trend import Trend, joined, opposite
from policyengine.ir import nodes as ir
from policyengine.ir.program import TableDefinition
from policyengine.model.types import ORDERED

Stretch = tuple[int, int]
_MOST = 200


@attrs.frozen
class Regions:
    """Stretches of places on a fact's grid, in order. `exact`: within each, every condition stays as it is.

    `joint`: some condition also waits for facts that are not known yet.
    """

    stretches: tuple[Stretch, ...]
    exact: bool
    joint: bool


def regions(path: str, nodes: Iterable[ir.Node], case: Case, answers: Answers) -> Regions:
    """Return the regions of an ordered fact for some conditions."""
    cutting = _Cutting(path, case, answers, [case.domains[path].ends])
    for node in inner_first(nodes, case.program):
        if case.reads(node, path):
            cutting.cut(node)
    return Regions(tuple(cutting.stretches), cutting.exact, cutting.joint)


@attrs.define
class _Cutting:
    path: str
    case: Case
    answers: Answers
    stretches: list[Stretch]
    exact: bool = True
    joint: bool = False

    def cut(self, node: ir.Node) -> None:
        if isinstance(node, (ir.Quantified, ir.Aggregate)):
            self._cut_list(node)
        elif isinstance(node, ir.Compare):
            if node.left.type.kind in ORDERED:
                self._cut(lambda v: _order(v(node.left), v(node.right)), [(node.left, node.right)])
        elif isinstance(node, ir.Member):
            if node.value.type.kind in ORDERED:
                for option in node.options:
                    self._compare(node.value, option)
        elif isinstance(node, ir.Lookup):
            self._cut_table(node, self.case.program.tables[node.key])
        elif isinstance(node, ir.Parameter):
            self.exact = False

    def _compare(self, left: ir.Node, right: ir.Node) -> None:
        self._cut(lambda v: _order(v(left), v(right)), [(left, right)])

    def _cut_list(self, node: ir.Quantified | ir.Aggregate) -> None:
        """Conditions about members are not cut by themselves: the whole must move one way."""
        whole_is_condition = isinstance(node, ir.Quantified)
        if whole_is_condition:
            self._cut(lambda v: _known(v(node)), [(node, None)])
        elif node.condition is not None and self.case.reads(node.condition, self.path):
            self.exact = False

    def _cut_table(self, node: ir.Lookup, table: TableDefinition) -> None:
        arguments = iter(node.arguments)
        for place, given in enumerate(table.inputs):
            value = given.node if given.node is not None else next(arguments)
            if given.type.kind not in ORDERED or not self.case.reads(value, self.path):
                continue
            ends = sorted(
                {
                    end
                    for row in table.rows
                    for interval in row.cells[place].intervals or ()
                    for end in (interval.low, interval.high)
                    if end is not None
                }
            )
            self._cut(lambda v, of=value, by=ends: _among(v(of), by), [(value, None)])  # type: ignore[misc]

    def _cut(
        self,
        key: Callable[[Callable[[ir.Node], Result]], Hashable],
        sides: list[tuple[ir.Node, ir.Node | None]],
    ) -> None:
        if not any(self.case.reads(side, self.path) for pair in sides for side in pair if side):
            return
        found: list[Stretch] = []
        for stretch in self.stretches:
            found += self._split(stretch, key, sides)
        self.stretches = found
        if len(found) > _MOST:
            self.exact = False
            self.stretches = found[:_MOST]

    def _split(
        self,
        stretch: Stretch,
        key: Callable[[Callable[[ir.Node], Result]], Hashable],
        sides: list[tuple[ir.Node, ir.Node | None]],
    ) -> list[Stretch]:
        def at(place: int) -> Hashable:
            self.case.budget.step()
            return key(self._values(place))

        low, high = at(stretch[0]), at(stretch[1])
        if low == high == WAITING:
            self.joint = True
            return [stretch]
        if UNBOUND in (low, high) or stretch[0] == stretch[1] or self._never(stretch, sides):
            return [stretch]
        if low in _NOT_KNOWN or high in _NOT_KNOWN:
            self.exact = False
            return [stretch]
        if not self._one_way(stretch, sides):
            return self._at_turns(stretch, key, sides)
        return list(_pieces(stretch, low, high, at))

    def _at_turns(
        self,
        stretch: Stretch,
        key: Callable[[Callable[[ir.Node], Result]], Hashable],
        sides: list[tuple[ir.Node, ir.Node | None]],
    ) -> list[Stretch]:
        """Split a stretch first where another value becomes the least or the greatest of several."""
        nodes = inner_first((s for pair in sides for s in pair if s), self.case.program)
        for node in nodes:
            if isinstance(node, ir.Extremum) and len(node.operands) == 2:
                parts = self._turned(stretch, *node.operands)
                if len(parts) > 1:
                    return [piece for part in parts for piece in self._split(part, key, sides)]
        self.exact = False
        return [stretch]

    def _turned(self, stretch: Stretch, one: ir.Node, other: ir.Node) -> list[Stretch]:
        def at(place: int) -> Hashable:
            self.case.budget.step()
            values = self._values(place)
            return _order(values(one), values(other))

        low, high = at(stretch[0]), at(stretch[1])
        known = not {low, high} & {WAITING, UNDEFINED, UNBOUND}
        if not known or not self._one_way(stretch, [(one, other)]):
            return [stretch]
        return list(_pieces(stretch, low, high, at))

    def _never(self, stretch: Stretch, sides: list[tuple[ir.Node, ir.Node | None]]) -> bool:
        """Whether a side has no value, whatever the fact is."""
        values = self._values(stretch[0])
        return any(
            _known(values(side)) == UNDEFINED
            for pair in sides
            for side in pair
            if side is not None and not self.case.reads(side, self.path)
        )

    def _one_way(self, stretch: Stretch, sides: list[tuple[ir.Node, ir.Node | None]]) -> bool:
        trend = Trend(
            self.case.program,
            self._values(stretch[0]),
            self._values(stretch[1]),
            lambda node: self.case.reads(node, self.path),
            True,
            self.case.bounds,
        )
        return all(
            joined([trend.of(left), opposite(trend.of(right)) if right else 0]) is not None
            or (right is not None and self._apart_in_a_line(stretch, left, right))
            for left, right in sides
        )

    def _apart_in_a_line(self, stretch: Stretch, left: ir.Node, right: ir.Node) -> bool:
        """Whether two numbers that both rise, or both fall, draw apart or near evenly."""
        along = Along(self.case, self.answers, self.path, *stretch)
        try:
            return (along.number(left) - along.number(right)).straight
        except Vague:
            return False

    def _values(self, place: int) -> Callable[[ir.Node], Result]:
        answers = {**self.answers, self.path: self.case.domains[self.path].at(place)}
        return lambda node: self.case.value(node, answers)


def _pieces(
    stretch: Stretch, low: Hashable, high: Hashable, at: Callable[[int], Hashable]
) -> Iterator[Stretch]:
    """Split a stretch wherever its key changes; equal at both ends means equal throughout."""
    first, last = stretch
    if low == high:
        yield stretch
        return
    start, key = first, low
    while key != high:
        below, above = start, last  # the key holds at `below` and not at `above`
        while above - below > 1:
            middle = (below + above) // 2
            if at(middle) == key:
                below = middle
            else:
                above = middle
        yield start, below
        start, key = above, at(above)
    yield start, last


#: Facts are missing; there is no value; the expression is about a list's member, and is cut with the list.
WAITING, UNDEFINED, UNBOUND = "waiting", "undefined", "unbound"
_NOT_KNOWN = (WAITING, UNDEFINED)


def _why(value: Unknown) -> str:
    if value == Unknown():
        return UNBOUND
    return WAITING if value.missing else UNDEFINED


def _known(value: Result) -> Hashable:
    if isinstance(value, Unknown):
        return _why(value)
    return value


def _order(left: Result, right: Result) -> Hashable:
    for side in (left, right):
        if isinstance(side, Unknown):
            return _why(side)
    return (left > right) - (left < right)  # type: ignore[operator]  # ordered values of one type


def _among(value: Result, ends: list[object]) -> Hashable:
    if isinstance(value, Unknown):
        return _why(value)
    return bisect_left(ends, value) + bisect_right(ends, value)  # type: ignore[type-var]
