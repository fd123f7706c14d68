"""`policyengine portfolio`, and `explain --from` its output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import borrowers
import portfolio_tables as tables
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import policyengine as pe
from policyengine.cli import main
from policyengine.portfolio.run import run as running

POLICIES = str(borrowers.FOLDER.parent)
ALL = pe.load(POLICIES)
CITIC = ("--policy", "citic.consumer-loan", "--policy", "citic.credit-card")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """The loans of one borrower, and one with an amount that is none."""
    found = tables.situations(ALL, borrowers.FIVE, "CNY")
    rows = tables.as_text(tables.rows_of(found), ALL.dictionary).to_pylist()
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    bad = rows[0] | {"loan.principal": "a lot", "loan.id": "BAD"}
    table = pa.Table.from_pylist([*rows, bad], pa.schema([(name, pa.string()) for name in names]))
    pa.csv.write_csv(table, tmp_path / "loans.csv")
    return tmp_path / "loans.csv"


def portfolio(given: Path, *more: object, out: str = "out.parquet") -> Result:
    where = ("--in", given, "--out", given.with_name(out))
    return run("portfolio", "--policies", POLICIES, *CITIC, *where, "--keep", "loan.id", *more)


def test_the_summary_and_what_was_written(given: Path) -> None:
    found = portfolio(given)
    assert found.exit_code == 0, found.output
    assert "Decided          5" in found.output
    assert "Rejected         1" in found.output
    assert "not-an-amount  1" in found.output
    assert "CITIC credit card in arrears (citic.credit-card)" in found.output
    for name in ("out.parquet", "out.parquet.rejects.csv", "out.parquet.rules.json"):
        assert f"wrote {given.with_name(name)}" in found.output
        assert given.with_name(name).exists()
    rows = pq.read_table(given.with_name("out.parquet")).to_pylist()
    assert [(row["row"], row["loan.id"]) for row in rows] == [
        (i, loan["id"]) for i, loan in enumerate(borrowers.FIVE["loans"])
    ]


def test_in_chinese(given: Path) -> None:
    found = portfolio(given, "--lang", "zh")
    assert found.exit_code == 0
    assert "已决定" in found.output


def test_as_json(given: Path) -> None:
    found = portfolio(given, "--format", "json")
    said = json.loads(found.output)
    assert (said["decided"], said["rejected"], said["without_policy"]) == (5, 1, 3)
    assert said["written"]["out"] == str(given.with_name("out.parquet"))
    card = said["policies"][1]
    assert card["policy"] == "citic.credit-card"
    assert card["outcome"] == {"offer": 1, "refuse": 0, "need_information": 0, "refer": 0}
    (decision,) = [d for d in ALL.decide(borrowers.FIVE).decisions if d.loan == "CITIC-CARD"]
    costs = [str(plan.terms.cost) for plan in decision.allowed if plan.terms]
    assert [plan["cost"] for plan in card["plans"]] == costs


def test_the_page(given: Path) -> None:
    page = given.with_name("page.html")
    assert portfolio(given, "--report", page).exit_code == 0
    assert "CITIC consumer loan in arrears" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--policy", "citic.credit-crd"), "unknown-name"),
        (("--ignore", "loan.prncipal"), "missing-column"),
        (("--currency", "XXX"), "unknown-value"),
        (("--lang", "fr"), "unknown-name"),
        (("--rejects", "nowhere/rejects.csv"), "no-such-path"),
    ],
)
def test_what_is_refused(given: Path, options: tuple[str, ...], code: str) -> None:
    found = portfolio(given, *options)
    assert found.exit_code == 2
    assert f"error[{code}]" in found.output
    assert not given.with_name("out.parquet").exists()


def test_a_misspelt_column(given: Path) -> None:
    given.write_text(given.read_text().replace("borrower.monthly_income", "borrower.monthly_incom"))
    found = portfolio(given)
    assert found.exit_code == 2
    assert "`borrower.monthly_incom` is no fact" in found.output
    assert "did you mean `borrower.monthly_income`?" in found.output


def test_stopped_and_gone_on(given: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "_put_in_place", stopped)
    found = portfolio(given)
    assert found.exit_code == 130
    assert "stopped after 6 rows" in found.output
    assert "the same command goes on" in found.output
    monkeypatch.undo()
    assert "went on after row 5" in portfolio(given).output


def test_explain_a_row(given: Path) -> None:
    portfolio(given)
    out = given.with_name("out.parquet")
    found = run("explain", "--policies", POLICIES, "--from", out, "--row", "1")
    assert found.exit_code == 0, found.output
    assert "citic.credit-card" in found.output
    whole = run(
        "explain", "--policies", POLICIES, "--profile", borrowers.FOLDER / "five-lenders.yaml",
        "--loan", "CITIC-CARD",
    )  # fmt: skip
    assert found.output.split() == whole.output.split()


def test_explain_a_row_without_saying_where_the_policies_are(given: Path) -> None:
    """The sidecar knows; from the same folder."""
    portfolio(given)
    found = run("explain", "--from", given.with_name("out.parquet"), "--row", "1")
    assert found.exit_code == 0
    given.write_text(given.read_text() + "\n")
    found = run("explain", "--from", given.with_name("out.parquet"), "--row", "1")
    assert found.exit_code == 2
    assert "error[changed-input]" in found.output


@pytest.mark.parametrize(
    "options",
    [
        ("--row", "1"),
        ("--from", "out.parquet"),
        ("--from", "out.parquet", "--row", "1", "--as-of", "2024-01-01"),
        ("--policies", POLICIES),
        ("--from", "out.parquet", "--row", "-1"),
    ],
)
def test_options_of_explain_that_do_not_go_together(options: tuple[str, ...]) -> None:
    found = run("explain", *options)
    assert found.exit_code == 2
    assert "Error" in found.output


def test_the_source_that_the_rows_are_decided_by_can_be_read(given: Path) -> None:
    rows = ("compile", POLICIES, "--policy", "citic.credit-card", "--for-rows", given)
    day = ("--as-of", "2025-06-20")
    found = run(*rows, *day)
    assert found.exit_code == 0, found.output
    assert found.stdout.startswith("# citic.credit-card on 2025-06-20, 5 rows in CNY\ndef screen(")
    assert "\ndef offer(" in found.stdout
    compile(found.stdout, "shown", "exec")
    (same,) = json.loads(run(*rows, *day, "--format", "json").stdout)
    assert (same["policy"], same["as_of"], same["rows"]) == ("citic.credit-card", "2025-06-20", 5)
    assert found.stdout == f"{found.stdout.splitlines()[0]}\n{same['source']}\n"


def test_rows_that_cannot_be_read_have_no_source(given: Path) -> None:
    found = run("compile", POLICIES, "--for-rows", given.with_name("loan.csv"))
    assert (found.exit_code, found.stdout) == (2, "")
    assert f"there is no `{given.with_name('loan.csv')}`" in found.stderr
    found = run("compile", POLICIES, "--for-rows", given)
    assert (found.exit_code, found.stdout) == (2, "")
    assert "there is no column `loan.au_regulated`" in found.stderr
