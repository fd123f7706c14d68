"""Offers by generated source are those of the reference: each lever, one unit either side of what is asked."""

from __future__ import annotations

import traceback
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tiny

import policyengine as pe
from policyengine.evaluators.compiled.evaluator import CompiledEvaluator, PreparedInputs
from policyengine.evaluators.compiled.offers.from_program import Solved, offers_of

POLICIES = Path(__file__).parents[4] / "policies"
STEPS = {
    "holiday accrues": "[{holiday: {months: 0..4, interest: accrues, maturity: extends}}]",
    "holiday capitalised": "[{holiday: {months: 1..14, interest: capitalised, maturity: stays}}]",
    "holiday waived": "[{holiday: {months: x.months, interest: waived, maturity: stays}}]",
    "holiday through": "[{holiday: {through: x.day, interest: capitalised, maturity: extends}}]",
    "interest only": "[{interest_only: {months: 0..6, maturity: extends}}]",
    "term": "[{term: {up_to: +36, step: 1 month}}]",
    "term, wide steps": "[{term: {up_to: +36, step: 5 months}}]",
    "term in all": "[{term: {up_to: 40, step: 3 months}}]",
    "term exactly": "[{term: {exactly: 18}}]",
    "rate": "[{rate: {down_to: 1%, step: 0.5%}}]",
    "rate exactly": "[{rate: {exactly: x.rate}}]",
    "instalments": "[{instalments: {months: 1..60}}]",
    "instalments at a rate": "[{instalments: {months: 6..60, step: 2 months, rate: x.rate}}]",
    "waive": "[{waive: {fees: 0%..100%, accrued_interest: 10%..50%, step: 10%}}]",
    "waive, then take the rest": "[{waive: {fees: 30%}}, {capitalise: {fees: 100%}}]",
    "future interest": "[{waive: {future_interest: 0%..100%, step: 5%}}]",
    "capitalise and longer": "[{capitalise: {accrued_interest: 50%}}, {term: {up_to: +24}}]",
    "defer": "[{defer_balance: {fees: 50%}}, {term: {up_to: +24}}]",
    "forbear": '[{forbear: {up_to: "30% * plan.balance", step: 70.00}}]',
    "forgive": "[{forgive: {up_to: 900.00, step: 30.00}}]",
    "forgive exactly": "[{forgive: {exactly: x.cost}}]",
    "repayment plan": "[{repayment_plan: {balance: fees, months: 1..9}}]",
    "repayment plan under a cap": "[{repayment_plan: {balance: fees, months: 1..9, cap: 101%}}]",
    "settle": "[{settle: {discount: 0%..90%, step: 5%}}]",
    "stepped": "[{stepped: {shares: [50%, 75%], months: 2}}, {term: {up_to: +12}}]",
    "pay": "[{pay: {amount: x.cost, months: 1..4, unpaid_interest: accrues}}]",
    "pay until repaid": "[{pay: {amount: 700.00}}]",
    "the whole ladder": (
        "[{waive: {fees: 100%}}, {capitalise: {accrued_interest: 100%}}, {rate: {down_to: 2%, step: 1%}},"
        ' {term: {up_to: 24, step: 1 month}}, {forbear: {up_to: "20% * plan.balance", step: 50.00}}]'
    ),
    "a step that is left out": "[{term: {up_to: +6}, when: x.flag}, {rate: {down_to: 2%, step: 1%}}]",
}
LOANS = {
    "ordinary": {"loan.annual_rate": "14.4%", "loan.principal": "8000.00"},
    "without interest": {},
    "equal parts": {"loan.annual_rate": "9%", "loan.method": "equal_principal"},
    "an odd rate": {"loan.annual_rate": "7.1234567891%", "loan.principal": "3333.33"},
    "one month": {"loan.annual_rate": "12%", "loan.remaining_term": "1"},
    "a cent": {"loan.annual_rate": "24%", "loan.principal": "0.01"},
    "nothing": {"loan.annual_rate": "24%", "loan.principal": "0"},
    "more than a double holds": {
        "loan.annual_rate": "6%",
        "loan.principal": "90071992547409.93",
        "loan.remaining_term": "240",
    },
    "as much as fits": {"loan.annual_rate": "6%", "loan.principal": "92233720368547758.07"},
}
X = {
    "x.cash": "500.00", "x.cost": "40.00", "x.months": "3", "x.rate": "3%", "x.flag": "false",
    "x.day": "2025-02-15",
}  # fmt: skip
#: A payment that is asked for, beside which the target is set.
ASKED = {
    "max_payment": "plan.max_payment",
    "payment": "plan.payment",
    "later": "plan.max_payment_after(2 months)",
}


