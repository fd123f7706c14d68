"""Where something was written: a file's text and a stretch of it.

Offsets count characters from the start of the text. Lines and columns start at 1 and are worked out
only when somebody asks, since most spans are never shown.
"""

from __future__ import annotations

import attrs


@attrs.frozen(eq=False)
class SourceFile:
    """A text with a name.

    `name` is the path as a reader should see it: relative to the folder that was loaded, with forward
    slashes, so that two machines show the same. The lines of a `confidential` file, such as a
    borrower's profile, are not to be shown or logged: they may hold what nobody else may read.
    """

    name: str
    text: str
    confidential: bool = False

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Return the line and column (from 1) of a character."""
        before = self.text.rfind("\n", 0, offset)
        return self.text.count("\n", 0, offset) + 1, offset - before

    def line(self, number: int) -> str:
        """Return the text of a line (from 1) without its line break."""
        start = self.line_start(number)
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")

    def line_start(self, number: int) -> int:
        """Return the offset of the first character of a line (from 1)."""
        start = 0
        for _ in range(number - 1):
            start = self.text.find("\n", start) + 1
        return start


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

    def first_line(self) -> Span:
        """Return the part of the span that stands on its first line."""
        end = self.file.text.find("\n", self.start, self.end)
        return Span(self.file, self.start, end) if end >= 0 else self

    def __str__(self) -> str:
        line, column = self.file.line_and_column(self.start)
        return f"{self.file.name}:{line}:{column}"
