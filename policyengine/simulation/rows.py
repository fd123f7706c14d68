"""The rows that changed, as columns: one line for each plan of a row, in the order of the rows.

| column | holds |
| --- | --- |
| `row` | the place of the row in the input, from 0; then the columns that are copied through |
| `policy`, `plan`, `currency` | which plan |
| `change` | what became of it |
| `old_status`, `new_status` | null where the plan or policy is not there, or does not apply |
| `old_<term>`, `new_<term>` | the terms under each version, null where the plan is not allowed |
| `causes` | the ids of the rules that did it, or in brackets what else did |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from policyengine.decision.columns import NONE, STATUSES, Codes, PlanColumns
from policyengine.facts.choosing import Rows
from policyengine.ir.program import Program
from policyengine.portfolio.results import ROW, decimals
from policyengine.simulation.causes import Attributed, named
from policyengine.simulation.changes import CHANGES, allowed
from policyengine.simulation.tally import NEW, OLD

#: The terms that are written of each version.
SHOWN = ("payment", "max_payment", "term_months", "total_paid", "forborne", "cost")
_MONTHS = "term_months"
_DIGITS = 19  # of a whole number of 64 bits
_WORDS: Any = pa.string()


@attrs.frozen(eq=False)
class Changed:
    """A plan of some rows of a batch: their places in it, and what became of it."""

    plan: str
    program: Program
    rows: Rows
    changes: Codes
    attributed: Attributed
    old: PlanColumns
    new: PlanColumns


def schema_of(programs: Iterable[Program], kept: Iterable[Any]) -> Any:
    """Return the columns of changed rows; amounts have the decimals of the finest currency."""
    money = _money(max((_exponent(program) for program in programs), default=2))
    words = ("policy", "plan", "currency", "change", "old_status", "new_status")
    terms = [
        (f"{version}_{term}", pa.int32() if term == _MONTHS else money)
        for term in SHOWN
        for version in (OLD, NEW)
    ]
    first = pa.field(ROW, pa.int64(), nullable=False)
    texts = [(word, _WORDS) for word in words]
    return pa.schema([first, *kept, *texts, *terms, ("causes", _WORDS)])


def batch_of(found: list[Changed], kept: list[Any], places: Rows, schema: Any) -> Any:
    """Return what changed in a batch.

    Args:
        found: The plans that changed.
        kept: The columns of the batch that are copied through.
        places: The place of each row of the batch in the input.
        schema: What `schema_of` gave.
    """
    if not found:
        return pa.RecordBatch.from_pylist([], schema)
    rows = np.concatenate([each.rows for each in found])
    order = np.argsort(rows, kind="stable")
    chosen = pa.array(rows[order])
    parts = [list(_columns(each, schema)) for each in found]
    columns = (pa.concat_arrays(each).take(pa.array(order)) for each in zip(*parts, strict=True))
    arrays = [pa.array(places[rows[order]]), *(column.take(chosen) for column in kept), *columns]
    return pa.record_batch(arrays, schema=schema)


def _columns(found: Changed, schema: Any) -> Iterator[Any]:
    count = len(found.rows)
    for text in (found.program.id, found.plan, found.program.currency):
        yield pa.repeat(pa.scalar(text, _WORDS), count)
    yield _words(CHANGES, found.changes)
    sides = (found.old, found.new)
    for side in sides:
        yield _words(STATUSES, side.status)
    for term in SHOWN:
        for version, side in zip((OLD, NEW), sides, strict=True):
            type_ = schema.field(f"{version}_{term}").type
            yield _term(side, term, found.program).cast(type_)
    yield _words([named(causes) for causes in found.attributed.found], found.attributed.which)


def _words(words: Iterable[object], codes: NDArray[Any]) -> Any:
    """Return the word of each code; null where it is `NONE`."""
    return pa.array([str(word) for word in words], _WORDS).take(pa.array(codes, mask=codes == NONE))


def _term(plan: PlanColumns, term: str, program: Program) -> Any:
    there, values = allowed(plan), plan.terms[term]
    if term == _MONTHS:
        return pa.array(values.astype(np.int32), mask=~there)
    return decimals(values, there, pa.decimal128(_DIGITS, _exponent(program)))


def _money(exponent: int) -> Any:
    return pa.decimal128(_DIGITS + exponent, exponent)


def _exponent(program: Program) -> int:
    return len(str(program.scale)) - 1