def policy(steps: str, evaluator: str, until: str, more: str = "") -> pe.Policy:
    plans = (
        "plans:\n  plan:\n    title: {en: Plan, zh: 方案}\n"
        f"    offer:\n      steps: {steps}\n      until: {tiny.quoted(until)}\n{more}"
    )
    return tiny.policies("", plans, evaluator=evaluator)["tiny"]


def given(loan: str, **facts: Any) -> dict[str, Any]:
    return tiny.profile(X | tiny.LOAN | LOANS[loan] | facts)


@pytest.mark.parametrize("asked", sorted(ASKED))
@pytest.mark.parametrize("name", sorted(STEPS))
def test_one_unit_either_side_of_every_payment(name: str, asked: str) -> None:
    until = f"{ASKED[asked]} <= x.cash"
    compiled, reference = (policy(STEPS[name], e, until) for e in ("compiled", "reference"))
    solved = 0
    for loan in LOANS if asked == "max_payment" else ("ordinary", "equal parts"):
        for cash in sorted(_targets(reference, loan)):
            facts = given(loan, **{"x.cash": cash})
            found = compiled.prepare(facts)
            assert found.decide() == reference.prepare(facts).decide(), (loan, cash)
            solved += isinstance(found, PreparedInputs) and found.offers.solved(0) is not None
    assert solved > 3


