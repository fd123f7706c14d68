"""Steps and rows that are said to commute do: whichever comes first, every borrower is offered the same."""

from __future__ import annotations

from collections import Counter

import pytest
import tiny
from generated_profiles import made

from policyengine.decision.decision import Status
from policyengine.policy_set import PolicySet
from policyengine.testing.mutation.commuting import rows_commute, steps_commute
from policyengine.testing.mutation.making.offers import of_offers
from policyengine.testing.mutation.making.tables import of_tables

BALANCES = (
    "capitalise: {fees: 100%}",
    "capitalise: {accrued_interest: 50%, penalty_interest: all}",
    "defer_balance: {penalty_interest: 50%}",
    "waive: {fees: 50%, penalty_interest: 100%}",
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


GIVEN = "holiday: {months: x.months, interest: capitalised, maturity: extends}"
PAIRS = [(balance, step) for balance in BALANCES for step in MONTHS_OR_RATE]


@pytest.mark.parametrize("steps", [*PAIRS, (GIVEN, MONTHS_OR_RATE[3])])
def test_steps(steps: tuple[str, str]) -> None:
    one, other = (_offering(*order) for order in (steps, steps[::-1]))
    assert _exchanged_commute(one)
    assert _exchanged_commute(other)
    found = _offered(one)
    assert found == _offered(other)
    statuses = Counter(status for each in found for status, *_ in each)
    assert min(statuses[Status.ALLOWED], statuses[Status.DENIED]) > 3


@pytest.mark.parametrize(
    ("steps", "commute"),
    [
        (("waive: {fees: 100%}", "capitalise: {accrued_interest: 50%, fees: none}"), True),
        (("defer_balance: {penalty_interest: 50%}", "waive: {fees: 50%}"), True),
        (("waive: {fees: 50%}", "capitalise: {fees: 100%}"), False),
        (("waive: {fees: 0%..100%, step: 50%}", "capitalise: {accrued_interest: all}"), False),
        (("waive: {future_interest: 50%}", "capitalise: {accrued_interest: all}"), True),
    ],
)
def test_steps_that_move_other_balances(steps: tuple[str, str], commute: bool) -> None:
    one, other = _offering(*steps), _offering(*reversed(steps))
    assert _exchanged_commute(one) is commute
    assert not commute or _offered(one) == _offered(other)


@pytest.mark.parametrize(
    "steps",
    [
        (MONTHS_OR_RATE[0], MONTHS_OR_RATE[3]),
        (GIVEN.replace("extends", "stays"), MONTHS_OR_RATE[3]),
        (BALANCES[0], "waive: {fees: 10%..50%, future_interest: 10%..50%, step: 20%}"),
        (BALANCES[0], "term: {exactly: 18}"),
        (BALANCES[0], "forbear: {up_to: 30% * plan.balance, step: 100.00}"),
        (BALANCES[0], "term: {up_to: '+plan.term', step: 1 month}"),
    ],
)
def test_of_others_nothing_is_said(steps: tuple[str, str]) -> None:
    assert not _exchanged_commute(_offering(*steps))


ROWS = {
    "[true, 0 days..30 days, 20.00]": ("[true, 31 days..90 days, 80.00]", True),
    "[true, any, 20.00]": ("[false, any, 80.00]", True),
    "[any, 29 days, 20.00]": ("[true, 0 days..30 days, 80.00]", False),
}


@pytest.mark.parametrize(("first", "second", "commute"), [(k, *v) for k, v in ROWS.items()])
def test_rows(first: str, second: str, *, commute: bool) -> None:
    one, other = (_table(*rows) for rows in ((first, second), (second, first)))
    for policies in (one, other):
        (program,) = policies.programs
        (exchanged, *_) = (m for m in of_tables(program) if "exchanged" in m.said)
        assert rows_commute(exchanged) is commute
    assert (_offered(one) == _offered(other)) is commute


def _table(*rows: str) -> PolicySet:
    table = "tables:\n  paid:\n    hit: first\n    inputs: [x.flag, x.days]\n    output: money\n    rows:\n"
    table += "".join(f"      - {row}\n" for row in rows) + "    otherwise: 100.00\n"
    return tiny.policies(
        table, tiny.offer("- term: {up_to: +6 months, step: 1 month}", "plan.payment <= paid")
    )


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
