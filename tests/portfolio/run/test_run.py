"""A whole file decided: the output, what stands beside it, and what is refused before anything is done."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import attrs
import portfolio_runs as runs
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from policyengine.diagnostics import PortfolioError, UsageError
from policyengine.portfolio.run.lock import locked
from policyengine.portfolio.run.run import Done, Watching, run
from policyengine.portfolio.run.sidecar import Sidecar
from policyengine.portfolio.tally import Tally

ROWS = 520


@pytest.fixture
def given(tmp_path: Path) -> Path:
    return runs.write(runs.loans(ROWS), tmp_path / "loans.parquet")


def decided(given: Path, name: str = "out.parquet", **options: Any) -> tuple[Path, Done]:
    output = given.parent / name
    return output, run(runs.order(given, output, **options))


def read(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]]
    match path.suffix:
        case ".parquet":
            rows = pq.read_table(path).to_pylist()
        case ".csv":
            rows = pa.csv.read_csv(path).to_pylist()
        case _:
            rows = pa.ipc.open_file(str(path)).read_all().to_pylist()
    return rows


def expected(rows: int = ROWS) -> list[tuple[int, str, str]]:
    return [(i, f"A{i}", "refuse" if i % 1000 % 2 else "offer") for i in range(rows) if i % 7 != 6]


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("name", ["out.parquet", "out.csv", "out.arrow"])
@pytest.mark.parametrize("kind", ["loans.parquet", "loans.csv"])
def test_every_row_is_decided_or_rejected_in_order(
    tmp_path: Path, kind: str, name: str, workers: int
) -> None:
    given = runs.write(runs.loans(ROWS), tmp_path / kind)
    output, done = decided(given, name, workers=workers)
    rows = [(r["row"], r["account"], r["tiny.outcome"]) for r in read(output)]
    assert rows == expected()
    with output.with_name(f"{name}.rejects.csv").open() as file:
        rejects = [(int(r["row"]), r["column"], r["code"]) for r in csv.DictReader(file)]
    assert rejects == [(i, "x.n", "not-a-number") for i in range(6, ROWS, 7)]
    assert (done.tally.decided, done.tally.rejected) == (len(rows), len(rejects))
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {kind, name, f"{name}.rejects.csv", f"{name}.rules.json"}


def test_csv_rows_that_cannot_be_split_are_rejects(tmp_path: Path) -> None:
    given = runs.write(runs.loans(ROWS), tmp_path / "loans.csv")
    lines = given.read_text().splitlines()
    for row in (0, 50, 99, 100, 101, 519):
        lines[row + 1] = "only one"
    given.write_text("\n".join(lines) + "\n")
    output, done = decided(given)
    broken = {0, 50, 99, 100, 101, 519}
    assert [r["row"] for r in read(output)] == [r for r, _, _ in expected() if r not in broken]
    rejects = pa.csv.read_csv(f"{output}.rejects.csv").to_pylist()
    assert [r["row"] for r in rejects] == sorted(broken | {*range(6, ROWS, 7)})
    assert done.tally.rejects == {"not-a-number": len(rejects) - 6, "wrong-shape": 6}


def test_the_sidecar_says_what_the_output_is_made_of(given: Path) -> None:
    output, done = decided(given)
    sidecar = Sidecar.beside(output)
    assert sidecar.input["path"] == str(given)
    assert sidecar.engine == "engine 1"
    assert str(sidecar.as_of) == "2024-11-20"
    assert Tally.from_json(sidecar.summary) == done.tally
    policy = sidecar.policies["tiny"]
    assert policy["digest"] == runs.POLICIES.programs[0].digest
    rules = policy["plans"]["longer"]["rules"]
    assert [(r["kind"], r["rule"], r["code"]) for r in rules] == [
        ("require", "even", "ODD"),
        ("require", "large", None),
        ("until", "until_1", "UNAFFORDABLE"),
        ("terms", "schedule", "NO_SCHEDULE"),
    ]
    assert rules[0]["text"] == {"en": "n is {x.n}", "zh": "{x.n}"}
    assert rules[0]["at"] == "tiny.yaml:12:26"


def test_no_rows(tmp_path: Path) -> None:
    given = runs.write(runs.loans(0), tmp_path / "loans.parquet")
    output, done = decided(given)
    assert read(output) == []
    assert done.tally.decided == 0
    assert Path(f"{output}.rejects.csv").read_text() == '"row","column","code","message"\n'


def test_who_watches_sees_every_batch(given: Path) -> None:
    seen: list[Any] = []
    watching = Watching(begun=lambda *told: seen.append(told), at=seen.append)
    run(runs.order(given, given.with_name("out.csv")), watching)
    assert seen == [(0, ROWS), *range(50, 501, 50), ROWS]


def test_an_output_that_is_there_is_not_replaced_unasked(given: Path) -> None:
    output, _ = decided(given)
    with pytest.raises(UsageError) as caught:
        decided(given)
    assert caught.value.code == "already-there"
    assert decided(given, overwrite=True)[1].tally.decided == len(expected())
    assert len(read(output)) == len(expected())


@pytest.mark.parametrize("rejects", ["loans.parquet", "out.parquet", "./out.parquet.rules.json"])
def test_what_is_read_and_written_are_files_of_their_own(given: Path, rejects: str) -> None:
    order = attrs.evolve(
        runs.order(given, given.with_name("out.parquet")), rejects=given.parent / rejects
    )
    with pytest.raises(UsageError) as caught:
        run(attrs.evolve(order, overwrite=True))
    assert caught.value.code in ("already-there", "wrong-suffix")
    with pytest.raises(UsageError):
        run(attrs.evolve(order, output=given, rejects=given.with_name("r.csv"), overwrite=True))


def test_what_stands_where_parts_are_kept_is_not_taken_away(given: Path) -> None:
    folder = given.with_name("out.parquet.parts")
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(PortfolioError) as caught:
        decided(given)
    assert caught.value.code == "already-there"
    assert (folder / "mine.txt").read_text() == "mine"


def test_a_second_run_into_one_output_is_refused(given: Path) -> None:
    output = given.with_name("out.parquet")
    with locked(output), pytest.raises(PortfolioError) as caught:
        decided(given)
    assert caught.value.code == "already-running"
    assert not output.exists()
    decided(given)
    assert not output.with_name(".out.parquet.lock").exists()


@pytest.mark.parametrize("name", ["out.xlsx", "out"])
def test_a_name_that_does_not_say_what_to_write(given: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        decided(given, name)
    assert caught.value.code == "wrong-suffix"


def test_a_folder_that_is_not_there(given: Path) -> None:
    with pytest.raises(UsageError) as caught:
        decided(given, "nowhere/out.csv")
    assert caught.value.code == "no-such-path"
    assert not (given.parent / "nowhere").exists()


def test_the_counts(given: Path) -> None:
    output, done = decided(given)
    rows = read(output)
    tally = done.tally.policies["tiny"]
    offers = [row for row in rows if row["tiny.outcome"] == "offer"]
    assert tally.outcome == {"offer": len(offers), "refuse": len(rows) - len(offers)}
    plan = tally.plans["longer"]
    assert plan.failing == plan.first == {0: len(rows) - len(offers)}
    assert plan.cost == sum(int(row["tiny.longer.cost"] * 100) for row in offers)
    assert tally.exact == sum(row["row"] % 10 == 0 for row in rows)
    assert Tally.from_json(json.loads(json.dumps(done.tally.to_json()))) == done.tally
