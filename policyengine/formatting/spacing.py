"""One spacing for expressions: tokens stay as they are, and a line break stays where the author put one."""

from __future__ import annotations

import re
from itertools import pairwise

_TOKEN = re.compile(
    r'"[^"\n]*"|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]+(?:\.[0-9]+)?|[A-Za-z_]\w*|\.\.<?|[=!<>]=|\S'
)
_WORDS = frozenset(["and", "or", "not", "if", "then", "else", "in", "where", "for", "at"])
_OPERATORS = frozenset(["+", "-", "*", "/", "==", "!=", "<=", ">=", "<", ">", ":", "="])
_OPENING = frozenset(["(", "{", ".", "..", "..<"])
_CLOSING = frozenset([")", "}", ",", "%", ":", ".", "..", "..<"])
#: After these, and at the start, `-` and `+` are signs of a number.
_BEFORE_SIGN = _WORDS | _OPERATORS | _OPENING | {","}


def spaced(expression: str) -> str:
    """Return an expression, or a cell, with one space between tokens, none inside brackets and none after a sign."""
    found = list(_TOKEN.finditer(expression))
    written = found[0].group() if found else ""
    sign = written in ("+", "-")
    for left, right in pairwise(found):
        gap = expression[left.end() : right.start()]
        written += "\n" if "\n" in gap else _between(left.group(), right.group(), gap, sign=sign)
        written += right.group()
        sign = right.group() in ("+", "-") and left.group() in _BEFORE_SIGN
    return written


def tokens(expression: str) -> list[str]:
    """Return what spaces may stand between."""
    return _TOKEN.findall(expression)


def _between(left: str, right: str, gap: str, *, sign: bool) -> str:
    if sign or left in _OPENING or right in _CLOSING:
        return ""
    if left == ":":  # YAML reads `: ` in plain text as the end of a key
        return gap[:1]
    if right == "(":
        return "" if left[-1].isalnum() and left not in _WORDS else " "
    return " "
