"""What every evaluator offers."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Protocol, TypeAlias

import attrs

from policyengine.decision.decided import Decided, DecidedPlan
from policyengine.decision.screening import Screening
from policyengine.decision.terms import Terms
from policyengine.decision.trace import Result, Trace, Truth
from policyengine.diagnostics import Diagnostic
from policyengine.facts.facts import Situation
from policyengine.finance.schedule import Instalment
from policyengine.ir.nodes import Node
from policyengine.ir.program import PlanDefinition, Program
from policyengine.plans.prospect import Prospect

#: Where a search ended: the step that was raised last, and the place of its setting.
Place: TypeAlias = tuple[int, int]


class Ability(StrEnum):
    """A part of evaluating a policy."""

    COMPARISONS = "a fact held against a constant"
    LOGIC = "and, or, not, with what is unknown"
    ARITHMETIC = "sums, products and roundings"
    CALENDAR = "days, months and dates worked out"
    LISTS = "quantifiers and sums over lists"
    TABLES = "decision tables"
    OFFERS = "the search for terms"
    REASONS = "what is unknown and why, and the values behind a condition"
    COLUMNS = "many loans as columns"
    INCREMENTS = "one fact changed, without evaluating the rest anew"


@attrs.frozen
class Capabilities:
    """What an evaluator does itself, and what it has from another one before or after; the rest it lacks."""

    itself: frozenset[Ability]
    by_another: frozenset[Ability] = frozenset()

    @property
    def lacks(self) -> frozenset[Ability]:
        """What it cannot be asked for."""
        return frozenset(Ability) - self.itself - self.by_another


@attrs.frozen
class Offered:
    """Whether a plan's offer has terms, whether the terms found keep the guarantees, and what the search cost.

    `terms` is also unknown where the search became too long. `months` counts months of schedules. `prospect` are the
    terms found.
    """

    terms: Truth
    kept: Truth
    months: int
    prospect: Prospect | None = None

    @property
    def holds(self) -> Truth:
        """Whether there is an offer."""
        return self.kept if self.terms is True else self.terms


@attrs.frozen
class At:
    """Where a search ended, and the schedule there."""

    place: Place
    rows: tuple[Instalment, ...]


class Probe(Protocol):
    """Single questions about one situation, where the whole trace is not needed."""

    def value(self, node: Node) -> Result:
        """Return the value of an expression that names no terms."""

    def offer(self, plan: PlanDefinition) -> Offered:
        """Return whether there is an offer, without looking for how near others come."""


class Prepared(Protocol):
    """One loan under one policy, its facts in the form that an evaluator screens."""

    def screen(self) -> Screening:
        """Return which conditions that stand on no terms fail, and which are not known."""

    def decide(self) -> Decided:
        """Return what is decided, in whole numbers and without words."""

    def decide_plan(self, place: int) -> DecidedPlan:
        """Return what is decided of the plan at a place."""


class Evaluator(Protocol):
    """An interpreter of programs. It is pure: the same program and situation give the same trace."""

    @property
    def name(self) -> str:
        """What `load(evaluator=…)` calls it."""

    @property
    def capabilities(self) -> Capabilities:
        """What it does itself, what it has from another one, what it lacks."""

    def unfit(self, program: Program) -> Diagnostic | None:
        """Return why it cannot carry a policy at all; None where it can."""

    def applies(self, program: Program, situation: Situation) -> Truth:
        """Return whether a policy applies to the loan under assessment."""

    def evaluate(self, program: Program, situation: Situation) -> Trace:
        """Return what holds for one loan under one policy."""

    def prepare(self, program: Program, situation: Situation) -> Prepared:
        """Return a loan that is ready to be screened and decided, as often as one likes."""

    def screen_given(self, program: Program, given: object, as_of: date | None) -> Screening | None:
        """Screen a raw mapping at once; None leaves it to the ordinary reading of a profile and to `prepare`."""

    def probe(self, program: Program, situation: Situation) -> Probe:
        """Return answers to single questions that agree with the trace."""

    def terms_at(
        self, program: Program, situation: Situation, plan: PlanDefinition, at: At
    ) -> Terms:
        """Return the terms of a plan as a reader sees them, where it is known at which settings a search ended."""
