"""A column as whole numbers: amounts in minor units, rates in billionths, dates as days, all cells at once."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from policyengine.diagnostics import ProfileError
from policyengine.facts.columns import FINE, Flags
from policyengine.facts.from_profile import FIRST_DAY, LAST_DAY
from policyengine.ir.dictionary import FactDefinition
from policyengine.model.literals import LONGEST
from policyengine.model.types import Kind
from policyengine.portfolio.intake.cell import whole_cell, whole_value
from policyengine.portfolio.intake.reading import Cells, Reading

Array: TypeAlias = Any  # pyarrow's arrays have no types that a checker knows
Whole: TypeAlias = NDArray[np.int64]

_UNIX = 719_163  # 1970-01-01 as a day since 0001-01-01
_MOST = 2**63 - 1
_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DECIMALS = {Kind.RATE: len(str(FINE)) - 1, Kind.NUMBER: len(str(FINE)) - 1}


def numbers(array: Array, fact: FactDefinition, reading: Reading) -> Cells:
    """Return a column that holds no text.

    The type of the column fits the fact (`names.misfit`).
    """
    if pa.types.is_null(array.type):
        return Cells.nothing(len(array))
    if fact.type.kind is Kind.TEXT:
        return one_by_one(array, fact, reading)
    known = known_of(array)
    try:
        values, wrong = _values(array, fact, reading)
    except pa.ArrowInvalid:  # one of the cells does not fit
        return one_by_one(array, fact, reading)
    return within_limits(Cells(values, known, wrong & known), fact, reading)


def one_by_one(array: Array, fact: FactDefinition, reading: Reading) -> Cells:
    """Return a column of which each value that occurs is read once, as a profile's is."""
    once = array.dictionary_encode()
    found = [_read(value, fact, reading) for value in once.dictionary.to_pylist()]
    found.append((0, False, False))
    places = once.indices.fill_null(len(found) - 1).to_numpy(zero_copy_only=False)
    values, known, wrong = (np.array(each) for each in zip(*found, strict=True))
    return Cells(values.astype(np.int64)[places], known[places], wrong[places])


def _read(value: Any, fact: FactDefinition, reading: Reading) -> tuple[int, bool, bool]:
    try:
        whole = whole_cell(value, fact, fact.path, reading)
    except ProfileError:
        return 0, True, True
    return (0, False, False) if whole is None else (whole, True, False)


def known_of(array: Array) -> Flags:
    """Return which cells are not null."""
    return flags(array.is_valid())


def flags(array: Array) -> Flags:
    """Return truth values as an array; null is false."""
    found: Flags = array.fill_null(False).to_numpy(zero_copy_only=False)
    return found


def decimals_of(kind: Kind, reading: Reading) -> int:
    """Return how many decimals the values of a kind have as columns hold them."""
    return reading.currency.exponent if kind is Kind.MONEY else _DECIMALS.get(kind, 0)


def _values(array: Array, fact: FactDefinition, reading: Reading) -> tuple[Whole, Flags]:
    kind, type_ = fact.type.kind, array.type
    nothing_wrong = np.zeros(len(array), np.bool_)
    if kind is Kind.BOOLEAN:
        return flags(array).astype(np.int64), nothing_wrong
    if kind is Kind.DATE:
        return days(array), _with_time(array)
    decimals = decimals_of(kind, reading)
    if pa.types.is_integer(type_):
        values = array.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        return _scaled(values, 10**decimals)
    if pa.types.is_floating(type_):
        return _from_floats(array, decimals)
    return unscaled(array.cast(pa.decimal128(38, decimals)))


def days(array: Array) -> Whole:
    """Return dates as days since 0001-01-01, without any time of day.

    Raises:
        pyarrow.ArrowInvalid: A text is no date.
    """
    values = array.cast(pa.date32()).cast(pa.int32()).fill_null(0)
    whole: Whole = values.to_numpy(zero_copy_only=False).astype(np.int64) + _UNIX
    return whole


def _with_time(array: Array) -> Flags:
    """Return which dates have a time of day that is not midnight."""
    unit = getattr(array.type, "unit", "ms" if pa.types.is_date64(array.type) else None)
    if unit is None or unit == "day":
        return np.zeros(len(array), np.bool_)
    values = array.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    found: Flags = values % (86_400 * _A_SECOND[unit]) != 0
    return found


def _scaled(values: Whole, factor: int) -> tuple[Whole, Flags]:
    most = _MOST // factor
    wrong = (values > most) | (values < -most)
    return np.where(wrong, 0, values) * factor, wrong


def _from_floats(array: Array, decimals: int) -> tuple[Whole, Flags]:
    """Take each binary fraction for the one decimal that it stands nearest to; without one it is wrong."""
    values = array.cast(pa.float64()).fill_null(0.0).to_numpy(zero_copy_only=False)
    factor = float(10**decimals)
    with np.errstate(all="ignore"):
        whole = np.rint(values * factor)
        wrong = ~((np.abs(whole) <= 2**53) & (whole / factor == values))
    return np.where(wrong, 0, whole).astype(np.int64), wrong


def unscaled(array: Array) -> tuple[Whole, Flags]:
    """Return decimals of 128 bits without their point, and which of them need more than 64."""
    words = np.frombuffer(array.buffers()[1], np.int64)
    words = words[2 * array.offset : 2 * (array.offset + len(array))].reshape(-1, 2)
    low, high = words[:, 0].copy(), words[:, 1]
    return low, flags(array.is_valid()) & ((high != low >> 63) | (low == -_MOST - 1))


def within_limits(cells: Cells, fact: FactDefinition, reading: Reading) -> Cells:
    """Return cells of which those outside the vocabulary's limits are wrong too."""
    low, high = _limits(fact, reading)
    outside = np.zeros(len(cells.values), np.bool_)
    if low is not None:
        outside |= cells.values < low
    if high is not None:
        outside |= cells.values > high
    return Cells(cells.values, cells.known, cells.wrong | (outside & cells.known))


def _limits(fact: FactDefinition, reading: Reading) -> tuple[int | None, int | None]:
    given = [
        None if limit is None else whole_value(limit, fact.type, reading)
        for limit in (fact.min, fact.max)
    ]
    kind = fact.type.kind
    if kind is Kind.DATE:
        own: tuple[int, int] | None = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
    else:
        own = (-LONGEST[kind], LONGEST[kind]) if kind in LONGEST else None
    low = [each for each in (given[0], own and own[0]) if each is not None]
    high = [each for each in (given[1], own and own[1]) if each is not None]
    return max(low, default=None), min(high, default=None)
