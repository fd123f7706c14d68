"""Gives the policies written by hand the arrays that they read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import solved_by_hand

from policyengine.facts.columns import FactColumns, ListColumn
from policyengine.ir.dictionary import Dictionary

POLICIES: dict[str, tuple[Callable[..., None], int, Sequence[str]]] = {
    "aibank.consumer-loan": (
        solved_by_hand.aibank, 3,
        ("lender:aibank", "product:consumer_loan", "duration:temporary", "willingness:willing"),
    ),
    "ccb.personal-loan": (
        solved_by_hand.ccb, 1,
        ("lender:ccb", "product:personal_loan", "duration:temporary", "willingness:willing",
         "credit_record:impaired", "cause:misunderstood_terms", "product:consumer_loan"),
    ),
    "citic.consumer-loan": (
        solved_by_hand.citic_loan, 2,
        ("lender:citic", "product:consumer_loan", "duration:temporary", "willingness:willing",
         "cause:poor_money_management", "cause:misjudged_ability", "cause:misunderstood_terms"),
    ),
    "citic.credit-card": (
        solved_by_hand.citic_card, 2,
        ("lender:citic", "product:credit_card", "duration:temporary", "willingness:willing",
         "cause:spending_habits", "cause:overconsumption", "cause:poor_money_management"),
    ),
    "mengshang.consumer-finance": (
        solved_by_hand.mengshang, 3,
        ("lender:mengshang", "product:personal_credit_loan", "product:instalment_loan",
         "cause:poor_money_management", "cause:weak_credit_awareness", "cause:overconsumption"),
    ),
}  # fmt: skip

_PATHS = {
    "lender": "loan.lender",
    "product": "loan.product",
    "duration": "hardship.duration",
    "cause": "hardship.cause",
    "willingness": "borrower.willingness",
    "credit_record": "borrower.credit_record",
}
_BORROWER = (
    "borrower.monthly_income", "borrower.essential_expenses", "borrower.other_debt_payments",
    "borrower.willingness", "borrower.credit_record", "borrower.cooperates", "borrower.consents",
    "hardship.duration", "hardship.expected_months", "hardship.monthly_shock", "hardship.cause",
    "visit.appointment_agreed", "visit.consent", "visit.made", "visit.reported",
)  # fmt: skip
_LOAN = (
    "lender", "product", "principal", "accrued_interest", "penalty_interest", "fees", "annual_rate", "overdue_rate",
    "remaining_term", "original_term", "product_maximum_term", "days_past_due", "contract_date", "method",
    "lender_type", "payment",
)  # fmt: skip


def prepared(policy: str, facts: FactColumns, dictionary: Dictionary) -> Callable[[], Any]:
    """Return a call that decides all rows under one policy, as written by hand."""
    function, plans, names = POLICIES[policy]
    codes = tuple(_code(name, dictionary) for name in names) + (0,) * (7 - len(names))
    borrower = tuple(_values(facts, path) for path in _BORROWER)
    loan = tuple(_values(facts, f"loan.{name}") for name in _LOAN)
    rest = (codes, borrower, loan, _loans(policy, facts), _past(facts))

    def run() -> Any:
        out = solved_by_hand.empty(plans, facts.rows)  # type: ignore[no-untyped-call]  # for numba
        function(*rest, out)
        return out

    return run


def _code(name: str, dictionary: Dictionary) -> int:
    fact, _, value = name.partition(":")
    return dictionary.values_of(dictionary.facts[_PATHS[fact]].type).index(value)


def _loans(policy: str, facts: FactColumns) -> tuple[Any, ...]:
    loans = facts.loans
    fields = tuple(_field(loans, name) for name in ("id", "payment", "lender", "principal"))
    if policy.startswith("mengshang"):
        return (loans.offsets, *fields, _values(facts, "borrower.assessed"))
    return (loans.offsets, *fields[:2])


def _past(facts: FactColumns) -> tuple[Any, ...]:
    past = facts.facts["loan.past_plans"]
    assert isinstance(past, ListColumn)
    return past.offsets, _field(past, "months_added")


def _field(column: ListColumn, name: str) -> np.ndarray[Any, Any]:
    values: np.ndarray[Any, Any] = column.fields[name].values  # type: ignore[union-attr]  # no list
    return values


def _values(facts: FactColumns, path: str) -> np.ndarray[Any, Any]:
    values: np.ndarray[Any, Any] = facts.facts[path].values  # type: ignore[union-attr]  # no list
    return values
