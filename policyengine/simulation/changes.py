"""What became of a plan of a row, and of a loan: rules over whole numbers, stated once.

| a plan of a row | where |
| --- | --- |
| `gained` | it is allowed now and was not: denied, undetermined, or not there |
| `lost` | it was allowed and is not now |
| `better` | it is allowed both times; of the three figures none is higher and one is lower |
| `worse` | it is allowed both times; none is lower and one is higher |
| `other_terms` | it is allowed both times; some are lower and some higher, or all are equal and another term differs |
| `other_status` | it is allowed neither time, and has another status: a plan that is not there has none |

The three figures are what the borrower bears: the regular payment (`payment`), the largest payment (`max_payment`), and
what is to be paid in all (`total_paid`, with `forborne`, which is owed at the end). Everything else is unchanged.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policyengine.decision.columns import NONE, STATUSES, TERMS, Codes, PlanColumns
from policyengine.decision.decision import Status
from policyengine.facts.columns import Flags

_ALLOWED = STATUSES.index(Status.ALLOWED)


class Change(StrEnum):
    """What became of a plan of a row."""

    GAINED = "gained"
    LOST = "lost"
    BETTER = "better"
    WORSE = "worse"
    OTHER_TERMS = "other_terms"
    OTHER_STATUS = "other_status"


class Effect(StrEnum):
    """What a policy's changes come to for a loan.

    `GAINS`: plans are gained or better, and none lost or worse. `LOSES`: the other way round. `BOTH`: some of each.
    `OTHER`: plans changed, none of them for better or worse. `SAME`: nothing changed.
    """

    GAINS = "gains"
    LOSES = "loses"
    BOTH = "both"
    OTHER = "other"
    SAME = "same"


#: Changes and effects by the code that arrays have for them; `NONE` is no change.
CHANGES = tuple(Change)
EFFECTS = tuple(Effect)
_GAINED, _LOST, _BETTER, _WORSE, _OTHER_TERMS, _OTHER_STATUS = range(len(CHANGES))


def allowed(plan: PlanColumns) -> Flags:
    """Return the rows to which a plan is allowed."""
    found: Flags = plan.status == _ALLOWED
    return found


def changes_of(old: PlanColumns, new: PlanColumns) -> Codes:
    """Return what became of a plan of each row, by its place in `CHANGES`; `NONE` where nothing did."""
    was, now = allowed(old), allowed(new)
    there = (old.status != NONE) & (new.status != NONE)
    found = np.where(there & (old.status != new.status), _OTHER_STATUS, NONE)
    found[now & ~was] = _GAINED
    found[was & ~now] = _LOST
    both = was & now
    found[both] = _terms_changed(old, new)[both]
    codes: Codes = found.astype(np.int8)
    return codes


def _terms_changed(old: PlanColumns, new: PlanColumns) -> NDArray[np.int64]:
    pairs = list(zip(_burdens(old), _burdens(new), strict=True))
    lower = np.any([after < before for before, after in pairs], axis=0)
    higher = np.any([after > before for before, after in pairs], axis=0)
    differs = np.any([old.terms[term] != new.terms[term] for term in TERMS], axis=0)
    choices = [lower & ~higher, higher & ~lower, differs]
    found: NDArray[np.int64] = np.select(choices, [_BETTER, _WORSE, _OTHER_TERMS], NONE)
    return found


def _burdens(plan: PlanColumns) -> tuple[NDArray[Any], ...]:
    """Return the figures of which lower is better for the borrower."""
    terms = plan.terms
    # None of the two is negative, so that their sum fits into 64 bits without a sign.
    in_all = terms["total_paid"].astype(np.uint64) + terms["forborne"].astype(np.uint64)
    return terms["payment"], terms["max_payment"], in_all


def effects_of(changes: list[Codes], applies: Flags) -> Codes:
    """Return what the changes of all plans of a policy come to for each loan; `NONE` where it applies neither time."""
    up, down, any_ = (
        np.any([np.isin(codes, wanted) for codes in changes], axis=0)
        for wanted in ((_GAINED, _BETTER), (_LOST, _WORSE), range(len(CHANGES)))
    )
    choices = [~applies, up & ~down, down & ~up, up & down, any_]
    places = [
        NONE,
        *(EFFECTS.index(each) for each in (Effect.GAINS, Effect.LOSES, Effect.BOTH, Effect.OTHER)),
    ]
    found: Codes = np.select(choices, places, EFFECTS.index(Effect.SAME)).astype(np.int8)
    return found
