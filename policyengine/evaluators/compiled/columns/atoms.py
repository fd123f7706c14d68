"""What the connectives of conditions stand on: comparisons and the like, worked out row by row, a byte each."""

from __future__ import annotations

import attrs

from policyengine.evaluators.compiled.columns.expressions import Expressions
from policyengine.evaluators.compiled.columns.logic import NO, YES, Truth
from policyengine.evaluators.compiled.columns.sight import Sight
from policyengine.evaluators.compiled.columns.writing import Rows
from policyengine.evaluators.compiled.naming import Lines
from policyengine.ir.nodes import Fact, Node
from policyengine.ir.reach import reached


@attrs.frozen(eq=False)
class _Loop:
    """A loop over rows, and which of its names are kept in which slot."""

    rows: Rows
    expressions: Expressions
    kept: dict[str, int] = attrs.field(factory=dict)


@attrs.define(eq=False)
class Atoms:
    """Atoms of one function: those that read the same facts share a loop. `slots` are the bytes kept of each row.

    A truth of an atom has the numbers of slots for its sources, or what is the same of all rows.
    """

    sight: Sight
    slots: int = 0
    _loops: dict[frozenset[str], _Loop] = attrs.field(factory=dict)
    _found: dict[int, Truth | None] = attrs.field(factory=dict)

    def of(self, node: Node) -> Truth | None:
        """Return an atom, or None where no source could be written for it."""
        if id(node) not in self._found:
            self._found[id(node)] = self._atom(node)
        return self._found[id(node)]

    def _atom(self, node: Node) -> Truth | None:
        loop = self._loop(node)
        truth = loop.rows.tried(lambda: loop.expressions.truth(node))
        if truth is None:
            return None
        return Truth(self._kept(loop, truth.true), self._kept(loop, truth.known))

    def _loop(self, node: Node) -> _Loop:
        program = self.sight.program
        read = frozenset(n.path for n in reached([node], program) if isinstance(n, Fact))
        if read not in self._loops:
            rows = Rows(self.sight.names, Lines(depth=3))
            self._loops[read] = _Loop(rows, Expressions(self.sight, rows))
        return self._loops[read]

    def _kept(self, loop: _Loop, source: str) -> str:
        if source in (YES, NO):
            return source
        if source not in loop.kept:
            loop.kept[source] = self.new_slot()
        return str(loop.kept[source])

    def new_slot(self) -> int:
        """Return a slot that nothing else has."""
        self.slots += 1
        return self.slots - 1

    def write(self, lines: Lines, block: int) -> list[int]:
        """Write all loops; return the slots that say which rows are flagged."""
        flags = []
        for loop in self._loops.values():
            if loop.kept:
                flags += self._write(loop, lines, block)
        return flags

    def _write(self, loop: _Loop, lines: Lines, block: int) -> list[int]:
        rows, flags = loop.rows, [self.new_slot()] if loop.rows.flags else []
        for source, name in rows.slices.items():
            lines.add(f"{name} = {source}")
        lines.add("for i in range(n):")
        lines.written += ["            flag = False"] if flags else []
        lines.written += rows.lines.written
        lines.depth += 1
        for source, slot in [*loop.kept.items(), *(("flag", slot) for slot in flags)]:
            lines.add(f"u[{slot * block} + i] = {source}")
        lines.depth -= 1
        return flags
