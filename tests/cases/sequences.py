"""Tells one made sequence to several evaluators, and holds what they make of it against one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import attrs
from made_events import POLICIES, made, told
from rete_here import EVALUATORS_HERE, differing

import policyengine as pe
from policyengine.cases.case import Case
from policyengine.evaluators.named import evaluator_named

SALT = bytes(range(32))


def all_evaluators() -> tuple[str, ...]:
    """Return every evaluator there is here, the reference first."""
    return tuple(EVALUATORS_HERE)


@attrs.define
class Sequences:
    """Sequences of events under one evaluator after another; `seen` counts what was reached."""

    names: Sequence[str]
    policies: pe.PolicySet = attrs.field(factory=lambda: pe.load(POLICIES, evaluator="reference"))
    seen: Counter[str] = attrs.field(factory=Counter)

    def run(self, seed: int) -> None:
        """Tell one sequence; an assertion fails where two evaluators differ, or two orders of arrival."""
        random = Random(seed)
        maker = made(random, self.policies)
        sets = [
            attrs.evolve(self.policies, programs=(maker.program,), evaluator=evaluator_named(name))
            for name in self.names
        ]
        cases = [each.open_case(maker.profile) for each in sets]
        telling = told(random, cases[0])
        event = next(telling)
        while event:
            cases = self._recorded(cases, event)
            try:
                event = telling.send(cases[0])
            except StopIteration:
                break
        self._arrivals(random, sets, maker.profile, cases[0])
        assert not [how for each in sets for how in differing(each.evaluator)]

    def _recorded(self, cases: list[Case], event: dict[str, Any]) -> list[Case]:
        found = [_after(case, event) for case in cases]
        first, *others = [codes or compared(case) for case, codes in found]
        for name, other in zip(self.names[1:], others, strict=True):
            assert other == first, (name, event)
        codes = found[0][1]
        self.seen[" ".join(codes) if codes else event["kind"]] += 1
        self.seen.update(f"{c.what} {c.after}" for c in found[0][0].changes if c.what != "rule")
        return [case for case, _ in found]

    def _arrivals(
        self, random: Random, sets: list[pe.PolicySet], profile: pe.Profile, case: Case
    ) -> None:
        """Hold the last case against the same log, come in another order and partly twice."""
        for each in sets:
            events = [*case.events, *random.sample(case.events, min(2, len(case.events)))]
            random.shuffle(events)
            again = each.reopen_case(profile, events, as_of=case.as_of)
            assert again.events == case.events
            assert again.state == case.state
            assert decided(again) == decided(case)


def _after(case: Case, event: dict[str, Any]) -> tuple[Case, tuple[str, ...]]:
    """Return the case after an event, or as it was with the codes of the refusal."""
    try:
        return case.record(event, as_of=max(event["on"], case.as_of), salt=SALT), ()
    except pe.CaseError as error:
        return case, tuple(sorted({found.code for found in error.diagnostics}))


def compared(case: Case) -> tuple[Any, ...]:
    """Return all that evaluators must agree on."""
    return case.events, case.state, case.changes, decided(case)


def decided(case: Case) -> Any:
    return [
        (
            (decision.policy, decision.loan, decision.outcome, decision.asks),
            [(plan.plan, plan.status, plan.terms, plan.schedule) for plan in decision.plans],
            [(each.referral, each.holds) for each in decision.referrals],
        )
        for decision in case.decisions.decisions
    ]
