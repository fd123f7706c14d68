"""What a row of a portfolio takes of one core, part by part, and what a billion of them take.

`python tests/benchmarks/portfolio/measure_rates.py ROWS DECIDED [ROUNDS]` makes up so many loans and decides DECIDED of
them under the policies of the five lenders; for all parts but deciding the decisions are repeated until there are ROWS.
Times are of processors, not of the clock, so that others on the machine count little: medians of the rounds, in
microseconds of one core for a row. `--spark` measures the same inside Spark too (the extra `spark`, Java 17).
`--write PAGE` puts the tables between the marks of a page of the docs.
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
import numpy as np
import pyarrow as pa
from made_up_loans import write_loans
from numpy.typing import NDArray

import policyengine as pe
from policyengine.decision.columns import Codes, DecidedColumns, PlanColumns
from policyengine.evaluators.by_rows import ByRows
from policyengine.facts.columns import FactColumns
from policyengine.ir.program import Program
from policyengine.portfolio.columns import Columns
from policyengine.portfolio.deciding import Job, decide_batch
from policyengine.portfolio.evaluator import for_many
from policyengine.portfolio.intake.batch import Intake
from policyengine.portfolio.run.outputs import write_columns
from policyengine.portfolio.sources.opening import source_of

ROOT = Path(__file__).parents[3]
DAY = date(2025, 6, 20)
KEPT = Columns(keep=("account",))
BILLION = 10**9
BEGIN, END = "<!-- measured -->\n", "<!-- end of measured -->\n"
CORES = (2, 8, 64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("decided", type=int)
    parser.add_argument("rounds", type=int, nargs="?", default=3)
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    # One thread of Arrow's own: the figures are of one core.
    pa.set_cpu_count(1)
    policies = pe.load(ROOT / "policies")
    with TemporaryDirectory() as at:
        given = Path(at) / "loans.parquet"
        write_loans(given, asked.rows)
        deciding, once, repeated = decided_once(policies, given, asked.decided, asked.rounds)
        rounds = [
            Measuring(policies, given, asked.rows, repeated).round() for _ in range(asked.rounds)
        ]
        found = {name: median(each[name] for each in rounds) for name in rounds[0]}
        if asked.spark:
            found["Spark"] = in_spark(policies, given, asked.rows, repeated, found, asked.rounds)
        found = {"deciding": deciding, **found}
        sizes = given.stat().st_size / asked.rows, size_out(policies, given, asked.decided)
    how = "row by row" if isinstance(for_many(policies.evaluator), ByRows) else "by columns"
    counts = f"{asked.decided:,} rows decided {how}, {asked.rows:,} for the other parts"
    counts += (
        f", medians of {asked.rounds} rounds; {once:,.0f} s of a core once in a process, to compile"
    )
    text = tables(found, sizes, counts)
    print(text)  # noqa: T201  # what it is for
    if asked.write:
        put(asked.write, text)


def programs_of(policies: pe.PolicySet) -> tuple[Program, ...]:
    return tuple(program for program in policies.programs if program.currency == "CNY")


def decided_once(
    policies: pe.PolicySet, given: Path, rows: int, rounds: int
) -> tuple[float, float, Repeated]:
    """Return what deciding takes for a row, the seconds that it takes once, and the decisions of the first rows."""
    evaluator = for_many(policies.evaluator)
    chunk = next(iter(source_of(given).chunks()))
    batch = chunk.batch.slice(0, rows)
    job = Job.over(batch.schema, programs_of(policies), evaluator, as_of=DAY, columns=KEPT)
    (group,) = job.taking.take(batch).groups
    _, first = timed(lambda: [evaluator.decide(p, group.facts) for p in job.programs])
    times = []
    for _ in range(rounds):
        found, seconds = timed(
            lambda: {p.id: evaluator.decide(p, group.facts) for p in job.programs}
        )
        times.append(seconds / group.facts.rows * 1e6)
    once = max(first - median(times) * group.facts.rows / 1e6, 0.0)
    return median(times), once, Repeated(found, group.facts.rows)


def size_out(policies: pe.PolicySet, given: Path, rows: int) -> float:
    """Return the bytes of a row that is decided: repeated ones would be written in fewer."""
    chunk = next(iter(source_of(given).chunks()))
    batch = chunk.batch.slice(0, rows)
    evaluator = for_many(policies.evaluator)
    job = Job.over(batch.schema, programs_of(policies), evaluator, as_of=DAY, columns=KEPT)
    out = given.parent / "once.parquet"
    write_columns(out, out.parent, job.schema, [decide_batch(job, batch).decided])
    return out.stat().st_size / rows


def timed(part: Callable[[], Any]) -> tuple[Any, float]:
    """Return what a part gives, and the seconds of processors that it took."""
    begun = time.process_time()
    found = part()
    return found, time.process_time() - begun


@attrs.frozen(eq=False)
class Repeated:
    """Gives the decisions of some rows over and over again."""

    found: dict[str, DecidedColumns]
    rows: int

    def decide(self, program: Program, facts: FactColumns) -> DecidedColumns:
        """Return decisions of rows that were decided before."""
        places, before = np.arange(facts.rows) % self.rows, self.found[program.id]
        plans = {name: _taken(plan, places) for name, plan in before.plans.items()}
        failed, unknown = before.referrals
        referrals = failed[places], unknown[places]
        return DecidedColumns(before.outcome[places], plans, referrals, before.paths[places])

    def applies(self, program: Program, facts: FactColumns) -> Codes:
        """Nobody asks: all is in one currency."""
        raise NotImplementedError


def _taken(plan: PlanColumns, places: NDArray[np.int64]) -> PlanColumns:
    terms = {name: values[places] for name, values in plan.terms.items()}
    return PlanColumns(plan.status[places], plan.failed[places], plan.unknown[places], terms)


@attrs.frozen(eq=False)
class Measuring:
    """Measures the parts of a run over a file, but for deciding."""

    policies: pe.PolicySet
    given: Path
    rows: int
    evaluator: Repeated

    def round(self) -> dict[str, float]:
        """Return the microseconds of a core that each part takes for a row."""
        chunks, reading = timed(lambda: list(source_of(self.given).chunks()))
        schema = chunks[0].batch.schema
        programs = programs_of(self.policies)
        job = Job.over(schema, programs, self.evaluator, as_of=DAY, columns=KEPT)
        taken, taking = timed(lambda: [job.taking.take(chunk.batch) for chunk in chunks])
        _, repeating = timed(lambda: self._repeat(taken, programs))
        decided, whole = timed(
            lambda: [decide_batch(job, chunk.batch, chunk.rows).decided for chunk in chunks]
        )
        out = self.given.parent / "decided.parquet"
        _, writing = timed(lambda: write_columns(out, out.parent, job.schema, decided))
        parts = {
            "reading": reading,
            "taking in": taking,
            "columns out": whole - taking - repeating,
            "writing": writing,
        }
        return {name: seconds / self.rows * 1e6 for name, seconds in parts.items()}

    def _repeat(self, taken: list[Intake], programs: tuple[Program, ...]) -> None:
        for intake in taken:
            for group in intake.groups:
                for program in programs:
                    self.evaluator.decide(program, group.facts)


# Spark


def in_spark(
    policies: pe.PolicySet,
    given: Path,
    rows: int,
    evaluator: Repeated,
    found: dict[str, float],
    rounds: int,
) -> float:
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

    def job(frame: Any) -> None:
        programs = programs_of(policies)
        decided = decided_frame(frame, programs, evaluator, number="account", as_of=DAY)
        decided.write.mode("overwrite").parquet(str(given.parent / "in-spark"))

    frame = spark.read.parquet(str(given)).repartition(2)
    job(frame.limit(100))  # the workers start, and load what they need
    times = []
    for _ in range(rounds):
        begun = seconds_of_all()
        job(frame)
        times.append((seconds_of_all() - begun) / rows * 1e6)
    spark.stop()
    return median(times) - sum(found.values())


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


def tables(found: dict[str, float], sizes: tuple[float, float], counts: str) -> str:
    whole = sum(found.values())
    lines = ["| part | µs of a core for a row | share |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {each:,.2f} | {each / whole:.1%} |" for name, each in found.items()]
    lines += [f"| **all** | **{whole:,.2f}** | |", ""]
    hours = whole * BILLION / 1e6 / 3600
    largest = max(found, key=lambda name: found[name])
    about = f"{counts}; Python {platform.python_version()}, {machine()}."
    rate = f"One core does {1e6 / whole:,.0f} rows a second. A billion rows are **{hours:,.0f} core-hours**"
    lines += [about, "", f"{rate}; the bottleneck is *{largest}*.", ""]
    if "Spark" in found:
        alone = (whole - found["Spark"]) * BILLION / 1e6 / 3600
        lines += [f"On one machine, without Spark, they are {alone:,.1f} core-hours.", ""]
    lines += ["| cores | hours |", "| ---: | ---: |"]
    lines += [f"| {cores} | {hours / cores:,.1f} |" for cores in CORES]
    given, decided = sizes
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
