"""The network says what the reference says: of generated policies, of the language's forms, of the examples."""

from __future__ import annotations

import operator
import pickle
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import borrowers
import pytest
import tiny
from endurance import cases, facts
from hypothesis import given
from hypothesis import strategies as st
from rete_agreement import disagreements, follow_up_disagreements
from rete_here import NEEDS_RETE

import policyengine as pe
from policyengine.evaluators.base import Ability
from policyengine.evaluators.named import evaluator_named
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.evaluators.rete.compiler.codes import Amounts
from policyengine.evaluators.rete.compiler.from_program import conditions_of
from policyengine.evaluators.rete.evaluator import ReteEvaluator

pytestmark = NEEDS_RETE
REFERENCE_SET = pe.load(borrowers.FOLDER.parent, evaluator="reference")
POLICIES_EACH = 20


@cache
def rete_set() -> tuple[pe.PolicySet, ReteEvaluator]:
    policies = pe.load(borrowers.FOLDER.parent, evaluator="rete")
    assert isinstance(policies.evaluator, ReteEvaluator)
    return policies, policies.evaluator


@pytest.mark.parametrize("part", range(4))
def test_of_generated_policies_and_logs(part: int) -> None:
    reach: Counter[str] = Counter()
    first = part * POLICIES_EACH
    assert not list(disagreements(first, POLICIES_EACH, reach))
    assert not list(follow_up_disagreements(first, POLICIES_EACH, reach))
    assert reach["triples"] > 5 * POLICIES_EACH
    assert reach["false"] > reach["conditions"] / 8
    assert reach["unknown"] > reach["conditions"] / 30
    assert reach["facts in the network"] > reach["worked out before"] / 4
    assert reach["guarantees on no terms"]
    assert reach["transitions taken"] > reach["events"] / 20


@pytest.mark.parametrize("name", sorted(borrowers.EXAMPLES))
def test_decisions_of_the_examples_are_the_same_bytes(name: str) -> None:
    policies, evaluator = rete_set()
    profile = borrowers.EXAMPLES[name]
    assert policies.decide(profile).to_json() == REFERENCE_SET.decide(profile).to_json()
    assert not evaluator.disagreements


def test_decisions_near_the_thresholds_are_the_same_bytes() -> None:
    policies, evaluator = rete_set()

    @given(profile=borrowers.near_thresholds(), data=st.data())
    def held(profile: borrowers.Profile, data: st.DataObject) -> None:
        gone = data.draw(st.lists(st.sampled_from(borrowers.facts_of(profile)), max_size=2))
        some = borrowers.without(profile, *gone)
        assert policies.decide(some).to_json() == REFERENCE_SET.decide(some).to_json()

    held()
    assert not evaluator.disagreements


def test_threads_that_share_a_set_decide_as_one_does() -> None:
    policies, evaluator = rete_set()
    names = sorted(borrowers.EXAMPLES)[:4] * 4
    with ThreadPoolExecutor(8) as threads:
        found = list(
            threads.map(lambda name: policies.decide(borrowers.EXAMPLES[name]).to_json(), names)
        )
    assert found == [REFERENCE_SET.decide(borrowers.EXAMPLES[name]).to_json() for name in names]
    assert not evaluator.disagreements


def test_a_pickled_evaluator_leaves_its_networks_behind_and_decides_the_same() -> None:
    policies, evaluator = rete_set()
    profile = borrowers.EXAMPLES["mr-li"]
    before = policies.decide(profile).to_json()
    again = pickle.loads(pickle.dumps(evaluator))  # noqa: S301  # our own
    assert isinstance(again, ReteEvaluator)
    other = pe.PolicySet(policies.programs, policies.dictionary, again)
    assert other.decide(profile).to_json() == before


# Form by form, over facts that are each true, false or missing

CARRIED = [
    "x.flag",
    "not x.flag",
    "x.flag == true",
    "x.flag and x.other",
    "x.flag or x.other",
    "not (x.flag and not x.other) or x.n > 2",
    "if x.flag then x.other else x.n > 2",
    "x.n > 2",
    "2 < x.n",
    "x.n != 2 and x.n <= 3",
    "x.cash >= 90.00",
    "x.day < 2024-11-20",
    'x.colour in {"red", "blue"}',
    'x.colour != "red"',
    'x.word == "a"',
    "x.n > p_none",
    "x.n > p_int",
]
BEFORE = [
    "known(x.n)",
    "x.n + 1 > 3",
    "x.cash > x.cost",
    "x.day + 30 days < as_of",
    "count(i in x.items) > 1",
]
PARAMETERS = """\
parameters:
  p_int: [{from: 2020-01-01, value: 2}]
  p_none: [{from: 2030-01-01, value: 2}]
"""
GIVEN: dict[str, list[Any]] = {
    "x.flag": [None, True, False],
    "x.other": [None, True, False],
    "x.n": [None, 2, 3, 4],
    "x.cash": [None, "90.00", "89.99"],
    "x.day": [None, "2024-11-19", "2024-11-20", "2024-10-01"],
    "x.colour": [None, "red", "green"],
    "x.word": [None, "a", "b"],
    "x.cost": [None, "89.99"],
    "x.items": [None, [{}], [{}, {}]],
}


