"""Moves one fact of a borrower to where something turns: a comparison through derived values, or the status of a plan.

Two values of the fact between which it turns are looked for, and halved until they are one step apart.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

import attrs

from policyengine.decision.trace import Unknown
from policyengine.evaluators.base import Evaluator
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.explain.asking.domains import Domain
from policyengine.explain.asking.reach import position_facts
from policyengine.facts.facts import Situation
from policyengine.ir.nodes import Compare, Fact, Node
from policyengine.ir.program import PlanDefinition, Program
from policyengine.ir.reach import reached
from policyengine.model.types import ORDERED, Kind
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.choices import Choices
from policyengine.testing.strategies.limits import limits_of

Truth = Callable[[Situation], Hashable]
#: What may lie beyond the choices of an amount.
_FAR = (Fraction(0), Fraction(10_000), Fraction(1_000_000))


@attrs.frozen(eq=False)
class Target:
    """Something that turns, and the ordered facts that it stands on, by path."""

    turns: Compare | PlanDefinition
    facts: tuple[str, ...]


@lru_cache(maxsize=64)
def targets_of(program: Program) -> tuple[Target, ...]:
    """Return all that can be aimed at: the statuses of plans, and comparisons that name no terms.

    A plan stands there as often as all comparisons together: what depends on its terms turns nowhere else.
    """
    found = (_target(node, [node.left, node.right], program) for node in _several(program))
    apart = tuple(target for target in found if target.facts)
    aimed_at = (_plan_target(plan, program) for plan in program.plans)
    plans = tuple(target for target in aimed_at if target.facts)
    return plans * max(1, len(apart) // max(1, len(plans))) + apart


def _several(program: Program) -> Iterator[Compare]:
    """Yield the comparisons of ordered values that a fact reaches through others."""
    for node in limits_of(program).comparisons:
        if node.left.type.kind in ORDERED:
            yield node


def _plan_target(plan: PlanDefinition, program: Program) -> Target:
    rules = (*plan.require, *plan.offer.until, *plan.offer.accept)
    found = _target(plan, [node for rule in rules for node in rule.conditions], program)
    position = sorted(position_facts(plan) & program.dictionary.facts.keys())
    rest = tuple(path for path in position if _is_ordered(path, program))
    return found if found.facts else attrs.evolve(found, facts=rest)


def _target(turns: Compare | PlanDefinition, nodes: list[Node], program: Program) -> Target:
    paths = {node.path for node in reached(nodes, program) if isinstance(node, Fact)}
    return Target(turns, tuple(sorted(p for p in paths if _is_ordered(p, program))))


def _is_ordered(path: str, program: Program) -> bool:
    fact = program.dictionary.facts.get(path)
    return fact is not None and fact.type.kind in ORDERED


@attrs.frozen(eq=False)
class Aim:
    """What is aimed at, the fact that is moved, and how many steps past the turn it is put."""

    target: Target
    path: str
    steps: int


def aimed(
    borrower: Borrower,
    aim: Aim,
    choices: Mapping[str, Choices],
    program: Program,
    evaluator: Evaluator,
) -> Borrower:
    """Return a borrower with the fact where the target turns; the same where it does not turn for that fact."""
    domain = choices[aim.path].domain
    search = _Turn(borrower, aim.path, domain, _truth(aim.target, program, evaluator))
    place = search.place(looked_at(choices[aim.path]))
    if place is None:
        return borrower
    low, high = domain.ends
    wanted = min(max(place + aim.steps * domain.step, low), high)
    return borrower.with_fact(aim.path, domain.at(wanted))


def _truth(target: Target, program: Program, evaluator: Evaluator) -> Truth:
    turns = target.turns
    if isinstance(turns, Compare):
        return lambda situation: _order(turns, program, situation)
    return lambda situation: _status(turns, program, evaluator, situation)


def _order(node: Compare, program: Program, situation: Situation) -> Hashable:
    values = Valuation(program, situation)
    left, right = values.value(node.left), values.value(node.right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    return left >= right if node.operator in (">=", "<") else left > right  # type: ignore[operator]


def _status(
    plan: PlanDefinition, program: Program, evaluator: Evaluator, situation: Situation
) -> Hashable:
    probe = evaluator.probe(program, situation)
    for rule in plan.require:
        if probe.value(rule.test) is not True:
            return False
    return probe.offer(plan).holds is True


def looked_at(choices: Choices) -> Iterator[int]:
    """Yield the places of a fact's choices, and of an amount some far beyond them."""
    yield from (choices.domain.place(value) for value in choices.values)
    if choices.domain.kind is Kind.MONEY:
        yield from (choices.domain.place(value) for value in _FAR)


def turn_from(
    here: int, others: Iterable[int], domain: Domain, at: Callable[[int], Hashable]
) -> int | None:
    """Return the first place, going up, past a turn between `here` and one of others, the nearest first.

    `at` says of a place on which side it is; None where none of the others is on another side.
    """
    key, (low, high) = at(here), domain.ends
    for other in sorted({p for p in others if low <= p <= high}, key=lambda p: (abs(p - here), p)):
        if at(other) != key:
            return _halved(min(here, other), max(here, other), domain.step, at)
    return None


def _halved(below: int, above: int, step: int, at: Callable[[int], Hashable]) -> int:
    key = at(below)
    while above - below > step:
        middle = below + (above - below) // (2 * step) * step
        middle = middle if middle > below else below + step
        if at(middle) == key:
            below = middle
        else:
            above = middle
    return above


@attrs.frozen(eq=False)
class _Turn:
    borrower: Borrower
    path: str
    domain: Domain
    truth: Truth

    def place(self, others: Iterator[int]) -> int | None:
        """Return the first place, going up, on the other side of a turn."""
        known = self.borrower.facts.get(self.path)
        if known is None:
            return None
        return turn_from(self.domain.place(known), others, self.domain, self._at)

    def _at(self, place: int) -> Hashable:
        return self.truth(self.borrower.with_fact(self.path, self.domain.at(place)).situation())
