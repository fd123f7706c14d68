"""Conditions of columns without a compiler: their source is plain Python, but for four functions over vectors.

Compiling takes seconds a policy. What is compiled is held against the reference in `test_columns_agreement.py`, and
against what is here in `test_as_python.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from policyengine.evaluators.compiled.columns import dates
from policyengine.evaluators.compiled.columns.compiling import Function
from policyengine.evaluators.compiled.columns.from_program import Source
from policyengine.evaluators.compiled.columns.screening import ColumnsEvaluator


class _UInt64(np.uint64):
    """64 bits of any whole number; sums, differences and products wrap around."""

    def __new__(cls, number: Any) -> Any:
        return super().__new__(cls, int(number) & _ALL)

    def __add__(self, other: Any) -> Any:
        return _UInt64(int(self) + int(other))

    def __sub__(self, other: Any) -> Any:
        return _UInt64(int(self) - int(other))

    def __mul__(self, other: Any) -> Any:
        return _UInt64(int(self) * int(other))


class _Int64(np.int64):
    """The same with a sign. These must not wrap around: the compiler takes it for granted that they never do."""

    def __new__(cls, number: Any) -> Any:
        return np.uint64(int(number) & _ALL).astype(np.int64)


class Wrapping:
    """numpy whose numbers of 64 bits are made of any whole number, as the machine makes them."""

    uint64, int64 = _UInt64, _Int64

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


_ALL = (1 << 64) - 1


@attrs.frozen(eq=False, slots=False)
class Interpreted(ColumnsEvaluator):
    """Screens columns by the source as it stands; a number with a sign that outgrows 64 bits is an error."""

    def _function(self, source: Source, arguments: Sequence[Any]) -> Function:
        del arguments
        if source.text not in self._functions:
            self._functions[source.text] = _function(source.text)
        return self._functions[source.text]


def _function(text: str) -> Function:
    within: dict[str, Any] = {
        "np": Wrapping(),
        "ONE": np.uint64(0x0101010101010101),
        "days_after": dates.days_after,
        "months_after": dates.months_after,
        "months_between": dates.months_between,
        "at_least": _at_least,
        "equal": _equal,
        "crossed": _crossed,
        "copied": _copied,
    }
    exec(compile(text, "<conditions>", "exec"), within)  # noqa: S102  # generated

    def run(*arguments: Any) -> None:
        with np.errstate(over="raise", divide="ignore", invalid="ignore"):
            within["screen"](*arguments)

    return run


def _at_least(columns: Any, tests: Any, b: int, n: int, u: Any) -> None:
    for column, constant, flip, to in tests:
        u[to : to + n] = (columns[column][b : b + n] >= constant) ^ (flip != 0)


def _equal(columns: Any, tests: Any, b: int, n: int, u: Any) -> None:
    for column, constant, flip, to in tests:
        u[to : to + n] = (columns[column][b : b + n] == constant) ^ (flip != 0)


def _crossed(lefts: Any, rights: Any, tests: Any, b: int, n: int, u: Any) -> None:
    for left, right, p, q, flip, to in tests:
        sides = lefts[left][b : b + n].astype(np.int64), rights[right][b : b + n].astype(np.int64)
        u[to : to + n] = (sides[0] * p >= sides[1] * q) ^ (flip != 0)


def _copied(out: Any, to: int, array: Any, at: int, n: int) -> None:
    """Copy bytes; both are arrays of any width."""
    out.view(np.uint8)[to : to + n] = array.view(np.uint8)[at : at + n]
