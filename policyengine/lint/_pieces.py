"""A type cut into pieces: values that no threshold tells apart, with one that stands for all.

Whole numbers, days, months and dates are discrete: after 30 days come 31. Amounts, numbers and rates are
dense: between two of them there is always another.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

import attrs

from policyengine.ir.dictionary import Dictionary
from policyengine.ir.showing import shown
from policyengine.lint._ranges import Range
from policyengine.model.types import ORDERED, Kind, Type, Value

_WHOLE = (Kind.INTEGER, Kind.DAYS, Kind.MONTHS)


@attrs.frozen
class Piece:
    """Values that are treated alike; `text` is how a message names them."""

    sample: Value
    text: str


def pieces(
    type_: Type, thresholds: Iterable[Value], limits: Range, dictionary: Dictionary
) -> tuple[Piece, ...]:
    """Return the pieces of a type between its limits, lowest first; there is at least one."""
    if type_.kind is Kind.TEXT:
        return tuple(_texts(thresholds))
    if type_.kind is Kind.BOOLEAN:
        samples: Iterable[Value] = (False, True)
    elif type_.kind is Kind.ENUM:
        samples = dictionary.values_of(type_)
    elif type_.kind in ORDERED:
        samples = _ordered(type_.kind, thresholds, limits)
    else:
        samples = ()
    found = tuple(Piece(sample, shown(sample, type_)) for sample in samples)
    return found or (Piece((), "anything"),)


def _texts(thresholds: Iterable[Value]) -> Iterator[Piece]:
    named = list(dict.fromkeys(str(text) for text in thresholds))
    yield from (Piece(text, text) for text in named)
    yield Piece("".join(named) + "…", "anything else")


def _ordered(kind: Kind, thresholds: Iterable[Any], limits: Range) -> Iterator[Value]:
    """Yield the cuts themselves and a value from each stretch between them."""
    ends = (end for end in (limits.low, limits.high) if end is not None)
    cuts: list[Any] = sorted({*ends, *(t for t in thresholds if limits.holds(t))})
    for low, high in pairwise([None, *cuts, None]):
        if low is not None and _is_value(kind, low):
            yield low
        beyond = (low is None and limits.low is not None, high is None and limits.high is not None)
        inside = None if any(beyond) else _between(kind, low, high)
        if inside is not None:
            yield inside


def _is_value(kind: Kind, cut: Any) -> bool:
    return kind not in _WHOLE or cut == math.floor(cut)


def _between(kind: Kind, low: Any, high: Any) -> Value | None:
    if kind is Kind.DATE:
        return _date_between(low, high)
    if kind in _WHOLE:
        return _whole_between(low, high)
    if low is None or high is None:
        return Fraction(0) if low is high else low + 1 if high is None else high - 1
    return Fraction(low + high) / 2


def _whole_between(low: Any, high: Any) -> int | None:
    if low is None:
        return 0 if high is None else math.ceil(high) - 1
    following = math.floor(low) + 1
    return following if high is None or following < high else None


def _date_between(low: date | None, high: date | None) -> date | None:
    if low is high:
        return date(2000, 1, 1)
    ordinals = (day.toordinal() if day else None for day in (low, high))
    found = _whole_between(*ordinals)
    inside = found is not None and 1 <= found <= date.max.toordinal()
    return date.fromordinal(found) if inside and found is not None else None
