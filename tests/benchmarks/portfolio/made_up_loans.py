"""Made-up loans of the five lenders as Parquet, written a group of rows at a time, the same for the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

GROUP = 1 << 16
#: Lender, its type, its product, how many months its loans have at first, and their rate in billionths.
_LENDERS = (
    ("aibank", "bank", "consumer_loan", 12, 144_520_000),
    ("ccb", "bank", "personal_loan", 36, 45_000_000),
    ("citic", "bank", "consumer_loan", 36, 72_000_000),
    ("citic", "bank", "credit_card", 24, 150_000_000),
    ("mengshang", "consumer_finance", "personal_credit_loan", 12, 180_000_000),
)
_DAY = np.datetime64("2025-06-20")
_PLAN: Any = pa.list_(pa.struct([("kind", pa.string()), ("months_added", pa.int16())]))


def write_loans(path: Path, rows: int, seed: int = 1) -> None:
    """Write so many loans."""
    random = np.random.default_rng(seed)
    writer: Any = None
    for first in range(0, rows, GROUP):
        batch = _loans(first, min(GROUP, rows - first), random)
        writer = writer or pq.ParquetWriter(path, batch.schema)
        writer.write_batch(batch)
    writer.close()


def _loans(first: int, rows: int, random: np.random.Generator) -> Any:
    which = random.integers(0, len(_LENDERS), rows)
    lender, type_, product, term, rate = (
        np.array(each)[which] for each in zip(*_LENDERS, strict=True)
    )
    left = random.integers(1, 60, rows) % term + 1
    principal = random.integers(100_000, 20_000_000, rows)
    due = _DAY + random.integers(1, 30, rows)
    columns = {
        "account": pa.array(np.arange(first, first + rows)),
        "borrower.monthly_income": _amount(random.integers(300_000, 3_000_000, rows), random, 0.03),
        "borrower.essential_expenses": _amount(
            random.integers(200_000, 1_200_000, rows), random, 0.03
        ),
        "borrower.other_debt_payments": _amount(random.integers(0, 300_000, rows), random, 0.03),
        "borrower.willingness": _words(
            ["willing", "willing", "willing", "unwilling"], rows, random
        ),
        "borrower.cooperates": pa.array(random.random(rows) < 0.9),
        "borrower.consents": pa.array(random.random(rows) < 0.9),
        "borrower.assessed": pa.array(random.random(rows) < 0.9),
        "borrower.credit_record": _words(["good", "impaired"], rows, random),
        "hardship.cause": _words(
            ["family_medical", "unemployment", "disaster", "other"], rows, random
        ),
        "hardship.shock": _words(["expense", "income"], rows, random),
        "hardship.duration": _words(["temporary", "temporary", "permanent"], rows, random),
        "hardship.expected_months": pa.array(random.integers(1, 7, rows), pa.int16()),
        "hardship.monthly_shock": _amount(random.integers(0, 400_000, rows), random, 0.03),
        "loan.id": pa.array([f"L-{number}" for number in range(first, first + rows)]),
        "loan.lender": pa.array(lender),
        "loan.lender_type": pa.array(type_),
        "loan.product": pa.array(product),
        "loan.contract_date": pa.array(_DAY - random.integers(100, 1_000, rows)),
        "loan.principal": _amount(principal, random),
        "loan.accrued_interest": _amount(principal * rate // (12 * 10**9), random),
        "loan.penalty_interest": _amount(random.integers(0, 5_000, rows), random),
        "loan.fees": _amount(random.integers(0, 1_000, rows), random),
        "loan.annual_rate": _decimal(rate, 9),
        "loan.overdue_rate": _decimal(rate * 3 // 2, 9),
        "loan.payment": _amount(principal // left + principal // 50, random),
        "loan.original_term": pa.array(term, pa.int16()),
        "loan.remaining_term": pa.array(left, pa.int16()),
        "loan.days_past_due": pa.array(random.integers(0, 120, rows), pa.int16()),
        "loan.first_unpaid_due": pa.array(due - 30),
        "loan.next_due": pa.array(due),
        "loan.method": pa.array(["level"] * rows),
        "loan.product_maximum_term": pa.array(np.full(rows, 60), pa.int16()),
        "loan.past_plans": pa.array([[]] * rows, _PLAN),
    }
    return pa.RecordBatch.from_pydict(columns)


def _amount(minor: Any, random: np.random.Generator, missing: float = 0) -> Any:
    return _decimal(minor, 2, random.random(len(minor)) < missing)


def _decimal(whole: Any, places: int, missing: Any = None) -> Any:
    words = np.stack([whole.astype(np.int64), whole.astype(np.int64) >> 63], axis=1)
    known = None if missing is None else pa.array(~missing).buffers()[1]
    type_ = pa.decimal128(18, places)
    return pa.Array.from_buffers(
        type_, len(whole), [known, pa.py_buffer(np.ascontiguousarray(words))]
    )


def _words(words: list[str], rows: int, random: np.random.Generator) -> Any:
    return pa.array(np.array(words)[random.integers(0, len(words), rows)])
