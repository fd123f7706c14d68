"""NumPy, in blocks: smaller ones are held up by the interpreter, larger ones by memory."""

from __future__ import annotations

import operator
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.conditions import DERIVED, Among, Comparison, Condition, Conditions, Flag, Group
from engines.made import Columns, Portfolio
from engines.measuring import Way

#: Rows of a block: of 4,096 to 500,000 among the fastest.
_BLOCK = 65_536
_Holds = NDArray[np.bool_]
_OPERATORS: dict[str, Callable[[Any, Any], _Holds]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip


def ways(conditions: Conditions, portfolio: Portfolio, threads: int) -> list[Way]:
    """Return the way."""
    rows = len(portfolio.columns["income"])
    masks = np.empty((len(conditions.plans), rows), np.uint8)
    eligible = np.empty(masks.shape, np.bool_)
    plans = [list(found.values()) for found in conditions.plans.values()]
    pool = ThreadPoolExecutor(threads)

    def block(start: int) -> None:
        part = slice(start, start + _BLOCK)
        columns = {name: column[part] for name, column in portfolio.columns.items()}
        columns[DERIVED] = columns["debt_service"] / columns["income"]
        for place, tests in enumerate(plans):
            _write(masks[place, part], tests, columns, portfolio)
        np.equal(masks[:, part], 0, out=eligible[:, part])

    def run(_: None) -> tuple[NDArray[np.uint8], _Holds]:
        list(pool.map(block, range(0, rows, _BLOCK)))
        return masks, eligible

    return [Way(f"NumPy in blocks, {threads} threads", run)]


def _write(
    mask: NDArray[np.uint8], tests: list[Condition], columns: Columns, portfolio: Portfolio
) -> None:
    """Write a bit for each condition that fails."""
    mask[:] = 0
    for place, test in enumerate(tests):
        bit = (~_holds(test, columns, portfolio)).view(np.uint8)
        mask |= np.left_shift(bit, place, out=bit)


def _holds(condition: Condition, columns: Columns, portfolio: Portfolio) -> _Holds:
    match condition:
        case Comparison(name, sign, number):
            return _OPERATORS[sign](columns[name], number)
        case Among(name, options):
            places = map(portfolio.names[name].index, options)
            return reduce(np.bitwise_or, (columns[name] == place for place in places))
        case Flag(name, wanted):
            return columns[name] if wanted else ~columns[name]
        case Group(every, parts):
            join = np.bitwise_and if every else np.bitwise_or
            return reduce(join, (_holds(part, columns, portfolio) for part in parts))
