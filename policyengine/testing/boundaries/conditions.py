"""Where a policy decides: each rule in the order of the file, and whom it decides about."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import attrs

from policyengine.explain.asking.reach import position_facts, reads
from policyengine.ir.nodes import Known, Node, PlanValue
from policyengine.ir.program import PlanDefinition, Program, Rule
from policyengine.ir.reach import reached, settings_of
from policyengine.ir.showing import written


class About(StrEnum):
    """What a condition decides."""

    POLICY = "policy"
    PLAN = "plan"
    TERMS = "terms"
    REFERRAL = "referral"


@attrs.frozen(eq=False)
class Condition:
    """A rule and what it decides.

    Attributes:
        about: Whether it decides that the policy applies, a plan, its terms or a referral.
        of: The plan or referral, or the file that a guarantee is from.
        id: The rule's own name.
        nodes: The expressions that its truth stands on.
        plans: The plans that it can deny.
        facts: The facts that it reads.
        position: The facts that terms are worked out from, where it speaks of terms.
    """

    about: About
    of: str
    id: str
    nodes: tuple[Node, ...]
    plans: tuple[str, ...]
    facts: frozenset[str]
    position: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What it is called in the names of cases."""
        return f"{self.of}, {self.id}" if self.of and self.of != self.id else self.id

    @property
    def text(self) -> str:
        """The condition as it is written, on one line."""
        shown = " | ".join(written(node.span) for node in self.nodes)
        return shown if len(shown) <= 90 else f"{shown[:87]}..."


def conditions_of(program: Program) -> tuple[Condition, ...]:
    """Return the conditions of a policy: whether it applies, its plans, guarantees, and referrals."""
    return tuple(each for each in _conditions(program) if each.nodes)


def asked_about(condition: Condition, program: Program) -> frozenset[str]:
    """Return the facts of which a condition asks whether they are known."""
    asked = [node for node in reached(condition.nodes, program) if isinstance(node, Known)]
    return _facts(tuple(asked), program)


def _conditions(program: Program) -> Iterator[Condition]:
    every = tuple(plan.id for plan in program.plans)
    if program.applies_to is not None:
        nodes = (program.applies_to,)
        facts = _facts(nodes, program)
        yield Condition(About.POLICY, "", "applies_to", nodes, every, facts)
    for plan in program.plans:
        yield from _of_plan(plan, program)
    for rule in program.guarantees:
        origin = "" if rule.origin == program.id else rule.origin
        yield _rule(About.PLAN, origin, rule, every, program)
    for each in program.referrals:
        yield _rule(About.REFERRAL, each.id, each.rule, (), program)


def _of_plan(plan: PlanDefinition, program: Program) -> Iterator[Condition]:
    seen: set[str] = set()
    for rule in (*plan.require, *plan.offer.until, *plan.offer.accept):
        if rule.id not in seen:
            seen.add(rule.id)
            yield _rule(About.PLAN, plan.id, rule, (plan.id,), program)
    nodes = tuple(settings_of(plan.offer.levers))
    facts = _facts(nodes, program) | _position([plan], program)
    yield Condition(About.TERMS, plan.id, "steps", nodes, (plan.id,), facts)


def _rule(about: About, of: str, rule: Rule, plans: tuple[str, ...], program: Program) -> Condition:
    nodes, position = rule.conditions, frozenset[str]()
    if any(isinstance(node, PlanValue) for node in reached(nodes, program)):
        position = _position([plan for plan in program.plans if plan.id in plans], program)
    return Condition(about, of, rule.id, nodes, plans, _facts(nodes, program), position)


def _position(plans: list[PlanDefinition], program: Program) -> frozenset[str]:
    found = frozenset[str]().union(*(position_facts(plan) for plan in plans))
    return found & program.dictionary.facts.keys()


def _facts(nodes: tuple[Node, ...], program: Program) -> frozenset[str]:
    """Return the facts that expressions read, but for what names the loan."""
    known = program.dictionary.facts.keys()
    found = frozenset[str]().union(*(reads(node, program).facts for node in nodes))
    return (found & known) - {"loan.id"}
