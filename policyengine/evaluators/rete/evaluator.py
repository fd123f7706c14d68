"""Whole decisions by the match network. Another evaluator shadows every step; where they differ, its answer stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from threading import Lock
from typing import Any, TypeAlias

import attrs

from policyengine.decision.decided import Decided, DecidedPlan
from policyengine.decision.later import Later
from policyengine.decision.screening import Screening
from policyengine.decision.terms import Terms
from policyengine.decision.trace import Result, Trace, Truth, Unknown
from policyengine.diagnostics import Diagnostic
from policyengine.evaluators.base import (
    Ability,
    At,
    Capabilities,
    Evaluator,
    Prepared,
    Probe,
)
from policyengine.evaluators.rete.compiler.from_program import Conditions, conditions_of, epoch
from policyengine.evaluators.rete.follow_up import ReteFollower
from policyengine.evaluators.rete.guard.engine import EngineError
from policyengine.evaluators.rete.guard.limits import TooManyError
from policyengine.evaluators.rete.guard.matchers import InProcess, MakesMatchers
from policyengine.evaluators.rete.guard.patterns import UnsafeError
from policyengine.evaluators.rete.loan import LoanNetwork
from policyengine.evaluators.rete.shadow import Difference, Disagreement, smallest
from policyengine.facts.facts import Situation
from policyengine.ir.program import PlanDefinition, Program, Rule

#: Networks that are kept: one for each policy and each set of values that its parameters have on a day.
MOST_NETWORKS = 64
#: Disagreements that are kept; the first ones say the most.
MOST_KEPT = 20
_Key: TypeAlias = tuple[str, tuple[int | None, ...]]
_FAILURES = (EngineError, TooManyError, UnsafeError)


@attrs.frozen(eq=False)
class ReteEvaluator:
    """Screens by the match network, and has all else from `other`, which also shadows the screening.

    Safe between threads: a network serves one loan at a time.
    """

    other: Evaluator
    matchers: MakesMatchers = InProcess
    name: str = "rete"
    follower: ReteFollower = attrs.field(init=False)
    _networks: dict[_Key, LoanNetwork] = attrs.field(factory=dict, init=False)
    _disagreements: list[Disagreement] = attrs.field(factory=list, init=False)
    _lock: Lock = attrs.field(factory=Lock, init=False)

    @follower.default
    def _following(self) -> ReteFollower:
        return ReteFollower(self.matchers)

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave the networks behind: another process makes its own."""
        return type(self), (self.other, self.matchers, self.name)

    @property
    def capabilities(self) -> Capabilities:
        """Comparisons and logic, fact by fact; the rest is worked out before, or by the other evaluator."""
        itself = frozenset({Ability.COMPARISONS, Ability.LOGIC, Ability.INCREMENTS})
        return Capabilities(itself, frozenset(Ability) - itself - {Ability.COLUMNS})

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """What the shadow said otherwise, and failures of the engine."""
        return tuple(self._disagreements)

    def unfit(self, program: Program) -> Diagnostic | None:
        """Return why a policy is not carried: it has more conditions than are safe in the engine."""
        for day in _days(program):
            try:
                LoanNetwork(conditions_of(program, day), self.matchers)
            except TooManyError as error:
                hint = "use `compiled`, which has no such limit"
                message = (
                    f"`{program.id}` has too many conditions for the evaluator `rete`: {error}"
                )
                return Diagnostic("not-carried", message, program.span, hint)
        return None

    def applies(self, program: Program, situation: Situation) -> Truth:
        """Return whether a policy applies: the other evaluator says so before any network is made."""
        return self.other.applies(program, situation)

    def evaluate(self, program: Program, situation: Situation) -> Trace:
        """Return what holds for one loan under one policy."""
        self.prepare(program, situation).screen()
        return self.other.evaluate(program, situation)

    def prepare(self, program: Program, situation: Situation) -> Prepared:
        """Return a loan that is ready to be screened and decided."""
        prepared = self.other.prepare(program, situation)
        return _Prepared(
            Later(lambda: self._screened(program, situation, prepared.screen())), prepared
        )

    def screen_given(
        self, _program: Program, _given: object, _as_of: date | None
    ) -> Screening | None:
        """Leave every mapping to the ordinary reading."""
        return None

    def probe(self, program: Program, situation: Situation) -> Probe:
        """Return answers to single questions, which the other evaluator gives."""
        return self.other.probe(program, situation)

    def terms_at(
        self, program: Program, situation: Situation, plan: PlanDefinition, at: At
    ) -> Terms:
        """Return the terms of a plan as a reader sees them; the other evaluator knows them."""
        return self.other.terms_at(program, situation, plan, at)

    def network(self, program: Program, day: date) -> LoanNetwork:
        """Return the network of a policy's conditions as they are on a day; hold its lock to use it.

        Raises:
            TooManyError: The policy has more conditions than are carried.
        """
        key = program.digest, epoch(program, day)
        with self._lock:
            if key not in self._networks:
                while len(self._networks) >= MOST_NETWORKS:
                    self._networks.pop(next(iter(self._networks))).network.close()
                self._networks[key] = LoanNetwork(conditions_of(program, day), self.matchers)
            return self._networks[key]

    # The shadow

    def _screened(self, program: Program, situation: Situation, want: Screening) -> Screening:
        """Return what the network finds where the shadow finds the same, else what the shadow does."""
        probe = self.other.probe(program, situation)
        try:
            loan = self.network(program, situation.as_of)
            with loan.network.lock:
                differences = _taken(loan, situation, probe, want)
                found = loan.screening
                if differences:
                    loan.network.rebuild()
        except TooManyError as error:  # of any loan: there is nothing to make smaller
            self._keep(program, situation, (), str(error), again=True)
            return want
        except _FAILURES as error:
            self._note(program, situation, (), str(error))
            return want
        if differences:
            self._note(program, situation, differences, None)
            return want
        return found

    def _note(
        self,
        program: Program,
        situation: Situation,
        differences: tuple[Difference, ...],
        error: str | None,
    ) -> None:
        if len(self._disagreements) < MOST_KEPT:
            least, again = smallest(situation, lambda less: self._shows(program, less, error))
            if again and error is None:
                differences = self._afresh(program, least)
            self._keep(program, least, differences, error, again=again)

    def _keep(
        self,
        program: Program,
        situation: Situation,
        differences: tuple[Difference, ...],
        error: str | None,
        *,
        again: bool,
    ) -> None:
        if len(self._disagreements) < MOST_KEPT:
            day = situation.as_of
            found = Disagreement(
                program.id, program.digest, day, differences, error, situation, again
            )
            self._disagreements.append(found)

    def _shows(self, program: Program, situation: Situation, error: str | None) -> bool:
        try:
            return bool(self._afresh(program, situation)) and error is None
        except _FAILURES:
            return error is not None

    def _afresh(self, program: Program, situation: Situation) -> tuple[Difference, ...]:
        """Return where a network that has seen nothing else differs from the shadow."""
        loan = LoanNetwork(conditions_of(program, situation.as_of), self.matchers)
        try:
            want = self.other.prepare(program, situation).screen()
            return _taken(loan, situation, self.other.probe(program, situation), want)
        finally:
            loan.network.close()


