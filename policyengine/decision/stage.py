"""What becomes of each step of an offer in the search for terms."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

import attrs

from policyengine.model.types import Type


class StageKind(StrEnum):
    """What became of one step.

    Attributes:
        START: Before any step is raised: each is at its least.
        RAISED: It was raised as far as it goes, and that was not enough.
        SETTLES: It was raised until the terms met the target.
        CHOSEN: It is set as the cheapest terms have it.
        FIXED: It has one setting only, and that is taken from the start.
        NOT_REACHED: The search ended before it.
        LEFT_OUT: Its `when` does not hold.
        NOTHING: It could do nothing to these terms.
        NOT_KNOWN: How far it goes, or whether that is enough, is not known.
        ENOUGH: The target was not met: whether the last terms are enough all the same.
    """

    START = "start"
    RAISED = "raised"
    SETTLES = "settles"
    CHOSEN = "chosen"
    FIXED = "fixed"
    NOT_REACHED = "not_reached"
    LEFT_OUT = "left_out"
    NOTHING = "nothing"
    NOT_KNOWN = "not_known"
    ENOUGH = "enough"


@attrs.frozen
class Measure:
    """What a step is set to: months, a rate, a share or an amount in the major unit; None for none.

    A share goes by the balance that it is taken of.
    """

    name: str
    type: Type
    value: int | Fraction | None
