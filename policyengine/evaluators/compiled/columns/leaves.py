"""What a truth of a row stands on, where columns can be tested at once instead of row by row."""

from __future__ import annotations

from typing import TypeAlias

import attrs

_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@attrs.frozen
class Read:
    """A column's value, multiplied by a constant."""

    array: str
    bits: int
    factor: int = 1


@attrs.frozen
class Copied:
    """An array of truths as it is."""

    array: str


@attrs.frozen
class Tested:
    """Whether a column's value is at least (`>=`) or equal to (`==`) a constant, or not, where `flip` is 1."""

    array: str
    bits: int
    operator: str
    constant: int
    flip: int


@attrs.frozen
class Crossed:
    """Whether `left >= right`, or not; the products have 32 bits."""

    left: Read
    right: Read
    flip: int


@attrs.frozen
class Joined:
    """Truths joined by `&`, `|` or `^`; `True` among them is one."""

    operator: str
    parts: tuple[str, ...]


#: What is known about a name in the source of a row.
About: TypeAlias = Read | Copied | Tested | Crossed | Joined
Leaf: TypeAlias = Copied | Tested | Crossed


@attrs.frozen
class Tree:
    """The same as `Joined`, of slots; a slot by its number, what is the same of all rows by its word."""

    operator: str
    parts: tuple[Kept, ...]


Kept: TypeAlias = "str | Tree"


def tested(read: Read, operator: str, constant: int) -> Tested | None:
    """Return a comparison with a constant, or None where the constant has more bits than the column."""
    most = 2 ** (read.bits - 1)
    if operator in (">", "<="):
        constant, operator = constant + 1, {">": ">=", "<=": "<"}[operator]
    if read.factor != 1 or not -most <= constant < most:
        return None
    flip = int(operator in ("<", "!="))
    return Tested(read.array, read.bits, ">=" if operator in (">=", "<") else "==", constant, flip)


def crossed(left: Read, operator: str, right: Read) -> Crossed | None:
    """Return a comparison of two columns, or None where it is one of equality."""
    if operator in ("<=", ">"):
        left, operator, right = right, _SWAPPED[operator], left
    if operator not in (">=", "<"):
        return None
    return Crossed(left, right, int(operator == "<"))


def swapped(operator: str) -> str:
    """Return the operator that says the same with the sides exchanged."""
    return _SWAPPED[operator]
