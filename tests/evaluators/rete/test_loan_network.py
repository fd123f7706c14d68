"""One loan in a network: facts change one at a time, and what holds is what it would be from the start."""

from __future__ import annotations

from collections.abc import Sequence

import generated_profiles
import pytest
import tiny
from endurance import PLANS, POLICY
from hypothesis import given, settings
from hypothesis import strategies as st
from rete_here import NEEDS_RETE

import policyengine as pe
from policyengine.diagnostics import UsageError
from policyengine.evaluators.base import Probe
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.evaluators.rete.compiler.from_program import conditions_of
from policyengine.evaluators.rete.evaluator import ReteEvaluator
from policyengine.evaluators.rete.guard.engine import EngineError
from policyengine.evaluators.rete.guard.limits import Part
from policyengine.evaluators.rete.guard.matchers import InProcess, MakesMatchers, Matcher
from policyengine.evaluators.rete.guard.patterns import Fact
from policyengine.evaluators.rete.guard.spelling import Match
from policyengine.evaluators.rete.loan import LoanNetwork
from policyengine.facts.facts import Situation
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.ir.nodes import Node
from policyengine.ir.program import PlanDefinition
from policyengine.testing.strategies import grammar

pytestmark = NEEDS_RETE
REFERENCE = ReferenceEvaluator()


def probe(policies: pe.PolicySet, situation: Situation) -> Probe:
    return REFERENCE.probe(policies.programs[0], situation)


def loan_network(policies: pe.PolicySet) -> LoanNetwork:
    situation = tiny.situation(policies)
    return LoanNetwork(conditions_of(policies.programs[0], situation.as_of))


def test_what_changed_is_said_since_it_was_last_asked() -> None:
    policies = tiny.policies(POLICY, PLANS)
    network = loan_network(policies)
    few, some = ("relief", "few"), ("relief", "some")

    def given_facts(**facts: object) -> None:
        situation = tiny.situation(policies, {f"x.{name}": value for name, value in facts.items()})
        network.take(situation, probe(policies, situation))

    given_facts(n=1)
    assert network.changed() == (frozenset({few}), frozenset())
    given_facts(n=1, cash="100.00", other="false")
    assert network.changed() == (frozenset({some}), frozenset())
    given_facts(n=1, m=1, cash="99.99", other="false")
    assert network.changed() == (frozenset({("relief", "joined")}), frozenset({some}))
    given_facts(m=1)
    assert few in network.holding
    given_facts(n=4, m=3)
    assert network.changed()[1] >= {few}
    given_facts()
    assert network.holding == frozenset()


@settings(max_examples=12)
@given(seed=st.integers(0, 500), data=st.data())
def test_fact_by_fact_it_is_as_it_would_be_from_the_start(seed: int, data: st.DataObject) -> None:
    """Each step changes one fact to that of another borrower; only what stands on it is worked out anew."""
    policies = grammar.made(seed).load()
    (program,) = policies.programs
    now, other = (_situation(policies, profile) for profile in (2 * seed, 2 * seed + 1))
    network = LoanNetwork(conditions_of(program, now.as_of))
    network.take(now, probe(policies, now))
    paths = data.draw(st.permutations(sorted({*now.facts.values, *other.facts.values})))
    for path in paths[:12]:
        now = _with(now, path, other)
        network.take(now, probe(policies, now), changed=[path])
        want = REFERENCE.prepare(program, now).screen()
        found = network.screening
        assert (found.failed_masks, found.unknown_masks) == (
            want.failed_masks,
            want.unknown_masks,
        )
    network.network.close()


def _situation(policies: pe.PolicySet, seed: int) -> Situation:
    profile = pe.Profile.from_mapping(generated_profiles.made(seed))
    return facts_from(profile, policies.dictionary, currency("CNY"), None).about(0)


def _with(situation: Situation, path: str, other: Situation) -> Situation:
    value = other.facts.values.get(path)
    if value is not None:
        return situation.with_fact(path, value)
    values = {p: v for p, v in situation.facts.values.items() if p != path}
    return type(situation.facts)(
        situation.as_of, situation.facts.currency, values, situation.facts.loans
    ).about(situation.loan)


def test_a_fact_of_the_loan_changes_what_stands_on_all_loans() -> None:
    listed = "count(l in loans where l.days_past_due > 30 days) > 0"
    referral = f"{{title: {{en: t, zh: t}}, {tiny.BECAUSE}, when: {listed!r}}}"
    policies = tiny.policies(f"referrals:\n  it: {referral}\n")
    network = loan_network(policies)
    for days, holds in ((10, False), (31, True), (30, False)):
        situation = tiny.situation(policies, {"loan.days_past_due": str(days)})
        network.take(situation, probe(policies, situation), changed=["loan.days_past_due"])
        assert network.truths[-2] == (holds,)


class Counting:
    """The reference's answers, and how often it was asked."""

    def __init__(self, probe: Probe) -> None:
        self.probe, self.asked = probe, 0

    def value(self, node: Node) -> object:
        self.asked += 1
        return self.probe.value(node)

    def offer(self, plan: PlanDefinition) -> object:
        return self.probe.offer(plan)


