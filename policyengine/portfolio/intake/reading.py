"""What the cells of a batch are read with, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from policyengine.facts.columns import Column, Flags
from policyengine.finance.money import Currency
from policyengine.ir.dictionary import Dictionary


@attrs.define
class Texts:
    """The texts of a batch, each once."""

    places: dict[str, int] = attrs.field(factory=dict)

    def place(self, text: str) -> int:
        """Return the place of a text."""
        return self.places.setdefault(text, len(self.places))

    @property
    def all(self) -> tuple[str, ...]:
        """All texts by their place."""
        return tuple(self.places)


@attrs.frozen
class Reading:
    """The facts there are, the currency of amounts, whether binary fractions are taken, and the texts of the batch."""

    dictionary: Dictionary
    currency: Currency
    floats: bool = False
    texts: Texts = attrs.field(factory=Texts)


@attrs.frozen(eq=False)
class Cells:
    """A column as whole numbers; where a cell is wrong or not known its value means nothing."""

    values: NDArray[np.int64]
    known: Flags
    wrong: Flags

    @classmethod
    def nothing(cls, rows: int) -> Cells:
        """Return cells of which none is known."""
        return cls(np.zeros(rows, np.int64), np.zeros(rows, np.bool_), np.zeros(rows, np.bool_))

    def taken(self, rows: NDArray[np.int64]) -> Cells:
        """Return some of the cells, in the order of `rows`."""
        return Cells(self.values[rows], self.known[rows], self.wrong[rows])

    @property
    def column(self) -> Column:
        """The cells as a fact of many rows."""
        return Column(self.values, None if self.known.all() else self.known)


def joined(parts: Sequence[Cells]) -> Cells:
    """Return several columns one after the other."""
    return Cells(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.known for part in parts]),
        np.concatenate([part.wrong for part in parts]),
    )
