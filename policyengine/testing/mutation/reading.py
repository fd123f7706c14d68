"""The expressions of a program that decide something, and how a constant is moved by one step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.levers import is_searched
from policyengine.ir.program import PlanDefinition, Program, Rule
from policyengine.ir.reach import reached, settings_of
from policyengine.model.types import Kind, Value

#: A hundredth of a percent, a hundredth: what tells two values of a fact apart.
_OF_FACTS = {Kind.RATE: Fraction(1, 10_000), Kind.NUMBER: Fraction(1, 100)}


@attrs.frozen(eq=False)
class Root:
    """A whole expression, whether it is a condition, and whether it counts only once there are terms."""

    node: ir.Node
    condition: bool
    at_terms: bool = False


def roots_of(program: Program) -> Iterator[Root]:
    """Yield the whole expressions that decide, in the order of the program. Figures decide nothing."""
    if program.applies_to is not None:
        yield Root(program.applies_to, True)
    for plan in program.plans:
        for rule in plan.require:
            yield from _conditions(rule)
        for rule in plan.offer.until:
            yield from _conditions(rule, at_terms=True)
        for rule in plan.offer.accept:
            yield from _conditions(rule)
        for lever in plan.offer.levers:
            yield from ([Root(lever.when, True)] if lever.when is not None else [])
            whole = settings_of(attrs.evolve(lever, when=None))
            yield from (Root(node, False) for node in dict.fromkeys(whole))
    for rule in program.guarantees:
        yield from _conditions(rule, at_terms=True)
    for referral in program.referrals:
        yield from _conditions(referral.rule)


def expected_of(program: Program) -> Iterator[Root]:
    """Yield the whole expressions that a case may expect something of: those that decide, and the figures of plans."""
    yield from roots_of(program)
    for plan in program.plans:
        yield from (Root(figure.node, False) for figure in plan.figures.values())


def _conditions(rule: Rule, *, at_terms: bool = False) -> Iterator[Root]:
    yield from (Root(node, True, at_terms) for node in rule.conditions)


def nodes_of(program: Program) -> tuple[ir.Node, ...]:
    """Return every node that a decision may evaluate, each once."""
    return tuple(reached([root.node for root in roots_of(program)], program))


def seen_at_offer(plan: PlanDefinition) -> tuple[ir.Node, ...]:
    """Return nodes of which one is evaluated whenever terms are looked for."""
    tests = (rule.test for rule in (*plan.offer.until, *plan.offer.accept))
    return (*settings_of(plan.offer.levers), *tests)


def always(node: ir.Node) -> ir.Node:
    """Return a condition that holds for everybody, in the place of another."""
    return ir.Constant(type=node.type, span=node.span, value=True)


def is_chain(node: ir.Node) -> bool:
    """Whether a conjunction was written as one comparison, `1 day <= x <= 90 days`, or put together by the reader."""
    return isinstance(node, ir.And) and any(each.span == node.span for each in node.operands)


def fact_named(node: ir.Node, program: Program) -> str | None:
    """Return the path of the one fact that an expression is."""
    if isinstance(node, ir.Derived):
        return fact_named(program.derived[node.key].node, program)
    return node.path if isinstance(node, ir.Fact) else None


def beside(value: Any, kind: Kind, scale: int, *, of_fact: bool) -> tuple[Value, ...]:
    """Return the values one step below and above: of a fact its least step, otherwise one of the last digit written."""
    if isinstance(value, bool) or not isinstance(value, (int, Fraction, date)):
        return ()
    if isinstance(value, date):
        return (value - timedelta(days=1), value + timedelta(days=1))
    step = _step(Fraction(value), kind, scale, of_fact=of_fact)
    kept = int if isinstance(value, int) else Fraction
    return (kept(value - step), kept(value + step))


def _step(value: Fraction, kind: Kind, scale: int, *, of_fact: bool) -> Fraction:
    if kind in (Kind.INTEGER, Kind.DAYS, Kind.MONTHS):
        return Fraction(1)
    if of_fact:
        return _OF_FACTS.get(kind, Fraction(1, scale))
    unit = Fraction(1, 100) if kind is Kind.RATE else Fraction(1)
    step = unit
    while value % step and step > Fraction(1, 10**12):
        step /= 10
    return step


def searches(plan: PlanDefinition) -> bool:
    """Whether the terms of a plan are looked for among several."""
    return any(is_searched(lever) for lever in plan.offer.levers)
