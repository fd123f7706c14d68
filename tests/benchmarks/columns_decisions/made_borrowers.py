"""Made-up borrowers of the five lenders, as columns: one loan in arrears each, some with others besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from policyengine.facts.columns import Column, FactColumns, ListColumn
from policyengine.ir.dictionary import Dictionary

DAY = date(2025, 6, 20)
Whole = NDArray[np.int64]

#: Lender, its kind, product, and the ranges of principal (major units), annual rate (tenths of a percent) and term.
LOANS = (
    ("aibank", "bank", "consumer_loan", (5_000, 60_000), (60, 180), (3, 24)),
    ("ccb", "bank", "personal_loan", (10_000, 150_000), (35, 80), (6, 48)),
    ("citic", "bank", "consumer_loan", (10_000, 120_000), (40, 120), (6, 36)),
    ("citic", "bank", "credit_card", (2_000, 60_000), (100, 180), (0, 0)),
    ("mengshang", "consumer_finance", "instalment_loan", (2_000, 40_000), (80, 240), (3, 24)),
)


def borrowers(rows: int, dictionary: Dictionary, seed: int = 1) -> FactColumns:
    """Return so many borrowers; everything that the policies read is known of them."""
    chance = np.random.default_rng(seed)
    loan = _loans(rows, dictionary, chance)
    facts: dict[str, Whole | ListColumn] = {}
    facts |= {**_borrower(loan, dictionary, chance), **{f"loan.{k}": v for k, v in loan.items()}}
    facts["loan.past_plans"] = _past_plans(rows)
    columns = {path: _column(values) for path, values in facts.items()}
    texts = tuple(f"L-{n}" for n in range(4))
    return FactColumns(DAY, rows, columns, _with_others(loan, rows, chance), texts)


def _column(values: Whole | ListColumn) -> Column | ListColumn:
    return values if isinstance(values, ListColumn) else Column(values, None)


def _loans(rows: int, dictionary: Dictionary, chance: np.random.Generator) -> dict[str, Whole]:
    kind = chance.integers(0, len(LOANS), rows)
    principal = _between([each[3] for each in LOANS], kind, chance) * 100 + chance.integers(
        0, 100, rows
    )
    rate = _between([each[4] for each in LOANS], kind, chance) * 10**6
    remaining = _between([each[5] for each in LOANS], kind, chance)
    months = np.maximum(remaining, 1)
    payment = principal / months * (1 + rate / 1e9 * months / 24)
    return {
        "lender": _coded([each[0] for each in LOANS], kind, dictionary, "loan.lender"),
        "lender_type": _coded([each[1] for each in LOANS], kind, dictionary, "loan.lender_type"),
        "product": _coded([each[2] for each in LOANS], kind, dictionary, "loan.product"),
        "id": np.zeros(rows, np.int64),
        "principal": principal,
        "accrued_interest": np.rint(principal * (rate / 12e9)).astype(np.int64),
        "penalty_interest": chance.integers(0, 2, rows) * chance.integers(0, 20_000, rows),
        "fees": chance.integers(0, 2, rows) * chance.integers(0, 5_000, rows),
        "annual_rate": rate,
        "overdue_rate": rate * 3 // 2,
        "payment": np.rint(payment).astype(np.int64),
        "remaining_term": months,
        "original_term": months + chance.integers(0, 24, rows),
        "product_maximum_term": chance.choice(np.array([36, 60, 84]), rows),
        "days_past_due": chance.integers(0, 120, rows),
        "contract_date": DAY.toordinal() - chance.integers(30, 900, rows),
        "next_due": DAY.toordinal() + chance.integers(1, 28, rows),
        "method": _code("level", dictionary, "loan.method") + (chance.random(rows) < 0.1) * 1,
    }


def _borrower(
    loan: Mapping[str, Whole], dictionary: Dictionary, chance: np.random.Generator
) -> dict[str, Whole]:
    rows = len(loan["payment"])
    payment = np.minimum(loan["payment"], 800_000)
    expenses = chance.integers(150_000, 600_000, rows)
    room = chance.uniform(0.1, 1.5, rows)

    def chosen(path: str, weights: Mapping[str, float]) -> Whole:
        places = [_code(name, dictionary, path) for name in weights]
        return chance.choice(np.array(places), rows, p=list(weights.values()))

    def truth(share: float) -> Whole:
        return (chance.random(rows) < share).astype(np.int64)

    return {
        "borrower.monthly_income": expenses + np.rint(payment * room).astype(np.int64),
        "borrower.essential_expenses": expenses,
        "borrower.other_debt_payments": truth(0.3) * chance.integers(0, 50_000, rows),
        "borrower.willingness": chosen("borrower.willingness", {"willing": 0.9, "unwilling": 0.1}),
        "borrower.credit_record": chosen("borrower.credit_record", {"good": 0.5, "impaired": 0.5}),
        "borrower.cooperates": truth(0.92),
        "borrower.consents": truth(0.95),
        "borrower.assessed": truth(0.9),
        "hardship.cause": chosen(
            "hardship.cause",
            {"unemployment": 0.5, "misunderstood_terms": 0.2, "spending_habits": 0.3},
        ),
        "hardship.duration": chosen("hardship.duration", {"temporary": 0.8, "permanent": 0.2}),
        "hardship.expected_months": chance.integers(1, 7, rows),
        "hardship.monthly_shock": truth(0.8) * chance.integers(0, 300_000, rows),
        "visit.appointment_agreed": truth(0.5),
        "visit.consent": truth(0.5),
        "visit.made": truth(0.5),
        "visit.reported": truth(0.5),
    }


def _between(ranges: Sequence[tuple[int, int]], kind: Whole, chance: np.random.Generator) -> Whole:
    low, high = (np.array(each)[kind] for each in zip(*ranges, strict=True))
    return chance.integers(low, high + 1)


def _coded(names: Sequence[str], kind: Whole, dictionary: Dictionary, path: str) -> Whole:
    return np.array([_code(name, dictionary, path) for name in names])[kind]


def _code(name: str, dictionary: Dictionary, path: str) -> int:
    return dictionary.values_of(dictionary.facts[path].type).index(name)


def _past_plans(rows: int) -> ListColumn:
    """Return the earlier plans of each loan: of every fifth one, of two months."""
    offsets = np.concatenate([[0], np.cumsum(np.arange(rows) % 5 == 0)]).astype(np.int64)
    count = int(offsets[-1])
    added = np.full(count, 2, np.int64)
    return ListColumn(offsets, None, {"months_added": Column(added, None)})


def _with_others(loan: Mapping[str, Whole], rows: int, chance: np.random.Generator) -> ListColumn:
    """Return all loans of each borrower: that under assessment first, and up to three like those of others."""
    count = 1 + chance.choice(4, rows, p=[0.6, 0.2, 0.1, 0.1])
    offsets = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    place = np.arange(offsets[-1]) - np.repeat(offsets[:-1], count)
    own = np.repeat(np.arange(rows), count)
    source = np.where(place == 0, own, chance.integers(0, rows, len(own)))
    fields: dict[str, Column | ListColumn] = {
        name: _column(values[source]) for name, values in loan.items() if name != "id"
    }
    fields["payment"] = _column(
        np.where(place == 0, loan["payment"][source], loan["payment"][source] // 20)
    )
    fields["id"] = _column(place)
    fields["past_plans"] = _repeated(_past_plans(rows), source)
    return ListColumn(offsets, None, fields)


def _repeated(plans: ListColumn, source: Whole) -> ListColumn:
    count = np.diff(plans.offsets)[source]
    offsets = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    added = Column(np.full(int(offsets[-1]), 2, np.int64), None)
    return ListColumn(offsets, None, {"months_added": added})
