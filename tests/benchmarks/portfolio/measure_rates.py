"""What a row of a portfolio takes of one core, part by part, and what a billion of them take.

`python tests/benchmarks/portfolio/measure_rates.py ROWS [ROUNDS]` makes up so many loans and decides them under the
policies of the five lenders. Times are of processors, not of the clock, so that others on the machine count little:
medians of the rounds, in microseconds of one core for a row. `--spark` decides them inside Spark too (the extra
`spark`, Java 17). `--write PAGE` puts the tables between the marks of a page of the docs.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pyarrow as pa
from made_up_loans import write_loans

import policyengine as pe
from policyengine.ir.program import Program
from policyengine.portfolio.columns import Columns
from policyengine.portfolio.deciding import Job, decide_batch
from policyengine.portfolio.evaluator import for_many
from policyengine.portfolio.run.outputs import write_columns
from policyengine.portfolio.sources.opening import source_of

ROOT = Path(__file__).parents[3]
DAY = date(2025, 6, 20)
KEPT = Columns(keep=("account",))
BILLION = 10**9
BEGIN, END = "<!-- measured -->\n", "<!-- end of measured -->\n"
CORES = (8, 64, 512)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("rounds", type=int, nargs="?", default=3)
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    # One thread of Arrow's own: the figures are of one core.
    pa.set_cpu_count(1)
    with TemporaryDirectory() as at:
        given = Path(at) / "loans.parquet"
        write_loans(given, asked.rows)
        measured = [Measuring(given, asked.rows).round() for _ in range(asked.rounds)]
        found = {name: median(each[name] for each in measured) for name in measured[0]}
        if asked.spark:
            found |= in_spark(given, asked.rows, found, asked.rounds)
        sizes = given.stat().st_size, (given.parent / "decided.parquet").stat().st_size
    text = tables(found, sizes, asked.rows, asked.rounds)
    print(text)  # noqa: T201  # what it is for
    if asked.write:
        put(asked.write, text)


def programs_of(policies: pe.PolicySet) -> tuple[Program, ...]:
    return tuple(program for program in policies.programs if program.currency == "CNY")


@attrs.frozen
class Measuring:
    """Measures the parts of a run over a file."""

    given: Path
    rows: int

    def round(self) -> dict[str, float]:
        """Return the microseconds of a core that each part takes for a row."""
        policies = pe.load(ROOT / "policies")
        evaluator = for_many(policies.evaluator)
        chunks, reading = self._timed(lambda: list(source_of(self.given).chunks()))
        schema = chunks[0].batch.schema
        job = Job.over(schema, programs_of(policies), evaluator, as_of=DAY, columns=KEPT)
        taken, taking = self._timed(lambda: [job.taking.take(chunk.batch) for chunk in chunks])
        _, deciding = self._timed(
            lambda: [
                evaluator.decide(program, group.facts)
                for intake in taken
                for group in intake.groups
                for program in job.programs
            ]
        )
        decided, whole = self._timed(
            lambda: [decide_batch(job, chunk.batch, chunk.rows).decided for chunk in chunks]
        )
        out = self.given.parent / "decided.parquet"
        _, writing = self._timed(lambda: write_columns(out, out.parent, job.schema, decided))
        columns = max(whole - taking - deciding, 0.0)
        return {
            "reading": reading,
            "taking in": taking,
            "deciding": deciding,
            "columns out": columns,
            "writing": writing,
        }

    def _timed(self, part: Callable[[], Any]) -> tuple[Any, float]:
        begun = time.process_time()
        found = part()
        return found, (time.process_time() - begun) / self.rows * 1e6


# Spark


def in_spark(given: Path, rows: int, found: dict[str, float], rounds: int) -> dict[str, float]:
    """Return what Spark adds: the time of all its processes, less that of the same parts on one machine."""
    from pyspark.sql import SparkSession  # noqa: PLC0415  # the extra `spark`

    from policyengine.portfolio.spark import decided_frame  # noqa: PLC0415

    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "65536")
        .getOrCreate()
    )
    policies = pe.load(ROOT / "policies")

    def job(frame: Any) -> None:
        decided = decided_frame(
            frame,
            programs_of(policies),
            for_many(policies.evaluator),
            number="account",
            as_of=DAY,
        )
        decided.write.mode("overwrite").parquet(str(given.parent / "in-spark"))

    frame = spark.read.parquet(str(given)).repartition(2)
    job(frame.limit(100))  # the workers start, and load what they need
    times = []
    for _ in range(rounds):
        begun = seconds_of_all()
        job(frame)
        times.append((seconds_of_all() - begun) / rows * 1e6)
    spark.stop()
    return {"Spark": max(median(times) - sum(found.values()), 0.0)}


def seconds_of_all() -> float:
    """Return the processor time of this process and of all below it."""
    parents, ticks = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        parents[int(path.parent.name)] = int(fields[1])
        ticks[int(path.parent.name)] = sum(map(int, fields[11:15]))
    mine = {pid for pid in ticks if os.getpid() in _above(pid, parents)}
    return sum(ticks[pid] for pid in mine) / os.sysconf("SC_CLK_TCK")


def _above(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while pid:
        yield pid
        pid = parents.get(pid, 0)


# What is said


def tables(found: dict[str, float], sizes: tuple[int, int], rows: int, rounds: int) -> str:
    whole = sum(found.values())
    lines = ["| part | µs of a core for a row | share |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {each:,.2f} | {each / whole:.1%} |" for name, each in found.items()]
    lines += [f"| **all** | **{whole:,.2f}** | |", ""]
    hours = whole * BILLION / 1e6 / 3600
    largest = max(found, key=lambda name: found[name])
    about = f"{rows:,} rows, medians of {rounds} rounds; Python {platform.python_version()}, {machine()}."
    rate = f"One core does {1e6 / whole:,.0f} rows a second. A billion rows are **{hours:,.0f} core-hours**"
    lines += [about, "", f"{rate}; the bottleneck is *{largest}*.", ""]
    lines += ["| cores | hours |", "| ---: | ---: |"]
    lines += [f"| {cores} | {hours / cores:,.1f} |" for cores in CORES]
    given, decided = (size / rows for size in sizes)
    each = f"A row is {given:,.0f} bytes of Parquet in and {decided:,.0f} bytes out"
    lines += ["", f"{each}: for a billion {given:,.0f} and {decided:,.0f} GB.", ""]
    return "\n".join(lines)


def machine() -> str:
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return models[0] if models else platform.machine()


def put(page: Path, text: str) -> None:
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
