"""Facts of many rows, one array a fact. A row is one loan of one borrower, on the day of the whole.

Values are whole numbers, as the compiled conditions read them: amounts in minor units, rates and plain numbers in
billionths, days and months as they are, dates as days since 0001-01-01 (`date.toordinal`), truth values as 0 and 1,
enum values as their place in the vocabulary, texts as their place in `texts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

Whole: TypeAlias = NDArray[np.signedinteger[Any]]
Flags: TypeAlias = NDArray[np.bool_]

#: What rates and plain numbers are counted in.
FINE = 10**9


@attrs.frozen(eq=False)
class Column:
    """One fact of every row. `known` says of which rows it is known, None of all; elsewhere a value means nothing."""

    values: Whole
    known: Flags | None


@attrs.frozen(eq=False)
class ListColumn:
    """One list of every row: the members of row i stand at `offsets[i]` to `offsets[i + 1]` of each field."""

    offsets: NDArray[np.int64]
    known: Flags | None
    fields: Mapping[str, Column | ListColumn]


@attrs.frozen(eq=False)
class FactColumns:
    """The facts of some rows.

    `facts` has facts by path (`borrower.monthly_income`, `loan.days_past_due`); one that is not there is known of no
    row. `loans` are all loans of each row's borrower, the one under assessment first. `texts` are the rows' texts.
    """

    as_of: date
    rows: int
    facts: Mapping[str, Column | ListColumn]
    loans: ListColumn
    texts: tuple[str, ...]
