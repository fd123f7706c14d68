"""Lays a tree out: two spaces an indentation, one between tokens, and every remark where it was said.

A `{…}` or `[…]` stays on one line where it fits and holds no remark, and becomes a block otherwise. A remark that has
its line for itself stays before what follows it, as deep as the block that it was indented like: it may end a block.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import deque
from math import inf

import attrs
from rich.cells import cell_len

from policyengine.formatting.content import Content
from policyengine.formatting.lines import WIDTH, Line
from policyengine.formatting.remarks import Remark, has_blank_line_before
from policyengine.formatting.scalars import STEP, key_of, line_of, lines_of
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence

_BLANK = Line("")
_COLON = re.compile(r"\s*:")
#: The first line of an item that was made a remark, and what stood further in below it.
_TAKEN_OUT = re.compile(r"#+(?: ?-(?!-)|  )")


def laid_out(content: Content) -> list[Line]:
    """Return the lines of a file."""
    layout = _Layout(content, deque(content.remarks), [each.start for each in content.remarks])
    layout.whole(content.root)
    return layout.lines


@attrs.frozen
class _Block:
    """A block of entries or items: its column in the file as it was, and where its lines begin now."""

    column: float
    indent: int


@attrs.define
class _Layout:
    content: Content
    #: The remarks that were not written yet.
    remarks: deque[Remark]
    remark_starts: list[int]
    lines: list[Line] = attrs.field(factory=list)
    #: The blocks around what is written next, and then those that ended just before it.
    blocks: list[_Block] = attrs.field(factory=list)
    #: How many lines there were when the innermost block began.
    opened: int = 0
    #: The dashes that the next line begins with, and what stands before them.
    dashes: str = ""

    def whole(self, root: Mapping) -> None:
        behind = self._behind(root, 0)
        if behind is None:
            self._block(root, 0)
        else:
            self._remarks_before(root.span.start, 0)
            self._write(0, behind)
        self._remarks_before(inf, len(self.blocks[:1]))

    def _block(self, node: Node, indent: int) -> None:
        flow = self._is_flow(node)
        self.blocks.append(_Block(inf if flow else self._column(node), indent))
        self.opened = len(self.lines)
        depth = len(self.blocks)
        if isinstance(node, Mapping):
            self._entries(node, indent, depth)
        elif isinstance(node, Sequence):
            self._items(node, indent, depth)
        if flow:
            self._remarks_before(node.span.end, depth)

    def _entries(self, mapping: Mapping, indent: int, depth: int) -> None:
        for key, value in mapping:
            name = key_of(key)
            behind = self._behind(value, indent + cell_len(name) + 2)
            self._remarks_before(key.span.start, depth)
            self._blank_line_before(key)
            if behind is None:
                self._write(indent, [f"{name}:"])
                self._block(value, indent + STEP)
            else:
                self._remarks_before(value.span.start, depth, all_alone=True)
                self._write(
                    indent, [f"{name}: {behind[0]}" if behind[0] else f"{name}:", *behind[1:]]
                )

    def _items(self, sequence: Sequence, indent: int, depth: int) -> None:
        for item in sequence.items:
            first = self._first(item)
            self._remarks_before(first.span.start, depth)
            self._blank_line_before(first)
            behind = self._behind(item, indent + STEP)
            self.dashes = (self.dashes or " " * indent) + "- "
            if behind is None:
                self._block(item, indent + STEP)
            else:
                self._write(indent, behind)

    def _behind(self, node: Node, column: int) -> list[str] | None:
        """Return the lines of what stands behind its key or dash, or None where it is a block below."""
        if isinstance(node, Scalar):
            return lines_of(node, expression=self._is_expression(node))
        line = self._line(node) if self._is_flow(node) else None
        fits = line is not None and column + cell_len(line) <= WIDTH
        # The cell `{a, b}` of a table is an expression that YAML reads as a mapping.
        return [line] if line is not None and (fits or self._is_expression(node)) else None

    def _line(self, node: Node) -> str | None:
        """Return a value on one line, or None where that cannot be."""
        if isinstance(node, Scalar):
            return line_of(node, expression=self._is_expression(node))
        if self._has_remarks(node) and self._first(node) is not node:
            return None
        if isinstance(node, Sequence):
            items = [self._line(item) for item in node.items]
            return None if None in items else f"[{', '.join(filter(None, items))}]"
        entries = [self._entry_line(key, value) for key, value in node]
        return None if None in entries else f"{{{', '.join(filter(None, entries))}}}"

    def _entry_line(self, key: Scalar, value: Node) -> str | None:
        name, line = key_of(key), self._line(value)
        if line:
            return f"{name}: {line}"
        if line is None or name.endswith(":"):
            return None
        # `{a}` may be a set of values, `{a: }` never is one.
        return f"{name}: " if _COLON.match(self.content.file.text, key.span.end) else name

    def _write(self, indent: int, lines: list[str]) -> None:
        """Write what begins on a line of its own, or behind the dashes that wait."""
        first, *more = lines
        text = (self.dashes or " " * indent) + first
        self.lines.append(Line(text if first else text.rstrip()))
        self.lines += [Line(" " * (indent + STEP) + line if line else "") for line in more]
        self.dashes = ""

    def _blank_line_before(self, node: Node) -> None:
        if has_blank_line_before(self.content.file.text, node.span.start):
            self._blank_line()

    def _blank_line(self) -> None:
        """Leave a line blank, unless a block or the file begins here, or the text above ends with one."""
        if len(self.lines) > self.opened and not self.dashes and self.lines[-1] != _BLANK:
            self.lines.append(Line(""))

    def _remarks_before(self, end: float, depth: int, *, all_alone: bool = False) -> None:
        """Write the remarks that stand before an offset; what follows there belongs to the block at `depth`."""
        deepest = len(self.blocks)
        while self.remarks and self.remarks[0].start < end:
            remark = self.remarks.popleft()
            if remark.alone or all_alone or not self.lines:
                deepest = self._depth_of(remark, range(depth, deepest + 1))
                self._write_alone(remark, self.blocks[deepest - 1].indent if deepest else 0)
            elif remark.goes_on:
                self.lines.append(Line("", remark.text))
            else:
                self.lines[-1].remark = remark.text
        del self.blocks[depth:]

    def _depth_of(self, remark: Remark, depths: range) -> int:
        """Return which of the blocks a remark was indented like: that furthest right which does not begin after it.

        Of a list in the column of its key it is an item that was taken out, or about the key that follows.
        """
        fitting = [d for d in depths if d and self.blocks[d - 1].column <= remark.column]
        inner = 1 if _TAKEN_OUT.match(remark.text) else -1
        return max(fitting, key=lambda d: (self.blocks[d - 1].column, inner * d), default=depths[0])

    def _write_alone(self, remark: Remark, indent: int) -> None:
        if has_blank_line_before(self.content.file.text, remark.start):
            self._blank_line()
        self.lines.append(Line(" " * indent + remark.text))

    def _first(self, node: Node) -> Node:
        """Return where a value begins that may be written as a block: a bracket before it opens nothing then."""
        if isinstance(node, Mapping) and node.entries:
            return node.entries[0][0]
        return self._first(node.items[0]) if isinstance(node, Sequence) and node.items else node

    def _has_remarks(self, node: Node) -> bool:
        starts = self.remark_starts
        return bisect(starts, node.span.start) != bisect(starts, node.span.end)

    def _is_expression(self, node: Node) -> bool:
        return node.span.start in self.content.places

    def _is_flow(self, node: Node) -> bool:
        return self.content.file.text[node.span.start] in "{["

    def _column(self, node: Node) -> int:
        return node.span.start - self.content.file.text.rfind("\n", 0, node.span.start) - 1
