"""Whether the engine says of a problem what brute force says."""

from __future__ import annotations

from decimal import Decimal

import attrs
from oracle import Answer, Outcome, Problem, less_generous, solve
from problems import made, rising

import policyengine as pe

STATUS = {True: "allowed", False: "denied", None: "undetermined"}
AMOUNTS = (
    "payment",
    "max_payment",
    "total_paid",
    "total_interest",
    "waived",
    "forborne",
    "forgiven",
    "cost",
)


def posed(seed: int, choose: str) -> Problem:
    """Return the problem of a seed; what is enough short of the target is a matter of waterfalls."""
    return _posed(made(seed), choose)


def posed_rising(seed: int, choose: str) -> Problem:
    """Return the problem of a seed with a rate that rises later."""
    return _posed(rising(seed), choose)


def _posed(problem: Problem, choose: str) -> Problem:
    problem = attrs.evolve(problem, choose=choose)
    return problem if choose == "waterfall" else attrs.evolve(problem, accept=())


def cents(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-2)


def differences(problem: Problem, plan: pe.Plan) -> list[str]:
    """Return in what a plan differs from what brute force finds."""
    answer = solve(problem)
    if plan.status != STATUS[answer.holds]:
        return [f"{plan.status}, not {STATUS[answer.holds]} at {answer.choice}"]
    if answer.holds is not True:
        return [] if plan.terms is None and _says_why(plan) else ["it does not say why"]
    assert answer.outcome
    return [*_in_terms(answer.outcome, plan), *_in_certificate(problem, answer, plan)]


def _says_why(plan: pe.Plan) -> bool:
    """Whether a reason bears the status out."""
    return bool(plan.decisive) or (not plan.reasons and plan.status == "undetermined")


def _in_terms(expected: Outcome, plan: pe.Plan) -> list[str]:
    assert plan.terms
    assert plan.schedule
    rows = [(r.payment, r.interest, r.principal, r.balance) for r in plan.schedule]
    pairs = {name: (getattr(plan.terms, name), cents(expected.minor(name))) for name in AMOUNTS}
    pairs["term"] = (plan.terms.term_months, len(expected.rows))  # type: ignore[assignment]
    found = [
        f"{name}: {mine}, not {other}" for name, (mine, other) in pairs.items() if mine != other
    ]
    if rows != [tuple(map(cents, row)) for row in expected.rows]:
        found.append("the schedule")
    return found


def _in_certificate(problem: Problem, answer: Answer, plan: pe.Plan) -> list[str]:
    """One step less generous: such terms fail, the rules that they fail are named, and they are the right ones."""
    less = less_generous(problem, answer)
    if plan.one_less is None:
        return ["terms one step less generous fail and are not shown"] if less else []
    failing = [reason.holds for reason in plan.one_less.failing]
    if False not in failing or True in failing:
        return [f"one step less: {failing}"]
    if plan.one_less.payment not in [cents(outcome.minor("payment")) for outcome in less]:
        return [f"one step less asks {plan.one_less.payment}"]
    return []
