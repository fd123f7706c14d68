"""A breach as readers see it: a sentence, the reasons before and after, and the borrower as a case to paste."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from policyengine.decision.decision import Plan, Reason, Status
from policyengine.ir.program import Program
from policyengine.testing.laws.law import Breach, Law, Seen
from policyengine.testing.strategies.written import case_yaml


@attrs.frozen
class Decided:
    """What is decided of the plan that a breach is about, or of the whole, and the reasons that decided."""

    what: str
    reasons: tuple[Reason, ...]


@attrs.frozen
class ShownBreach:
    """How a law is broken; `cases` are the borrower before and after the change, for a test file."""

    said: str
    plan: str | None
    before: Decided
    after: Decided | None
    cases: tuple[str, ...]


def shown_breach(breach: Breach, law: Law, program: Program) -> ShownBreach:
    """Return a breach for readers."""
    after = breach.after
    return ShownBreach(
        breach.said,
        breach.plan,
        _decided(breach.before, breach.plan),
        None if after is None else _decided(after, breach.plan),
        tuple(_cases(breach, law, program)),
    )


def _decided(seen: Seen, name: str | None) -> Decided:
    if seen.decision is None:
        return Decided("the policy does not apply", ())
    plan = seen.plan(name)
    if plan is None:
        held = (r.reason for r in seen.decision.referrals if r.holds)
        return Decided(f"the outcome is {seen.decision.outcome}", tuple(held))
    return Decided(f"`{plan.plan}` is {plan.status}", _telling(plan))


def _telling(plan: Plan) -> tuple[Reason, ...]:
    """Return the deciding reasons; of an allowed plan those that a rule of the policy gives."""
    if plan.status is not Status.ALLOWED:
        return plan.decisive
    return tuple(reason for reason in plan.reasons if reason.kind != "guarantee")


def _cases(breach: Breach, law: Law, program: Program) -> Iterator[str]:
    """Yield the borrower, and whoever the change makes of them where that is another."""
    seen = [("before", breach.before)]
    if breach.after is not None and breach.after.borrower is not breach.before.borrower:
        seen.append(("after", breach.after))
    for when, each in seen:
        name = f"{law.title}, {when}" if len(seen) > 1 else law.title
        statuses = _statuses(each, breach.plan)
        if each.decision is not None:
            yield case_yaml(name, each.borrower, program, statuses, breach.remarks)


def _statuses(seen: Seen, name: str | None) -> dict[str, str]:
    plans = seen.decision.plans if seen.decision else ()
    return {plan.plan: str(plan.status) for plan in plans if name in (None, plan.plan)}
