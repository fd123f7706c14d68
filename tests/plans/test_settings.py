"""Settings at the edge of what they may be load, and mean what they say; what is refused stands in `rejected`."""

from __future__ import annotations

from decimal import Decimal

import pytest
import tiny

from policyengine import PolicyError
from policyengine.decision.decision import Status

FACTS = tiny.LOAN | {"x.cash": "99999.00"}
TERM = "- term: {exactly: +1}"


@pytest.mark.parametrize(
    "step",
    [
        "holiday: {months: 3..3, interest: waived, maturity: extends}",
        "holiday: {months: 0..1, interest: waived, maturity: extends}",
        "term: {up_to: +0, step: 1 month}",
        "instalments: {months: 1..2, rate: 0%}",
        "waive: {fees: 100%, penalty_interest: 0%..100%, step: 100%}",
        "waive: {fees: 0%}",
        "capitalise: {fees: none, penalty_interest: all}",
        "rate: {down_to: 0%, step: 0.001%}",
        "forbear: {up_to: 0, step: 0.01}",
        "settle: {discount: 0%..99.99%, step: 1%}",
        "stepped: {shares: [0.1%, 99.9%, 100%], months: 1}",
        "repayment_plan: {balance: fees, months: 1..2, cap: 100.1%}",
    ],
)
def test_a_setting_at_the_edge_loads(step: str) -> None:
    assert tiny.findings(plans=tiny.offer(f"- {step}")) == []


def test_a_lender_takes_a_step_away_by_a_parameter() -> None:
    body = "parameters: {longest: {value: 0 months, assumed: true}}\n"
    for steps in (
        "- holiday: {months: 1..longest, interest: waived, maturity: extends}",
        "- instalments: {months: 1..longest}",
    ):
        policies = tiny.policies(body, tiny.offer(f"{steps}\n{TERM}"))
        (plan,) = tiny.decide(policies, FACTS).plans
        assert plan.terms
        assert plan.terms.levers == {"term": {"months_added": 1}}


def test_a_parameter_with_dates_is_looked_at_on_the_day() -> None:
    body = (
        "parameters:\n  waived:\n"
        "    - {from: 2020-01-01, until: 2023-12-31, value: 150%, assumed: true}\n"
        "    - {from: 2024-01-01, value: 50%, assumed: true}\n"
    )
    (plan,) = tiny.decide(tiny.policies(body, tiny.offer("- waive: {fees: waived}")), FACTS).plans
    assert plan.terms
    assert plan.terms.waived == Decimal("15.00")


@pytest.mark.parametrize(
    ("share", "says"),
    [
        ("most", "a share of `most` (`150%`) is more than all there is"),
        ("0% - most", "a share must not be below zero, and `0% - most` (`-150%`) is"),
        ("most * 2", "a share of `most * 2` (`300%`) is more than all there is"),
        ("-most", "a share must not be below zero, and `-most` (`-150%`) is"),
    ],
)
def test_what_parameters_come_to_is_known_at_load(share: str, says: str) -> None:
    body = "parameters: {most: {value: 150%, assumed: true}}\n"
    with pytest.raises(PolicyError) as refused:
        tiny.policies(body, tiny.offer(f"- waive: {{fees: {share}}}"))
    assert [finding.message for finding in refused.value.diagnostics] == [says]


def test_least_cost_is_searched_without_what_is_enough() -> None:
    offer = tiny.offer(TERM, "plan.payment <= 1", "      accept: plan.payment <= x.cash\n")
    (plan,) = tiny.decide(tiny.policies(plans=offer), FACTS).plans
    assert plan.status is Status.ALLOWED
    assert tiny.findings(plans=offer + "      choose: least_cost\n") == ["contradictory-keys"]
    assert tiny.findings(plans=offer + "      choose: waterfall\n") == []
