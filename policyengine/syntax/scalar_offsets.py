"""Where each character of a scalar's text stands in the file.

YAML folds line breaks, drops indentation and replaces escapes, so a scalar's text and its source differ.
Both are walked together: a character is either copied, or the result of an escape, or the space or line
break that stands for folded white space. Only white space is ever skipped, so the walk cannot lose its way.
"""

from __future__ import annotations

import re
from typing import Protocol

_SPACE = re.compile(r"\s*")
_ESCAPE_LENGTHS = {"x": 4, "u": 6, "U": 10}


class StyledText(Protocol):
    """A scalar as far as this module cares."""

    @property
    def text(self) -> str:
        """The value after folding and escapes."""

    @property
    def style(self) -> str:
        """YAML's style character, empty for plain."""


def source_offsets(raw: str, scalar: StyledText) -> list[int]:
    """Return, for each character of the text and for its end, the offset within `raw`."""
    walk = _Walk(raw, _content_start(raw, scalar.style), scalar.style)
    offsets = [walk.take(character) for character in scalar.text]
    return [*offsets, min(walk.position, len(raw))]


def source_length(raw: str, position: int, style: str) -> int:
    """Return how many characters of the source stand for the one that begins at `position`."""
    if style == '"' and raw.startswith("\\", position):
        return _ESCAPE_LENGTHS.get(raw[position + 1 : position + 2], 2)
    return 2 if style == "'" and raw.startswith("'", position) else 1


def _content_start(raw: str, style: str) -> int:
    if style in ("|", ">"):
        return raw.find("\n") + 1
    return 1 if style else 0


class _Walk:
    def __init__(self, raw: str, position: int, style: str) -> None:
        self.raw = raw
        self.position = position
        self.style = style

    def take(self, character: str) -> int:
        self._skip_to(character)
        at = self.position
        self.position += self._length(character)
        return at

    def _skip_to(self, character: str) -> None:
        while self._continues_line():
            self.position += 2
            self._skip_space()
        if character in " \n" and self._here().isspace():
            return
        if not self._escaped() and self._here() != character:
            self._skip_space()

    def _length(self, character: str) -> int:
        here = self._here()
        if here == "\r" and character == "\n":
            return 2
        if here.isspace() and here != character:
            return self._space_ahead()
        return source_length(self.raw, self.position, self.style)

    def _here(self) -> str:
        return self.raw[self.position : self.position + 1]

    def _escaped(self) -> bool:
        return self.style == '"' and self._here() == "\\"

    def _continues_line(self) -> bool:
        return self._escaped() and self.raw[self.position + 1 : self.position + 2] in ("\n", "\r")

    def _skip_space(self) -> None:
        self.position += self._space_ahead()

    def _space_ahead(self) -> int:
        found = _SPACE.match(self.raw, self.position)
        return found.end() - found.start() if found else 0
