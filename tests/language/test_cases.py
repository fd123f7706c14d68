"""What expressions mean, case by case. `harness.py` says how to add one."""

from functools import cache

import attrs
import harness
import pytest
from harness import Case, Topic
from rete_here import RETE

import policyengine as pe
from policyengine.decision.trace import Unknown

EVALUATORS = ["reference", "compiled", RETE]
TOPICS = {topic.name: topic for topic in harness.topics()}
CASES = [case for topic in TOPICS.values() for case in topic.cases]


@cache
def loaded(topic: str, evaluator: str) -> pe.PolicySet:
    return TOPICS[topic].load(evaluator)


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize("case", [c for c in CASES if not c.is_error], ids=str)
def test_value(case: Case, evaluator: str) -> None:
    policies = loaded(case.topic, evaluator)
    node, found = harness.run(policies, case)
    reason = case.written.get("undefined")
    if isinstance(found, Unknown):
        assert bool(found.undefined) == (reason is not None), found.undefined
        assert reason is None or all(reason in said for said in found.undefined), found.undefined
        found = attrs.evolve(found, undefined=frozenset())
    expected = harness.expected(case, node, policies)
    assert found == expected
    assert isinstance(found, bool) == isinstance(expected, bool)  # 1 is not true


@pytest.mark.parametrize("case", [c for c in CASES if c.is_error], ids=str)
def test_error(case: Case) -> None:
    error = case.written["error"]
    assert TOPICS[case.topic].errors(case) == ([error] if isinstance(error, str) else error)


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_every_case_says_one_thing(topic: Topic) -> None:
    for case in topic.cases:
        said = {"value", "error"} & set(case.written)
        unknown = {"unknown", "undefined"} & set(case.written)
        assert len(said) + bool(unknown) == 1, case
