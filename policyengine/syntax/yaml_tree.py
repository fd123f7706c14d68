"""The YAML tree: three kinds of node, each with its span. Scalars are text, whatever they look like."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Sequence_
from functools import cached_property

import attrs

from policyengine.source import Span
from policyengine.syntax.scalar_offsets import source_length, source_offsets


@attrs.frozen(eq=False, slots=False)
class Scalar:
    """A piece of text. `style` is YAML's: empty for plain, `'`, `"`, `|` or `>`."""

    text: str
    span: Span
    style: str = ""

    @property
    def quoted(self) -> bool:
        """Whether the author put it in quotes, and so means text."""
        return self.style in ("'", '"')

    @cached_property
    def _offsets(self) -> Sequence_[int]:
        raw = self.span.file.text[self.span.start : self.span.end]
        return range(len(raw) + 1) if raw == self.text else source_offsets(raw, self)

    def part(self, start: int, end: int) -> Span:
        """Return the place in the file of characters `start` to `end` of the text."""
        base, offsets = self.span.start, self._offsets
        first = base + offsets[min(start, len(offsets) - 1)]
        final = base + offsets[min(max(end - 1, start), len(offsets) - 1)]
        length = source_length(self.span.file.text, final, self.style) if end > start else 1
        return Span(self.span.file, first, max(first, final + length))


@attrs.frozen(eq=False)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span


@attrs.frozen(eq=False)
class Mapping:
    """Keys and values in the order of the file. Keys are unique."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.entries)

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None."""
        return next((value for name, value in self.entries if name.text == key), None)

    def key(self, key: str) -> Scalar | None:
        """Return the key's own node, or None."""
        return next((name for name, _ in self.entries if name.text == key), None)


Node = Scalar | Sequence | Mapping


def kind(node: Node) -> str:
    """Return what a reader calls this node."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    return "text" if node.text else "nothing"
