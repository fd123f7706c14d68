"""Borrowers whom each plan is allowed: found once for a policy, and then moved about.

A borrower whose every fact is left to chance fails so many rules that one more makes no difference. The search starts
from an ordinary borrower and changes what the failing rules read, as long as fewer fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count

import attrs

from policyengine.decision.trace import Trace
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.ir.nodes import Fact, Node
from policyengine.ir.program import PlanDefinition, Program
from policyengine.ir.reach import conjuncts, reached
from policyengine.model.types import Kind, Value
from policyengine.testing.strategies.borrower import LOAN_ID, Borrower
from policyengine.testing.strategies.choices import Choices, choices_of

#: Borrowers that are tried for one plan.
TRIES = 600
#: Amounts that are enough for most.
_AMPLE = (Fraction(5_000), Fraction(1_000_000))
#: What terms are worked out from, whatever the rules read.
_POSITION = frozenset({"loan.principal", "loan.remaining_term", "loan.next_due"})
#: An ordinary loan, where the policy says nothing else: one that can be paid back within the year.
_LOAN: Mapping[str, Value] = {
    "loan.principal": Fraction(12_000),
    "loan.annual_rate": Fraction(12, 100),
    "loan.remaining_term": 12,
    "loan.method": "level",
    "loan.payment": Fraction(1_066),
    "loan.accrued_interest": Fraction(0),
    "loan.penalty_interest": Fraction(0),
    "loan.fees": Fraction(0),
}


@attrs.frozen(eq=False)
class Witnesses:
    """The day, the choices of every fact, and a borrower for each plan; `allowed` are the plans found allowed."""

    today: date
    choices: Mapping[str, Choices]
    borrowers: tuple[Borrower, ...]
    allowed: frozenset[str]


@lru_cache(maxsize=64)
def witnesses_of(program: Program) -> Witnesses:
    """Return a borrower for each plan of a policy: one whom it is allowed, or whom least keeps from it."""
    today = _today(program)
    choices = choices_of(program, today)
    found = [
        _Search(program, plan, choices).run(_ordinary(choices, today)) for plan in program.plans
    ]
    ranked = sorted(zip(found, program.plans, strict=True), key=lambda each: each[0].missed)
    allowed = frozenset(plan.id for tried, plan in ranked if not tried.missed)
    return Witnesses(today, choices, tuple(tried.borrower for tried, _ in ranked), allowed)


def _today(program: Program) -> date:
    """Return an ordinary day on which a policy is in force: in the middle of a month, a while after it began."""
    begun = [v.starts for p in program.parameters.values() for v in p.values if v.starts]
    began = max([*begun, *([program.starts] if program.starts else [])], default=date(2024, 11, 20))
    wanted = max(began + timedelta(days=30), date(2024, 11, 20))
    return min(wanted.replace(day=20), program.ends) if program.ends else wanted.replace(day=20)


def _ordinary(choices: Mapping[str, Choices], today: date) -> Borrower:
    facts = {path: each.values[0] for path, each in choices.items() if each.values}
    for path, each in choices.items():
        if path in _LOAN and (each.domain.ordered or _LOAN[path] in each.values):
            facts[path] = _LOAN[path]
        elif path == "loan.next_due":
            facts[path] = today + timedelta(days=10)
    facts.pop("loan.due_day", None)
    return Borrower(today, {"loan.id": LOAN_ID, **facts})


@attrs.frozen
class _Tried:
    """A borrower, and how much keeps a plan from them."""

    borrower: Borrower
    missed: int
    reads: frozenset[str]


@attrs.define
class _Search:
    """Goes on from whoever is nearest; a fact that helps only together with another is changed all the same."""

    program: Program
    plan: PlanDefinition
    choices: Mapping[str, Choices]
    left: int = TRIES

    def run(self, start: Borrower) -> _Tried:
        best = self._tried(start)
        queue, order = [(best.missed, 0, best)], count(1)
        while queue and best.missed and self.left > 0:
            _, _, at = heappop(queue)
            for tried in self._around(at):
                best = min(best, tried, key=lambda each: each.missed)
                if tried.missed <= at.missed:
                    heappush(queue, (tried.missed, next(order), tried))
                if tried.missed < at.missed:
                    heappush(queue, (at.missed, next(order), at))
                    break
        return best

    def _around(self, at: _Tried) -> Iterator[_Tried]:
        for path in sorted(at.reads & self.choices.keys()):
            each = self.choices[path]
            for value in (*each.values, *(_AMPLE if each.domain.kind is Kind.MONEY else ())):
                if value != at.borrower.facts.get(path) and self.left > 0:
                    yield self._tried(at.borrower.with_fact(path, value))

    def _tried(self, borrower: Borrower) -> _Tried:
        self.left -= 1
        situation = borrower.situation()
        values = Valuation(self.program, situation)
        condition = self.program.applies_to
        parts = list(conjuncts(condition)) if condition is not None else []
        failing = [part for part in parts if values.truth(part) is not True]
        if failing:
            return _Tried(borrower, 1_000 * len(failing), self._read(failing))
        trace = ReferenceEvaluator().evaluate(self.program, situation)
        return self._weighed(borrower, trace)

    def _weighed(self, borrower: Borrower, trace: Trace) -> _Tried:
        """Weigh a failing requirement more than any rule about terms, which may change with it."""
        found = next(each for each in trace.plans if each.plan is self.plan)
        values = Valuation(self.program, trace.situation)
        tests = [part for rule in found.require for part in conjuncts(rule.rule.test)]
        failing = [part for part in tests if values.truth(part) is not True]
        if failing:
            return _Tried(borrower, 100 * len(failing), self._read(failing))
        if found.offer.holds is True:
            return _Tried(borrower, 0, frozenset())
        rules = [rule for rule in found.offer.rules if rule.holds is not True]
        reads = self._read([node for rule in rules for node in rule.rule.conditions])
        missed = sum(1 if rule.kind == "guarantee" else 10 for rule in rules)
        return _Tried(borrower, missed or 50, reads | _POSITION)

    def _read(self, nodes: list[Node]) -> frozenset[str]:
        below = reached(nodes, self.program)
        return frozenset(node.path for node in below if isinstance(node, Fact))
