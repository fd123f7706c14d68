"""A batch becomes facts; a row with anything wrong in it is a reject with the reason, and no other row is touched."""

from __future__ import annotations

from datetime import date
from typing import Any

import portfolio_tables as tables
import pyarrow as pa
import pytest
import tiny

import policyengine as pe
from policyengine.diagnostics import PortfolioError
from policyengine.portfolio.deciding import DecidedBatch, decide_batch

POLICY = """\
applies_to: x.flag
plans:
  longer:
    title: {en: Longer, zh: 延长}
    require: [{id: few, that: x.n <= 3, because: {en: few, zh: 少}}]
    offer: {steps: [{term: {up_to: +6 months, step: 1 month}}], until: [plan.payment <= x.cash]}
"""
SECRET = tiny.VOCABULARY.replace("x.cash: {type: money,", "x.cash: {type: money, sensitive: true,")
POLICIES = tiny.policies(POLICY, "", vocabulary=SECRET)
DAY = date(2024, 11, 20)
ROW: dict[str, Any] = {"x.flag": "true", "x.n": "1", "x.cash": "800.00"} | tiny.LOAN


def decided(*rows: dict[str, Any], policies: pe.PolicySet = POLICIES, **given: Any) -> DecidedBatch:
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: pa.array([row.get(name) for row in rows]) for name in names}
    batch = pa.RecordBatch.from_pydict(columns)
    given.setdefault("as_of", DAY)
    return decide_batch(
        tables.job_over(policies, policies.programs, batch.schema, **given), batch, 100
    )


def rejects(found: DecidedBatch) -> list[tuple[int, str, str]]:
    return [(r["row"], r["column"], r["code"]) for r in found.rejects.to_pylist()]


def outcomes(found: DecidedBatch) -> list[tuple[int, str | None]]:
    return [(r["row"], r["tiny.outcome"]) for r in found.decided.to_pylist()]


def test_bad_rows_leave_and_the_others_keep_their_places() -> None:
    found = decided(
        ROW, ROW | {"x.n": "x", "x.flag": "?"}, ROW | {"x.n": "9"}, ROW | {"x.flag": None}
    )
    assert rejects(found) == [(101, "x.flag", "not-a-boolean"), (101, "x.n", "not-a-number")]
    assert outcomes(found) == [(100, "offer"), (102, "refuse"), (103, "need_information")]
    assert (found.tally.decided, found.tally.rejected) == (3, 1)


def test_a_row_under_no_policy_is_decided_by_none() -> None:
    found = decided(ROW | {"x.flag": "false"})
    row = found.decided.to_pylist()[0]
    assert {value for name, value in row.items() if name != "row"} == {None}
    assert found.tally.without_policy == 1


def test_a_null_is_not_known_and_not_refused() -> None:
    found = decided(ROW | {"loan.principal": None}, ROW | {"x.n": None})
    assert rejects(found) == []
    assert outcomes(found) == [(100, "need_information"), (101, "need_information")]


def test_a_sensitive_value_is_not_repeated() -> None:
    found = decided(ROW | {"x.cash": "12345x"})
    assert rejects(found) == [(100, "x.cash", "not-an-amount")]
    assert "12345" not in found.rejects.to_pylist()[0]["message"]


def test_an_enum_value_that_the_vocabulary_does_not_know() -> None:
    found = decided(ROW | {"x.colour": "gren"}, ROW | {"x.colour": "green"})
    (reject,) = found.rejects.to_pylist()
    assert reject["code"] == "unknown-value"
    assert "did you mean `green`?" in reject["message"]


def test_a_day_for_each_row() -> None:
    policy = POLICY.replace("applies_to: x.flag", "effective: {from: 2024-11-20}")
    policies = tiny.policies(policy, "")
    days = ["2024-11-20", "2024-11-19", None, "2024-02-30", "2024-11-20"]
    found = decided(*(ROW | {"as_of": day} for day in days), policies=policies, as_of=None)
    assert rejects(found) == [(102, "as_of", "missing-date"), (103, "as_of", "not-a-date")]
    assert outcomes(found) == [(100, "offer"), (101, None), (104, "offer")]


def test_the_day_that_is_given_goes_before_the_rows_own() -> None:
    found = decided(ROW | {"as_of": "2020-02-31"})
    assert rejects(found) == []


def test_a_currency_for_each_row() -> None:
    found = decided(*(ROW | {"currency": code} for code in ("CNY", "USD", "XXY", None)))
    assert rejects(found) == [
        (101, "currency", "wrong-currency"),
        (102, "currency", "unknown-value"),
    ]
    assert outcomes(found) == [(100, "offer"), (103, "offer")]


