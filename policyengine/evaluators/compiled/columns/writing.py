"""The source of a loop over rows: lines, names, and the columns that are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import attrs

from policyengine.evaluators.compiled.columns.leaves import About, Joined
from policyengine.evaluators.compiled.columns.logic import YES
from policyengine.evaluators.compiled.naming import Lines, Names
from policyengine.evaluators.compiled.writing import NotWritten

T = TypeVar("T")


@attrs.define(eq=False)
class Rows:
    """A loop over the rows of a block in the making. What was named once is not worked out again.

    `slices` are the arrays that the loop reads, cut to the block. `flags` says that a row may be flagged. `about`
    says what some names stand for.
    """

    names: Names
    lines: Lines = attrs.field(factory=Lines)
    slices: dict[str, str] = attrs.field(factory=dict)
    flags: bool = False
    remembered: dict[str, object] = attrs.field(factory=dict)
    about: dict[str, About] = attrs.field(factory=dict)
    _known: dict[str, str] = attrs.field(factory=dict)

    def named(self, expression: str) -> str:
        """Return the name of an expression; names and literals are as they are."""
        if expression.isidentifier() or expression.removeprefix("-").isdigit():
            return expression
        if expression not in self._known:
            name = self.names.new("v")
            self.lines.add(f"{name} = {expression}")
            self._known[expression] = name
        return self._known[expression]

    def joined(self, operator: str, *parts: str) -> str:
        """Return the name of truths joined by an operator."""
        name = self.named(f" {operator} ".join(parts))
        self.about[name] = Joined(operator, parts)
        return name

    def variable(self, text: str, initial: str) -> str:
        """Return the name of a variable that changes."""
        name = self.names.new(text)
        self.lines.add(f"{name} = {initial}")
        return name

    def block_of(self, array: str, more: str = "") -> str:
        """Return the name of an array cut to the rows of the block."""
        source = f"{array}[b : b + n{more}]"
        if source not in self.slices:
            self.slices[source] = self.names.new(f"{array}_here")
        return self.slices[source]

    def flag(self, condition: str, known: str) -> None:
        """Have a row decided elsewhere where a condition is met, and where what it is about is known."""
        self.flags = True
        more = "" if known == YES else f" & {known}"
        self.lines.add(f"flag = flag | ({condition}{more})")

    @contextmanager
    def inner(self, heading: str) -> Iterator[None]:
        """Write the body of a loop within the row; its names are not known behind it."""
        before, remembered = dict(self._known), dict(self.remembered)
        self.lines.add(heading)
        self.lines.depth += 1
        yield
        self.lines.depth -= 1
        self._known, self.remembered = before, remembered

    def tried(self, write: Callable[[], T]) -> T | None:
        """Write something, or leave no trace of it where it is left to the other evaluator."""
        count, depth, flags = len(self.lines.written), self.lines.depth, self.flags
        known, remembered = dict(self._known), dict(self.remembered)
        try:
            return write()
        except NotWritten:
            del self.lines.written[count:]
            self.lines.depth, self.flags = depth, flags
            self._known, self.remembered = known, remembered
            return None
