"""The bounds of payments that rules state, read off as amounts and periods."""

from __future__ import annotations

from decimal import Decimal

import pytest
from borrowers import EXAMPLES
from tiny import LOAN, decide, offer, policies

import policyengine as pe

FACTS = LOAN | {"x.cash": "1500.00", "x.cost": "200.00", "x.months": "3", "x.flag": "true"}
TERM = "- term: {exactly: 12}"


def limits(until: str, steps: str = TERM, **facts: str) -> list[tuple[Decimal, int, int | None]]:
    decision = decide(policies(plans=offer(steps, until)), FACTS | facts)
    (plan,) = decision.plans
    assert plan.terms is not None
    return [(found.amount, found.first, found.last) for found in plan.payment_limits]


@pytest.mark.parametrize(
    ("until", "found"),
    [
        ("plan.max_payment <= x.cash", [("1500.00", 1, None)]),
        ("plan.max_payment < x.cash", [("1500.00", 1, None)]),
        ("x.cash >= plan.max_payment", [("1500.00", 1, None)]),
        ("plan.max_payment + x.cost <= x.cash", [("1300.00", 1, None)]),
        ("x.cost + plan.max_payment + 1 <= x.cash", [("1299.00", 1, None)]),
        ("plan.first_payment <= x.cash", [("1500.00", 1, 1)]),
        ("plan.payment <= x.cash", [("1500.00", 1, 12)]),
        ("plan.max_payment_before(x.months) <= x.cash", [("1500.00", 1, 3)]),
        ("plan.max_payment_after(x.months) <= x.cash", [("1500.00", 4, None)]),
        (
            "plan.max_payment <= x.cash and plan.first_payment <= 1200",
            [("1500.00", 1, None), ("1200.00", 1, 1)],
        ),
    ],
)
def test_a_bound_of_payments_is_read(until: str, found: list[tuple[str, int, int | None]]) -> None:
    assert limits(until) == [(Decimal(amount), first, last) for amount, first, last in found]


@pytest.mark.parametrize(
    "until",
    [
        "plan.max_payment >= 0",
        "plan.max_payment == 1000",
        "plan.term <= 12 months",
        "plan.max_payment <= 2 * plan.payment",
        "plan.max_payment * 2 <= x.cash * 2",
        "plan.max_payment <= x.cash or x.flag",
        "plan.max_payment_before(0 months) <= x.cash",
        "plan.max_payment_after(12 months) <= x.cash",
        "not plan.max_payment > x.cash",
    ],
)
def test_nothing_else_is_taken_for_a_bound(until: str) -> None:
    assert limits(until) == []


def test_a_regular_payment_is_bound_where_it_is_paid() -> None:
    steps = "- holiday: {months: 2, interest: waived, maturity: extends}"
    assert limits("plan.payment <= x.cash", steps) == [(Decimal("1500.00"), 3, 14)]


def test_a_plan_that_is_denied_has_no_bounds() -> None:
    decision = decide(policies(plans=offer(TERM, "plan.max_payment <= 1")), FACTS)
    assert decision.plans[0].payment_limits == ()


@pytest.mark.parametrize("applies", ["true", "false"])
def test_a_guarantee_binds_where_it_applies(applies: str) -> None:
    guarantee = """\
guarantees:
  - id: cap
    applies_to: x.flag
    that: plan.max_payment <= 1400
    because: {en: It is so., zh: 如此。}
"""
    plans = offer(TERM, "plan.max_payment <= x.cash") + guarantee
    (plan,) = decide(policies(plans=plans), FACTS | {"x.flag": applies}).plans
    found = [(limit.rule, limit.amount) for limit in plan.payment_limits]
    assert found[1:] == ([("cap", Decimal("1400.00"))] if applies == "true" else [])


@pytest.mark.parametrize("example", sorted(EXAMPLES))
def test_every_payment_of_an_offer_keeps_within_its_bounds(
    lenders: pe.PolicySet, example: str
) -> None:
    for decision in lenders.decide(EXAMPLES[example]).decisions:
        for plan in decision.plans:
            assert plan.payment_limits == () or plan in decision.allowed
            for limit in plan.payment_limits:
                rows = plan.schedule or ()
                bound = [r for r in rows if limit.first <= r.n <= (limit.last or len(rows))]
                assert bound
                assert all(row.payment <= limit.amount for row in bound)
