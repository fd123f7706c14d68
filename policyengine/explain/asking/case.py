"""One loan under one policy, with answers tried out: values and terms are worked out once for each set of answers."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import attrs

from policyengine.decision.decision import Decision
from policyengine.decision.from_trace import decision_from
from policyengine.decision.trace import Result, Truth, Unknown
from policyengine.evaluators.base import Evaluator, Offered
from policyengine.evaluators.reference.offers import offered
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.explain.asking.completion import completed, definition_of
from policyengine.explain.asking.domains import Domain
from policyengine.explain.asking.reach import inner_first, live, missing_facts, reads
from policyengine.explain.cited.citing import Citing
from policyengine.facts.facts import Situation
from policyengine.finance.calendar import due_dates
from policyengine.finance.errors import FinanceError
from policyengine.ir.nodes import Compare, Constant, Member, Node
from policyengine.ir.program import PlanDefinition, Program
from policyengine.ir.reach import settings_of
from policyengine.model.types import Kind, Value

Answers = Mapping[str, Value]
AnswersKey = frozenset[tuple[str, Any]]

#: Sets of answers, and months of schedules in searches for terms, that are tried for one fact.
STEPS, MONTHS = 3000, 40_000
#: The same in all.
ALL_STEPS, ALL_MONTHS = 20_000, 250_000
#: What a search for terms costs besides its schedules, in months.
_SEARCH = 250


class Spent(Exception):
    """The budget is used up: what was not shown by now is not shown."""


@attrs.define
class Budget:
    """How much is tried before it is said that something could not be decided.

    `steps` counts sets of answers, `months` those of the schedules worked out: some 300,000 take a second.
    """

    steps: int = 0
    months: int = 0
    all_steps: int = ALL_STEPS
    all_months: int = ALL_MONTHS

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Count nothing of what is done within."""
        before = attrs.astuple(self)
        self.steps = self.months = self.all_steps = self.all_months = sys.maxsize
        try:
            yield
        finally:
            self.steps, self.months, self.all_steps, self.all_months = before

    def renew(self) -> None:
        """Start anew, for another fact."""
        self.steps, self.months = STEPS, MONTHS

    def step(self) -> None:
        """Count one set of answers.

        Raises:
            Spent: It was one too many.
        """
        self.steps -= 1
        self.all_steps -= 1
        if self.steps < 0 or self.all_steps < 0:
            raise Spent

    def check(self) -> None:
        """See that another search for terms may be made.

        Raises:
            Spent: Those before have cost too much.
        """
        if self.months <= 0 or self.all_months <= 0:
            raise Spent

    def add(self, months: int) -> None:
        """Count what a search for terms has cost."""
        self.months -= _SEARCH + months
        self.all_months -= _SEARCH + months