@pytest.mark.parametrize(
    "until", ["plan.payment < x.cash / x.m", "plan.max_payment <= x.cash / x.m"]
)
def test_a_limit_between_two_cents(until: str) -> None:
    compiled, reference = (policy(STEPS["term"], e, until) for e in ("compiled", "reference"))
    statuses = set()
    for months in range(10, 54, 3):
        for beside in (-1, 0, 1, 2):
            cash = 3 * (1_200_000 // months) + beside
            facts = given("without interest", **{"x.cash": _amount(cash), "x.m": 3})
            found = compiled.prepare(facts)
            assert found.decide() == reference.prepare(facts).decide(), cash
            assert isinstance(found, PreparedInputs)
            assert found.offers.solved(0) is not None
            statuses.add(found.decide().plans[0].status)
    assert statuses == {pe.Status.ALLOWED, pe.Status.DENIED}


def test_what_is_paid_on_top_counts_into_what_fits() -> None:
    until = "plan.max_payment <= x.cash"
    steps = "[{repayment_plan: {balance: fees, months: 1..3, cap: 150%}}, {term: {up_to: +6, step: 2 months}}]"
    compiled, reference = (policy(steps, e, until) for e in ("compiled", "reference"))
    for fees in ("0.01", "92233720368547758.07"):
        facts = given("as much as fits", **{"loan.fees": fees, "loan.remaining_term": "1"})
        assert compiled.prepare(facts).decide() == reference.prepare(facts).decide(), fees


def _targets(reference: pe.Policy, loan: str) -> set[str]:
    """Return amounts beside the first payments of some terms on the way, and amounts met by all terms or by none."""
    found = {0, 10**17}
    for cash in (10**17, 45_000):
        (plan,) = reference.prepare(given(loan, **{"x.cash": _amount(cash)})).decide().plans
        payments = {row[2] for row in (plan.schedule or ())[2:3]}
        found |= {payment + beside for payment in payments for beside in (-1, 0, 1)}
    return {_amount(cash) for cash in found if 0 <= cash < 2**62}


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


@pytest.mark.parametrize(
    ("until", "more", "facts", "status"),
    [
        ("plan.max_payment <= x.cash", "", {"x.cash": None}, "undetermined"),
        ("plan.max_payment <= x.cash or x.flag", "", {"x.cash": None, "x.flag": "true"}, "allowed"),
        ("plan.max_payment <= x.cash", "", {"loan.annual_rate": None}, "undetermined"),
        ("plan.payment / x.cost > 2", "", {"x.cost": "0"}, "undetermined"),
        ("plan.payment <= 1.00", "      accept: plan.payment <= x.cash\n", {}, "allowed"),
        (
            "plan.payment <= 1.00",
            "      accept: plan.payment <= x.cash\n",
            {"x.cash": "2"},
            "denied",
        ),
        ("plan.payment <= 1.00", "      accept: x.flag\n", {"x.flag": None}, "undetermined"),
    ],
)
def test_what_is_not_known_is_said(
    until: str, more: str, facts: dict[str, Any], status: str
) -> None:
    profile = tiny.profile(X | tiny.LOAN | LOANS["ordinary"] | {"x.cash": "700"} | facts)
    found = [
        policy("[{term: {up_to: +12}}]", evaluator, until, more).prepare(profile).decide()
        for evaluator in ("compiled", "reference")
    ]
    assert found[0] == found[1]
    assert found[0].plans[0].status == status


def test_a_search_that_is_too_long_gives_up_as_the_reference_does() -> None:
    until = "plan.payment <= x.cash and plan.cost <= 0 and plan.total_interest < 0"
    steps = "[{forbear: {up_to: 5000.00, step: 0.01}}]"
    profile = given("ordinary")
    compiled, reference = (policy(steps, e, until) for e in ("compiled", "reference"))
    assert compiled.prepare(profile).decide() == reference.prepare(profile).decide()
    assert _solved(compiled, profile) is None


def test_a_term_of_more_than_fifty_years_is_left_to_the_reference() -> None:
    profile = given("ordinary", **{"loan.remaining_term": "601"})
    compiled = policy("[{term: {up_to: +12}}]", "compiled", "plan.payment <= x.cash")
    assert _solved(compiled, profile) is None


def _solved(compiled: pe.Policy, profile: dict[str, Any]) -> Solved | None:
    prepared = compiled.prepare(profile)
    assert isinstance(prepared, PreparedInputs)
    return prepared.offers.solved(0)


def test_the_fewest_months_are_found_without_trying_each() -> None:
    compiled = policy(
        "[{term: {up_to: +1000, step: 1 month}}]", "compiled", "plan.payment <= x.cash"
    )
    (offer,) = offers_of(compiled.program).on(date(2024, 11, 20))
    assert "enough = least_months(" in offer.source or "enough_2 = least_months(" in offer.source


def test_terms_are_found_without_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = policy("[{term: {up_to: +12}}]", "compiled", "plan.payment <= x.cash")
    reference = policy("[{term: {up_to: +12}}]", "reference", "plan.payment <= x.cash")
    profile = given("ordinary")
    wanted = reference.decide(profile).plans[0]

    def searched(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("policyengine.evaluators.reference.offers.waterfall", searched)
    monkeypatch.setattr("policyengine.evaluators.reference.evaluator.offer_of", searched)
    plan = compiled.decide(profile).plans[0]
    assert (plan.status, plan.terms, plan.schedule) == (
        wanted.status,
        wanted.terms,
        wanted.schedule,
    )


def test_a_traceback_shows_the_source_of_an_offer() -> None:
    compiled = policy("[{term: {up_to: +12}}]", "compiled", "plan.payment <= x.cash")
    (offer,) = offers_of(compiled.program).on(date(2024, 11, 20))
    assert offer.known is not None
    try:
        offer.known(date(2024, 11, 20), ())
    except ValueError:
        shown = traceback.format_exc()
    assert "<tiny, offer plan where all is known, on 2024-11-20>" in shown
    assert "loan_annual_rate" in shown


def test_what_is_decided_of_one_plan_is_that_of_all() -> None:
    for evaluator in ("compiled", "reference"):
        ready = policy("[{term: {up_to: +12}}]", evaluator, "plan.payment <= x.cash").prepare(
            given("ordinary")
        )
        assert ready.decide_plan(0) == ready.decide().plans[0]


def test_days_with_the_same_parameters_share_an_offer() -> None:
    evaluator = pe.load(POLICIES, evaluator="compiled").evaluator
    assert isinstance(evaluator, CompiledEvaluator)
    program = pe.load(POLICIES)["aibank.consumer-loan"].program
    offers = evaluator.offers(program)
    assert offers.on(date(2025, 1, 2)) is offers.on(date(2025, 1, 3))
    assert offers.on(date(2025, 3, 20)) is not offers.on(date(2025, 3, 21))
