"""`policyengine simulate`: its text, JSON, page and files, as they were read by a person, and what it refuses.

`UPDATE_GOLDEN=1 pytest tests/cli/test_simulate.py` writes the golden files anew; read what changed before you keep it.
"""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import tiny
from click.testing import CliRunner, Result

from policyengine.cli.app import main
from policyengine.evaluators.by_rows import ByRows

from two_versions import policy, row, rows, table, write  # isort: skip

GOLDEN = Path(__file__).parent / "golden"
DAY = "2024-11-20"
STYLE = re.compile(r"(?s)(<style>).*?(</style>)|(sha256-)[^']*")


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an old version and a new one: a limit, a cap and a share change, a plan goes and one comes."""
    monkeypatch.chdir(tmp_path)
    # For so few rows nothing is worth compiling.
    monkeypatch.setattr("policyengine.portfolio.evaluator.for_many", ByRows)
    same = policy(name="same")
    write(tmp_path / "old", policy(), same, policy(name="gone", plans=("fixed",)))
    looser = policy(limit=60, most=36, share="80%", plans=("longer", "fixed"))
    write(tmp_path / "new", looser, same)
    pq.write_table(table([*rows(), row("x")]), tmp_path / "loans.parquet")
    return tmp_path


def simulate(*arguments: str, input_: str = "loans.parquet", day: str | None = DAY) -> Result:
    about = ("--in", input_, *(("--as-of", day) if day else ()))
    return CliRunner().invoke(main, ["simulate", "old", "new", *about, *arguments])


def golden(name: str, found: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, "utf-8")
    assert found == path.read_text("utf-8")


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_text(lang: str) -> None:
    done = simulate("--lang", lang)
    assert done.exit_code == 0
    golden(f"simulate.{lang}.txt", done.stdout)


@pytest.mark.usefixtures("at")
def test_the_json() -> None:
    done = simulate("--format", "json", "--out", "changed.csv")
    assert done.exit_code == 0
    golden("simulate.json", done.stdout)


def test_the_page(at: Path) -> None:
    assert simulate("--report", "page.html").exit_code == 0
    page = (at / "page.html").read_text("utf-8")
    golden("simulate.html", STYLE.sub(r"\1\2\3", page))


def test_the_rows_that_change(at: Path) -> None:
    assert simulate("--out", "changed.csv").exit_code == 0
    golden("simulate.csv", (at / "changed.csv").read_text("utf-8"))
    text = (at / "changed.csv.rejects.csv").read_text("utf-8")
    rejects = list(csv.DictReader(text.splitlines()))
    assert [(each["row"], each["column"]) for each in rejects] == [(str(len(rows())), "x.cash")]


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_other_kinds_of_files_hold_the_same(at: Path, ending: str) -> None:
    assert simulate("--out", f"changed.{ending}", "--rejects", "bad.parquet").exit_code == 0
    path = at / f"changed.{ending}"
    found = pq.read_table(path) if ending == "parquet" else pa.ipc.open_file(path).read_all()
    pa.csv.write_csv(found, at / "again.csv")
    golden("simulate.csv", (at / "again.csv").read_text("utf-8"))
    assert pq.read_table(at / "bad.parquet").num_rows == 1
    assert sorted(p.name for p in at.iterdir()) == sorted(
        ["old", "new", "loans.parquet", "again.csv", "bad.parquet", path.name]
    )


@pytest.mark.usefixtures("at")
def test_one_policy_of_several() -> None:
    found = json.loads(simulate("--policy", "gone", "--format", "json").stdout)
    assert [each["policy"] for each in found["policies"]] == ["gone"]
    assert found["unchanged"] == []


def test_the_same_version_twice_says_that_nothing_changes(at: Path) -> None:
    kept = ("--keep", "nothing")  # nobody looks at columns that are not read
    done = CliRunner().invoke(
        main,
        ["simulate", "old", "old", "--in", "loans.parquet", "--report", "page.html", *kept],
    )
    assert done.exit_code == 0
    assert "nothing changes for any loan" in done.stdout
    assert "nothing changes for any loan" in (at / "page.html").read_text("utf-8")


def test_a_file_of_no_rows_says_so(at: Path) -> None:
    pq.write_table(table([]), at / "none.parquet")
    done = simulate("--report", "page.html", "--out", "changed.csv", input_="none.parquet")
    assert done.exit_code == 0
    assert done.stdout.startswith("There are no rows.\n")
    assert "There are no rows." in (at / "page.html").read_text("utf-8")
    assert len((at / "changed.csv").read_text("utf-8").splitlines()) == 1


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--policy", "gon"), "unknown-name"),
        (("--lang", "xx"), "unknown-name"),
        (("--out", "changed.txt"), "wrong-suffix"),
        (("--out", "loans.parquet"), "already-there"),
        (("--out", "loans.parquet", "--overwrite"), "already-there"),
        (("--out", "a.csv", "--rejects", "a.csv"), "already-there"),
        (("--out", "nowhere/changed.csv"), "no-such-path"),
        (("--keep", "account"), "missing-column"),
        (("--ignore", "loan.principal"), "missing-column"),
    ],
)
def test_a_call_that_is_refused(arguments: tuple[str, ...], code: str) -> None:
    done = simulate(*arguments, "--format", "json")
    assert done.exit_code == 2
    assert json.loads(done.stderr)["diagnostics"][0]["code"] == code
    assert done.stdout == ""


def test_a_column_with_the_name_of_one_of_the_output_is_refused(at: Path) -> None:
    named = table([row("700")]).append_column("plan", pa.array(["a"]))
    pq.write_table(named, at / "named.parquet")
    done = simulate("--keep", "plan", "--format", "json", input_="named.parquet")
    assert done.exit_code == 2
    assert json.loads(done.stderr)["diagnostics"][0]["code"] == "repeated-name"


def test_a_run_that_is_stopped_leaves_nothing(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    before = sorted(path.name for path in at.iterdir())
    monkeypatch.setattr("policyengine.simulation.iterating.compare_batch", stopped)
    done = simulate("--out", "changed.csv", "--report", "page.html")
    assert done.exit_code == 130
    assert "stopped after 0 rows" in done.stderr
    assert sorted(path.name for path in at.iterdir()) == before


@pytest.mark.usefixtures("at")
def test_no_day_is_refused() -> None:
    done = simulate("--format", "json", day=None)
    assert done.exit_code == 2
    assert json.loads(done.stderr)["diagnostics"][0]["code"] == "missing-date"


def test_a_folder_without_policies_is_refused(at: Path) -> None:
    (at / "new" / "policy0.yaml").unlink()
    (at / "new" / "policy1.yaml").unlink()
    done = simulate("--format", "json")
    assert done.exit_code == 2
    assert json.loads(done.stderr)["diagnostics"][0]["code"] == "nothing-to-read"


def test_another_currency_is_refused(at: Path) -> None:
    text = policy(head=tiny.HEAD.replace("CNY", "USD"))
    (at / "new" / "policy0.yaml").write_text(text, "utf-8")
    done = simulate("--format", "json")
    assert done.exit_code == 2
    found: Any = json.loads(done.stderr)["diagnostics"]
    assert [each["code"] for each in found] == ["wrong-currency"]
