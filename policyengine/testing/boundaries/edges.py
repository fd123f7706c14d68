"""What a condition compares: both sides of each comparison of ordered values, the ends of cells, dated values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import attrs

from policyengine.decision.trace import Unknown
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.ir import nodes as ir
from policyengine.ir.nodes import Fact, Node
from policyengine.ir.program import ParameterDefinition, Program, TableDefinition
from policyengine.ir.reach import reached
from policyengine.ir.showing import written
from policyengine.model.types import ORDERED, Value
from policyengine.source import Span
from policyengine.testing.boundaries.conditions import Condition

_DAY = timedelta(days=1)


@attrs.frozen(eq=False)
class Edge:
    """Two values that are compared; where they are the same, something may turn.

    One is `dated` where a value of a parameter begins on the other side of it.
    """

    left: Node
    right: Node | Value
    whole: Node
    dated: bool = False

    @property
    def span(self) -> Span:
        """Where the comparison stands."""
        return self.whole.span

    @property
    def text(self) -> str:
        """The comparison as it is written."""
        return written(self.whole.span)

    @property
    def key(self) -> tuple[str, int, int, str]:
        """What tells edges apart: where its sides stand, and the constant that it is made with."""
        right = "" if isinstance(self.right, Node) else repr(self.right)
        return (self.span.file.name, self.span.start, self.left.span.start, right)

    @property
    def sides(self) -> tuple[Node, ...]:
        """The sides that are expressions."""
        return (self.left, self.right) if isinstance(self.right, Node) else (self.left,)

    @property
    def turns(self) -> tuple[bool, ...]:
        """Where something turns: between below and the same (true), or between the same and above (false)."""
        if self.dated or (
            isinstance(self.whole, ir.Compare) and self.whole.operator in (">=", "<")
        ):
            return (True,)
        return (False,) if getattr(self.whole, "operator", "") in (">", "<=") else (True, False)

    def order(self, values: Valuation) -> int | None:
        """Return -1, 0 or 1 where the left side is below, at or above the right; None where that is not known."""
        left = values.value(self.left)
        right = values.value(self.right) if isinstance(self.right, Node) else self.right
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return None
        return (left > right) - (left < right)  # type: ignore[operator]  # ordered, of one type


def edges_of(condition: Condition, program: Program) -> tuple[Edge, ...]:
    """Return the edges of a condition, those behind its names included, in the order of the files."""
    found = {edge.key: edge for edge in _edges(condition, program)}
    return tuple(found[key] for key in sorted(found))


def facts_of(edge: Edge, program: Program) -> tuple[str, ...]:
    """Return the ordered facts that an edge stands on: those it names itself first."""
    named = [node.path for side in edge.sides for node in side.walk() if isinstance(node, Fact)]
    behind = sorted(node.path for node in reached(edge.sides, program) if isinstance(node, Fact))
    facts = program.dictionary.facts
    paths = dict.fromkeys((*named, *behind))
    return tuple(p for p in paths if p in facts and facts[p].type.kind in ORDERED)


def dated_days(condition: Condition, program: Program) -> tuple[date, ...]:
    """Return the days on which a value begins that a condition reads on the day of the decision."""
    nodes = reached(condition.nodes, program)
    today = (node for node in nodes if isinstance(node, ir.Parameter) and node.at is None)
    return tuple(sorted({day for node in today for day in begins(program.parameters[node.key])}))


def begins(parameter: ParameterDefinition) -> Iterator[date]:
    """Yield the days from which a parameter has another value."""
    for each in parameter.values:
        if each.starts is not None:
            yield each.starts
        if each.ends is not None:
            yield each.ends + _DAY


def counts_months(edge: Edge, program: Program) -> bool:
    """Whether an edge stands on months counted from one day to another."""
    nodes = tuple(reached(edge.sides, program))
    return any(isinstance(n, (ir.Between, ir.Shift)) and n.unit == "months" for n in nodes)


def _edges(condition: Condition, program: Program) -> Iterator[Edge]:
    for node in reached(condition.nodes, program):
        if isinstance(node, ir.Compare):
            yield from _edge(node.left, node.right, node, program)
        elif isinstance(node, ir.Member):
            for option in node.options:
                yield from _edge(node.value, option, node, program)
        elif isinstance(node, ir.Lookup):
            yield from _cells(node, program.tables[node.key], program)
        elif isinstance(node, ir.Parameter) and node.at is not None:
            for day in begins(program.parameters[node.key]):
                for edge in _edge(node.at, day, node, program):
                    yield attrs.evolve(edge, dated=True)


def _cells(node: ir.Lookup, table: TableDefinition, program: Program) -> Iterator[Edge]:
    arguments = iter(node.arguments)
    for place, given in enumerate(table.inputs):
        side = given.node if given.node is not None else next(arguments)
        if given.type.kind in ORDERED:
            intervals = (i for row in table.rows for i in row.cells[place].intervals or ())
            for end in (end for i in intervals for end in (i.low, i.high) if end is not None):
                yield from _edge(side, end, node, program)


def _edge(left: Node, right: Node | Value, whole: Node, program: Program) -> Iterator[Edge]:
    sides = [left, right] if isinstance(right, Node) else [left]
    if left.type.kind in ORDERED and _stand_alone(sides, program):
        yield Edge(left, right, whole)


def _stand_alone(sides: list[Node], program: Program) -> bool:
    """Whether both sides can be worked out from facts alone: they name no terms and no member of a list."""
    named = (part for side in sides for part in side.walk())
    if any(isinstance(part, ir.Field) for part in named):
        return False
    return not any(isinstance(part, ir.PlanValue) for part in reached(sides, program))
