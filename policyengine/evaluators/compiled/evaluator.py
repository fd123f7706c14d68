"""Decisions by compiled conditions; what only a reader looks at, and the terms, come from another evaluator."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs

from policyengine.decision.decided import Decided, DecidedPlan
from policyengine.decision.later import Later
from policyengine.decision.screening import Mask, Screening
from policyengine.decision.terms import Terms
from policyengine.decision.trace import (
    OfferFinding,
    PlanFinding,
    ReferralFinding,
    RuleFinding,
    Trace,
    Truth,
)
from policyengine.diagnostics import Diagnostic
from policyengine.evaluators.base import (
    Ability,
    At,
    Capabilities,
    Evaluator,
    Prepared,
    Probe,
)
from policyengine.evaluators.compiled.from_program import (
    Compiled,
    Conditions,
    Masks,
    conditions_of,
)
from policyengine.evaluators.compiled.intake import Intake, intake_of
from policyengine.evaluators.compiled.layout import Inputs
from policyengine.evaluators.compiled.offers.deciding import LoanOffers, loan_offers
from policyengine.evaluators.compiled.offers.from_program import Offers, offers_of
from policyengine.facts.facts import Situation
from policyengine.finance.schedule import Instalment as Row
from policyengine.ir.program import PlanDefinition, Program, Rule
from policyengine.plans.prospect import shown


@attrs.frozen(eq=False)
class CompiledEvaluator:
    """Decides by generated source; `other` says what is unknown and why, and finds the terms."""

    other: Evaluator
    name: str = "compiled"
    _conditions: dict[str, Conditions] = attrs.field(factory=dict)
    _intakes: dict[str, Intake] = attrs.field(factory=dict)
    _offers: dict[str, Offers] = attrs.field(factory=dict)

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave behind what was compiled: another process compiles it anew."""
        return type(self), (self.other, self.name)

    @property
    def capabilities(self) -> Capabilities:
        """All but what only a reader looks at, of one loan or of columns."""
        reasons = frozenset({Ability.REASONS})
        return Capabilities(frozenset(Ability) - reasons - {Ability.INCREMENTS}, reasons)

    def unfit(self, _program: Program) -> Diagnostic | None:
        """Carry every policy: what cannot be written as source, the other evaluator is asked for."""
        return None

    def conditions(self, program: Program) -> Conditions:
        """Return the compiled conditions of a policy."""
        if program.digest not in self._conditions:
            self._conditions[program.digest] = conditions_of(program)
        return self._conditions[program.digest]

    def offers(self, program: Program) -> Offers:
        """Return the compiled offers of a policy."""
        if program.digest not in self._offers:
            self._offers[program.digest] = offers_of(program)
        return self._offers[program.digest]

    def prepare(self, program: Program, situation: Situation) -> PreparedInputs:
        """Return the typed inputs of one loan, to be screened as often as one likes."""
        conditions = self.conditions(program)
        inputs = conditions.layout.inputs(situation)
        return PreparedInputs(
            conditions,
            conditions.on(inputs.as_of),
            inputs,
            situation,
            self.other,
            Later(lambda: loan_offers(self.offers(program), situation)),
        )

    def screen_given(self, program: Program, given: object, as_of: date | None) -> Screening | None:
        """Screen a raw mapping, where it is given as mappings usually are."""
        intake = self._intakes.get(program.digest)
        if intake is None:
            self._intakes[program.digest] = intake = intake_of(self.conditions(program))
        return intake.screen(given, as_of)

    def applies(self, program: Program, situation: Situation) -> Truth:
        """Return whether a policy applies to the loan: one condition is not worth typing inputs for."""
        return self.other.applies(program, situation)

    def evaluate(self, program: Program, situation: Situation) -> Trace:
        """Return what holds for one loan under one policy."""
        return self._decided(program, situation).trace()

    def probe(self, program: Program, situation: Situation) -> Probe:
        """Return answers to single questions that agree with the trace."""
        return self.other.probe(program, situation)

    def _decided(self, program: Program, situation: Situation) -> _Decided:
        whole = Later(lambda: self.other.evaluate(program, situation))
        prepared = self.prepare(program, situation)
        return _Decided(program, situation, prepared, prepared.screen(), self.other, whole)

    def terms_at(
        self, program: Program, situation: Situation, plan: PlanDefinition, at: At
    ) -> Terms:
        """Return the terms of a plan as a reader sees them, where it is known at which settings a search ended."""
        return self.other.terms_at(program, situation, plan, at)