def test_only_what_stands_on_a_changed_fact_is_worked_out_anew() -> None:
    policies = tiny.policies(POLICY, PLANS)
    network = loan_network(policies)
    situation = tiny.situation(policies, {"x.n": "1", "x.m": "1", "x.cash": "100.00"})
    asked = []
    for changed in (None, ["x.cash"], ["x.n"], ["x.colour", "x.flag"]):
        counting = Counting(probe(policies, situation))
        network.take(situation, counting, changed)  # type: ignore[arg-type]  # it counts
        asked.append(counting.asked)
    assert asked == [1, 0, 1, 0]  # `x.n + x.m < 8` is all that the network does not carry


# The shadow


class Forgetful(InProcess):
    """The engine, but for the facts of one slot, which meet nothing."""

    slot = 0

    def put(self, part: int, slot: int, fact: Fact) -> Sequence[Match]:
        found = super().put(part, slot, fact)
        return [] if slot == self.slot else found


def forgetful_once() -> MakesMatchers:
    """Return what makes an engine that forgets, and sound ones ever after."""
    kinds = iter([Forgetful])

    def made(parts: Sequence[Part]) -> Matcher:
        return next(kinds, InProcess)(parts)

    return made


class Broken(InProcess):
    """An engine that fails at every fact."""

    def put(self, part: int, slot: int, fact: Fact) -> Sequence[Match]:
        raise EngineError(f"it failed at {fact} of {part}.{slot}")


FACTS = {
    "x.flag": "true",
    "x.n": "1",
    "x.m": "9",
    "x.cash": "200.00",
    "x.other": "false",
    "x.colour": "red",
    "x.days": "3",
}


def test_where_they_differ_the_shadow_stands_and_the_fewest_facts_are_kept() -> None:
    policies = tiny.policies(POLICY, PLANS)
    (program,) = policies.programs
    evaluator = ReteEvaluator(REFERENCE, matchers=Forgetful)
    situation = tiny.situation(policies, FACTS)
    found = evaluator.prepare(program, situation).screen()
    want = REFERENCE.prepare(program, situation).screen()
    assert (found.failed_masks, found.unknown_masks) == (want.failed_masks, want.unknown_masks)
    (kept,) = evaluator.disagreements
    assert [(d.group, d.id, d.found, d.want) for d in kept.differences] == [
        ("relief", "few", None, True)
    ]
    assert kept.again
    assert kept.situation.facts.values == {"x.n": 1}
    assert kept.situation.facts.loans is not None
    assert not kept.situation.facts.loans[0].fields
    assert "200" not in repr(kept)


def test_a_disagreement_does_not_change_a_decision() -> None:
    policies = tiny.policies(POLICY, PLANS)
    given_facts = tiny.profile(FACTS | tiny.LOAN)
    for matchers in (Forgetful, Broken):
        other = pe.PolicySet(
            policies.programs, policies.dictionary, ReteEvaluator(REFERENCE, matchers=matchers)
        )
        assert other.decide(given_facts).to_json() == policies.decide(given_facts).to_json()


def test_an_engine_that_fails_is_noted() -> None:
    policies = tiny.policies(POLICY, PLANS)
    evaluator = ReteEvaluator(REFERENCE, matchers=Broken)
    situation = tiny.situation(policies, FACTS)
    evaluator.prepare(policies.programs[0], situation).screen()
    (kept,) = evaluator.disagreements
    assert kept.error is not None
    assert kept.error.startswith("it failed")
    assert (kept.differences, kept.again) == ((), True)
    assert len(kept.situation.facts.values) <= 1


def test_the_network_is_sound_again_after_a_disagreement() -> None:
    policies = tiny.policies(POLICY, PLANS)
    (program,) = policies.programs
    evaluator = ReteEvaluator(REFERENCE, matchers=forgetful_once())
    situation = tiny.situation(policies, FACTS)
    for _ in range(3):
        evaluator.prepare(program, situation).screen()
    (kept,) = evaluator.disagreements
    assert not kept.again  # it does not show on a fresh network
    assert evaluator.network(program, situation.as_of).network.rebuilt == 1


# Limits


def test_a_policy_with_too_many_conditions_is_refused_when_it_is_loaded() -> None:
    plans = "plans:\n" + "".join(
        f"  p{i}:\n"
        "    title: {en: P, zh: 甲}\n"
        "    require:\n"
        + "".join(
            f"      - {{id: c{i}_{k}, that: x.n > {i * 50 + k}, {tiny.BECAUSE}}}\n"
            for k in range(50)
        )
        + "    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}\n"
        for i in range(45)
    )
    policies = tiny.policies("", plans)
    given_without_loading = ReteEvaluator(REFERENCE)
    (program,), situation = policies.programs, tiny.situation(policies, {"x.n": "60"})
    found = given_without_loading.prepare(program, situation).screen()
    assert found.failed_masks == REFERENCE.prepare(program, situation).screen().failed_masks
    (kept,) = given_without_loading.disagreements
    assert kept.error is not None
    assert "rulesets; at most 64 are carried" in kept.error
    with pytest.raises(UsageError) as raised:
        tiny.policies("", plans, evaluator="rete")
    assert raised.value.code == "not-carried"
    assert "`tiny` has too many conditions for the evaluator `rete`" in str(raised.value)
