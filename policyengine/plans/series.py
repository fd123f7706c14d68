"""Values by place, made only when asked for: a lever may have millions of settings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

import attrs

from policyengine.causes import Cause
from policyengine.finance.errors import FinanceError

S = TypeVar("S")
T = TypeVar("T")


@attrs.frozen
class Series(Sequence[T], Generic[T]):
    """Values by place, from the least to the greatest; `empty` says why there is none where there is none."""

    length: int
    at: Callable[[int], T]
    empty: Cause | None = None

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        if isinstance(place, slice):
            return [self.at(i) for i in range(*place.indices(len(self)))]
        return self.at(place if place >= 0 else len(self) + place)


def each(values: Series[T], made: Callable[[T], S]) -> Series[S]:
    """Return what is made of each value."""
    return Series(len(values), lambda place: made(values[place]), values.empty)


def none(why: Cause | None) -> Series[T]:
    """Return a series without values."""

    def at(_place: int) -> T:
        raise IndexError(why)

    return Series(0, at, why)


def countable(count: int) -> int:
    """Return a number of values, where a machine can count to it.

    Raises:
        FinanceError: It cannot.
    """
    if count >= sys.maxsize:
        raise FinanceError("step_too_small")
    return count
