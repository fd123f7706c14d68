"""Steps that are said to commute do: whichever comes first, every borrower is offered the same."""

from __future__ import annotations

from collections import Counter

import pytest
import tiny
from generated_profiles import made

from policyengine.decision.decision import Status
from policyengine.policy_set import PolicySet
from policyengine.testing.mutation.commuting import steps_commute
from policyengine.testing.mutation.making.offers import of_offers

BALANCES = (
    "capitalise: {fees: 100%}",
    "capitalise: {accrued_interest: 50%, penalty_interest: all}",
    "defer_balance: {penalty_interest: 50%}",
)
MONTHS_OR_RATE = (
    "holiday: {months: 0..3, interest: capitalised, maturity: extends}",
    "holiday: {months: 1..3, interest: accrues, maturity: stays}",
    "interest_only: {months: 1..3, maturity: extends}",
    "term: {up_to: +6 months, step: 1 month}",
    "rate: {down_to: 2%, step: 0.5%}",
    "rate: {down_to: 2%, step: 1%, fixed_for: 3 months, then: {rise: 1%, every: 3 months, up_to: 9%}}",
    "waive: {future_interest: 10%..50%, step: 20%}",
    "instalments: {months: 6..18, step: 6 months}",
)


@pytest.mark.parametrize("step", MONTHS_OR_RATE)
@pytest.mark.parametrize("balance", BALANCES)
def test_balances_and_months_or_the_rate(balance: str, step: str) -> None:
    one, other = (_offering(*steps) for steps in ((balance, step), (step, balance)))
    assert _exchanged_commute(one)
    assert _exchanged_commute(other)
    found = _offered(one)
    assert found == _offered(other)
    statuses = Counter(status for each in found for status, *_ in each)
    assert min(statuses[Status.ALLOWED], statuses[Status.DENIED]) > 3


@pytest.mark.parametrize(
    "steps",
    [
        (MONTHS_OR_RATE[0], MONTHS_OR_RATE[3]),
        (BALANCES[0], "term: {exactly: 18}"),
        (BALANCES[0], "waive: {fees: 10%..50%, future_interest: 10%..50%, step: 20%}"),
        (BALANCES[0], "forbear: {up_to: 30% * plan.balance, step: 100.00}"),
        (BALANCES[0], "term: {up_to: '+plan.term', step: 1 month}"),
    ],
)
def test_of_others_nothing_is_said(steps: tuple[str, str]) -> None:
    assert not _exchanged_commute(_offering(*steps))


def _offering(*steps: str) -> PolicySet:
    return tiny.policies(
        "", tiny.offer("\n".join(f"- {step}" for step in steps), "plan.payment <= x.cash")
    )


def _exchanged_commute(policies: PolicySet) -> bool:
    (program,) = policies.programs
    (exchanged,) = (each for each in of_offers(program) if "exchanged" in each.said)
    return steps_commute(exchanged)


def _offered(policies: PolicySet) -> list[list[tuple[object, ...]]]:
    """Return what many borrowers are offered."""
    found = (policies.decide(made(seed)).decisions for seed in range(60))
    plans = [[decision.plans[0] for decision in decisions] for decisions in found]
    return [[(plan.status, plan.terms, plan.schedule) for plan in each] for each in plans]
