"""polars, in memory and streaming: one lazy query over a frame with `Enum` columns for names."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.conditions import DERIVED, Among, Comparison, Condition, Conditions, Flag, Group
from engines.made import Portfolio
from engines.measuring import Way, engine

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip


def ways(conditions: Conditions, portfolio: Portfolio, threads: int) -> list[Way]:
    """Return both ways. polars reads how many threads it may have once, when it is imported."""
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    polars = engine("polars", "polars")
    query = _query(polars, conditions, _frame(polars, portfolio))

    def shown(frame: Any) -> tuple[NDArray[Any], NDArray[Any]]:
        masks = [frame[f"{plan}_fails"].to_numpy() for plan in conditions.plans]
        return np.stack(masks), np.stack([frame[plan].to_numpy() for plan in conditions.plans])

    return [
        Way(
            f"polars, {name}, {polars.thread_pool_size()} threads",
            _collecting(query, name),
            shown=shown,
        )
        for name in ("streaming", "in-memory")
    ]


def _collecting(query: Any, name: str) -> Callable[[None], Any]:
    return lambda _: query.collect(engine=name)


def _frame(polars: Any, portfolio: Portfolio) -> Any:
    frame = polars.DataFrame(dict(portfolio.columns))
    spelled = [
        polars.col(name).replace_strict(range(len(names)), names, return_dtype=polars.Enum(names))
        for name, names in portfolio.names.items()
    ]
    return frame.with_columns(spelled).rechunk()


def _query(polars: Any, conditions: Conditions, frame: Any) -> Any:
    """Return the query: the ratio and the bytes first, then which of them are zero."""
    ratio = polars.col("debt_service") / polars.col("income")
    masks = [
        _mask(polars, [_holds(polars, test, frame) for test in found.values()]).alias(
            f"{plan}_fails"
        )
        for plan, found in conditions.plans.items()
    ]
    eligible = [(polars.col(f"{plan}_fails") == 0).alias(plan) for plan in conditions.plans]
    with_ratio = frame.lazy().with_columns(ratio.alias(DERIVED))
    return with_ratio.select(masks).with_columns(eligible)


def _mask(polars: Any, holds: list[Any]) -> Any:
    """Return the bits of what fails. Said by `when` they take a third of the time of products of bytes."""
    none = polars.lit(0, dtype=polars.UInt8)
    bits = (
        polars.when(each).then(none).otherwise(polars.lit(1 << place, dtype=polars.UInt8))
        for place, each in enumerate(holds)
    )
    return reduce(operator.or_, bits)


def _holds(polars: Any, condition: Condition, frame: Any) -> Any:
    match condition:
        case Comparison(name, sign, number):
            return _OPERATORS[sign](polars.col(name), number)
        case Among(name, options):
            return polars.col(name).is_in(polars.Series(options, dtype=frame[name].dtype).implode())
        case Flag(name, wanted):
            return polars.col(name) if wanted else ~polars.col(name)
        case Group(every, parts):
            joined = [_holds(polars, part, frame) for part in parts]
            return reduce(operator.and_ if every else operator.or_, joined)
