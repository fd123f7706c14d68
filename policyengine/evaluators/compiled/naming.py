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