def referring(expression: str, evaluator: str) -> pe.PolicySet:
    referral = f"{{title: {{en: t, zh: t}}, {tiny.BECAUSE}, when: {tiny.quoted(expression)}}}"
    return tiny.policies(f"{PARAMETERS}referrals:\n  it: {referral}\n", evaluator=evaluator)


@pytest.mark.parametrize("expression", CARRIED + BEFORE)
def test_each_form_is_true_false_or_not_known_as_the_reference_says(expression: str) -> None:
    policies = referring(expression, "rete")
    evaluator, (program,) = policies.evaluator, policies.programs
    assert isinstance(evaluator, ReteEvaluator)
    named = [path for path in GIVEN if path in expression]
    found = set()
    for values in product(*(GIVEN[path] for path in named)):
        given_facts = {p: v for p, v in zip(named, values, strict=True) if v is not None}
        situation = tiny.situation(policies, given_facts)
        network = evaluator.network(program, situation.as_of)
        network.take(situation, evaluator.probe(program, situation))
        (truth,) = network.truths[-2]
        want = ReferenceEvaluator().probe(program, situation).value(program.referrals[0].rule.test)
        assert truth == (want if isinstance(want, bool) else None), given_facts
        found.add(truth)
    assert found == ({None} if "p_none" in expression else {True, False, None} - _never(expression))
    assert network.conditions.before == (expression in BEFORE)


def _never(expression: str) -> set[bool | None]:
    return {None} if expression.startswith("known") else set()


def test_what_would_be_too_long_is_worked_out_before() -> None:
    many = " and ".join(f"(x.n == {i} or x.m == {i})" for i in range(8))
    policies = referring(many, "rete")
    (program,) = policies.programs
    conditions = conditions_of(program, tiny.situation(policies).as_of)
    assert 0 < conditions.before < 8
    assert len(conditions.rules) <= 24


@given(
    value=st.fractions(max_denominator=1000) | st.integers(-(10**30), 10**30),
    constant=st.integers(-(10**12), 10**12),
    near=st.sampled_from([Fraction(0), Fraction(1, 300), Fraction(-1, 300), Fraction(1, 100)]),
    far=st.booleans(),
)
def test_amounts_compare_as_their_codes_do(
    value: Fraction | int, constant: int, near: Fraction, far: bool
) -> None:
    code, limit = Amounts(100), Fraction(constant, 100)
    value = value if far else limit + near
    written, held = code.of_fact(value), code.of_constant("<", limit)
    assert held is not None
    compare: Callable[[Any, Any], bool]
    for compare in (operator.lt, operator.le, operator.eq, operator.ge, operator.gt):
        assert compare(written, held) == compare(value, limit)


def test_constants_that_no_code_holds_are_worked_out_before() -> None:
    assert Amounts(100).of_constant("<", Fraction(1, 1000)) is None
    assert Amounts(100).of_constant("<", Fraction(10**18)) is None


def test_many_facts_and_cases_in_one_process() -> None:
    of_facts, of_cases = facts(90_000), cases(1_000)
    assert of_facts.wrong == of_cases.wrong == 0
    assert of_facts.rebuilt > 3
    assert of_facts.grown < 5_000  # 90,000 facts kept would be half a gigabyte


def test_what_each_evaluator_does_itself_is_declared() -> None:
    reference, compiled, rete = map(evaluator_named, ("reference", "compiled", "rete"))
    for evaluator in (reference, compiled, rete):
        said = evaluator.capabilities
        assert not said.itself & said.by_another
        assert said.itself | said.by_another | said.lacks == set(Ability)
    assert Ability.OFFERS in rete.capabilities.by_another
    assert Ability.INCREMENTS in rete.capabilities.itself
    assert Ability.INCREMENTS in reference.capabilities.lacks
    assert Ability.COLUMNS in rete.capabilities.lacks
    assert Ability.COLUMNS in compiled.capabilities.itself
