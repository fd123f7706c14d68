"""From an expression and its values to the tree: conditions, and the names whose values they stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import singledispatchmethod

import attrs

from policyengine.decision.citation import cited
from policyengine.decision.comparing import headroom, room
from policyengine.decision.reasons import plainly
from policyengine.decision.trace import Result, Unknown
from policyengine.decision.tree.branch import Branch, BranchKind, Text
from policyengine.decision.values import encode, encode_fact
from policyengine.decision.wording import shown, shown_as
from policyengine.facts.facts import Situation
from policyengine.ir import nodes as ir
from policyengine.ir.program import Program, TableDefinition, TableRow
from policyengine.model.types import Kind, Type

#: What stands for a value that is given or defined elsewhere.
NAMES = (ir.Fact, ir.Parameter, ir.Derived, ir.Lookup, ir.PlanValue)


@attrs.frozen
class Grower:
    """Grows branches from the expressions of one rule; `value` is what the evaluator says of each of them."""

    program: Program
    situation: Situation
    value: Callable[[ir.Node], Result]

    def condition(self, node: ir.Node) -> Branch:
        """Return whether something holds; a name of a truth stands below the condition that it is true."""
        if not isinstance(node, NAMES):
            return self.grow(node)
        return Branch(
            kind=BranchKind.CONDITION,
            name=_written(node),
            holds=self._holds(node),
            at=str(node.span),
            branches=(self.grow(node),),
        )

    @singledispatchmethod
    def grow(self, node: ir.Node) -> Branch:
        """Return what an expression comes to, and below it the names it stands on."""
        return self._expression(node)

    # Conditions

    @grow.register(ir.And)
    def _(self, node: ir.And) -> Branch:
        return self._joined(node, BranchKind.ALL, node.operands)

    @grow.register(ir.Or)
    def _(self, node: ir.Or) -> Branch:
        return self._joined(node, BranchKind.ANY, node.operands)

    @grow.register(ir.Not)
    def _(self, node: ir.Not) -> Branch:
        return self._joined(node, BranchKind.NOT, (node.operand,))

    def _joined(self, node: ir.Node, kind: BranchKind, operands: Sequence[ir.Node]) -> Branch:
        return Branch(
            kind=kind,
            name=_written(node),
            holds=self._holds(node),
            at=str(node.span),
            branches=tuple(self.condition(operand) for operand in operands),
        )

    @grow.register(ir.Compare)
    def _(self, node: ir.Compare) -> Branch:
        left, right = self.value(node.left), self.value(node.right)
        found = room(node, left, right)
        return attrs.evolve(
            self._expression(node),
            headroom=headroom(node, left, right, self.program),
            room=self._shown_as(max(found[0], -found[0]), found[1]) if found else {},
        )

    # Names

    @grow.register(ir.Fact)
    def _(self, node: ir.Fact) -> Branch:
        fact = self.program.dictionary.facts.get(node.path)
        found = self.situation.get(node.path)
        value: Result = Unknown(frozenset({node.path})) if found is None else found
        return Branch(
            kind=BranchKind.FACT,
            name=node.path,
            text=fact.title if fact else {},
            value=encode_fact(value, node.type, self.program),
            shown=self._shown(value, node),
            at=str(node.span),
        )

    @grow.register(ir.Parameter)
    def _(self, node: ir.Parameter) -> Branch:
        parameter = self.program.parameters[node.key]
        day = self.value(node.at) if node.at else self.situation.as_of
        dated = parameter.on(day) if isinstance(day, date) else None
        return attrs.evolve(
            self._named(node, BranchKind.PARAMETER, parameter.name),
            note=dated.note if dated else None,
            assumed=dated.assumed if dated else False,
            source=dated.source if dated else None,
            citation=cited(dated.source, node.key.partition("#")[0], self.program) if dated else {},
            at=str(dated.span if dated else node.span),
            branches=(self.grow(node.at),) if node.at else (),
        )

    @grow.register(ir.Derived)
    def _(self, node: ir.Derived) -> Branch:
        derived = self.program.derived[node.key]
        return attrs.evolve(
            self._named(node, BranchKind.DERIVED, derived.name),
            at=str(derived.node.span),
            branches=tuple(self._names(derived.node)),
        )

    @grow.register(ir.Lookup)
    def _(self, node: ir.Lookup) -> Branch:
        table = self.program.tables[node.key]
        inputs = list(_inputs(table, node))
        row = self._row(table, inputs)
        below = [branch for each in inputs for branch in self._names(each)]
        if row:
            below += self._names(row.output)
        return attrs.evolve(
            self._named(node, BranchKind.TABLE, table.name),
            note=str(row.span) if row else None,
            at=str(table.span),
            branches=tuple(below),
        )

    @grow.register(ir.PlanValue)
    def _(self, node: ir.PlanValue) -> Branch:
        below = [branch for each in node.arguments for branch in self._names(each)]
        return attrs.evolve(
            self._named(node, BranchKind.TERM, f"plan.{node.name}"), branches=tuple(below)
        )

    # Everything else

    def _expression(self, node: ir.Node) -> Branch:
        """Return an expression as it is written, with the names below it."""
        is_condition = node.type.kind is Kind.BOOLEAN
        value = self.value(node)
        return Branch(
            kind=BranchKind.CONDITION if is_condition else BranchKind.DERIVED,
            name=_written(node),
            holds=self._holds(node) if is_condition else None,
            value=None if is_condition else encode(value, node.type, self.program),
            shown={} if is_condition else self._shown(value, node),
            at=str(node.span),
            branches=tuple(self.names(node.children())),
        )

    def _named(self, node: ir.Node, kind: BranchKind, name: str) -> Branch:
        value = self.value(node)
        is_condition = node.type.kind is Kind.BOOLEAN
        return Branch(
            kind=kind,
            name=name,
            holds=self._holds(node) if is_condition else None,
            value=encode(value, node.type, self.program),
            shown=self._shown(value, node),
            at=str(node.span),
        )

    def _names(self, node: ir.Node) -> Iterator[Branch]:
        """Yield a branch for every name in an expression, each once; what no name stands on says nothing."""
        if isinstance(node, NAMES):
            if not _of_a_member(node):
                yield self.grow(node)
        else:
            yield from self.names(node.children())

    def names(self, nodes: Iterable[ir.Node]) -> Iterator[Branch]:
        """Yield a branch for every name in expressions, each once."""
        seen: set[tuple[str, str]] = set()
        for node in nodes:
            for branch in self._names(node):
                if (branch.kind, branch.name) not in seen:
                    seen.add((branch.kind, branch.name))
                    yield branch

    def _row(self, table: TableDefinition, inputs: Sequence[ir.Node]) -> TableRow | None:
        """Return the only row that decides, where there is one and all inputs are known."""
        values = [self.value(node) for node in inputs]
        if table.hit not in ("unique", "first"):
            return None
        if any(isinstance(value, Unknown) for value in values):
            return None
        fitting = (
            row
            for row in table.rows
            if all(c.accepts(v) for c, v in zip(row.cells, values, strict=True))  # type: ignore[arg-type]
        )
        return next(fitting, None)

    def _holds(self, node: ir.Node) -> bool | None:
        return plainly(self.value(node))  # type: ignore[arg-type]  # the types were checked

    def _shown(self, value: Result, node: ir.Node) -> Text:
        return {
            language: shown(value, node, self.program, language)
            for language in self.program.languages
        }

    def _shown_as(self, value: Result, type_: Type) -> Text:
        return {
            language: shown_as(value, type_, self.program, language)
            for language in self.program.languages
        }


def _written(node: ir.Node) -> str:
    """Return an expression as the policy writes it, on one line."""
    return " ".join(node.span.file.text[node.span.start : node.span.end].split())


def _inputs(table: TableDefinition, node: ir.Lookup) -> Iterator[ir.Node]:
    arguments = iter(node.arguments)
    for each in table.inputs:
        yield each.node or next(arguments)


def _of_a_member(node: ir.Node) -> bool:
    """Whether a node's value depends on the member of a list that is looked at."""
    return any(isinstance(part, ir.Field) for part in node.walk())
