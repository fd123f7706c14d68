"""What is decided about many rows, one array a result.

A condition of a plan is one bit of its masks, in the order of `rules_of`: what the plan requires, what its terms
are held against, what is enough, the guarantees, and last that there are terms at all. The bits of requirements
always say whether they fail and whether they are not known. Those behind them say it where the requirements hold:
of a plan that is allowed of its terms, of one that is denied of the last terms that could be worked out, every step
at its most (for the cheapest terms: of those that came nearest). A rule that is not looked at has neither bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from policyengine.decision.decision import Outcome, Status
from policyengine.ir.program import PlanDefinition, Program, Rule

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
    """How a row was decided."""

    COLUMNS = 0
    EXACT = 1


@attrs.frozen(eq=False)
class PlanColumns:
    """One plan: its status by place in `STATUSES`, masks, and the terms of the rows where it is allowed (else 0)."""

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
    paths: NDArray[np.int8]


def rules_of(plan: PlanDefinition, program: Program) -> tuple[Rule | None, ...]:
    """Return the conditions of a plan in the order of their bits; None for that there are terms at all."""
    offer = plan.offer
    return (*plan.require, *offer.until, *offer.accept, *program.guarantees, None)