@attrs.frozen(slots=False, eq=False)
class Case:
    """A policy and a loan, the facts that are missing, and what there is to answer."""

    program: Program
    situation: Situation
    evaluator: Evaluator
    budget: Budget
    domains: Mapping[str, Domain]
    _valuations: dict[AnswersKey, Valuation] = attrs.field(factory=dict)
    _offers: dict[tuple[str, AnswersKey], Offered] = attrs.field(factory=dict)

    @classmethod
    def of(
        cls, program: Program, situation: Situation, evaluator: Evaluator, budget: Budget
    ) -> Case:
        """Return a case with a domain for every missing fact."""
        missing = sorted(missing_facts(program, situation))
        domains = {
            path: Domain(
                path,
                definition_of(path, program.dictionary),
                program,
                program.scale,
                _due_after(situation) if path == "loan.next_due" else situation.as_of,
                _words(path, program, situation),
            )
            for path in missing
        }
        return cls(program, situation, evaluator, budget, domains)

    def reached(self, nodes: Iterable[Node]) -> frozenset[str]:
        """Return the missing facts that expressions can still read."""
        found = live(nodes, self.program, lambda node: self.value(node, {}))
        return frozenset(path for path in self.domains if found.has(path))

    def reads(self, node: Node, path: str) -> bool:
        """Whether an expression can read a fact."""
        return reads(node, self.program).has(path)

    def valuation(self, answers: Answers) -> Valuation:
        """Return the values of expressions once some answers are given."""
        key = answers_key(answers)
        if key not in self._valuations:
            if len(self._valuations) > _MOST_KEPT:
                self._valuations.clear()
            situation = completed(self.situation, answers)
            self._valuations[key] = Valuation(self.program, situation)
        return self._valuations[key]

    def value(self, node: Node, answers: Answers) -> Result:
        """Return the value of an expression; unknown within a list, where the member is not known."""
        try:
            return self.valuation(answers).value(node)
        except KeyError:
            return Unknown()

    def offer(self, plan: PlanDefinition, answers: Answers, reach: frozenset[str]) -> Offered:
        """Return the terms of a plan once some answers are given; `reach` are the facts they stand on.

        Raises:
            Spent: Too many were worked out.
        """
        relevant = {path: value for path, value in answers.items() if path in reach}
        key = plan.id, answers_key(relevant)
        if key not in self._offers:
            self.budget.check()
            found = offered(plan, self.program, self.valuation(relevant))
            self.budget.add(found.months)
            self._offers[key] = found
        return self._offers[key]

    def decided(self) -> Decision:
        """Return what the evaluator decides before anything is answered."""
        trace = self.evaluator.evaluate(self.program, self.situation)
        return decision_from(trace, Citing(trace))

    def cost(self, path: str) -> int:
        """Return what the vocabulary says that evidence of a fact costs."""
        ask = self.domains[path].fact.ask if path in self.domains else None
        return ask.cost if ask else 1

    def applies(self, answers: Answers) -> Truth:
        """Return whether the policy applies once some answers are given."""
        if self.program.applies_to is None:
            return True
        relevant = {path: value for path, value in answers.items() if path in self._applying}
        return self.valuation(relevant).truth(self.program.applies_to)

    @cached_property
    def _applying(self) -> frozenset[str]:
        condition = self.program.applies_to
        return self.reached([condition]) if condition is not None else frozenset()

    def contradictory(self, answers: Answers) -> bool:
        """Whether the next due date is not one of the agreed day: no profile may say so."""
        situation = completed(self.situation, answers)
        due = situation.get("loan.next_due")
        return isinstance(due, date) and not _falls_due(due, situation)

    def bounds(self, path: str) -> tuple[Fraction, Fraction] | None:
        """Return the least and the greatest value of a missing fact that is a number."""
        domain = self.domains.get(path)
        if domain is None or not domain.ordered or domain.kind is Kind.DATE:
            return None
        low, high = (domain.at(place) for place in domain.ends)
        return Fraction(low), Fraction(high)  # type: ignore[arg-type]  # numbers

    def vaguely_compared(self, path: str, nodes: Iterable[Node]) -> bool:
        """Whether a text is compared with something that is not written in the policy.

        The id of a loan is no other loan's, so that it is like any other text nobody wrote.
        """
        if path.endswith(".id") and path.startswith("loan"):
            return False
        for node in inner_first(nodes, self.program):
            sides = _compared(node)
            if any(self.reads(side, path) for side in sides):
                vague = [side for side in sides if not isinstance(side, Constant)]
                if len(vague) > 1:
                    return True
        return False


_MOST_KEPT = 2000


def answers_key(answers: Answers) -> AnswersKey:
    """Return answers as something to look up by."""
    return frozenset((path, _hashable(value)) for path, value in answers.items())


def _hashable(value: Value) -> Any:
    return repr(value) if isinstance(value, tuple) else value


def _compared(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Compare):
        return (node.left, node.right)
    return (node.value, *node.options) if isinstance(node, Member) else ()


def _due_after(situation: Situation) -> date:
    """Return a usual due date: today, or the next day on which payments fall due where that is agreed."""
    days = (situation.as_of + timedelta(days=k) for k in range(62))
    return next((day for day in days if _falls_due(day, situation)), situation.as_of)


def _falls_due(day: date, situation: Situation) -> bool:
    agreed = situation.get("loan.due_day")
    try:
        return not isinstance(agreed, int) or bool(due_dates(day, 1, agreed))
    except FinanceError:
        return False


def _words(path: str, program: Program, situation: Situation) -> tuple[str, ...]:
    """Return the texts written in a policy, but for those that other loans are called by."""
    taken = {loan.fields.get("id") for loan in situation.facts.loans or ()}
    return tuple(
        word for word in program_words(program) if not (path.endswith(".id") and word in taken)
    )


@lru_cache(maxsize=64)
def program_words(program: Program) -> tuple[str, ...]:
    """Return the texts written in a policy's conditions."""
    plans, referrals = program.plans, program.referrals
    rules = [r for p in plans for r in (*p.require, *p.offer.until, *p.offer.accept)]
    rules += [*program.guarantees, *(r.rule for r in referrals if r.instead_of_refusal)]
    roots = [node for rule in rules for node in rule.conditions]
    roots += [program.applies_to] if program.applies_to is not None else []
    roots += [node for plan in plans for node in settings_of(plan.offer.levers)]
    found = (n for n in inner_first(roots, program) if isinstance(n, Constant))
    return tuple(sorted({str(n.value) for n in found if n.type.kind is Kind.TEXT}))
