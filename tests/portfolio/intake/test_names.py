"""What is wrong with columns is said before the first row, all at once, with the nearest right name."""

from __future__ import annotations

from datetime import date
from typing import Any

import portfolio_tables as tables
import pyarrow as pa
import pytest
import tiny

from policyengine.diagnostics import Diagnostic, PortfolioError
from policyengine.portfolio.columns import Columns

POLICIES = tiny.policies("plans: {}\n", "")
DAY = date(2024, 11, 20)


def wrong(
    *columns: tuple[str, Any], columns_: Columns | None = None, as_of: date | None = DAY
) -> list[Diagnostic]:
    with pytest.raises(PortfolioError) as caught:
        bound(*columns, columns_=columns_, as_of=as_of)
    return list(caught.value.diagnostics)


def bound(
    *columns: tuple[str, Any], columns_: Columns | None = None, as_of: date | None = DAY
) -> Any:
    schema = pa.schema(list(columns))
    return tables.job_over(
        POLICIES, POLICIES.programs, schema, as_of=as_of, columns=columns_ or Columns()
    )


def one(*columns: tuple[str, Any], columns_: Columns | None = None) -> tuple[str, str, str | None]:
    (found,) = wrong(*columns, columns_=columns_)
    return found.code, found.message, found.hint


def test_a_misspelt_column_is_told_the_nearest_name() -> None:
    code, message, hint = one(("x.cahs", pa.string()))
    assert (code, message) == ("unknown-column", "`x.cahs` is no fact")
    assert hint == "did you mean `x.cash`?"


def test_a_column_that_is_no_fact_is_kept_or_ignored_by_name() -> None:
    _, _, hint = one(("account", pa.string()))
    assert hint == "pass it to `--keep` to copy it through, or to `--ignore`"
    job = bound(("account", pa.string()), columns_=Columns(keep=("account",)))
    assert job.schema.names[:2] == ["row", "account"]
    assert (
        bound(("account", pa.string()), columns_=Columns(ignore=("account",))).schema.names[0]
        == "row"
    )


def test_a_column_to_keep_that_is_not_there() -> None:
    code, _, hint = one(("x.cash", pa.string()), columns_=Columns(keep=("x.cahs",)))
    assert (code, hint) == ("missing-column", "did you mean `x.cash`?")


def test_binary_fractions_are_refused_for_what_must_be_exact() -> None:
    code, message, hint = one(("x.cash", pa.float64()))
    assert code == "inexact-value"
    assert message == "`x.cash`: the column holds binary fractions, which cannot hold every amount"
    assert hint is not None
    assert "--floats" in hint
    bound(("x.cash", pa.float64()), columns_=Columns(floats=True))
    bound(("x.days", pa.float32()))


@pytest.mark.parametrize(
    ("path", "type_", "message"),
    [
        ("x.cash", pa.date32(), "an amount of money is expected, and the column holds dates"),
        (
            "x.day",
            pa.int64(),
            "a date such as 2024-11-20 is expected, and the column holds whole numbers",
        ),
        ("x.flag", pa.int8(), "true or false is expected, and the column holds whole numbers"),
        (
            "x.colour",
            pa.int8(),
            "one of a list of values is expected, and the column holds whole numbers",
        ),
        ("x.days", pa.bool_(), "a number of days is expected, and the column holds truth values"),
        (
            "x.items",
            pa.list_(pa.int8()),
            "a list of records is expected, and the column holds lists",
        ),
        ("x.word", pa.binary(), "a text is expected, and the column holds values of type binary"),
        (
            "x.day",
            pa.timestamp("us", "UTC"),
            "a date such as 2024-11-20 is expected, and the column holds times",
        ),
    ],
)
def test_a_column_of_the_wrong_type(path: str, type_: Any, message: str) -> None:
    assert one((path, type_))[:2] == ("wrong-type", f"`{path}`: {message}")


def test_fields_of_lists_and_records_are_held_against_the_vocabulary_too() -> None:
    items = pa.list_(pa.struct([("csh", pa.string()), ("rate", pa.float64())]))
    found = wrong(("x.items", items), ("loan", pa.struct([("principle", pa.string())])))
    assert [(f.path, f.code) for f in found] == [
        ("x.items.rate", "inexact-value"),
        ("loan.principle", "unknown-column"),
        ("x.items.csh", "unknown-column"),
    ]


def test_other_loans_are_a_list_of_loans() -> None:
    assert one(("other_loans", pa.int8()))[:2] == (
        "wrong-type",
        "`other_loans`: a list of loans is expected",
    )
    code, message, hint = one(("other_loans", pa.list_(pa.struct([("principl", pa.string())]))))
    assert (code, message) == ("unknown-column", "`other_loans.principl` is not a known field")
    assert hint == "did you mean `principal`?"


def test_the_day_must_be_known() -> None:
    (found,) = wrong(("x.cash", pa.string()), as_of=None)
    assert (found.code, found.path) == ("missing-date", "as_of")
    bound(("x.cash", pa.string()), ("as_of", pa.date32()), as_of=None)
    (found,) = wrong(("as_of", pa.int32()), as_of=None)
    assert found.code == "wrong-type"


def test_two_columns_of_one_name() -> None:
    assert one(("x.cash", pa.string()), ("x.cash", pa.string()))[0] == "repeated-name"


def test_a_required_fact_needs_a_column_or_is_said_to_be_unknown() -> None:
    vocabulary = tiny.VOCABULARY.replace(
        "x.cash: {type: money,", "x.cash: {type: money, required: true,"
    )
    policies = tiny.policies("plans: {}\n", "", vocabulary=vocabulary)
    schema = pa.schema([("x.n", pa.int8())])
    with pytest.raises(PortfolioError, match=r"there is no column `x\.cash`"):
        tables.job_over(policies, policies.programs, schema, as_of=DAY)
    tables.job_over(
        policies, policies.programs, schema, as_of=DAY, columns=Columns(unknown=("x.cash",))
    )
    with pytest.raises(PortfolioError, match=r"`x\.cahs` is no fact"):
        tables.job_over(
            policies, policies.programs, schema, as_of=DAY, columns=Columns(unknown=("x.cahs",))
        )


def test_a_kept_column_does_not_clash_with_a_decision() -> None:
    with pytest.raises(PortfolioError, match="copied through, and a column of the output"):
        bound(("row", pa.int64()), columns_=Columns(keep=("row",)))