@attrs.frozen(eq=False)
class _Prepared:
    """One loan: what the network screens, and the loan as the other evaluator decides it."""

    screened: Later[Screening]
    other: Prepared

    def screen(self) -> Screening:
        return self.screened.value

    def decide(self) -> Decided:
        self.screen()
        return self.other.decide()

    def decide_plan(self, place: int) -> DecidedPlan:
        self.screen()
        return self.other.decide_plan(place)


def _taken(
    loan: LoanNetwork, situation: Situation, probe: Probe, want: Screening
) -> tuple[Difference, ...]:
    """Take the facts of a loan; return where the conditions are not as the shadow has them."""
    loan.take(situation, probe)
    pairs = zip(
        _all(loan.conditions), _flat(loan), _wanted(loan.conditions, probe, want), strict=True
    )
    return tuple(
        Difference(group, rule.id, found, right)
        for (group, rule), found, right in pairs
        if found is not right
    )


def _all(conditions: Conditions) -> Iterator[tuple[str, Rule]]:
    for group in (*conditions.groups.all, conditions.guarantees):
        yield from ((group.name, rule) for rule in group.rules)


def _flat(loan: LoanNetwork) -> Iterator[bool | None]:
    for group in loan.truths:
        yield from group


def _wanted(conditions: Conditions, probe: Probe, want: Screening) -> Iterator[bool | None]:
    masks = zip(conditions.groups.all, want.failed_masks, want.unknown_masks, strict=True)
    for group, failed, unknown in masks:
        for place in range(len(group.rules)):
            yield False if failed >> place & 1 else None if unknown >> place & 1 else True
    for rule in conditions.guarantees.rules:
        yield _holds(rule, probe)


def _holds(rule: Rule, probe: Probe) -> bool | None:
    """Return whether a rule holds; one that does not apply does."""
    holds = _known(probe.value(rule.test))
    applies = True if rule.applies is None else _known(probe.value(rule.applies))
    if applies is False or holds is True:
        return True
    return None if applies is None or holds is None else False


def _known(truth: Result) -> bool | None:
    return None if isinstance(truth, Unknown) else truth is True


def _days(program: Program) -> list[date]:
    """Return a day for each set of values that the parameters have."""
    changes = {date.min}
    for parameter in program.parameters.values():
        for dated in parameter.values:
            changes |= {day for day in (dated.starts,) if day is not None}
            if dated.ends is not None:
                with suppress(OverflowError):
                    changes.add(date.fromordinal(dated.ends.toordinal() + 1))
    by_epoch = {epoch(program, day): day for day in sorted(changes)}
    return list(by_epoch.values())
