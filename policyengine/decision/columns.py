"""What is decided about many rows, one array a result.

A condition of a plan is one bit of its masks, in the order of `rules_of`: what the plan requires, what its terms
are held against, what is enough, the guarantees, and last that there are terms at all. The bits of requirements
always say whether they fail and whether they are not known. Those behind them say it where no requirement fails,
at these terms:

- the terms found, or those that could not be judged;
- where there certainly are none that fit, the last terms that can be worked out, every step at its most (for the
  cheapest terms: those that came nearest).

A rule that is not looked at has neither bit: `accept` where the target is met, guarantees where no terms were found,
and all of them where no terms could be worked out. Where what is not known keeps terms from being worked out, what they
would be held against is not known. The last bit fails where no terms could be worked out at all, and is not known
where facts are missing for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from policyengine.decision.decided import rules_of
from policyengine.decision.decision import Outcome, Status

__all__ = [
    "BITS", "NONE", "OUTCOMES", "STATUSES", "TERMS",
    "Codes", "DecidedColumns", "Masks", "Path", "PlanColumns", "rules_of",
]  # fmt: skip

Masks: TypeAlias = NDArray[np.unsignedinteger[Any]]
Codes: TypeAlias = NDArray[np.int8]

#: Masks are as wide as the conditions need, from 8 to 64 bits; one that is zero of all rows may take no room.
#: Bits of one mask; a plan with more conditions is decided row by row and its masks hold the first ones.
BITS = 64
STATUSES = (Status.ALLOWED, Status.DENIED, Status.UNDETERMINED)
#: The outcomes of a row; the policy of a row to which it does not apply has none.
OUTCOMES = (Outcome.OFFER, Outcome.REFUSE, Outcome.NEED_INFORMATION, Outcome.REFER)
NONE = -1

#: Amounts of the terms in minor units, the annual rate in billionths (half up where it is finer), months as they are.
TERMS = (
    "payment",
    "max_payment",
    "term_months",
    "annual_rate",
    "total_paid",
    "total_interest",
    "waived",
    "forborne",
    "forgiven",
    "cost",
)


class Path(IntEnum):
    """How a row was decided; `BEYOND` says that its terms do not fit into 64 bits, so that it cannot be written."""

    COLUMNS = 0
    EXACT = 1
    BEYOND = 2


@attrs.frozen(eq=False)
class PlanColumns:
    """One plan: its status by place in `STATUSES` (`NONE` where the policy does not apply), masks, and terms.

    The terms are those of the rows where it is allowed, else 0.
    """

    status: Codes
    failed: Masks
    unknown: Masks
    terms: Mapping[str, NDArray[np.int64]]


@attrs.frozen(eq=False)
class DecidedColumns:
    """One policy: outcomes by place in `OUTCOMES`, or `NONE` where it does not apply; its plans; its referrals.

    `referrals` are the masks of the referrals that do not hold and of those not known. `paths` says of each row how it
    was decided: whatever whole numbers of 64 bits could not decide took the exact path.
    """

    outcome: Codes
    plans: Mapping[str, PlanColumns]
    referrals: tuple[Masks, Masks]
    paths: Codes
