"""Names in generated source, and its lines."""

from __future__ import annotations

import re
from collections import Counter
from keyword import iskeyword

import attrs


@attrs.define
class Names:
    """Gives each thing a name of its own that says what it is."""

    taken: set[str] = attrs.field(factory=set)
    _count: Counter[str] = attrs.field(factory=Counter)

    def new(self, text: str) -> str:
        """Return a name like a text that nothing else has."""
        base = re.sub(r"\W", "_", text, flags=re.ASCII)
        if not base.isidentifier() or iskeyword(base):
            base = f"n_{base}"
        name = base
        while name in self.taken:
            self._count[base] += 1
            name = f"{base}_{self._count[base] + 1}"
        self.taken.add(name)
        return name


@attrs.define
class Lines:
    """Source that grows line by line."""

    written: list[str] = attrs.field(factory=list)
    depth: int = 1

    def add(self, line: str) -> None:
        """Add a line at the depth that the source has reached."""
        self.written.append("    " * self.depth + line)

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.written)


def inside(source: str) -> str:
    """Return a source that can stand beside an operator."""
    alone = (
        source.isidentifier() or source.isdigit() or source.startswith("'") or _is_enclosed(source)
    )
    return source if alone else f"({source})"


def _is_enclosed(source: str) -> bool:
    """Whether the first parenthesis closes at the very end."""
    depth = 0
    for place, character in enumerate(source):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place == len(source) - 1 and source.startswith("(")
    return False
