"""Runs over made-up loans with an evaluator that takes no time, or as long as a test wants.

`python tests/portfolio_runs.py IN OUT PAUSE` decides a file in small batches, each of which takes so many
seconds. A fourth word is the most bytes that a file may have.
"""

from __future__ import annotations

import resource
import signal
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import tiny

from policyengine.decision.columns import TERMS, Codes, DecidedColumns, PlanColumns
from policyengine.diagnostics import PolicyEngineError
from policyengine.facts.columns import Column, FactColumns
from policyengine.ir.program import Program
from policyengine.portfolio.columns import Columns
from policyengine.portfolio.deciding import Job
from policyengine.portfolio.run.run import Order, Watching, run
from policyengine.portfolio.sources.opening import source_of

POLICY = """\
plans:
  longer:
    title: {en: Longer, zh: 延长}
    require:
      - {id: even, that: x.n <= 3, code: ODD, because: {en: 'n is {x.n}', zh: '{x.n}'}}
      - {id: large, that: x.cash > 5, because: {en: small, zh: 小}}
    offer: {steps: [{term: {up_to: +6 months, step: 1 month}}], until: [plan.payment <= x.cash]}
"""
POLICIES = tiny.policies(POLICY, "")
BATCH, PART = 50, 100


@attrs.define
class Quick:
    """Allows what is even and denies the rest; some rows take the exact path. It pauses over each batch."""

    pause: float = 0

    def decide(self, program: Program, facts: FactColumns) -> DecidedColumns:
        time.sleep(self.pause)
        numbers, cash = facts.facts["x.n"], facts.facts["x.cash"]
        assert isinstance(numbers, Column)
        assert isinstance(cash, Column)
        odd = (numbers.values % 2).astype(np.int8)
        terms = {name: np.where(odd == 0, cash.values, 0) for name in TERMS}
        plan = PlanColumns(odd, odd.astype(np.uint64), np.zeros(facts.rows, np.uint64), terms)
        exact = (numbers.values % 10 == 0).astype(np.int8)
        nothing = np.zeros(facts.rows, np.uint64)
        plans = dict.fromkeys((each.id for each in program.plans), plan)
        return DecidedColumns(odd, plans, (nothing, nothing), exact)

    def applies(self, program: Program, facts: FactColumns) -> Codes:
        raise NotImplementedError


def loans(rows: int, *, bad: int = 7) -> Any:
    """Return so many loans, of which one in some is bad."""
    found: dict[str, list[str]] = {"account": [f"A{i}" for i in range(rows)]}
    found["x.n"] = [str(i % 1000) if i % bad != bad - 1 else "?" for i in range(rows)]
    found["x.cash"] = [f"{i % 7919}.{i % 100:02}" for i in range(rows)]
    found |= {path: [value] * rows for path, value in tiny.LOAN.items()}
    return pa.table(found)


def write(table: Any, path: Path) -> Path:
    """Write loans as Parquet in small groups, or as CSV."""
    if path.suffix == ".csv":
        pa.csv.write_csv(table, path)
    else:
        pq.write_table(table, path, row_group_size=73)
    return path


def order(input_: Path, output: Path, *, pause: float = 0, **given: Any) -> Order:
    """Return the order to decide a file in small batches and parts."""
    source, columns = source_of(input_), Columns(keep=("account",))
    day = given.pop("as_of", date(2024, 11, 20))
    evaluator = given.pop("evaluator", None) or Quick(pause)
    job = Job.over(source.schema, POLICIES.programs, evaluator, as_of=day, columns=columns)
    small: dict[str, Any] = {"batch_rows": BATCH, "part_rows": PART, "columns": columns}
    return Order(
        source=source,
        job=job,
        input=input_,
        policies="policies",
        output=output,
        rejects=output.with_name(f"{output.name}.rejects.csv"),
        engine="engine 1",
        **(small | given),
    )


if __name__ == "__main__":
    given, wanted, seconds, *size = sys.argv[1:]
    if size:  # no file may grow beyond it, as on a full disk
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(size[0]), int(size[0])))
    watching = Watching(at=lambda row: print(row, flush=True))  # noqa: T201  # for who waits
    try:
        run(order(Path(given), Path(wanted), pause=float(seconds), workers=2), watching)
    except PolicyEngineError as error:
        sys.exit(str(error))
