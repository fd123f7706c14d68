"""What memory a run over a portfolio takes, by its rows.

`python tests/benchmarks/portfolio/measure_memory.py 5000000 50000000` makes up so many loans, decides them under the
policies of the five lenders as `policyengine portfolio` does, each size in a process of its own, and says what each
took at most, and how long. `--undecided` leaves out the deciding: what is left is reading, taking in, writing and
counting.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import numpy as np
from made_up_loans import write_loans

import policyengine as pe
from policyengine.decision.columns import TERMS, Codes, DecidedColumns, PlanColumns
from policyengine.evaluators.many import ColumnsEvaluator
from policyengine.facts.columns import FactColumns
from policyengine.ir.program import Program
from policyengine.portfolio.columns import Columns
from policyengine.portfolio.deciding import Job
from policyengine.portfolio.evaluator import for_many
from policyengine.portfolio.run.run import Order, run
from policyengine.portfolio.sources.opening import source_of

ROOT = Path(__file__).parent.parent.parent.parent
DAY = date(2025, 6, 20)


@attrs.frozen
class Undecided:
    """Refuses everybody without looking."""

    def decide(self, program: Program, facts: FactColumns) -> DecidedColumns:
        """Return the same for every row."""
        ones, nothing = np.ones(facts.rows, np.int8), np.zeros(facts.rows, np.uint64)
        terms = dict.fromkeys(TERMS, np.zeros(facts.rows, np.int64))
        plans = {
            plan.id: PlanColumns(ones, nothing + np.uint64(1), nothing, terms)
            for plan in program.plans
        }
        return DecidedColumns(ones, plans, (nothing, nothing), np.zeros(facts.rows, np.int8))

    def applies(self, program: Program, facts: FactColumns) -> Codes:
        """Nobody is asked."""
        raise NotImplementedError


def decide(given: Path, *, undecided: bool) -> None:
    """Decide a file."""
    policies = pe.load(ROOT / "policies")
    programs = tuple(program for program in policies.programs if program.currency == "CNY")
    source, columns = source_of(given), Columns(keep=("account",))
    evaluator: ColumnsEvaluator = Undecided() if undecided else for_many(policies.evaluator)
    job = Job.over(source.schema, programs, evaluator, as_of=DAY, columns=columns)
    output = given.with_name("out.parquet")
    run(
        Order(
            source=source,
            job=job,
            input=given,
            policies="policies",
            output=output,
            rejects=given.with_name("rejects.csv"),
            engine="measured",
            columns=columns,
        )
    )


def measured(rows: int, *, undecided: bool) -> tuple[int, float]:
    """Return the most memory of a run in bytes, and its seconds."""
    with TemporaryDirectory(prefix="portfolio-") as folder:
        given = Path(folder) / "loans.parquet"
        write_loans(given, rows)
        more = ["--undecided"] if undecided else []
        command = [sys.executable, __file__, "--child", str(given), *more]
        began = time.perf_counter()
        child = os.spawnv(os.P_NOWAIT, sys.executable, command)  # noqa: S606  # our own
        _, status, usage = os.wait4(child, 0)
        if status:
            sys.exit("the run failed")
        return usage.ru_maxrss * 1024, time.perf_counter() - began


def main() -> None:
    """Measure each size, or be what is measured."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    undecided = "--undecided" in sys.argv
    if "--child" in sys.argv:
        decide(Path(words[0]), undecided=undecided)
        return
    first = None
    for size in map(int, words):
        memory, seconds = measured(size, undecided=undecided)
        first = first or memory
        said = f"{size:>12,} rows  {memory / 2**20:8.1f} MiB  {memory / first:5.2f} ×  {seconds:8.1f} s"
        print(f"{said}  {size / seconds:12,.0f} rows/s", flush=True)  # noqa: T201  # its result


if __name__ == "__main__":
    main()
