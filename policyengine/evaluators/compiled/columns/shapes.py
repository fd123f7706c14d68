"""What the arrays of some rows look like: which are there, how wide, whether something is missing, how large it gets.

A function is compiled for the shapes of its arrays. Bounds are rounded outward, so that batches of one kind have the
same shapes; they depend on the batch alone, and so does which of its rows take the exact path.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from policyengine.diagnostics import Diagnostic, UsageError
from policyengine.evaluators.compiled.layout import Layout, Slot
from policyengine.evaluators.compiled.writing import NUMERIC
from policyengine.facts.columns import Column, FactColumns, Flags, ListColumn
from policyengine.model.types import Kind, Type

#: Kinds whose values are reckoned with, so that their bounds matter.
_BOUNDED = NUMERIC | {Kind.DATE}
#: Bits that bounds are rounded up to.
_STEPS = (1, 4, 8, 12, 16, 20, 24, 28, 31, 36, 40, 44, 48, 52, 56, 60, 63)

#: Bounds below this let everything be reckoned in 64 bits, or nearly.
_SMALL = 2**31
_LAST_DAY = date.max.toordinal()

Array = NDArray[Any]
Each: TypeAlias = Callable[[Callable[[Slot], Any], Iterable[Slot]], Iterable[Any]]


@attrs.frozen
class Scalars:
    """A column: bits of a value, whether some may be missing, and the bounds of those that are known."""

    bits: int
    missing: bool
    low: int
    high: int


@attrs.frozen
class Lists:
    """A column of lists: whether some may be missing, how many members one has at most, what is read of them."""

    missing: bool
    most: int
    fields: tuple[tuple[str, Shape], ...]


#: None is a fact of which no row knows anything.
Shape = Scalars | Lists | None
Shapes = tuple[tuple[str, Shape], ...]


def shapes_of(
    facts: FactColumns, layout: Layout, reckoned: Container[str], each: Each = map
) -> Shapes:
    """Return the shapes of the facts that are read, by path.

    Args:
        facts: The columns.
        layout: What is read of them.
        reckoned: The facts whose bounds matter.
        each: What maps a function over several columns, such as a pool of threads.
    """

    def shape(slot: Slot) -> tuple[str, Shape]:
        bounded = slot.name in reckoned and slot.type.kind in _BOUNDED
        column = column_of(facts, slot.name)
        return slot.name, _shape(column, slot.type, layout, bounded)

    return tuple(each(shape, layout.facts))


def column_of(facts: FactColumns, path: str) -> Column | ListColumn | None:
    """Return the column of a fact, or None where no row knows it."""
    return facts.loans if path == "loans" else facts.facts.get(path)


def arrays_of(facts: FactColumns, shapes: Shapes) -> tuple[Array, ...]:
    """Return the arrays of some shapes, in the order of `names_of`."""
    return tuple(
        _plain(array) for path, shape in shapes for array in _arrays(column_of(facts, path), shape)
    )


def names_of(shapes: Shapes) -> Iterator[str]:
    """Yield what the arrays of some shapes are called."""
    for path, shape in shapes:
        yield from _names(path, shape)


def values_name(path: str) -> str:
    """Return what the values of a column, or where its lists begin, are called."""
    return path


def known_name(path: str) -> str:
    """Return what the array is called that says which rows of a column are known."""
    return f"{path}.known"


def _names(path: str, shape: Shape) -> Iterator[str]:
    if shape is None:
        return
    yield values_name(path)
    if shape.missing:
        yield known_name(path)
    if isinstance(shape, Lists):
        for name, field in shape.fields:
            yield from _names(f"{path}[].{name}", field)


def _arrays(column: Column | ListColumn | None, shape: Shape) -> Iterator[Array]:
    if shape is None or column is None:
        return
    yield column.values if isinstance(column, Column) else column.offsets
    if shape.missing and column.known is not None:
        yield column.known
    if isinstance(shape, Lists) and isinstance(column, ListColumn):
        for name, field in shape.fields:
            yield from _arrays(column.fields.get(name), field)


def _plain(array: Array) -> Array:
    """Return an array as the compiled functions expect it: side by side in memory, and not to be written to."""
    found = np.ascontiguousarray(array).view()
    found.flags.writeable = False
    return found


def _shape(column: Column | ListColumn | None, type_: Type, layout: Layout, bounded: bool) -> Shape:
    if column is None:
        return None
    known = None if column.known is None or column.known.all() else column.known
    if known is not None and not known.any():
        return None
    if isinstance(column, Column):
        bits = column.values.dtype.itemsize * 8
        least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        low, high = _bounds(column.values, known, type_) if bounded else (least, most)
        return Scalars(bits, known is not None, max(low, least), min(high, most))
    return _lists(column, known, type_, layout)


def _lists(column: ListColumn, known: Flags | None, type_: Type, layout: Layout) -> Lists:
    lengths = np.diff(column.offsets)
    fields: Mapping[str, Column | ListColumn] = column.fields
    return Lists(
        known is not None,
        _outward(int(lengths.max(initial=0))),
        tuple(
            (
                slot.name,
                _shape(fields.get(slot.name), slot.type, layout, slot.type.kind in _BOUNDED),
            )
            for slot in layout.records.get(type_.of or "", ())
        ),
    )


def _bounds(values: Array, known: Flags | None, type_: Type) -> tuple[int, int]:
    """Return bounds of the values that are known, rounded outward; zero counts where some are not known.

    What stands where a value is not known is looked past only if it is large: looking past it takes longer.
    """
    if not values.size:
        return 0, 0
    low, high = int(values.min()), int(values.max())
    least, most = (0, _LAST_DAY) if type_.kind is Kind.DATE else (-_SMALL, _SMALL)
    if known is not None and not least <= low <= high <= most:
        kept = np.where(known, values, values.dtype.type(0))
        low, high = int(kept.min()), int(kept.max())
    if known is not None:
        low, high = min(low, 0), max(high, 0)
    if type_.kind is Kind.DATE and not 0 <= low <= high <= _LAST_DAY:
        raise UsageError([Diagnostic("out-of-range", "a column of dates has days of no calendar")])
    if low > 0:
        return 1, _outward(high)
    return (0 if low == 0 else -_outward(-low) - 1), _outward(max(high, 0))


def _outward(value: int) -> int:
    """Return a number of the form 2^n - 1 that is no less."""
    bits = value.bit_length()
    return (1 << next(step for step in _STEPS if step >= bits)) - 1
