"""Lines for a terminal, measured in cells: a Chinese character takes two."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from rich.cells import cell_len, chop_cells
from rich.text import Text

#: A line does not begin with one of these.
_CLOSING = frozenset("。，、；：！？）」』】》〉”’％…·,.;:!?)]}%")
#: A line does not end with one of these.
_OPENING = frozenset("（「『【《〈“‘([{¥$€£")
#: Lines longer than this are hard to read.
WIDEST = 100
_NARROWEST = 20


@attrs.define
class Page:
    """Lines as they are written, each within the width where its words allow it."""

    width: int = 80
    lines: list[Text] = attrs.field(factory=list)

    def blank(self) -> None:
        """Leave a line free, unless the page begins here."""
        if self.lines and self.lines[-1].plain:
            self.lines.append(Text())

    def write(
        self,
        text: str,
        *,
        indent: int = 0,
        mark: str = "",
        style: str = "",
        mark_style: str = "",
    ) -> None:
        """Write a text under a mark that hangs to its left."""
        head = " " * indent + (f"{mark} " if mark else "")
        room = max(min(self.width, WIDEST) - cell_len(head), _NARROWEST)
        for number, line in enumerate(wrap(text, room)):
            start = head if number == 0 else " " * cell_len(head)
            self.lines.append(Text.assemble((start, mark_style), (line, style)))

    def line(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """Write a line that is never broken."""
        self.lines.append(Text(" " * indent + text, style))

    def row(self, label: str, text: str, *, indent: int, label_width: int) -> None:
        """Write a text to the right of its label."""
        self.write(text, indent=indent, mark=padded(label, label_width), mark_style="dim")


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Fill a text with spaces to a width in cells."""
    space = " " * max(width - cell_len(text), 0)
    return space + text if right else text + space


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines: at spaces, and between two characters where one is wide."""
    lines, line = [], ""
    for piece in _pieces(text):
        if cell_len(line + piece.rstrip()) <= width:
            line += piece
            continue
        lines.append(line)
        *full, line = chop_cells(piece, width) or [""]
        lines += full
    return [kept for kept in (found.rstrip() for found in [*lines, line]) if kept] or [""]


def _pieces(text: str) -> Iterator[str]:
    """Yield the parts of a text that stay together, each with the space after it."""
    words = " ".join(text.split())
    start = 0
    for at in range(1, len(words)):
        if _may_break(words[at - 1], words[at]):
            yield words[start:at]
            start = at
    yield words[start:]


def _may_break(before: str, after: str) -> bool:
    if after == " " or before in _OPENING or after in _CLOSING:
        return False
    return before == " " or cell_len(before) > 1 or cell_len(after) > 1
