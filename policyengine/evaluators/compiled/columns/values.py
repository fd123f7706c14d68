"""What an expression is in the source of a row."""

from __future__ import annotations

import attrs

from policyengine.evaluators.compiled.columns.logic import NO, YES, Truth
from policyengine.evaluators.compiled.columns.wholes import Whole, constant

#: The denominator of whole numbers.
ONE = constant(1)


@attrs.frozen
class Number:
    """An exact quotient of whole numbers, the denominator above zero whether or not the value is known."""

    numerator: Whole
    denominator: Whole = ONE
    known: str = YES


@attrs.frozen
class Plain:
    """A date, or the place of an enum value or of a text."""

    source: str
    known: str = YES


@attrs.frozen
class Members:
    """A list: the places of its first member and behind its last one; `path` is what its fields are called by.

    `most` is how many members one has at most. The list of which nothing is known has no path.
    """

    first: str
    behind: str
    path: str | None
    most: int
    known: str = YES


Value = Truth | Number | Plain | Members

#: What has no value, by what is expected.
NO_NUMBER, NO_PLAIN, NO_TRUTH = Number(constant(0), known=NO), Plain("0", NO), Truth(NO, NO)
NO_MEMBERS = Members("0", "0", None, 0, NO)
