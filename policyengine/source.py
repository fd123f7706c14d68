"""Where something was written: a file's text and a stretch of it.

Offsets count characters from the start of the text. Lines and columns start at 1 and are worked out
only when somebody asks, since most spans are never shown.
"""

from __future__ import annotations

from bisect import bisect_right

import attrs


@attrs.frozen(eq=False)
class SourceFile:
    """A text with a name.

    `name` is the path as a reader should see it: relative to the folder that was loaded, with forward
    slashes, so that two machines show the same.
    """

    name: str
    text: str
    _line_starts: list[int] = attrs.field(init=False, factory=list, repr=False)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Return the line and column (from 1) of a character."""
        starts = self._starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Return the text of a line (from 1) without its line break."""
        starts = self._starts()
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def _starts(self) -> list[int]:
        if not self._line_starts:
            self._line_starts.append(0)
            self._line_starts.extend(i + 1 for i, c in enumerate(self.text) if c == "\n")
        return self._line_starts


@attrs.frozen
class Span:
    """A stretch of a source file, `end` excluded."""

    file: SourceFile
    start: int
    end: int

    @property
    def line(self) -> int:
        """The line of the first character, from 1."""
        return self.file.line_and_column(self.start)[0]

    @property
    def column(self) -> int:
        """The column of the first character, from 1."""
        return self.file.line_and_column(self.start)[1]

    def __str__(self) -> str:
        line, column = self.file.line_and_column(self.start)
        return f"{self.file.name}:{line}:{column}"
