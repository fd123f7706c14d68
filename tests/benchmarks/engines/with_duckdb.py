"""DuckDB: a table of its own in memory with enumerations for names, one query, its result as an Arrow table.

Bits are summed as products of bytes, and ratios compared with doubles: of the ways to say it, the fastest. Rows come in
any order, so each has its number; putting them in order is not measured.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.conditions import DERIVED, Conditions
from engines.made import Portfolio
from engines.measuring import Way, engine
from engines.spelling import Language

_RATIO = "(debt_service / income)"
_LANGUAGE = Language(
    name=lambda name: _RATIO if name == DERIVED else name,
    equal="=",
    among="{name} in ({options})",
    flag="{name} = {truth}",
    quote="'",
    number=lambda number: f"{number}::DOUBLE" if isinstance(number, float) else str(number),
)


def ways(conditions: Conditions, portfolio: Portfolio, threads: int) -> list[Way]:
    """Return the way; loading the table is not measured."""
    duckdb = engine("duckdb", "duckdb")
    connection = duckdb.connect(config={"threads": threads})
    _load(connection, portfolio)
    query = _query(conditions)

    def run(_: None) -> Any:
        return connection.sql(query).to_arrow_table()

    def shown(table: Any) -> tuple[NDArray[Any], NDArray[Any]]:
        order = np.argsort(table["place"].to_numpy())
        masks = [table[f"{plan}_fails"].to_numpy()[order] for plan in conditions.plans]
        return np.stack(masks), np.stack([table[p].to_numpy()[order] for p in conditions.plans])

    return [Way(f"DuckDB, {threads} threads", run, shown=shown)]


def _load(connection: Any, portfolio: Portfolio) -> None:
    pyarrow = engine("pyarrow", "pyarrow")
    given = {name: pyarrow.array(column) for name, column in portfolio.columns.items()}
    for name, names in portfolio.names.items():
        connection.execute(f"create type {name}_names as enum {names!r}")
        given[name] = pyarrow.DictionaryArray.from_arrays(given[name], pyarrow.array(names))
    given["place"] = pyarrow.array(np.arange(len(given["income"]), dtype=np.int32))
    connection.register("given", pyarrow.table(given))
    selected = (f"{n}::{n}_names as {n}" if n in portfolio.names else n for n in given)
    connection.execute(f"create table loans as select {', '.join(selected)} from given")  # noqa: S608


def _query(conditions: Conditions) -> str:
    masks = [
        f"({_mask([_LANGUAGE.spelled(test) for test in found.values()])}) as {plan}_fails"
        for plan, found in conditions.plans.items()
    ]
    eligible = [f"{plan}_fails = 0 as {plan}" for plan in conditions.plans]
    screened = f"select place, {', '.join(masks)} from loans"  # noqa: S608
    return f"with screened as ({screened}) select *, {', '.join(eligible)} from screened"  # noqa: S608


def _mask(tests: list[str]) -> str:
    return " + ".join(
        f"(not ({test}))::UTINYINT * {1 << place}::UTINYINT" for place, test in enumerate(tests)
    )
