"""The names an expression may use after `plan.`, and their types."""

from __future__ import annotations

from policyengine.model.types import MONEY, MONTHS, RATE, Type

PLAN_VALUES: dict[str, Type] = {
    "balance": MONEY,
    "payment": MONEY,
    "payment_before_rounding": MONEY,
    "max_payment": MONEY,
    "first_payment": MONEY,
    "term": MONTHS,
    "extension": MONTHS,
    "rate": RATE,
    "total_paid": MONEY,
    "total_interest": MONEY,
    "waived": MONEY,
    "forborne": MONEY,
    "forgiven": MONEY,
    "final_balance": MONEY,
    "cost": MONEY,
}

#: What signed terms do not keep, so that no text about an agreement can name it.
NOT_SIGNED = frozenset({"balance", "payment_before_rounding"})

#: Questions about a part of the schedule: the largest payment in the first months, and after them.
PLAN_QUESTIONS: dict[str, Type] = {"max_payment_before": MONEY, "max_payment_after": MONEY}
