"""Rows that are not decided, and why; a sensitive value is never repeated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
import pyarrow as pa

from policyengine.diagnostics import Diagnostic

SCHEMA: Any = pa.schema(
    [("row", pa.int64()), ("column", pa.string()), ("code", pa.string()), ("message", pa.string())]
)


@attrs.frozen(order=True)
class Reject:
    """One thing that is wrong with a row: the column, a code as in a profile's finding, and what is wrong in words."""

    row: int
    column: str
    code: str
    message: str

    @classmethod
    def of(cls, row: int, finding: Diagnostic, column: str) -> Reject:
        """Return a finding about a row as a reject."""
        hint = f" ({finding.hint})" if finding.hint else ""
        return cls(row, finding.path or column, finding.code, f"{finding.message}{hint}")


def as_batch(rejects: Iterable[Reject]) -> Any:
    """Return rejects as columns, by row and then by column."""
    rows = [attrs.astuple(reject) for reject in sorted(rejects)]
    columns = zip(*rows, strict=True) if rows else [()] * len(SCHEMA)
    arrays = [pa.array(values, f.type) for values, f in zip(columns, SCHEMA, strict=True)]
    return pa.record_batch(arrays, schema=SCHEMA)
