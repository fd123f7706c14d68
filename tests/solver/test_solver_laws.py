"""Laws of every offer, on generated loans."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import comparing
import offering
import problems
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import Loan, Problem

import policyengine as pe

SEEDS = range(300)


def offered() -> Iterator[tuple[Problem, pe.Plan]]:
    for seed in SEEDS:
        problem = comparing.posed(seed, "waterfall" if seed % 2 else "least_cost")
        (plan,) = problems.decided(problem).plans
        if plan.status == "allowed":
            yield problem, plan


@pytest.fixture(scope="module")
def offers() -> list[tuple[Problem, pe.Plan]]:
    return list(offered())


def levers_of(problem: Problem) -> set[str]:
    return {step.lever for step in problem.steps}


def test_principal_parts_sum_to_the_balance(offers: list[tuple[Any, pe.Plan]]) -> None:
    assert len(offers) > 60
    for _, plan in offers:
        assert plan.terms
        assert plan.schedule
        first, last = plan.schedule[0], plan.schedule[-1]
        owed = first.balance + first.principal
        assert sum(row.principal for row in plan.schedule) + last.balance == owed


def test_a_schedule_ends_at_zero_or_at_what_was_deferred(offers: list[tuple[Any, pe.Plan]]) -> None:
    ends = {
        plan.schedule[-1].balance == plan.terms.forborne
        for _, plan in offers
        if plan.schedule and plan.terms
    }
    assert ends == {True}
    assert any(plan.terms.forborne for _, plan in offers if plan.terms)


def test_only_a_holiday_or_the_word_of_the_policy_grows_the_debt(
    offers: list[tuple[Problem, pe.Plan]],
) -> None:
    """Interest of a holiday accrues or is capitalised by the policy's own word."""
    looked_at = 0
    for problem, plan in offers:
        assert plan.schedule
        for row in plan.schedule:
            assert row.payment >= 0
            assert row.payment == row.principal + row.interest
            if not problem.negative_amortisation and "holiday" not in levers_of(problem):
                assert row.principal >= 0
                looked_at += 1
    assert looked_at > 1000


def test_the_last_instalment_differs_by_less_than_the_rounding_of_all() -> None:
    """Without interest: with it, half a unit a month bears interest until the end."""
    policies, looked_at = offering.policies("- term: {up_to: +12}", "plan.payment >= 0"), 0
    for seed in range(150):
        loan = problems.made(seed).loan
        profile = _profile(loan, method="level", annual_rate=Decimal(0))
        plan = policies.decide(profile).decisions[0].plan("relief")
        assert plan.schedule
        *others, last = [row.payment for row in plan.schedule]
        # A debt so small that a payment rounds up may be repaid before its term.
        if others and others[-1] == others[0]:
            assert abs(last - others[0]) < Decimal("0.01") * len(plan.schedule)
            looked_at += 1
    assert looked_at > 90


def _profile(loan: Loan, **given_: Any) -> dict[str, Any]:
    """Return the borrower of a loan, with some facts of the loan, and those of `x` under that name."""
    facts = given_.pop("x", {})
    full = {
        "principal": Decimal(loan.principal) / 100,
        "annual_rate": Decimal(loan.annual_rate.numerator) / loan.annual_rate.denominator,
        "remaining_term": loan.remaining_term,
        "next_due": problems.NEXT_DUE,
        "method": loan.method,
    }
    return {"as_of": "2024-11-20", "loans": [full | given_], "x": facts}


AFFORDABLE = offering.policies(
    "- holiday: {months: 0..3, interest: capitalised, maturity: extends}\n"
    "- term: {up_to: +24, step: 1 month}\n"
    "- rate: {down_to: 2%, step: 0.5%}\n"
    "- forbear: {up_to: 30% * plan.balance}",
    "plan.max_payment <= x.cash",
)


