"""All conditions of a policy on a day that stand on no terms, as rules over slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import attrs

from policyengine.decision.screening import Group, Groups, groups_of
from policyengine.evaluators.rete.compiler.formulas import (
    Conjunction,
    Formula,
    Formulas,
    Literal,
)
from policyengine.evaluators.rete.compiler.slots import (
    VALUE,
    FactSlot,
    Slot,
    Slots,
    TruthSlot,
    by_fact,
)
from policyengine.evaluators.rete.guard.patterns import SLOT, Against, Pattern, Rule
from policyengine.ir import program as ir
from policyengine.ir.nodes import PlanValue
from policyengine.ir.program import Program
from policyengine.ir.reach import reached


@attrs.frozen
class Means:
    """The rules that say a condition is certainly true, or certainly false; None where it always is."""

    true: frozenset[int] | None
    false: frozenset[int] | None

    def truth(self, holding: frozenset[int]) -> bool | None:
        """Return whether the condition holds while these rules do; None where that is not known."""
        if self.true is None or not self.true.isdisjoint(holding):
            return True
        if self.false is None or not self.false.isdisjoint(holding):
            return False
        return None


@attrs.frozen(eq=False)
class Conditions:
    """The conditions of a policy on a day, and the rules over slots that say what each comes to.

    Attributes:
        program: The policy.
        groups: The conditions of a screening.
        guarantees: The guarantees that stand on no terms.
        means: For each group of a screening, and last for the guarantees, what says whether each condition holds.
        rules: The rules of the network.
        slots: What stands in the slots.
        by_fact: The slots that stand on each fact.
    """

    program: Program
    groups: Groups
    guarantees: Group
    means: tuple[tuple[Means, ...], ...]
    rules: tuple[Rule, ...]
    slots: tuple[Slot, ...]
    by_fact: Mapping[str, tuple[int, ...]]

    @property
    def carried(self) -> int:
        """How many slots hold a fact itself."""
        return sum(isinstance(slot, FactSlot) for slot in self.slots)

    @property
    def before(self) -> int:
        """How many slots hold a truth that is worked out before."""
        return sum(isinstance(slot, TruthSlot) for slot in self.slots)


def conditions_of(program: Program, day: date) -> Conditions:
    """Return the conditions of a policy, its parameters as they are on a day."""
    groups, guarantees = groups_of(program), guarantees_of(program)
    slots = Slots(program)
    formulas, rules = Formulas(slots, day), _Rules()
    means = tuple(
        tuple(_means(rule, formulas, rules) for rule in group.rules)
        for group in (*groups.all, guarantees)
    )
    return Conditions(
        program,
        groups,
        guarantees,
        means,
        tuple(map(_rule, rules.numbers)),
        tuple(slots.all),
        by_fact(slots.all),
    )


def guarantees_of(program: Program) -> Group:
    """Return the guarantees that stand on no terms."""
    return Group("guarantees", tuple(r for r in program.guarantees if not _on_terms(r, program)))


def _on_terms(rule: ir.Rule, program: Program) -> bool:
    return any(isinstance(node, PlanValue) for node in reached(rule.conditions, program))


def _means(rule: ir.Rule, formulas: Formulas, rules: _Rules) -> Means:
    both = formulas.rule(rule.test, rule.applies)
    return Means(rules.of(both.true), rules.of(both.false))


@attrs.define(eq=False)
class _Rules:
    """The conjunctions of all formulas by number; the same one stands once, however many conditions share it."""

    numbers: dict[Conjunction, int] = attrs.field(factory=dict)

    def of(self, formula: Formula) -> frozenset[int] | None:
        if frozenset() in formula:
            return None
        return frozenset(
            self.numbers.setdefault(each, len(self.numbers)) for each in _sorted(formula)
        )


def _sorted(formula: Formula) -> list[Conjunction]:
    """Return conjunctions in an order of their own, so that the same policy has the same rules."""
    return sorted(formula, key=_literals)


def _literals(literals: Iterable[Literal]) -> list[tuple[int, str, int]]:
    return sorted((literal.slot, literal.operator, literal.code) for literal in literals)


def _rule(conjunction: Conjunction) -> Rule:
    """Return one pattern for each slot, its number first."""
    slots: dict[int, list[Against]] = {}
    for slot, operator, code in _literals(conjunction):
        slots.setdefault(slot, []).append(Against(VALUE, operator, code))
    return Rule(tuple(_pattern(slot, tests) for slot, tests in slots.items()))


def _pattern(slot: int, tests: Sequence[Against]) -> Pattern:
    return Pattern((Against(SLOT, "==", slot), *tests))


def epoch(program: Program, day: date) -> tuple[int | None, ...]:
    """Return which value each parameter has on a day, by place; conditions are the same while that is."""
    return tuple(
        next((place for place, dated in enumerate(each.values) if dated.covers(day)), None)
        for each in program.parameters.values()
    )
