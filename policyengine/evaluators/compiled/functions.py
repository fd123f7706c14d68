"""Functions of generated source, and the days on which they change."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from policyengine.ir.program import Program
from policyengine.keeping.code import kept_code


def function_of(title: str, source: str, in_sight: Mapping[str, Any]) -> Callable[..., Any]:
    """Return the function that source defines; tracebacks and debuggers can show it."""
    linecache.cache[title] = (len(source), None, source.splitlines(keepends=True), title)
    within: dict[str, Any] = dict(in_sight)
    exec(kept_code(source, title), within)  # noqa: S102  # it was written here, of names and numbers
    name = source.partition("(")[0].removeprefix("def ")
    function: Callable[..., Any] = within[name]
    return function


def changes_of(program: Program) -> list[date]:
    """Return the days from which a parameter has another value."""
    days = set()
    for parameter in program.parameters.values():
        for dated in parameter.values:
            days |= {dated.starts} | {dated.ends and dated.ends + timedelta(days=1)}
    return sorted(day for day in days if day)
