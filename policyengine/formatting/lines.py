"""Lines of a file, with the remarks at their ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import attrs
from rich.cells import cell_len

#: Columns of a line, of which a Chinese character takes two: what does not fit becomes a block, where that can be done.
WIDTH = 120
_GAP = 2


@attrs.define
class Line:
    """What stands on a line, and the remark behind it."""

    text: str
    remark: str = ""


def joined(lines: Sequence[Line]) -> str:
    """Return lines as a text; remarks on lines below one another begin in the same column, where it fits."""
    return "".join(
        f"{line}\n"
        for _, run in groupby(lines, lambda line: bool(line.remark))
        for line in _run(list(run))
    )


def _run(lines: list[Line]) -> Iterator[str]:
    column = max(cell_len(line.text) for line in lines) + _GAP
    fits = all(column + cell_len(line.remark) <= WIDTH for line in lines)
    for line in lines:
        if line.text and not fits:
            column = cell_len(line.text) + _GAP
        gap = " " * (column - cell_len(line.text))
        yield f"{line.text}{gap}{line.remark}" if line.remark else line.text
