"""What a caller says about the columns of many rows."""

from __future__ import annotations

import attrs


@attrs.frozen
class Columns:
    """What is said about columns.

    Attributes:
        keep: Columns that are copied through, such as the number of an account.
        ignore: Columns that are no facts and are left out.
        unknown: Facts that policies need and no column has: they are known of no row.
        floats: Whether binary fractions are taken for the decimals that they stand nearest to; else they are refused.
    """

    keep: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    floats: bool = False
