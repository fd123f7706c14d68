"""What a run found, as data: tables of rows, and where and with what it was measured."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs

from engines.measuring import Row, version

#: What may have a part in the figures, by the names under which it is installed.
_DISTRIBUTIONS = (
    "policyengine-relief", "zen-engine", "common-expression-language", "durable-rules", "rule-engine",
    "numpy", "numba", "polars", "duckdb", "pyarrow",
)  # fmt: skip


@attrs.frozen
class Table:
    """Ways to do the same work, and what was left out and why. The first row is what the others are compared with.

    `unit` is what a row's time is shown in: `ms` or `µs`.
    """

    key: str
    title: str
    unit: str
    rows: tuple[Row, ...]
    skipped: tuple[str, ...]


@attrs.frozen
class Run:
    """All tables of a run."""

    day: str
    machine: str
    versions: dict[str, str]
    tables: tuple[Table, ...]


def run_of(tables: Iterable[Table]) -> Run:
    """Return a run on this machine, today."""
    found = {name: version(name) for name in _DISTRIBUTIONS}
    versions = {"Python": platform.python_version()} | {k: v for k, v in found.items() if v}
    return Run(f"{datetime.now(UTC):%Y-%m-%d}", _machine(), versions, tuple(tables))


def to_json(run: Run) -> str:
    """Return the text of the file that keeps a run."""
    return json.dumps(attrs.asdict(run), ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> Run:
    """Return the run that a file keeps."""
    given = json.loads(text)
    return Run(**given | {"tables": tuple(map(_table, given["tables"]))})


def _table(given: dict[str, Any]) -> Table:
    rows = tuple(Row(**row) for row in given["rows"])
    return Table(**given | {"rows": rows, "skipped": tuple(given["skipped"])})


def _machine() -> str:
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()} on {platform.machine()}"


def _processor() -> str:
    """Return the processor's own name, where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "a processor without a name"
