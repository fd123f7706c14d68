"""A column of text, read as a profile's text is: the ordinary cells at once, the others each value once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from policyengine.facts.columns import Flags
from policyengine.facts.from_profile import MISSING
from policyengine.ir.dictionary import FactDefinition
from policyengine.model.types import Kind
from policyengine.portfolio.intake.reading import Cells, Reading
from policyengine.portfolio.intake.whole import (
    Array,
    days,
    decimals_of,
    flags,
    one_by_one,
    unscaled,
    within_limits,
)

_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
#: Digits that fit into 64 bits whatever they are.
_DIGITS = 18
_TRUTHS = ("false", "true")


def texts(array: Array, fact: FactDefinition, reading: Reading) -> Cells:
    """Return a column of text."""
    array = array.cast(pa.string())
    known = flags(array.is_valid()) & ~flags(pc.is_in(array, pa.array(MISSING)))
    if fact.type.kind is Kind.TEXT:
        return one_by_one(array, fact, reading)
    plain, values = _plain(array, fact, reading)
    found = within_limits(Cells(values, known, np.zeros(len(array), np.bool_)), fact, reading)
    return _with_others(found, known & ~plain, array, fact, reading)


def _with_others(
    cells: Cells, others: Flags, array: Array, fact: FactDefinition, reading: Reading
) -> Cells:
    """Return cells with those that are written in another way than most."""
    if not others.any():
        return cells
    read = one_by_one(array.filter(pa.array(others)), fact, reading)
    values, known, wrong = cells.values.copy(), cells.known.copy(), cells.wrong.copy()
    values[others], known[others], wrong[others] = read.values, read.known, read.wrong
    return Cells(values, known, wrong)


def _plain(array: Array, fact: FactDefinition, reading: Reading) -> tuple[Flags, Any]:
    """Return which cells are written plainly, and the values of those."""
    kind = fact.type.kind
    if kind is Kind.BOOLEAN:
        return _among(pc.utf8_lower(array), _TRUTHS)
    if kind is Kind.ENUM:
        return _among(array, reading.dictionary.values_of(fact.type))
    if kind is Kind.DATE:
        return _dates(array)
    decimals = decimals_of(kind, reading)
    plain, values = _decimals(array, decimals)
    if kind is not Kind.RATE or plain.all():
        return plain, values
    bare = pc.replace_substring_regex(array, pattern=" *%$", replacement="")
    percent, shares = _decimals(bare, decimals - 2)
    percent &= ~plain & flags(pc.ends_with(array, "%"))
    return plain | percent, np.where(percent, shares, values)


def _among(array: Array, values: Sequence[str]) -> tuple[Flags, Any]:
    places = pc.index_in(array, pa.array(values, pa.string()))
    return flags(places.is_valid()), places.fill_null(0).to_numpy().astype(np.int64)


def _dates(array: Array) -> tuple[Flags, Any]:
    plain = pc.match_substring_regex(array, _DATE)
    try:
        return flags(plain), days(pc.if_else(plain, array, pa.scalar(None, pa.string())))
    except pa.ArrowInvalid:  # one of them does not exist
        return np.zeros(len(array), np.bool_), np.zeros(len(array), np.int64)


def _decimals(array: Array, decimals: int) -> tuple[Flags, Any]:
    fraction = rf"(\.[0-9]{{1,{decimals}}})?" if decimals else ""
    pattern = rf"^-?(0|[1-9][0-9]{{0,{_DIGITS - decimals - 1}}}){fraction}$"
    plain = pc.match_substring_regex(array, pattern)
    chosen = pc.if_else(plain, array, pa.scalar(None, pa.string()))
    values, _ = unscaled(chosen.cast(pa.decimal128(38, decimals)))
    return flags(plain), values
