"""Decisions as columns: for each policy the outcome, and for each plan its status, masks and terms.

| column | holds |
| --- | --- |
| `row` | the place of the row in the input, from 0 |
| `<policy>.outcome` | what the lender does next; null where the policy does not apply |
| `<policy>.<plan>.status` | `allowed`, `denied` or `undetermined` |
| `<policy>.<plan>.failed`, `.unknown` | masks of conditions, which the sidecar spells out |
| `<policy>.<plan>.<term>` | the terms of a plan that is allowed, else null |
| `<policy>.referrals_failed`, `.referrals_unknown` | masks of the referrals that do not hold, and of those not known |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from policyengine.decision.columns import (
    NONE,
    OUTCOMES,
    STATUSES,
    TERMS,
    DecidedColumns,
    Masks,
    PlanColumns,
)
from policyengine.facts.columns import FINE, Flags
from policyengine.ir.program import Program

ROW = "row"
_DIGITS = 19  # of a whole number of 64 bits
_ALLOWED = 0
_WORD: Any = pa.dictionary(pa.int8(), pa.string())
_MONTHS = "term_months"
_RATE = "annual_rate"


def schema_of(programs: Iterable[Program], kept: Iterable[Any]) -> Any:
    """Return the columns of the decisions, after those that are copied through."""
    fields = [pa.field(ROW, pa.int64(), nullable=False), *kept]
    for program in programs:
        fields += _fields(program)
    return pa.schema(fields)


def _fields(program: Program) -> Iterator[Any]:
    yield pa.field(f"{program.id}.outcome", _WORD)
    for plan in program.plans:
        name = f"{program.id}.{plan.id}"
        yield pa.field(f"{name}.status", _WORD)
        yield pa.field(f"{name}.failed", pa.uint64())
        yield pa.field(f"{name}.unknown", pa.uint64())
        for term in TERMS:
            yield pa.field(f"{name}.{term}", _term_type(term, program))
    yield pa.field(f"{program.id}.referrals_failed", pa.uint64())
    yield pa.field(f"{program.id}.referrals_unknown", pa.uint64())


def _term_type(term: str, program: Program) -> Any:
    if term == _MONTHS:
        return pa.int32()
    digits = len(str(FINE if term == _RATE else program.scale)) - 1
    return pa.decimal128(_DIGITS, digits)


def arrays_of(decided: DecidedColumns, program: Program) -> list[Any]:
    """Return the columns of one policy."""
    applies = decided.outcome != NONE
    arrays = [_words(decided.outcome, OUTCOMES)]
    for plan in program.plans:
        arrays += _plan(decided.plans[plan.id], program)
    return [*arrays, *(_masks(mask, applies) for mask in decided.referrals)]


def _plan(plan: PlanColumns, program: Program) -> Iterator[Any]:
    there = plan.status != NONE
    yield _words(plan.status, STATUSES)
    yield _masks(plan.failed, there)
    yield _masks(plan.unknown, there)
    allowed = plan.status == _ALLOWED
    for term in TERMS:
        type_ = _term_type(term, program)
        if term == _MONTHS:
            yield pa.array(plan.terms[term].astype(np.int32), mask=~allowed)
        else:
            yield _decimals(plan.terms[term], allowed, type_)


def _masks(masks: Masks, there: Flags) -> Any:
    """Return masks in 64 bits, however narrow they are."""
    return pa.array(masks.astype(np.uint64), mask=~there)


def _words(codes: NDArray[np.int8], words: Sequence[Any]) -> Any:
    names = pa.array([str(word) for word in words])
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes == NONE), names)


def _decimals(values: NDArray[np.int64], there: Flags, type_: Any) -> Any:
    """Return whole numbers as decimals with the point where the type has it."""
    words = np.empty((len(values), 2), np.int64)
    words[:, 0] = np.where(there, values, 0)
    words[:, 1] = words[:, 0] >> 63
    valid = pa.array(there).buffers()[1]
    return pa.Array.from_buffers(type_, len(values), [valid, pa.py_buffer(words)])
