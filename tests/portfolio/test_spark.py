"""Spark decides each row as one machine does.

Without PySpark or Java these tests are skipped; where `CI` is set they fail.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import borrowers
import portfolio_tables
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import policyengine as pe
from policyengine.evaluators.by_rows import ByRows
from policyengine.portfolio.spark import decided_frame

if os.environ.get("CI") is None:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("there is no Java", allow_module_level=True)

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import spark_partition_id

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

POLICIES = pe.load(borrowers.FOLDER.parent)
#: For so few rows nothing is worth compiling in each worker; the job of the documentation compiles columns.
EVALUATOR = ByRows(POLICIES.evaluator)
LENDERS = tuple(program for program in POLICIES.programs if program.currency == "CNY")
DAY = date(2024, 11, 20)
WORKERS, ROWS = 3, 240
PAGE = Path(__file__).parent.parent.parent / "docs" / "how-to" / "decide-in-spark.md"


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # The workers find the test's own helpers nowhere: whatever they need travels with the task.
    session = (
        SparkSession.builder.master(f"local[{WORKERS}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", str(WORKERS))
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "17")
        .getOrCreate()
    )
    yield session
    session.stop()


def loans() -> Any:
    """Return the loans of the five lenders' borrower, varied, some of them with facts missing and some rejected."""
    chance = Random(20241120)
    five = portfolio_tables.situations(POLICIES, borrowers.FIVE, "CNY")
    rows = []
    for place in range(ROWS):
        row = portfolio_tables.rows_of([five[place % len(five)]])[0]
        row["borrower.monthly_income"] = chance.randrange(2_000, 30_000)
        row["loan.days_past_due"] = chance.choice([0, 1, 20, 45, 91, None])
        row["hardship.expected_months"] = chance.choice([None, 1, 3, 6])
        if place % 40 == 7:
            row["loan.principal"] = -1
        rows.append(row)
    batch = portfolio_tables.typed(rows, POLICIES.dictionary).drop_columns(["as_of"])
    return pa.table(batch).append_column("account", pa.array(range(1_000, 1_000 + ROWS)))


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("loans") / "loans.parquet"
    pq.write_table(loans(), path, row_group_size=50)
    return path


def in_spark(frame: DataFrame, **options: Any) -> DataFrame:
    return decided_frame(frame, LENDERS, EVALUATOR, number="account", as_of=DAY, **options)


def test_every_row_is_decided_as_on_one_machine(spark: SparkSession, given: Path) -> None:
    frame = spark.read.parquet(str(given)).repartition(2 * WORKERS)
    found = {row["row"]: row.asDict(recursive=True) for row in in_spark(frame).collect()}
    alone = POLICIES_OF_LENDERS.portfolio(
        loans(), as_of=DAY, columns=pe.Columns(ignore=("account",))
    )
    decided = [row for batch in alone for row in batch.to_pylist()]
    rejects = alone.rejects.to_pylist()
    assert decided
    assert rejects
    assert sorted(found) == list(range(1_000, 1_000 + ROWS))
    for row in decided:
        other = found.pop(1_000 + row.pop("row"))
        assert other.pop("rejects") is None
        assert other.pop("row") is not None
        assert other == row
    for number, row in found.items():
        why = [reject for reject in rejects if reject["row"] == number - 1_000]
        assert row.pop("rejects") == [{k: v for k, v in r.items() if k != "row"} for r in why]
        assert why
        assert set(row.values()) == {number, None}


POLICIES_OF_LENDERS = pe.PolicySet(LENDERS, POLICIES.dictionary, POLICIES.evaluator)


def test_several_workers_take_part(spark: SparkSession, given: Path) -> None:
    frame = in_spark(spark.read.parquet(str(given)).repartition(2 * WORKERS))
    partitions = {row[0] for row in frame.select(spark_partition_id()).distinct().collect()}
    assert len(partitions) >= WORKERS


def test_columns_are_looked_at_before_anything_is_decided(spark: SparkSession, given: Path) -> None:
    frame = spark.read.parquet(str(given)).withColumnRenamed("account", "borrower.monthly_incom")
    with pytest.raises(pe.PortfolioError) as raised:
        in_spark(frame.withColumnRenamed("borrower.monthly_income", "acount"))
    assert [found.code for found in raised.value.diagnostics] == ["missing-column"]


@pytest.mark.parametrize("name", ["loan.lender", "nothing"])
def test_rows_are_numbered_by_a_column_of_whole_numbers(
    spark: SparkSession, given: Path, name: str
) -> None:
    frame = spark.read.parquet(str(given))
    with pytest.raises(pe.PortfolioError) as raised:
        decided_frame(frame, LENDERS, EVALUATOR, number=name, as_of=DAY)
    assert raised.value.diagnostics[0].path == name


def test_the_job_of_the_documentation(given: Path, tmp_path: Path) -> None:
    """The lines of the page, as they stand there, in a process of their own."""
    (job, *_) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "job.py").write_text(job, "utf-8")
    pq.write_table(pq.read_table(given).drop_columns(["account"]), tmp_path / "loans.parquet")
    policies = borrowers.FOLDER.parent
    for name in ("vocabulary", "regulations", "aibank"):
        shutil.copytree(policies / name, tmp_path / "policies" / name)
    environment = os.environ | {
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": "--master local[2] --conf spark.ui.enabled=false pyspark-shell",
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    subprocess.run(
        [sys.executable, "job.py", "loans.parquet", "policies", "decided"],
        cwd=tmp_path,
        env=environment,
        check=True,
    )
    decided = pq.read_table(tmp_path / "decided" / "rejected=false")
    rejected = pq.read_table(tmp_path / "decided" / "rejected=true")
    alone = pe.load(tmp_path / "policies").portfolio(
        tmp_path / "loans.parquet", as_of=date(2025, 6, 20), columns=pe.Columns(keep=("loan.id",))
    )
    expected = [row for batch in alone for row in batch.to_pylist()]
    assert decided.num_rows + rejected.num_rows == ROWS
    assert rejected.num_rows == alone.tally.rejected > 0
    assert sorted(map(_without_place, decided.to_pylist())) == sorted(map(_without_place, expected))
    rules = json.loads((tmp_path / "decided.rules.json").read_text("utf-8"))
    assert rules == alone.rules


def _without_place(row: dict[str, Any]) -> str:
    """Return a row without its number, which Spark gives otherwise."""
    return str([(name, row[name]) for name in sorted(row) if name not in ("row", "rejects")])
