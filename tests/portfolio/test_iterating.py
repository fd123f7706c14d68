"""`PolicySet.portfolio` gives the decisions of a file or a frame, one batch at a time."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pandas as pd
import polars as pl
import portfolio_runs as runs
import pyarrow as pa
import pytest
import tiny

import policyengine as pe
from policyengine.diagnostics import UsageError
from policyengine.evaluators.by_rows import ByRows
from policyengine.portfolio.deciding import Job, decide_batch

POLICIES = tiny.policies(runs.POLICY.replace("plan.payment <= x.cash", "plan.payment <= 900"), "")
DAY = date(2024, 11, 20)
KEEP = pe.Columns(keep=("account",))
TABLE = runs.loans(12)


def rows_of(given: object) -> list[dict[str, object]]:
    portfolio = POLICIES.portfolio(given, as_of=DAY, columns=KEEP)
    batches = list(portfolio)
    assert {batch.schema for batch in batches} == {portfolio.schema}
    assert portfolio.rejects.column("row").to_pylist() == [6]
    assert (portfolio.tally.decided, portfolio.tally.rejected) == (11, 1)
    assert list(portfolio.rules) == ["tiny"]
    return [row for batch in batches for row in batch.to_pylist()]


def test_files_and_frames_are_decided_alike(tmp_path: Path) -> None:
    wanted = rows_of(TABLE)
    assert [row["account"] for row in wanted] == [f"A{i}" for i in range(12) if i != 6]
    assert wanted[0]["tiny.outcome"] == "refuse"
    assert rows_of(str(runs.write(TABLE, tmp_path / "loans.parquet"))) == wanted
    assert rows_of(runs.write(TABLE, tmp_path / "loans.csv")) == wanted
    assert rows_of(pd.DataFrame(TABLE.to_pydict())) == wanted
    assert rows_of(pl.DataFrame(TABLE.to_pydict())) == wanted
    assert rows_of(pa.RecordBatchReader.from_batches(TABLE.schema, TABLE.to_batches())) == wanted


def test_what_is_no_source() -> None:
    with pytest.raises(UsageError):
        POLICIES.portfolio(["L-1"], as_of=DAY)


def test_a_job_can_be_sent_to_another_process() -> None:
    job = Job.over(
        TABLE.schema, POLICIES.programs, ByRows(POLICIES.evaluator), as_of=DAY, columns=KEEP
    )
    (batch,) = TABLE.to_batches()
    sent = decide_batch(pickle.loads(pickle.dumps(job)), batch)  # noqa: S301  # our own
    assert sent.decided.equals(decide_batch(job, batch).decided)
