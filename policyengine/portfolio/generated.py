"""The source that many rows are decided by, to be read.

It is written for what the columns of a batch look like: which there are, how wide, whether something is missing. So it
can only be shown for rows; those of one kind have the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import attrs

from policyengine.evaluators.compiled.columns.deciding import CompiledColumns
from policyengine.portfolio.deciding import Job


@attrs.frozen
class Generated:
    """The source of a policy for the rows of a batch that have one day and one currency."""

    policy: str
    as_of: date
    currency: str
    rows: int
    source: str


def generated(job: Job, batch: Any) -> Iterator[Generated]:
    """Yield what each policy becomes for a record batch; nothing where it is not in force or its currency is another.

    Args:
        job: What is decided, by compiled columns.
        batch: The rows, with the columns that the job was made for.
    """
    columns = job.evaluator
    assert isinstance(columns, CompiledColumns)  # noqa: S101
    for group in job.taking.take(batch).groups:
        day, code = group.facts.as_of, group.currency.code
        for program in job.programs:
            if program.in_force(day) and program.currency == code:
                parts = columns.sources(program, group.facts)
                yield Generated(program.id, day, code, len(group.rows), "\n\n\n".join(parts))
