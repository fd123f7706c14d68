"""The parts of a policy that cases can show, each with the ways in which it can be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

import attrs

from policyengine.decision.decision import Status
from policyengine.ir import nodes as ir
from policyengine.ir.program import DatedValue, Program, Rule, TableDefinition
from policyengine.ir.reach import reached, settings_of
from policyengine.model.types import Kind as TypeKind
from policyengine.model.types import Type
from policyengine.source import Span

_LONGEST = 60
TRUE, FALSE, UNKNOWN, USED = "true", "false", "unknown", "used"
#: A value of an enum that no rule names: rules cannot tell such values apart.
OTHER = "any other"
STATUSES = tuple(str(status) for status in Status)


class Kind(StrEnum):
    """What a part is."""

    CONDITION = "condition"
    PLAN = "plan"
    FACT = "fact"
    ROW = "row"
    PARAMETER = "parameter"
    STEP = "step"


@attrs.frozen(order=True)
class Point:
    """A part of a policy or of a regulation.

    Attributes:
        file: The file in which it stands.
        line: The line, from 1.
        column: The column, from 1.
        of: The policy or the regulation.
        kind: What it is.
        name: What it is called, or what is written there.
        ways: How it is to be seen, such as true and false.
    """

    file: str
    line: int
    column: int
    of: str
    kind: Kind
    name: str
    ways: tuple[str, ...]


@attrs.frozen(eq=False)
class Points:
    """The parts of one program, by what an evaluator meets: nodes, rows, values and steps by identity."""

    of_node: Mapping[int, Point]
    of_part: Mapping[int, Point]
    plans: Mapping[str, Point]

    @property
    def all(self) -> frozenset[Point]:
        """Every part; a condition that is shared is one."""
        return frozenset((*self.of_node.values(), *self.of_part.values(), *self.plans.values()))


def points_of(program: Program, owners: Mapping[str, str]) -> Points:
    """Return the parts of a program.

    Args:
        program: The policy.
        owners: The name of the policy or regulation that stands in each file.
    """
    finder = _Finder(program, owners)
    nodes = list(reached(_roots(program), program))
    return Points(
        of_node={
            **finder.conditions(nodes),
            **finder.facts(),
        },
        of_part={**finder.parameters(nodes), **finder.rows(nodes), **finder.steps()},
        plans={
            plan.id: finder.at(plan.span, Kind.PLAN, plan.id, STATUSES) for plan in program.plans
        },
    )


def _roots(program: Program) -> Iterator[ir.Node]:
    """Yield what is evaluated for the plans and referrals of a policy."""
    for rule in _rules(program):
        yield from rule.conditions
    for plan in program.plans:
        yield from settings_of(plan.offer.levers)
        yield from (figure.node for figure in plan.figures.values())


def _rules(program: Program) -> Iterator[Rule]:
    for plan in program.plans:
        yield from (*plan.require, *plan.offer.until, *plan.offer.accept)
    yield from program.guarantees
    yield from (referral.rule for referral in program.referrals)


# Conditions


def _conditions(program: Program, nodes: Iterable[ir.Node]) -> Iterator[tuple[ir.Node, str | None]]:
    """Yield every condition that counts, and of those joined from several in a rule its name."""
    for rule in _rules(program):
        yield from _each(rule.test, rule.id)
        if rule.applies is not None:
            yield from _each(rule.applies)
    for plan in program.plans:
        for lever in plan.offer.levers:
            if lever.when is not None:
                yield from _each(lever.when)
    for node in nodes:
        yield from _within_expressions(node, program)


def _within_expressions(node: ir.Node, program: Program) -> Iterator[tuple[ir.Node, str | None]]:
    match node:
        case ir.Choose(condition=condition):
            yield from _each(condition)
        case ir.Quantified(condition=ir.Node() as condition):
            yield from _each(condition)
        case ir.Aggregate(condition=ir.Node() as condition):
            yield from _each(condition)
        case ir.Derived() if node.type.kind is TypeKind.BOOLEAN:
            yield from _each(program.derived[node.key].node, program.derived[node.key].name)


def _each(root: ir.Node, name: str | None = None) -> Iterator[tuple[ir.Node, str | None]]:
    """Yield a whole condition, and what it is joined from: comparisons, facts of truth, and the like."""
    root = _plain(root)
    if isinstance(root, (ir.And, ir.Or)) and not _is_made(root):
        yield root, name
    for leaf in _leaves(root):
        yield leaf, None


def _leaves(node: ir.Node) -> Iterator[ir.Node]:
    node = _plain(node)
    if isinstance(node, (ir.And, ir.Or)):
        for operand in node.operands:
            yield from _leaves(operand)
    elif _is_leaf(node):
        yield node


def _plain(node: ir.Node) -> ir.Node:
    """Return what is negated: that one is true says that the other is false."""
    return _plain(node.operand) if isinstance(node, ir.Not) else node


def _is_leaf(node: ir.Node) -> bool:
    """Whether a condition says something of its own; derived ones and parameters count where they are defined."""
    return not isinstance(node, (ir.Derived, ir.Parameter, ir.Constant)) and not _is_made(node)


def _is_made(node: ir.Node) -> bool:
    """Whether nobody wrote a condition: it joins two that stand apart, or says when a file is in force."""
    if isinstance(node, ir.Compare):
        return node.left.span == node.span
    if isinstance(node, ir.And):
        return any(_is_made(each) or not _within(each.span, node.span) for each in node.operands)
    return False


def _within(inner: Span, outer: Span) -> bool:
    same = inner.file is outer.file
    return same and outer.start <= inner.start and inner.end <= outer.end


# All parts


@attrs.frozen(eq=False)
class _Finder:
    program: Program
    owners: Mapping[str, str]

    def at(self, span: Span, kind: Kind, name: str, ways: tuple[str, ...] = (USED,)) -> Point:
        """Return a part that stands at a place."""
        owner = self.owners.get(span.file.name, self.program.id)
        return Point(span.file.name, span.line, span.column, owner, kind, name, ways)

    def conditions(self, nodes: Iterable[ir.Node]) -> dict[int, Point]:
        """Return whole conditions and those they are joined from."""
        return {
            id(node): self._condition(node, name) for node, name in _conditions(self.program, nodes)
        }

    def _condition(self, node: ir.Node, name: str | None) -> Point:
        span = _span(node)
        return self.at(span, Kind.CONDITION, name or _written(span), (TRUE, FALSE))

    def facts(self) -> dict[int, Point]:
        """Return the enum facts that are read, each where it first is; not those by which a policy applies."""
        program, read = self.program, defaultdict(list)
        applies = (program.applies_to,) if program.applies_to else ()
        left_out = {None, *map(_path, reached(applies, program))}
        for node in reached(_roots(program), program, left_out=(ir.Known,)):
            if node.type.kind is TypeKind.ENUM and _path(node) not in left_out:
                read[_path(node)].append(node)
        return {id(node): self._fact(every) for every in read.values() for node in every}

    def _fact(self, read: list[ir.Node]) -> Point:
        """Return a fact with each value that a rule tells from others, and with one for all others."""
        first = min((node.span for node in read), key=self._place)
        values = self.program.dictionary.values_of(read[0].type)
        written = self._written(read[0].type)
        named = tuple(value for value in values if value in written)
        rest = tuple(value for value in values if value not in named)
        others = rest if len(rest) < 2 else (OTHER,)
        return self.at(first, Kind.FACT, str(_path(read[0])), (*named, *others))

    def _written(self, type_: Type) -> set[object]:
        """Return the values of a type that are written in rules and tables."""
        nodes = list(reached(_roots(self.program), self.program))
        written = {n.value for n in nodes if isinstance(n, ir.Constant) and n.type == type_}
        cells = (
            cell.intervals or ()
            for key in {n.key for n in nodes if isinstance(n, ir.Lookup)}
            for row in self.program.tables[key].rows
            for cell, input_ in zip(row.cells, self.program.tables[key].inputs, strict=True)
            if input_.type == type_
        )
        return written | {interval.low for intervals in cells for interval in intervals}

    def _place(self, span: Span) -> tuple[bool, str, int]:
        return span.file is not self.program.span.file, span.file.name, span.start

    def parameters(self, nodes: Iterable[ir.Node]) -> dict[int, Point]:
        keys = {node.key for node in nodes if isinstance(node, ir.Parameter)}
        return {
            id(value): self.at(
                value.span, Kind.PARAMETER, _dated(self.program.parameters[key].name, value)
            )
            for key in sorted(keys)
            for value in self.program.parameters[key].values
        }

    def rows(self, nodes: Iterable[ir.Node]) -> dict[int, Point]:
        keys = {node.key for node in nodes if isinstance(node, ir.Lookup)}
        tables = (self.program.tables[key] for key in sorted(keys))
        return {part: point for table in tables for part, point in self._rows(table)}

    def _rows(self, table: TableDefinition) -> Iterator[tuple[int, Point]]:
        for number, row in enumerate(table.rows, 1):
            yield id(row), self.at(row.span, Kind.ROW, f"{table.name}, row {number}")
        if table.otherwise is not None:
            span = table.otherwise.span
            yield id(table.otherwise), self.at(span, Kind.ROW, f"{table.name}, otherwise")

    def steps(self) -> dict[int, Point]:
        return {
            id(lever): self.at(lever.span, Kind.STEP, f"{plan.id}, {lever.name}")
            for plan in self.program.plans
            for lever in plan.offer.levers
        }


def _path(node: ir.Node) -> str | None:
    """Return what a fact, or a field of a list's member, is called."""
    if isinstance(node, ir.Fact):
        return node.path
    return f"{node.variable}.{node.name}" if isinstance(node, ir.Field) else None


def _span(node: ir.Node) -> Span:
    """Return where a condition is written: of a chain such as `1 <= x <= 9`, the part that one comparison is."""
    span = node.span
    if isinstance(node, ir.Compare):
        before = span.file.text[span.start : node.left.span.start]
        after = span.file.text[node.right.span.end : span.end]
        if before.strip(" (") or after.strip(" )"):
            return Span(span.file, node.left.span.start, node.right.span.end)
    return span


def _written(span: Span) -> str:
    text = " ".join(span.file.text[span.start : span.end].split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _dated(name: str, value: DatedValue) -> str:
    days = [(word, day) for word, day in (("from", value.starts), ("until", value.ends)) if day]
    return " ".join([name, *(f"{word} {day}" for word, day in days)])
