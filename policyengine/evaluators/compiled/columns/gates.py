"""Connectives of conditions, eight rows at a time: a byte a row, one or zero, in words of 64 bits."""

from __future__ import annotations

from functools import singledispatchmethod

import attrs

from policyengine.evaluators.compiled.columns.atoms import Atoms
from policyengine.evaluators.compiled.columns.leaves import Kept, Tree
from policyengine.evaluators.compiled.columns.logic import NO, YES, Logic, Truth
from policyengine.evaluators.compiled.naming import Lines, Names
from policyengine.evaluators.compiled.writing import NotWritten
from policyengine.ir import nodes as ir
from policyengine.ir.program import Rule


@attrs.define(eq=False)
class Gates:
    """Writes conditions into a loop over words; `words` is how many there are of a slot."""

    atoms: Atoms
    names: Names
    words: int
    lines: Lines = attrs.field(factory=lambda: Lines(depth=3))
    _known: dict[str, str] = attrs.field(factory=dict)

    @property
    def logic(self) -> Logic:
        """Truth of eight rows."""
        return Logic(self.joined, "ONE")

    def named(self, expression: str) -> str:
        """Return the name of an expression."""
        if expression not in self._known:
            self._known[expression] = self.names.new("w")
            self.lines.add(f"{self._known[expression]} = {expression}")
        return self._known[expression]

    def joined(self, operator: str, *parts: str) -> str:
        """Return the name of truths joined by an operator."""
        return self.named(f" {operator} ".join(parts))

    def holds(self, rule: Rule) -> Truth:
        """Return whether a rule holds; one that does not apply does.

        Raises:
            NotWritten: It is left to another evaluator.
        """
        truth = self.truth(rule.test)
        if rule.applies is None:
            return truth
        return self.logic.disjunction([self.logic.negation(self.truth(rule.applies)), truth])

    @singledispatchmethod
    def truth(self, node: ir.Node) -> Truth:
        """Return a condition; what is no connective is an atom."""
        atom = self.atoms.of(node)
        if atom is None:
            raise NotWritten
        return Truth(self._read(atom.true), self._read(atom.known))

    def _read(self, kept: Kept) -> str:
        if isinstance(kept, Tree):
            return self._joined(kept.operator, [self._read(part) for part in kept.parts])
        return kept if kept in (YES, NO) else self.named(f"t[{int(kept) * self.words} + i]")

    def _joined(self, operator: str, parts: list[str]) -> str:
        if operator == "^":
            return self.joined("^", *("ONE" if part == YES else part for part in parts))
        return self.logic.all_of(parts) if operator == "&" else self.logic.any_of(parts)

    @truth.register
    def _(self, node: ir.Not) -> Truth:
        return self.logic.negation(self.truth(node.operand))

    @truth.register
    def _(self, node: ir.And) -> Truth:
        return self.logic.conjunction(list(map(self.truth, node.operands)))

    @truth.register
    def _(self, node: ir.Or) -> Truth:
        return self.logic.disjunction(list(map(self.truth, node.operands)))

    @truth.register
    def _(self, node: ir.Derived) -> Truth:
        return self.truth(self.atoms.sight.program.derived[node.key].node)

    @truth.register
    def _(self, node: ir.Choose) -> Truth:
        return self.logic.chosen_truth(
            self.truth(node.condition), self.truth(node.then), self.truth(node.otherwise)
        )

    def written(self, rule: Rule) -> bool:
        """Return whether source can be written for a rule; its atoms are, and what it names now is forgotten."""
        try:
            self.holds(rule)
        except NotWritten:
            return False
        return True
