"""The remarks of a file: what follows a `#` between its values, which no tree of YAML holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs
from rich.cells import cell_len

from policyengine.syntax.yaml_tree import Mapping, Node, Scalar

_REMARK = re.compile(r"#[^\n]*")
#: What may stand before a remark that has its line for itself: marks that open something on the lines after it.
_MARKS = re.compile(r"(?:---)?[\s\-?:\[{]*")


@attrs.frozen
class Remark:
    """What follows a `#`, with it, up to the end of the line.

    `start` is its offset; `column` counts from 0, two for a Chinese character. `alone` says that no value stands before
    it on its line, `goes_on` that it continues, in the same column, the remark at the end of the line above.
    """

    text: str
    start: int
    column: int
    alone: bool
    goes_on: bool = False


def remarks_in(root: Node, text: str) -> tuple[Remark, ...]:
    """Return the remarks of a file in order: each `#` outside its scalars begins one."""
    found: list[Remark] = []
    for start, end in _gaps(root, len(text)):
        for match in _REMARK.finditer(text, start, end):
            found.append(_remark(match, text, found[-1] if found else None))
    return tuple(found)


def has_blank_line_before(text: str, start: int) -> bool:
    """Whether the line that something begins comes after a blank one."""
    line = text.rfind("\n", 0, start) + 1
    above = text[text.rfind("\n", 0, max(line - 1, 0)) + 1 : max(line - 1, 0)]
    return line > 0 and not above.strip() and bool(_MARKS.fullmatch(text, line, start))


def _remark(match: re.Match[str], text: str, last: Remark | None) -> Remark:
    start = match.start()
    line = text.rfind("\n", 0, start) + 1
    alone, column = bool(_MARKS.fullmatch(text, line, start)), cell_len(text[line:start])
    goes_on = (
        last is not None
        and alone
        and not last.alone
        and last.column == column
        and text.find("\n", last.start) == line - 1
    )
    return Remark(match.group().rstrip(), start, column, alone and not goes_on, goes_on)


def _gaps(root: Node, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a text in which no scalar stands."""
    at = 0
    for scalar in _scalars(root):
        yield at, scalar.span.start
        at = scalar.span.end
    yield at, end


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Mapping):
        for key, value in node:
            yield key
            yield from _scalars(value)
    else:
        for item in node.items:
            yield from _scalars(item)
