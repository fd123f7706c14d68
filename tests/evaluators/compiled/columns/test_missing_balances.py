"""A balance that is not known matters once the lever that touches it is reached, in columns as in the reference."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import offering
import problems
import pytest
import triples
from agreement import Reach, Right

import policyengine as pe
from policyengine.decision.decision import Status
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency

STEPS = (
    "- holiday: {months: 1..3, interest: accrues, maturity: extends}",
    "- interest_only: {months: 0..3, maturity: stays}",
    "- term: {up_to: +6, step: 2 months}",
    "- term: {up_to: 30, step: 3 months}",
    "- rate: {down_to: 4%, step: 2%}",
    "- instalments: {months: 6..18, step: 6 months}",
    "- waive: {penalty_interest: 0%..100%, step: 50%}",
    "- waive: {fees: 0%..100%, penalty_interest: 0%..50%, step: 25%}",
    "- waive: {accrued_interest: 50%..100%, step: 25%}",
    "- waive: {future_interest: 0%..50%, step: 25%}",
    "- waive: {fees: 0%}",
    "- capitalise: {fees: 100%}",
    "- defer_balance: {accrued_interest: 50%}",
)
UNTIL = ("plan.max_payment <= x.cash", "plan.first_payment < x.cash", "plan.payment <= 2 * x.cash")
ACCEPT = ("", "", "accept: plan.max_payment <= 3 * x.cash")
LOANS = 40


def test_terms_before_the_lever_are_found_without_the_balance() -> None:
    steps = "- interest_only: {months: 1..3, maturity: stays}\n- waive: {fees: 0%..100%, step: 50%}"
    policies = offering.policies(steps)
    (cheap,), (dear,) = (
        list(_rights(policies, [_loan(fees=None)], cash)) for cash in ("900.00", "50.00")
    )
    assert cheap.decided.plans[0].status is Status.ALLOWED
    assert dear.decided.plans[0].status is Status.UNDETERMINED
    assert list(triples.of_columns(policies, [cheap, dear], Reach())) == []


@pytest.mark.parametrize("part", range(4))
def test_offers_without_balances_are_those_of_the_reference(part: int) -> None:
    random, reach, statuses = Random(part), Reach(), set()
    for _ in range(10):
        policies = _policies(random)
        loans = [_made(random) for _ in range(LOANS)]
        rights = list(_rights(policies, loans, random.choice(["50.00", "400.00", "900.00"])))
        assert list(triples.of_columns(policies, rights, reach)) == []
        statuses |= {right.decided.plans[0].status for right in rights}
    assert reach.counts["plans that columns are sure of"] > 10 * LOANS * 3 // 4
    assert statuses == set(Status)


def _policies(random: Random) -> pe.PolicySet:
    while True:
        steps = "\n".join(random.sample(STEPS, random.choice([1, 2, 2, 3])))
        try:
            return offering.policies(steps, random.choice(UNTIL), random.choice(ACCEPT))
        except pe.PolicyError:  # two of the steps clash
            continue


def _made(random: Random) -> dict[str, Any]:
    balances = {name: _perhaps(random, "0", "100.00", "900.00") for name in problems.BALANCES}
    return _loan(
        principal=_perhaps(random, "10000.00", "600.00", "0", "3000.00", often=9),
        annual_rate=Decimal(random.choice(["0", "0.12", "0.24"])),
        remaining_term=random.choice([1, 6, 24, 36, 60]),
        **balances,
    )


def _perhaps(random: Random, *amounts: str, often: int = 2) -> Decimal | None:
    """Return one of some amounts, and now and then none."""
    return Decimal(random.choice(amounts)) if random.randrange(often + 1) else None


def _loan(**changed: object) -> dict[str, Any]:
    loan = offering.LOAN | changed
    return {name: value for name, value in loan.items() if value is not None}


def _rights(policies: pe.PolicySet, loans: list[dict[str, Any]], cash: str) -> Iterator[Right]:
    (program,) = policies.programs
    for loan in loans:
        x = offering.FACTS | {"cash": Decimal(cash)}
        profile = pe.Profile.from_mapping({"as_of": "2024-11-20", "loans": [loan], "x": x})
        facts = facts_from(profile, policies.dictionary, currency(program.currency), None)
        yield Right.of(program, facts.about(0))
