"""Rules, offers and referrals: everything that holds for one loan under one policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import attrs

from policyengine.decision.decided import Decided, DecidedPlan
from policyengine.decision.later import Later
from policyengine.decision.screening import Mask, Screening, groups_of
from policyengine.decision.terms import Terms
from policyengine.decision.trace import (
    PlanFinding,
    ReferralFinding,
    Result,
    Trace,
    Truth,
    Unknown,
)
from policyengine.diagnostics import Diagnostic
from policyengine.evaluators.base import (
    Ability,
    At,
    Capabilities,
    Offered,
    Prepared,
    Probe,
)
from policyengine.evaluators.deciding import decided_from, is_certain, plan_from
from policyengine.evaluators.reference.findings import finding, holds
from policyengine.evaluators.reference.judged import judged
from policyengine.evaluators.reference.offers import offer_of, offered, terms_at
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.facts.facts import Situation
from policyengine.ir.nodes import Node
from policyengine.ir.program import PlanDefinition, Program
from policyengine.plans.as_it_stands import as_it_stands


@attrs.frozen
class ReferenceEvaluator:
    """Evaluates everything, in the order of the file. `valuing` makes the values, such as those that are watched."""

    name: str = "reference"
    valuing: Callable[[Program, Situation], Valuation] = attrs.field(default=Valuation, eq=False)

    @property
    def capabilities(self) -> Capabilities:
        """Everything about one loan, each time from the start."""
        return Capabilities(frozenset(Ability) - {Ability.COLUMNS, Ability.INCREMENTS})

    def unfit(self, _program: Program) -> Diagnostic | None:
        """Carry every policy."""
        return None

    def applies(self, program: Program, situation: Situation) -> Truth:
        """Return whether a policy applies to the loan under assessment."""
        return _applies(program, self.valuing(program, situation))

    def evaluate(self, program: Program, situation: Situation) -> Trace:
        """Return what holds for one loan under one policy."""
        valuation = self.valuing(program, situation)
        return Trace(
            program=program,
            situation=situation,
            applies=_applies(program, valuation),
            derived=Later(lambda: _derived(program, valuation)),
            plans=tuple(_plan(plan, program, valuation) for plan in program.plans),
            referrals=tuple(
                ReferralFinding(r, finding(r.rule, "referral", valuation))
                for r in program.referrals
            ),
            as_it_stands=Later(lambda: as_it_stands(situation, valuation.scale)),
        )

    def prepare(self, program: Program, situation: Situation) -> Prepared:
        """Return a loan that is ready to be screened."""
        return _Prepared(program, situation)

    def screen_given(
        self, _program: Program, _given: object, _as_of: date | None
    ) -> Screening | None:
        """Leave every mapping to the ordinary reading."""
        return None

    def probe(self, program: Program, situation: Situation) -> Probe:
        """Return answers to single questions that agree with the trace."""
        return _Probe(program, Valuation(program, situation))

    def terms_at(
        self, program: Program, situation: Situation, plan: PlanDefinition, at: At
    ) -> Terms:
        """Return the terms of a plan as a reader sees them, where it is known at which settings a search ended."""
        return terms_at(plan, at, Valuation(program, situation))


@attrs.frozen
class _Prepared:
    program: Program
    situation: Situation

    def screen(self) -> Screening:
        valuation, groups = Valuation(self.program, self.situation), groups_of(self.program)
        held = [[holds(rule, valuation) for rule in group.rules] for group in groups.all]
        return Screening(
            groups,
            tuple(_mask(truth is False for truth in truths) for truths in held),
            tuple(_mask(isinstance(truth, Unknown) for truth in truths) for truths in held),
        )

    def decide(self) -> Decided:
        screening = self.screen()
        plans = tuple(map(self.decide_plan, range(len(self.program.plans))))
        return decided_from(plans, screening, self.program)

    def decide_plan(self, place: int) -> DecidedPlan:
        program, plan = self.program, self.program.plans[place]
        valuation = Valuation(program, self.situation)
        probe = _Probe(program, valuation)
        truths = judged(plan, program, valuation, probe.offer)
        held = False in truths[: len(plan.require)]
        offer = None if held else probe.offer(plan)
        certain = is_certain(_applies(program, valuation), program, self.situation)
        return plan_from(plan, program, truths, offer, certain=certain)


@attrs.frozen
class _Probe:
    """Single questions; what was asked once is remembered."""

    program: Program
    valuation: Valuation
    _offered: dict[str, Offered] = attrs.field(factory=dict)

    def value(self, node: Node) -> Result:
        return self.valuation.value(node)

    def offer(self, plan: PlanDefinition) -> Offered:
        if plan.id not in self._offered:
            self._offered[plan.id] = offered(plan, self.program, self.valuation)
        return self._offered[plan.id]


def _derived(program: Program, valuation: Valuation) -> dict[str, Result]:
    return {key: valuation.value(derived.node) for key, derived in program.derived.items()}


def _mask(bits: Iterable[bool]) -> Mask:
    return sum(1 << place for place, bit in enumerate(bits) if bit)


def _applies(program: Program, valuation: Valuation) -> Truth:
    return valuation.truth(program.applies_to) if program.applies_to else True


def _plan(plan: PlanDefinition, program: Program, valuation: Valuation) -> PlanFinding:
    return PlanFinding(
        plan=plan,
        require=tuple(finding(rule, "require", valuation) for rule in plan.require),
        offer=Later(lambda: offer_of(plan, program, valuation)),
    )
