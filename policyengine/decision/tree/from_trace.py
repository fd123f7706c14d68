"""From what an evaluator found to the tree: plans and rules."""

from __future__ import annotations

from collections.abc import Iterable

from policyengine.decision.citation import cited
from policyengine.decision.reasons import plainly, rule_text
from policyengine.decision.trace import PlanFinding, RuleFinding, Trace
from policyengine.decision.tree.branch import Branch, BranchKind
from policyengine.decision.tree.expressions import Grower
from policyengine.decision.tree.steps import steps_branch


def plan_branch(found: PlanFinding, holds: bool | None, trace: Trace) -> Branch:
    """Return everything that a plan's status stands on."""
    return Branch(
        kind=BranchKind.PLAN,
        name=found.plan.id,
        holds=holds,
        text=found.plan.title,
        at=str(found.plan.span),
        branches=(*(rule_branch(rule, trace) for rule in found.rules), steps_branch(found, trace)),
    )


def rule_branch(found: RuleFinding, trace: Trace) -> Branch:
    """Return a rule, its parts where it is an `any` or `all`, and otherwise what its expression stands on."""
    rule = found.rule
    return Branch(
        kind=BranchKind.RULE,
        name=rule.id,
        holds=plainly(found.holds),
        text=rule_text(found, trace.program),
        code=rule.code,
        source=rule.source,
        citation=cited(rule.source, rule.origin, trace.program),
        at=str(rule.span),
        branches=tuple(_below(found, trace)),
    )


def _below(found: RuleFinding, trace: Trace) -> Iterable[Branch]:
    grower = Grower(trace.program, trace.situation, found.value)
    if found.rule.applies is not None:
        yield Branch(
            kind=BranchKind.WHEN,
            name="applies",
            holds=plainly(found.value(found.rule.applies)),  # type: ignore[arg-type]  # a condition
            branches=(grower.condition(found.rule.applies),),
        )
    if found.parts:
        kind = BranchKind.ANY if found.rule.joint == "any" else BranchKind.ALL
        yield Branch(
            kind=kind,
            name=str(found.rule.joint),
            holds=plainly(found.holds),
            branches=tuple(rule_branch(part, trace) for part in found.parts),
        )
    elif found.rule.always:
        yield from grower.names(found.rule.told)
    else:
        yield grower.condition(found.rule.test)