def test_a_policy_in_another_currency_that_does_not_apply_is_left_out() -> None:
    found = decided(ROW | {"currency": "JPY", "x.flag": "false", "x.cash": "800", **_whole()})
    assert rejects(found) == []
    assert outcomes(found) == [(100, None)]


def _whole() -> dict[str, str]:
    return {name: value.removesuffix(".00") for name, value in tiny.LOAN.items()}


def test_policies_of_several_currencies_need_the_rows() -> None:
    us = pe.load(tables.ROOT / "policies")
    schema = pa.schema([(path, pa.string()) for path in us.dictionary.facts])
    with pytest.raises(PortfolioError) as caught:
        tables.job_over(us, us.programs, schema, as_of=DAY)
    assert caught.value.code == "missing-currency"


def test_other_loans_are_in_sight_and_not_assessed() -> None:
    policy = POLICY.replace("x.n <= 3", "count(l in loans where l.principal > 0) <= 2")
    policies = tiny.policies(policy, "")
    lists = [
        "[]",
        '[{"principal": "5.00"}]',
        '[{"principal": 5}, {"principal": 6}]',
        None,
        '[{"a": 1}]',
    ]
    found = decided(*(ROW | {"other_loans": each} for each in lists), policies=policies)
    assert rejects(found) == [
        (103, "other_loans", "unknown-list"),
        (104, "other_loans[0].a", "unknown-field"),
    ]
    assert outcomes(found) == [(100, "offer"), (101, "offer"), (102, "refuse")]


def test_without_the_column_the_loan_is_the_only_one() -> None:
    policy = POLICY.replace("x.n <= 3", "count(l in loans) == 1")
    assert outcomes(decided(ROW, policies=tiny.policies(policy, ""))) == [(100, "offer")]


def test_members_of_lists_are_held_against_the_vocabulary() -> None:
    typed = [{"n": 1, "flag": True}, None]
    lists = [[typed[0]], typed, [], None]
    rows = [ROW | {"x.items": each} for each in lists]
    found = decided(*rows)
    assert rejects(found) == [(101, "x.items[1]", "wrong-shape")]
    text = decided(
        *(ROW | {"x.items": t} for t in ('[{"n": "x"}]', "{}", "[1]", '[{"n":1,"n":2}]', "[]"))
    )
    assert [(row, code) for row, _, code in rejects(text)] == [
        (100, "not-a-number"),
        (101, "wrong-shape"),
        (102, "wrong-shape"),
        (103, "wrong-shape"),
    ]


def test_an_agreed_day_must_fit_the_next_due_date() -> None:
    pairs = [("2024-11-30", "31"), ("2024-11-30", "30"), ("2024-11-29", "31"), ("2025-02-28", "29")]
    found = decided(
        *(ROW | {"loan.next_due": d, "loan.due_day": n} for d, n in [*pairs, ("2024-11-15", "32")])
    )
    assert rejects(found) == [
        (102, "loan.due_day", "contradictory-dates"),
        (104, "loan.due_day", "contradictory-dates"),
    ]


def test_two_loans_of_one_borrower_have_ids_of_their_own() -> None:
    rows = [ROW | {"loan.id": "A", "other_loans": f'[{{"id": "{name}"}}]'} for name in "AB"]
    assert rejects(decided(*rows)) == [(100, "other_loans.id", "repeated-name")]


def test_records_may_stand_for_their_fields() -> None:
    loan = {name.removeprefix("loan."): value for name, value in tiny.LOAN.items()}
    row = {"x": {"flag": True, "n": 1, "cash": "800.00"}, "loan": loan}
    assert outcomes(decided(row, row | {"x": None})) == [(100, "offer"), (101, "need_information")]


def test_an_amount_of_the_terms_that_does_not_fit_is_a_reject() -> None:
    huge = ROW | {"loan.principal": "9000000000000000.00", "x.cash": "92233720368547758.00"}
    found = decided(huge | {"loan.annual_rate": "90%", "loan.remaining_term": "600"}, ROW)
    (reject,) = found.rejects.to_pylist()
    assert (reject["row"], reject["code"]) == (100, "out-of-range")
    assert reject["message"] == "an amount of the terms under `tiny` does not fit into 64 bits"
    assert outcomes(found) == [(101, "offer")]


def test_no_rows_are_no_decisions() -> None:
    found = decided(ROW)
    job = tables.job_over(POLICIES, POLICIES.programs, _schema(), as_of=DAY)
    nothing = decide_batch(job, pa.RecordBatch.from_pylist([], _schema()))
    assert nothing.decided.num_rows == 0
    assert nothing.decided.schema == found.decided.schema


def _schema() -> Any:
    return pa.schema([(name, pa.string()) for name in ROW])
