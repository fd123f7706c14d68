"""What the status of a plan is the conjunction of: each part with the missing facts that it can read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import attrs

from policyengine.decision.trace import Truth, Unknown, merged
from policyengine.evaluators.reference.findings import finding
from policyengine.evaluators.reference.logic import conjunction, disjunction, negation
from policyengine.explain.asking.case import Answers, AnswersKey, Case, answers_key
from policyengine.explain.asking.reach import offer_rules, position_facts
from policyengine.explain.asking.trend import Trend, joined, opposite
from policyengine.ir.nodes import (
    Aggregate,
    Compare,
    Fact,
    Field,
    Known,
    Member,
    Node,
    Quantified,
)
from policyengine.ir.program import PlanDefinition, Rule
from policyengine.ir.reach import behind, conjuncts, settings_of, speaks_of_terms


@attrs.frozen(eq=False)
class Atom:
    """A part of a conjunction; its truth is worked out once for each set of answers within its reach.

    `nodes` are the conditions that it consists of; `rests_on_terms` that it also needs a search for terms. `plan` is
    the plan whose terms those are. `parts` are the atoms of which it is made; where `any_part`, it is that one holds.
    """

    reach: frozenset[str]
    _work_out: Callable[[Answers], Truth]
    nodes: tuple[Node, ...] = ()
    plan: PlanDefinition | None = None
    rests_on_terms: bool = False
    parts: tuple[Atom, ...] = ()
    any_part: bool = False
    _seen: dict[AnswersKey, Truth] = attrs.field(factory=dict)

    def leaves(self) -> Iterator[Atom]:
        """Yield the atoms that are not made of others."""
        for part in self.parts:
            yield from part.leaves()
        if not self.parts:
            yield self

    def relevant(self, answers: Answers) -> Answers:
        """Return the answers that it can read."""
        return {path: value for path, value in answers.items() if path in self.reach}

    def truth(self, answers: Answers) -> Truth:
        """Return whether it holds once some answers are given.

        Raises:
            Spent: Too many searches for terms were made.
        """
        relevant = self.relevant(answers)
        key = answers_key(relevant)
        if key not in self._seen:
            self._seen[key] = self._work_out(relevant)
        return self._seen[key]


def plan_atoms(plan: PlanDefinition, case: Case) -> Iterator[Atom]:
    """Yield what must hold for a plan to be allowed; the search for terms comes last."""
    program = case.program
    for path in program.required:
        if path in case.domains:
            yield Atom(frozenset({path}), lambda a, p=path: p in a or Unknown(frozenset({p})))  # type: ignore[misc]
    if program.applies_to is not None:
        yield condition_atom(program.applies_to, case)
    for rule in plan.require:
        yield rule_atom(rule, case)
    yield offer_atom(plan, case)


def condition_atom(node: Node, case: Case) -> Atom:
    """Return the atom of a condition."""
    return Atom(case.reached([node]), lambda a: case.valuation(a).truth(node), (node,))


def rule_atom(rule: Rule, case: Case) -> Atom:
    """Return the atom of a rule."""
    nodes = rule.conditions
    return Atom(
        case.reached(nodes), lambda a: finding(rule, "require", case.valuation(a)).holds, nodes
    )


def offer_atom(plan: PlanDefinition, case: Case) -> Atom:
    """Return the atom that there are terms which keep every rule about them."""
    nodes = tuple(offer_nodes(plan, case))
    reach = case.reached(nodes) | (position_facts(plan) & case.domains.keys())
    return Atom(reach, lambda a: case.offer(plan, a, reach).holds, nodes, plan, True)


def offer_nodes(plan: PlanDefinition, case: Case) -> Iterator[Node]:
    """Yield all expressions that an offer stands on; a guarantee that certainly does not apply is none."""
    yield from settings_of(plan.offer.levers)
    for rule in offer_rules(plan, case.program):
        if rule.applies is None or case.value(rule.applies, {}) is not False:
            yield from rule.conditions


def any_of(atoms: tuple[Atom, ...]) -> Atom:
    """Return the atom that one of several holds."""
    one = _joint(atoms, lambda a: disjunction([atom.truth(a) for atom in atoms]))
    return attrs.evolve(one, any_part=True)


def none_of_plans(plans: tuple[tuple[Atom, ...], ...]) -> Atom:
    """Return the atom that no plan is allowed."""
    flat = tuple(atom for atoms in plans for atom in atoms)
    return _joint(flat, lambda a: negation(disjunction([conjunct(atoms, a) for atoms in plans])))


def _joint(atoms: tuple[Atom, ...], truth: Callable[[Answers], Truth]) -> Atom:
    reach = frozenset[str]().union(*(atom.reach for atom in atoms))
    nodes = tuple(node for atom in atoms for node in atom.nodes)
    return Atom(reach, truth, nodes, None, any(atom.rests_on_terms for atom in atoms), atoms)


def conjunct(atoms: tuple[Atom, ...], answers: Answers) -> Truth:
    """Return whether all hold; no terms are searched for where a rule decides, or waits for a fact."""
    found: list[Truth] = []
    for atom in sorted(atoms, key=lambda atom: atom.rests_on_terms):
        if atom.rests_on_terms and any(isinstance(t, Unknown) and t.missing for t in found):
            return merged(*found)
        found.append(atom.truth(answers))
        if found[-1] is False:
            return False
    return conjunction(found)


# What can be said of the terms as one fact grows


def terms_move_one_way(plan: PlanDefinition, path: str, case: Case, answers: Answers) -> bool:
    """Whether a greater value only widens, or only narrows, the terms that meet the rules.

    So it is where the fact is read by rules about the terms only, each comparing something about the terms with
    something else that moves one way: the first terms that fit then only move one way along the steps, and where the
    same terms are found at both ends of a stretch, they are found throughout.
    """
    if is_worked_from(plan, path, case):
        return False
    if path in case.reached(n for rule in case.program.guarantees for n in rule.conditions):
        return False
    trend = Trend(
        case.program,
        lambda node: case.value(node, answers),
        lambda node: case.value(node, answers),
        lambda node: case.reads(node, path),
        False,
        case.bounds,
    )
    rules = (*plan.offer.until, *plan.offer.accept)
    parts = [part for rule in rules for part in conjuncts(rule.test) if case.reads(part, path)]
    return joined([_widens(part, trend) for part in parts]) is not None


def is_worked_from(plan: PlanDefinition, path: str, case: Case) -> bool:
    """Whether terms are worked out from a fact, rather than only held against it."""
    settings = settings_of(plan.offer.levers)
    return path in position_facts(plan) or any(case.reads(node, path) for node in settings)


def conditions_between(
    plan: PlanDefinition, nodes: Iterable[Node], path: str, case: Case
) -> tuple[Node, ...] | None:
    """Return the conditions through which alone a fact reaches terms; None where it gets there otherwise as well.

    While none of them changes, the terms are the same: a share that hangs on whether a day is before another.
    """
    if path in position_facts(plan):
        return None
    found: list[Node] = []
    reached = all(_is_between(node, path, case, found) for node in nodes)
    return tuple(found) if reached else None


def _is_between(node: Node, path: str, case: Case, found: list[Node]) -> bool:
    if not case.reads(node, path):
        return True
    if isinstance(node, (Compare, Member, Quantified)) and not speaks_of_terms(node):
        found.append(node)
        return True
    if isinstance(node, (Fact, Field, Known, Quantified, Aggregate)):
        return False
    below = (*node.children(), *behind(node, case.program))
    return all(_is_between(each, path, case, found) for each in below)


def _widens(part: Node, trend: Trend) -> int | None:
    """The side that reads the fact must not speak of the terms, so that its direction is that of the whole."""
    if not speaks_of_terms(part):
        return trend.of(part)
    if not isinstance(part, Compare) or part.operator in ("==", "!="):
        return None
    sides = [(part.left, 1), (part.right, -1)]
    if any(trend.depends(side) and speaks_of_terms(side) for side, _ in sides):
        return None
    moved = joined([_signed(trend.of(side), sign) for side, sign in sides if trend.depends(side)])
    return moved if part.operator in (">", ">=") else opposite(moved)


def _signed(direction: int | None, sign: int) -> int | None:
    return direction if sign > 0 else opposite(direction)


def terms_that_fit(
    plan: PlanDefinition, answers: Answers, reach: frozenset[str], case: Case
) -> Callable[[Answers], bool] | None:
    """Return whether the terms found under some answers meet the rules under others; None where none were found."""
    prospect = case.offer(plan, answers, reach).prospect
    if prospect is None:
        return None

    def meets(rules: tuple[Rule, ...], others: Answers) -> bool:
        with_terms = case.valuation(others).with_terms(prospect)
        return all(with_terms.truth(rule.test) is True for rule in rules)

    rules = plan.offer.until if meets(plan.offer.until, answers) else plan.offer.accept
    return lambda others: meets(rules, others)
