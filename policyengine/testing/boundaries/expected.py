"""What is decided, as a case expects it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policyengine.decision.decision import Decision, Plan, Status
from policyengine.decision.terms import Terms

#: Terms that are written where they are not nothing.
_GIVEN_UP = ("waived", "forborne", "forgiven")


def expectation(decision: Decision | None) -> tuple[str, ...]:
    """Return the lines of an expectation; None is a policy that does not apply."""
    return ("applies: false",) if decision is None else tuple(_lines(decision))


def _lines(decision: Decision) -> Iterator[str]:
    yield f"outcome: {decision.outcome}"
    yield "plans:"
    for plan in decision.plans:
        yield f"  {plan.plan}: {{{', '.join(_plan(plan))}}}"
    if decision.referrals:
        yield f"referrals: {_listed(r.referral for r in decision.referrals if r.holds)}"
        unknown = (r.referral for r in decision.referrals if r.holds is None)
        yield f"unknown_referrals: {_listed(unknown)}"
    if decision.asks:
        yield f"asks: {_listed(decision.asks)}"


def _plan(plan: Plan) -> Iterator[str]:
    yield f"status: {plan.status}"
    if plan.terms is not None:
        yield f"terms: {{{', '.join(_terms(plan.terms))}}}"
    if plan.status is not Status.ALLOWED:
        yield f"reasons: {_listed(reason.name for reason in plan.decisive)}"
    if plan.asks:
        yield f"asks: {_listed(plan.asks)}"


def _terms(terms: Terms) -> Iterator[str]:
    yield f"payment: {terms.payment}"
    if terms.max_payment != terms.payment:
        yield f"max_payment: {terms.max_payment}"
    yield f"term_months: {terms.term_months}"
    for name in _GIVEN_UP:
        if getattr(terms, name):
            yield f"{name}: {getattr(terms, name)}"


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"
