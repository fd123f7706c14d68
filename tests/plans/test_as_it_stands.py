"""What would be paid if nothing were changed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from borrowers import EXAMPLES
from tiny import LOAN, decide, policies

import policyengine as pe


def test_the_principal_over_the_months_that_are_left() -> None:
    found = decide(policies(), LOAN).as_it_stands
    assert [row.payment for row in found.schedule or ()] == [Decimal("1000.00")] * 12
    assert found.missing == ()
    assert found.outside == {
        "accrued_interest": Decimal("120.00"),
        "penalty_interest": Decimal("60.00"),
        "fees": Decimal("30.00"),
    }


@pytest.mark.parametrize(
    "fact", ["principal", "annual_rate", "remaining_term", "next_due", "method"]
)
def test_what_is_missing_is_named(fact: str) -> None:
    facts = {name: value for name, value in LOAN.items() if name != f"loan.{fact}"}
    found = decide(policies(), facts).as_it_stands
    assert (found.schedule, found.missing) == (None, (f"loan.{fact}",))


@pytest.mark.parametrize(
    "facts", [{"loan.principal": "0.00"}, {"loan.remaining_term": "0"}], ids=["paid", "over"]
)
def test_what_cannot_be_repaid_has_no_schedule(facts: dict[str, str]) -> None:
    found = decide(policies(), LOAN | facts).as_it_stands
    assert (found.schedule, found.missing) == (None, ())


def test_a_loan_is_the_same_under_every_policy(lenders: pe.PolicySet) -> None:
    decisions = lenders.decide(EXAMPLES["us-mortgage-passing"]).decisions
    assert len(decisions) > 1
    assert len({d.as_it_stands.schedule for d in decisions}) == 1


def test_the_published_loan(lenders: pe.PolicySet) -> None:
    (decision,) = lenders.decide(EXAMPLES["us-mortgage-hamp"]).decisions
    rows = decision.as_it_stands.schedule or ()
    assert (len(rows), rows[0].payment, rows[-1].balance) == (
        360,
        Decimal("3620.80"),
        Decimal("0.00"),
    )
