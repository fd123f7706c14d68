"""A borrower who tells a mutant from the policy, as a case for the test file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from policyengine.decision.decision import Decision, Plan
from policyengine.ir.program import Program
from policyengine.testing.mutation.telling.observed import (
    ASKS,
    OUTCOME,
    REASONS,
    REFERRALS,
    TERMS,
    Difference,
    reasons_of,
)
from policyengine.testing.strategies.borrower import LOAN_ID, Borrower
from policyengine.testing.strategies.written import profile_yaml


def pasted(
    name: str, borrower: Borrower, found: Difference, program: Program, *, named: bool
) -> str:
    """Return a case that the policy passes and the mutant does not."""
    as_of, *given = profile_yaml(borrower, program).splitlines()
    lines = [f"- name: {json.dumps(name, ensure_ascii=False)}", f"  {as_of}", "  given:"]
    lines += [f"    loan: {LOAN_ID}"] if named else []
    lines += [f"    {line}" for line in given]
    lines += ["  expect:", *(f"    {line}" for line in _expected(found))]
    return "\n".join(lines) + "\n"


def _expected(found: Difference) -> Iterator[str]:
    decision, aspect = found.decision, found.aspect
    if aspect.what == OUTCOME:
        yield f"outcome: {decision.outcome}"
    yield "plans:"
    for plan in decision.plans:
        yield f"  {plan.plan}: {{{', '.join(_of_plan(plan, found))}}}"
    if aspect.what == REFERRALS:
        yield f"referrals: {_listed(_referrals(decision, True))}"
        yield f"unknown_referrals: {_listed(_referrals(decision, None))}"
    if aspect.what == ASKS and aspect.plan is None:
        yield f"asks: {_listed(decision.asks)}"


def _of_plan(plan: Plan, found: Difference) -> Iterator[str]:
    aspect = found.aspect
    yield f"status: {plan.status}"
    if aspect.plan != plan.plan:
        return
    if aspect.what == REASONS:
        yield f"reasons: {_listed(reasons_of(plan))}"
    elif aspect.what == ASKS:
        yield f"asks: {_listed(plan.asks)}"
    elif aspect.what == TERMS and aspect.term is not None:
        yield f"terms: {{{aspect.term}: {_value(getattr(plan.terms, aspect.term))}}}"


def _referrals(decision: Decision, holds: bool | None) -> tuple[str, ...]:
    return tuple(each.referral for each in decision.referrals if each.holds is holds)


def _listed(names: tuple[str, ...]) -> str:
    return f"[{', '.join(names)}]"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_value(each)}" for name, each in value.items()) + "}"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return str(value)
