"""What the cases of a policy have shown of it: plans by status, rules by truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policyengine.decision.decision import Decision, Plan, Reason, Status
from policyengine.ir.program import Program
from policyengine.testing.results import Coverage

_TRUTHS = (True, False, None)


def coverage_of(program: Program, decisions: Iterable[Decision]) -> Coverage:
    """Return the statuses and truths that decisions under one policy have shown."""
    plans: dict[str, set[Status]] = {plan.id: set() for plan in program.plans}
    rules: dict[str, set[bool | None]] = {name: set() for name in _rules(program)}
    for decision in decisions:
        for plan in decision.plans:
            plans[plan.plan].add(plan.status)
            for reason in plan.reasons:
                rules.get(_name(plan, reason, program), set()).add(reason.holds)
    return Coverage(
        policy=program.id,
        plans={name: tuple(str(s) for s in Status if s in seen) for name, seen in plans.items()},
        rules={name: tuple(t for t in _TRUTHS if t in seen) for name, seen in rules.items()},
    )


def _rules(program: Program) -> Iterator[str]:
    for plan in program.plans:
        for rule in (*plan.require, *plan.offer.until):
            yield f"{plan.id}.{rule.id}"
    for rule in program.guarantees:
        yield _guarantee(rule.origin, rule.id, program)


def _guarantee(origin: str, rule: str, program: Program) -> str:
    return rule if origin == program.id else f"{origin}#{rule}"


def _name(plan: Plan, reason: Reason, program: Program) -> str:
    if reason.kind == "guarantee":
        return _guarantee(reason.origin, reason.rule, program)
    return f"{plan.plan}.{reason.rule}"
