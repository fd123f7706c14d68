"""What the connectives of conditions stand on: comparisons and the like, a byte each of every row.

Where all of a truth comes from single columns and constants, these are tested at once (`vectors`), and what joins
them is left to the connectives. The rest is worked out row by row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import attrs

from policyengine.evaluators.compiled.columns.expressions import Expressions
from policyengine.evaluators.compiled.columns.leaves import (
    Copied,
    Crossed,
    Joined,
    Kept,
    Leaf,
    Tested,
    Tree,
)
from policyengine.evaluators.compiled.columns.logic import NO, YES
from policyengine.evaluators.compiled.columns.sight import Sight
from policyengine.evaluators.compiled.columns.writing import Rows
from policyengine.evaluators.compiled.naming import Lines
from policyengine.ir.nodes import Fact, Node
from policyengine.ir.reach import reached


@attrs.frozen
class Atom:
    """Whether something certainly holds, and whether that is known."""

    true: Kept
    known: Kept


@attrs.frozen(eq=False)
class _Loop:
    """A loop over rows, and which of its names are kept in which slot."""

    rows: Rows
    expressions: Expressions
    kept: dict[str, int] = attrs.field(factory=dict)


@attrs.define(eq=False)
class Atoms:
    """Atoms of one function: those that read the same facts share a loop. `slots` are the bytes kept of each row."""

    sight: Sight
    slots: int = 0
    leaves: dict[Leaf, int] = attrs.field(factory=dict)
    _loops: dict[frozenset[str], _Loop] = attrs.field(factory=dict)
    _found: dict[int, Atom | None] = attrs.field(factory=dict)

    def of(self, node: Node) -> Atom | None:
        """Return an atom, or None where no source could be written for it."""
        if id(node) not in self._found:
            self._found[id(node)] = self._atom(node)
        return self._found[id(node)]

    def _atom(self, node: Node) -> Atom | None:
        loop = self._loop(node)
        truth = loop.rows.tried(lambda: loop.expressions.truth(node))
        if truth is None:
            return None
        return Atom(self._kept(loop, truth.true), self._kept(loop, truth.known))

    def _loop(self, node: Node) -> _Loop:
        program = self.sight.program
        read = frozenset(n.path for n in reached([node], program) if isinstance(n, Fact))
        if read not in self._loops:
            rows = Rows(self.sight.names, Lines(depth=3))
            self._loops[read] = _Loop(rows, Expressions(self.sight, rows))
        return self._loops[read]

    def _kept(self, loop: _Loop, source: str) -> Kept:
        if source in (YES, NO):
            return source
        if _of_columns(source, loop.rows):
            return self._lifted(source, loop.rows)
        if source not in loop.kept:
            loop.kept[source] = self.new_slot()
        return str(loop.kept[source])

    def _lifted(self, source: str, rows: Rows) -> Kept:
        about = rows.about.get(source)
        if isinstance(about, Joined):
            return Tree(about.operator, tuple(self._lifted(part, rows) for part in about.parts))
        if isinstance(about, (Tested, Crossed, Copied)):
            if about not in self.leaves:
                self.leaves[about] = self.new_slot()
            return str(self.leaves[about])
        return source

    def new_slot(self) -> int:
        """Return a slot that nothing else has."""
        self.slots += 1
        return self.slots - 1

    def write(self, lines: Lines, block: int) -> list[int]:
        """Write all loops; return the slots that say which rows are flagged."""
        flags = []
        for loop in self._loops.values():
            if loop.kept or loop.rows.flags:
                flags += self._write(loop, lines, block)
        return flags

    def _write(self, loop: _Loop, lines: Lines, block: int) -> list[int]:
        rows, flags = loop.rows, [self.new_slot()] if loop.rows.flags else []
        body = _without_unused(rows.lines.written, loop.kept)
        text = "\n".join(body)
        for source, name in rows.slices.items():
            if re.search(rf"\b{name}\b", text):
                lines.add(f"{name} = {source}")
        lines.add("for i in range(n):")
        lines.written += ["            flag = False"] if flags else []
        lines.written += body
        lines.depth += 1
        for source, slot in [*loop.kept.items(), *(("flag", slot) for slot in flags)]:
            lines.add(f"u[{slot * block} + i] = {source}")
        lines.depth -= 1
        return flags


def _of_columns(source: str, rows: Rows) -> bool:
    """Whether all of a truth can be tested column by column."""
    about = rows.about.get(source)
    if isinstance(about, Joined):
        return all(part == YES or _of_columns(part, rows) for part in about.parts)
    return isinstance(about, (Tested, Crossed, Copied))


def _reads(expression: str, name: str) -> bool:
    return name in re.findall(r"\w+", expression)


def _without_unused(lines: Sequence[str], kept: dict[str, int]) -> list[str]:
    """Return lines without the names that nothing reads; one that is set anew reads itself, and stays."""
    uses = Counter(word for line in lines for word in set(re.findall(r"\w+", line)))
    uses.update(kept.keys())
    found = []
    for line in reversed(lines):
        name, is_, expression = line.strip().partition(" = ")
        if is_ and name.isidentifier() and uses[name] == 1 and not _reads(expression, name):
            uses.subtract(set(re.findall(r"\w+", line)))
        else:
            found.append(line)
    return found[::-1]
