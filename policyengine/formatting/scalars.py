"""How a scalar is written: as its author did, with the lines after the first moved to where they belong.

Quotes stay, because they say that a value is text. Lines of a `|` or `>` keep the spaces that they have beyond the
indentation of the block.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from policyengine.formatting.spacing import spaced, tokens
from policyengine.syntax.yaml_tree import Scalar

#: Spaces by which what is inside something stands further right.
STEP = 2
_BLOCKS = ("|", ">")
_QUOTED: dict[str, Callable[[str], str]] = {
    "": str,
    "'": lambda text: "'" + text.replace("'", "''") + "'",
    '"': lambda text: json.dumps(text, ensure_ascii=False),
}


def lines_of(scalar: Scalar, *, expression: bool) -> list[str]:
    """Return the lines of a scalar without the indentation of its place; the first stands behind its key."""
    raw = scalar.span.file.text[scalar.span.start : scalar.span.end]
    if scalar.style in _BLOCKS:
        header, *lines = _block(raw, scalar)
        return [header, *(_spaced_lines(lines, scalar) if expression else lines)]
    if expression:
        raw = _with_spacing(raw, scalar)
    return [_trimmed(line) for line in raw.split("\n")]


def line_of(scalar: Scalar, *, expression: bool) -> str | None:
    """Return a scalar on one line, or None where its text has line breaks."""
    lines = lines_of(scalar, expression=expression)
    if len(lines) == 1:
        return lines[0]
    if "\n" in scalar.text or scalar.style in _BLOCKS:
        return None
    text = spaced(scalar.text) if expression else scalar.text
    return _QUOTED[scalar.style](text)


def header_remark(scalar: Scalar) -> str:
    """Return the remark behind the `|` or `>` of a block of text: it stands within the scalar, and is no part of it."""
    if scalar.style not in _BLOCKS:
        return ""
    raw = scalar.span.file.text[scalar.span.start : scalar.span.end]
    return raw.partition("\n")[0].partition("#")[2].rstrip()


def key_of(scalar: Scalar) -> str:
    """Return a key, which is on one line always."""
    return line_of(scalar, expression=False) or json.dumps(scalar.text, ensure_ascii=False)


def _with_spacing(raw: str, scalar: Scalar) -> str:
    """Space an expression, unless YAML reads other tokens than stand there: something is escaped, or a text folded."""
    quote = scalar.style
    inside = raw[len(quote) : len(raw) - len(quote)]
    return f"{quote}{spaced(inside)}{quote}" if tokens(inside) == tokens(scalar.text) else raw


def _spaced_lines(lines: list[str], scalar: Scalar) -> list[str]:
    """Space the lines of an expression in a block; they begin in one column."""
    written = "\n".join(line.strip() for line in lines)
    return spaced(written).split("\n") if tokens(written) == tokens(scalar.text) else lines


def _trimmed(line: str) -> str:
    """Return a line without the spaces around it, but for an escaped one at its end."""
    trimmed = line.strip()
    return f"{trimmed} " if trimmed.endswith("\\") and line.endswith(" ") else trimmed


def _block(raw: str, scalar: Scalar) -> list[str]:
    """Return the header of a block of text, and its lines without its indentation."""
    header, *lines = raw.removesuffix("\n").split("\n")
    marks, *remark = re.split(r"(?=#)", header, maxsplit=1)
    if not scalar.text.strip():  # no line says where the text begins
        lines = scalar.text.split("\n")[:-1]
    base = _indentation(lines) - _indentation(scalar.text.split("\n"))
    while "+" not in marks and lines and not lines[-1][base:]:
        lines.pop()
    marks = re.sub(r"\d", str(STEP), marks.rstrip())
    if "-" not in marks and lines and not scalar.text.endswith("\n"):  # the file ended with it
        marks = marks.replace("+", "") + "-"
    return ["  ".join([marks, *remark]).rstrip(), *(line[base:] for line in lines)]


def _indentation(lines: list[str]) -> int:
    first = next((line for line in lines if line.strip(" ")), "")
    return len(first) - len(first.lstrip(" "))
