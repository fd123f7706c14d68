"""A row of an output is decided again as it was, or it is said what has changed since."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import attrs
import borrowers
import portfolio_tables as tables
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import policyengine as pe
from policyengine.diagnostics import PortfolioError
from policyengine.evaluators.by_rows import ByRows
from policyengine.portfolio.columns import Columns
from policyengine.portfolio.one_row import Row, row_again
from policyengine.portfolio.run.run import Order, run
from policyengine.portfolio.run.sidecar import Sidecar
from policyengine.portfolio.sources.opening import source_of

ALL = pe.load(borrowers.FOLDER.parent)
LENDERS = tuple(program for program in ALL.programs if program.currency == "CNY")
POLICIES = attrs.evolve(ALL, programs=LENDERS)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one_row")
    rows = tables.rows_of(tables.situations(POLICIES, borrowers.FIVE, "CNY"))
    given = tables.as_text([*rows, rows[0] | {"other_loans": None}], POLICIES.dictionary)
    pq.write_table(_table(given), folder / "loans.parquet", row_group_size=2)
    source = source_of(folder / "loans.parquet")
    columns = Columns(keep=("loan.id",))
    job = tables.job_over(POLICIES, LENDERS, source.schema, columns=columns)
    order = Order(
        source=source,
        job=job,
        input=folder / "loans.parquet",
        policies="policies",
        output=folder / "out.parquet",
        rejects=folder / "out.rejects.csv",
        engine="engine",
        columns=columns,
    )
    run(order)
    return folder / "out.parquet"


def _table(batch: Any) -> Any:
    return pa.Table.from_batches([batch])


def again(output: Path, row: int, policies: pe.PolicySet = POLICIES) -> Row:
    sidecar = Sidecar.beside(output)
    given = Path(sidecar.input["path"])
    return row_again(sidecar, row, given, policies.programs, ByRows(policies.evaluator))


def test_every_row_is_decided_as_it_was(output: Path) -> None:
    for row in pq.read_table(output).to_pylist():
        found = again(output, row["row"])
        (decision,) = POLICIES.about(found.situation).decisions
        assert decision.loan == row["loan.id"]
        for plan in decision.plans:
            name = f"{decision.policy}.{plan.plan}"
            assert str(plan.status) == row[f"{name}.status"]
            assert (plan.terms and plan.terms.payment) == row[f"{name}.payment"]


def test_the_decision_is_that_of_the_profile(output: Path) -> None:
    """All of it: reasons, schedules, what would change it; the row's own loan is the first of the borrower's."""
    loans = borrowers.FIVE["loans"]
    for row, loan in enumerate(loans):
        profile = borrowers.FIVE | {"loans": [loan, *(each for each in loans if each is not loan)]}
        whole = POLICIES.decide(profile)
        own = tuple(decision for decision in whole.decisions if decision.loan == loan["id"])
        found = POLICIES.about(again(output, row).situation)
        assert found.to_json() == attrs.evolve(whole, decisions=own).to_json()


def test_a_row_that_was_rejected(output: Path) -> None:
    with pytest.raises(PortfolioError) as caught:
        again(output, 5)
    assert caught.value.code == "rejected-row"
    assert "it is not known which other loans the borrower has" in str(caught.value)


@pytest.mark.parametrize("row", [6, 10**9, -1])
def test_a_row_that_is_not_there(output: Path, row: int) -> None:
    with pytest.raises(PortfolioError) as caught:
        again(output, row)
    assert caught.value.code == "no-such-row"


def test_an_input_that_has_changed(output: Path, tmp_path: Path) -> None:
    sidecar = Sidecar.beside(output)
    other = tmp_path / "loans.parquet"
    other.write_bytes(Path(sidecar.input["path"]).read_bytes() + b"\n")
    with pytest.raises(PortfolioError) as caught:
        row_again(sidecar, 0, other, LENDERS, ByRows(POLICIES.evaluator))
    assert caught.value.code == "changed-input"


def test_a_policy_that_has_changed(output: Path) -> None:
    day = date(2000, 1, 1)
    other = tuple(attrs.evolve(program, starts=day) for program in LENDERS)
    for programs in (other, LENDERS[1:]):
        with pytest.raises(PortfolioError) as caught:
            again(output, 0, attrs.evolve(POLICIES, programs=programs))
        assert caught.value.code == "changed-policy"


def test_an_output_without_a_sidecar(tmp_path: Path) -> None:
    with pytest.raises(PortfolioError) as caught:
        Sidecar.beside(tmp_path / "out.parquet")
    assert caught.value.code == "cannot-open"
    (tmp_path / "out.parquet.rules.json").write_text("[1]")
    with pytest.raises(PortfolioError, match="no sidecar"):
        Sidecar.beside(tmp_path / "out.parquet")