@given(seed=st.integers(0, 10**6), share=st.integers(30, 110), more=st.integers(0, 100))
def test_more_income_never_removes_a_plan(seed: int, share: int, more: int) -> None:
    loan = problems.made(seed).loan
    plans = []
    for percent in (share, share + more):
        cash = Decimal(loan.principal * percent // (loan.remaining_term * 100)) / 100
        decision = AFFORDABLE.decide(_profile(loan, x={"cash": cash})).decisions[0]
        plans.append(decision.plan("relief"))
    less, richer = plans
    assert "undetermined" not in (less.status, richer.status)
    if less.status == "allowed":
        assert richer.status == "allowed"
        assert richer.terms
        assert less.terms
        assert (
            richer.terms.term_months <= less.terms.term_months
            or richer.terms.forborne <= less.terms.forborne
        )


CAPPED = offering.policies(
    "- term: {up_to: +x.months, step: 1 month}",
    "plan.max_payment <= x.cash",
    "accept: plan.payment >= 0",
)


@given(seed=st.integers(0, 10**6), cap=st.integers(0, 60), longer=st.integers(0, 60))
def test_a_longer_cap_never_makes_the_payment_higher(seed: int, cap: int, longer: int) -> None:
    loan, payments = problems.made(seed).loan, []
    cash = Decimal(loan.principal * 60 // (loan.remaining_term * 100)) / 100
    for months in (cap, cap + longer):
        facts = {"cash": cash, "months": months}
        plan = CAPPED.decide(_profile(loan, method="level", x=facts)).decisions[0].plan("relief")
        assert plan.terms
        payments.append(plan.terms.payment)
    assert payments[1] <= payments[0]


GUARANTEE = """\
regulation: solver.law
language: 1
version: 2024-01-01
title: {en: Law}
languages: [en]
currency: CNY
vocabulary: solver
sources:
  law: {kind: regulation, title: The law, date: 2024-01-01}
guarantees:
  - id: not_too_long
    that: plan.term <= x.months
    because: {en: 'At most {x.months}.'}
    source: law art. 1
  - id: nothing_forborne
    that: plan.forborne <= x.cash
    because: {en: 'At most {x.cash}.'}
    source: law art. 2
"""


def test_every_allowed_plan_keeps_every_guarantee() -> None:
    kept = withheld = 0
    for seed in range(200):
        problem = problems.made(seed)
        text = problems.policy(problem).replace(
            "vocabulary: solver\n", "vocabulary: solver\nregulations: [solver.law]\n"
        )
        policies = problems.loaded(text, {"law": GUARANTEE})
        profile = problems.profile(problem)
        profile["x"] |= {"months": 24, "cash": Decimal(problem.loan.principal // 4) / 100}
        free = problems.loaded(problems.policy(problem)).decide(profile).decisions[0].plan("relief")
        bound = policies.decide(profile).decisions[0].plan("relief")
        if bound.terms:
            kept += 1
            assert bound.terms == free.terms
            assert bound.terms.term_months <= 24
            assert bound.terms.forborne <= profile["x"]["cash"]
        elif free.terms:
            withheld += 1
            assert bound.status == "denied"
            broken = [reason for reason in bound.decisive if reason.kind == "guarantee"]
            assert broken
            assert all(reason.source and reason.source.startswith("law art.") for reason in broken)
    assert kept > 20
    assert withheld > 10


def _without(profile: dict[str, Any], record: str, field: str) -> dict[str, Any]:
    found = copy.deepcopy(profile)
    at = found["loans"][0] if record == "loan" else found[record]
    at.pop(field)
    return found


def test_deleting_a_fact_decides_nothing() -> None:
    undecided = 0
    for seed in range(160):
        problem = comparing.posed(seed, "waterfall" if seed % 2 else "least_cost")
        policies, profile = problems.loaded(problems.policy(problem)), problems.profile(problem)
        full = policies.decide(profile).decisions[0].plan("relief")
        facts = [("loan", field) for field in profile["loans"][0]] + [
            ("x", field) for field in profile["x"]
        ]
        for record, field in facts:
            less = policies.decide(_without(profile, record, field)).decisions[0].plan("relief")
            context = (seed, field, problems.policy(problem))
            if less.status == "undetermined":
                undecided += 1
                assert full.status == "undetermined" or f"{record}.{field}" in less.asks, context
            else:
                assert less.status == full.status, context
                assert less.schedule == full.schedule, context
    assert undecided > 300


def test_terms_one_step_less_generous_fail_a_rule_that_is_named(
    offers: list[tuple[Problem, pe.Plan]],
) -> None:
    """All rules of these policies bound something from one side, each with its own name."""
    shown = [plan.one_less for _, plan in offers if plan.one_less]
    assert len(shown) > 15
    for less in shown:
        assert {reason.holds for reason in less.failing} <= {False, None}
        assert all(reason.rule.startswith("until_") for reason in less.failing)
        assert any(reason.holds is False for reason in less.failing)
