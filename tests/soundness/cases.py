"""Generated decisions one after the other, and what they reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count

import attrs
import generated_profiles

from policyengine.decision.decision import Reason, Status
from policyengine.testing.laws.justified import Case, denied_anyway
from policyengine.testing.strategies import grammar

#: Profiles for each policy: loading a policy takes as long as ten decisions.
EACH = 5


def cases(first: int = 0) -> Iterator[tuple[int, Case]]:
    """Yield decisions without end, each with the seed of its policy; those of policies that apply to the loan."""
    for seed in count(first):
        policies = grammar.made(seed).load()
        (program,) = policies.programs
        for k in range(EACH):
            profile = generated_profiles.made(seed * EACH + k)
            for place in range(len(profile["loans"])):
                case = Case(policies, program, profile, place)
                if applies(case):
                    yield seed, case


def applies(case: Case) -> bool:
    """Whether the policy may apply: one that does not decides nothing."""
    given = case.policies._facts(case.profile, None)  # noqa: SLF001
    return case.policies.evaluator.applies(case.program, given.about(case.place)) is not False


@attrs.define
class Reach:
    """How often what was decided."""

    outcomes: Counter[str] = attrs.field(factory=Counter)
    plans: Counter[str] = attrs.field(factory=Counter)
    rules: Counter[str] = attrs.field(factory=Counter)
    anyway: int = 0

    def note(self, case: Case) -> None:
        decision = case.decision
        self.outcomes[str(decision.outcome)] += 1
        for plan in decision.plans:
            self.plans[str(plan.status)] += 1
            self.anyway += plan.status is Status.DENIED and denied_anyway(case, plan)
            for reason in plan.reasons:
                self._note_rule(reason)
        for referral in decision.referrals:
            self.rules[f"referral {_word(referral.holds)}"] += 1

    def _note_rule(self, reason: Reason) -> None:
        self.rules[f"{reason.kind} {_word(reason.holds)}"] += 1

    def share_of_plans(self, status: str) -> float:
        return self.plans[status] / self.plans.total()

    def share_of_rules(self, truth: str) -> float:
        found = sum(n for name, n in self.rules.items() if name.endswith(f" {truth}"))
        return found / self.rules.total()

    def lines(self) -> Iterator[str]:
        yield f"outcomes: {_shares(self.outcomes)}"
        yield f"plans: {_shares(self.plans)}; denied whatever the facts: {self.anyway}"
        yield f"rules: {_shares(self.rules)}"


def _word(holds: bool | None) -> str:
    return {True: "true", False: "false", None: "unknown"}[holds]


def _shares(counter: Counter[str]) -> str:
    total = counter.total()
    return f"{total} (" + ", ".join(f"{k} {n / total:.1%}" for k, n in counter.most_common()) + ")"