@attrs.frozen(eq=False)
class PreparedInputs:
    """The typed inputs of one loan, and the conditions that they are held against."""

    conditions: Conditions
    compiled: Compiled
    inputs: Inputs
    situation: Situation
    other: Evaluator
    _terms: Later[LoanOffers]

    @property
    def program(self) -> Program:
        """The policy."""
        return self.conditions.program

    @property
    def offers(self) -> LoanOffers:
        """The offers over the loan, with their typed inputs."""
        return self._terms.value

    def decide(self) -> Decided:
        """Return what is decided, in whole numbers and without words."""
        return self.offers.decided(self.screen(), self.whole.decide_plan)

    def decide_plan(self, place: int) -> DecidedPlan:
        """Return what is decided of the plan at a place."""
        return self.offers.decided_plan(place, self.screen(), self.whole.decide_plan)

    @property
    def whole(self) -> Prepared:
        """The loan as the other evaluator sees it."""
        return self.other.prepare(self.program, self.situation)

    def screen(self) -> Screening:
        """Return which conditions that stand on no terms fail, and which are not known."""
        inputs, groups = self.inputs, self.conditions.groups
        failed, unknown = self.compiled.masks(inputs.as_of, inputs.values, inputs.complete)
        found = Screening(groups, failed, groups.none if unknown is None else unknown)
        return self._with_those_left(found) if self.compiled.any_left else found

    def _with_those_left(self, found: Screening) -> Screening:
        left = self.compiled.left
        whole = self.other.prepare(self.conditions.program, self.situation).screen()
        return Screening(
            found.groups,
            _filled(found.failed_masks, whole.failed_masks, left),
            _filled(found.unknown_masks, whole.unknown_masks, left),
        )


@attrs.frozen(eq=False)
class _Decided:
    """One loan under one policy. `whole` is what the other evaluator finds, once somebody looks at it."""

    program: Program
    situation: Situation
    prepared: PreparedInputs
    screening: Screening
    other: Evaluator
    whole: Later[Trace]

    @property
    def applies(self) -> Truth:
        holds = self.screening.applies
        return self.whole.value.applies if holds is None else holds

    def trace(self) -> Trace:
        return Trace(
            program=self.program,
            situation=self.situation,
            applies=self.applies,
            derived=Later(lambda: self.whole.value.derived),
            plans=tuple(map(self._plan, range(len(self.program.plans)))),
            referrals=tuple(map(self._referral, range(len(self.program.referrals)))),
            as_it_stands=Later(lambda: self.whole.value.as_it_stands.value),
        )

    def _plan(self, place: int) -> PlanFinding:
        plan = self.program.plans[place]
        whole = Later(lambda: self.whole.value.plans[place])
        return PlanFinding(
            plan,
            tuple(
                self._finding(rule, "require", (place, i), _require(whole, i))
                for i, rule in enumerate(plan.require)
            ),
            Later(lambda: self._offer(place, whole)),
        )

    def _offer(self, place: int, whole: Later[PlanFinding]) -> OfferFinding:
        """Return the terms that generated source found; how they were looked for, the other evaluator says."""
        solved = self.prepared.offers.solved(place)
        if solved is None or solved.holds is None:
            return whole.value.offer
        if solved.holds is False:
            return OfferFinding(
                False,
                Later(lambda: whole.value.offer.looked),
                Later(lambda: whole.value.offer.terms),
                Later(lambda: whole.value.offer.schedule),
            )
        assert solved.rows is not None and solved.place is not None  # noqa: S101, PT018  # it holds
        rows = tuple(Row(*row) for row in solved.rows)
        at, plan, scale = At(solved.place, rows), self.program.plans[place], self.program.scale
        return OfferFinding(
            True,
            Later(lambda: whole.value.offer.looked),
            Later(lambda: self.other.terms_at(self.program, self.situation, plan, at)),
            Later(lambda: shown(rows, scale)),
        )

    def _referral(self, place: int) -> ReferralFinding:
        referral = self.program.referrals[place]
        whole = Later(lambda: self.whole.value.referrals[place].finding)
        return ReferralFinding(
            referral, self._finding(referral.rule, "referral", (-1, place), whole)
        )

    def _finding(
        self, rule: Rule, kind: str, place: tuple[int, int], whole: Later[RuleFinding]
    ) -> RuleFinding:
        holds = self._holds(*place)
        return RuleFinding(
            rule=rule,
            holds=whole.value.holds if holds is None else holds,
            kind=kind,
            value=lambda node: whole.value.value(node),  # noqa: PLW0108  # looked for when it is asked
            parts=Later(lambda: whole.value.parts),
            comparisons=Later(lambda: whole.value.comparisons),
        )

    def _holds(self, group: int, place: int) -> bool | None:
        bit = 1 << place
        if self.screening.failed_masks[group] & bit:
            return False
        return None if self.screening.unknown_masks[group] & bit else True


def _require(plan: Later[PlanFinding], place: int) -> Later[RuleFinding]:
    return Later(lambda: plan.value.require[place])


def _filled(found: tuple[Mask, ...], whole: tuple[Mask, ...], left: Masks) -> tuple[Mask, ...]:
    """Return masks with the bits of the conditions that were left to the other evaluator."""
    return tuple(mask | (all_ & bits) for mask, all_, bits in zip(found, whole, left, strict=True))
