"""The facts that the value of an expression rests on, with the values at hand.

The meaning of each form is the reference evaluator's. Where a value is known, the facts returned are enough for it:
with them alone it is the same. With `every`, no reason is left out: without those facts it is known no longer, unless
no fact could change it. Where a value is unknown, they are what is missing and everything that was known of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import singledispatchmethod

import attrs

from policyengine.decision.trace import Result, Truth, Unknown
from policyengine.evaluators.reference.logic import negation
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.explain.cited import tables
from policyengine.explain.cited.support import Support, joined, smallest
from policyengine.ir import nodes as ir
from policyengine.ir.program import Rule

#: Whether something holds, and what that rests on.
Part = tuple[Truth, Support]


@attrs.frozen(eq=False)
class Grounds:
    """Looks up what values rest on: `every` reason for them, or as few facts as suffice."""

    valuation: Valuation
    every: bool
    _derived: dict[str, Support] = attrs.field(factory=dict)

    def at(self, valuation: Valuation) -> Grounds:
        """Return the same with other terms or another member of a list in sight."""
        return attrs.evolve(self, valuation=valuation, derived=self._derived)

    def rule(self, rule: Rule) -> Support:
        """Return what a rule rests on; one that does not apply holds."""
        if rule.applies is None:
            return self.of(rule.test)
        applies = self._part(rule.applies)
        return self._either([(negation(applies[0]), applies[1]), self._part(rule.test)])

    @singledispatchmethod
    def of(self, node: ir.Node) -> Support:
        """Return the facts that a value rests on: of most forms all that its operands rest on."""
        return joined(self.of(child) for child in node.children())

    # Names

    @of.register(ir.Fact)
    def _(self, node: ir.Fact) -> Support:
        return self._named(node)

    @of.register(ir.Field)
    def _(self, node: ir.Field) -> Support:
        return self._named(node)

    def _named(self, node: ir.Node) -> Support:
        path = frozenset({self.valuation.path(node)})
        missing = isinstance(self.valuation.value(node), Unknown)
        return Support(absent=path) if missing else Support(given=path)

    @of.register(ir.Derived)
    def _(self, node: ir.Derived) -> Support:
        if node.key not in self._derived:
            definition = self.valuation.program.derived[node.key]
            self._derived[node.key] = self._outside_lists().of(definition.node)
        return self._derived[node.key]

    def _outside_lists(self) -> Grounds:
        return self.at(self.valuation.outside_lists())

    @of.register(ir.PlanValue)
    def _(self, node: ir.PlanValue) -> Support:
        """What the terms themselves rest on is cited once, with the offer."""
        value = self.valuation.value(node)
        missing = value.missing if isinstance(value, Unknown) else frozenset()
        return joined([Support(absent=missing), *map(self.of, node.arguments)])

    # Logic

    @of.register(ir.And)
    def _(self, node: ir.And) -> Support:
        return self._both([self._part(operand) for operand in node.operands])

    @of.register(ir.Or)
    def _(self, node: ir.Or) -> Support:
        return self._either([self._part(operand) for operand in node.operands])

    @of.register(ir.Member)
    def _(self, node: ir.Member) -> Support:
        value = self.of(node.value)
        alike = [o for o in node.options if self._known_alike(node.value, o)]
        if alike:
            return value | self._chosen([self.of(option) for option in alike])
        return joined([value, *map(self.of, node.options)])

    @of.register(ir.Choose)
    def _(self, node: ir.Choose) -> Support:
        """Where both branches are known to be the same, the condition need not be known."""
        condition, then, otherwise = map(self.of, (node.condition, node.then, node.otherwise))
        holds = self.valuation.truth(node.condition)
        alike = self._known_alike(node.then, node.otherwise)
        if isinstance(holds, Unknown):
            return then | otherwise if alike else condition | then | otherwise
        taken = condition | (then if holds else otherwise)
        return self._chosen([taken, then | otherwise]) if alike else taken

    def _known_alike(self, one: ir.Node, other: ir.Node) -> bool:
        values = self.valuation.value(one), self.valuation.value(other)
        return not any(isinstance(v, Unknown) for v in values) and values[0] == values[1]

    def _part(self, node: ir.Node) -> Part:
        return self.valuation.truth(node), self.of(node)

    def _both(self, parts: Iterable[Part]) -> Support:
        return self._decided(list(parts), by=False)

    def _either(self, parts: Iterable[Part]) -> Support:
        return self._decided(list(parts), by=True)

    def _decided(self, parts: Sequence[Part], *, by: bool) -> Support:
        """One part of the deciding truth is enough; without any, all parts are needed."""
        deciding = [support for truth, support in parts if truth is by]
        return self._chosen(deciding) if deciding else joined(support for _, support in parts)

    def _chosen(self, alternatives: Sequence[Support]) -> Support:
        """Each alternative is enough."""
        return joined(alternatives) if self.every else smallest(alternatives)

    # Lists and tables

    @of.register(ir.Quantified)
    def _(self, node: ir.Quantified) -> Support:
        members = self._each(node.members, node.variable)
        condition = node.condition
        if condition is None:
            return self.of(node.members)
        parts = [member._part(condition) for member in members]  # noqa: SLF001  # of this class
        if node.kind == "any":
            found = self._either(parts)
        elif node.kind == "all":
            found = self._both(parts)
        else:
            found = joined(support for _, support in parts)
        return self.of(node.members) | found

    @of.register(ir.Aggregate)
    def _(self, node: ir.Aggregate) -> Support:
        found = self.of(node.members)
        for member in self._each(node.members, node.variable):
            if node.condition is not None:
                found |= member.of(node.condition)
            if node.condition is None or member.valuation.truth(node.condition) is not False:
                found |= member.of(node.value)
        return found

    def _each(self, list_: ir.Node, variable: str) -> list[Grounds]:
        members = self.valuation.each(list_, variable)
        return [] if isinstance(members, Unknown) else [self.at(member) for member in members]

    @of.register(ir.Lookup)
    def _(self, node: ir.Lookup) -> Support:
        table = self.valuation.program.tables[node.key]
        arguments = iter(node.arguments)
        outside = self._outside_lists()
        inputs = [
            outside._input(each.node) if each.node else self._input(next(arguments))  # noqa: SLF001
            for each in table.inputs
        ]
        known = not isinstance(self.valuation.value(node), Unknown)
        rests_on = tables.every_reason if self.every else tables.enough
        look: Callable[..., Support] = rests_on if known else tables.everything
        return look(table, inputs, outside._input)  # noqa: SLF001

    def _input(self, node: ir.Node) -> tuple[Result, Support]:
        return self.valuation.value(node), self.of(node)
