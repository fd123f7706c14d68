"""A million borrowers under ten plans of six conditions: columns beside C, NumPy and polars, in one run.

    python tests/benchmarks/columns/compare_columns.py [--passes 21] [--threads 2] [--rows 1000000]

All write the mask of the conditions that fail, for each plan and row, the same ones; columns in memory give columns in
memory. The compiled conditions say besides what is not known, and are exact. Prints medians of the passes, which take
turns, and their ratios; the ratios are what to compare between machines. C needs gcc, polars its package.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import by_hand
import numpy as np
import workload
from workload import Array

import policyengine as pe
from policyengine.evaluators.compiled.columns.screening import ColumnsEvaluator, ScreenedColumns
from policyengine.facts.columns import FactColumns
from policyengine.ir.program import Program

POLICIES = Path(__file__).parent.parent / "screening" / "policies"
Work = Callable[[], list[Array]]


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--passes", type=int, default=21)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    os.environ["POLARS_MAX_THREADS"] = str(asked.threads)  # before it is imported
    policies = pe.load(POLICIES)
    program = policies.programs[0]
    given = workload.plain(asked.rows, policies.dictionary)
    with tempfile.TemporaryDirectory() as folder:
        ways = dict(_ways(program, given, asked.threads, Path(folder)))
        _check(ways)
        print(f"Python {platform.python_version()}, {asked.rows:,} rows, {asked.threads} threads\n")
        _report(_measured(ways, asked.passes))
    _compile_times(program)


def _ways(
    program: Program, given: dict[str, Array], threads: int, folder: Path
) -> Iterator[tuple[str, Work]]:
    facts = workload.facts(given)
    if shutil.which("gcc"):
        yield "C, written by hand", by_hand.in_c(program, given, threads, folder)
    yield "columns", _columns(program, facts, threads)
    yield "columns, arrays used again", _columns(program, facts, threads, again=True)
    some = workload.facts(given, missing=0.05)
    yield "columns, 5 % of each fact missing", _columns(program, some, threads, again=True)
    yield "NumPy, in blocks", by_hand.in_numpy(program, given, threads)
    if find_spec("polars"):
        yield "polars, streaming", by_hand.in_polars(program, given)
    yield "copy of what is read and written", _copy(facts)


def _columns(program: Program, facts: FactColumns, threads: int, *, again: bool = False) -> Work:
    evaluator = ColumnsEvaluator(threads)
    last: list[ScreenedColumns] = []

    def work() -> list[Array]:
        found = evaluator.screen(program, facts, reuse=last.pop() if last else None)
        if again:
            last.append(found)
        assert found.flagged is None
        return list(found.failed[: len(program.plans)])

    return work


def _copy(facts: FactColumns) -> Work:
    arrays = [column.values for column in facts.facts.values()]  # type: ignore[union-attr]
    masks = [np.zeros(facts.rows, np.uint8) for _ in range(10)]
    pairs = [(np.empty_like(array), array) for array in [*arrays, *masks]]

    def work() -> list[Array]:
        for to, array in pairs:
            np.copyto(to, array)
        return []

    return work


def _check(ways: dict[str, Work]) -> None:
    """Fail where two do not write the same masks: doubles happen to be right of these borrowers."""
    want = ways["columns"]()
    for name, work in ways.items():
        found = work()
        if found and "missing" not in name:
            assert all((a == b).all() for a, b in zip(want, found, strict=True)), name


def _measured(ways: dict[str, Work], passes: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(passes):
        for name, work in ways.items():
            began = time.perf_counter()
            found = work()
            times[name].append(time.perf_counter() - began)
            del found
    return {name: median(each) for name, each in times.items()}


def _report(found: dict[str, float]) -> None:
    columns = found["columns"]
    for name, seconds in found.items():
        print(f"{name:<36} {seconds * 1e3:>8.2f} ms   {seconds / columns:>6.2f} x columns")


def _compile_times(program: Program) -> None:
    """Print what the first call takes, nothing kept, and what it takes once it is kept."""
    print()
    policies = pe.load(POLICIES)
    few = workload.facts(workload.plain(8, policies.dictionary))
    with tempfile.TemporaryDirectory() as folder:
        for what in ("compiled", "kept by an earlier evaluator"):
            began = time.process_time()
            ColumnsEvaluator(1, Path(folder)).screen(program, few)
            print(f"{program.id}, {what}: {time.process_time() - began:.2f} s of CPU")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
