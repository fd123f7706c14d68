"""Policies made by chance are valid and simple once shrunk; those made wrong are refused for what is wrong."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shrinking import shrunk

import policyengine as pe
from policyengine.testing.strategies import Made, Wrong, invalid, policies
from policyengine.testing.strategies.reach import drawn

FEW = settings(max_examples=20, suppress_health_check=list(HealthCheck))


@FEW
@given(made=policies())
def test_a_made_policy_is_valid(made: Made) -> None:
    assert list(made.load()) == ["tiny"]


def test_a_made_policy_shrinks_to_one_plan_without_a_rule() -> None:
    found = shrunk(policies(), lambda made: "plans:" in made.text, 200)
    assert found.policy.count("    offer:") == 1
    for part in ("regulations:", "applies_to:", "require:", "guarantees:"):
        assert part not in found.policy


def test_a_policy_made_wrong_is_refused_for_that() -> None:
    seen: Counter[str] = Counter()
    for wrong in drawn(invalid(), 60):
        with pytest.raises(pe.PolicyError) as refused:
            wrong.given.load()
        assert wrong.code in {finding.code for finding in refused.value.diagnostics}, wrong.what
        seen[wrong.code] += 1
    assert len(seen) >= 4, seen


@FEW
@given(data=st.data())
def test_a_profile_made_wrong_is_refused_at_one_place(
    lenders: pe.PolicySet, data: st.DataObject
) -> None:
    wrong: Wrong = data.draw(invalid(lenders["us.hamp"]))
    only = pe.PolicySet((lenders["us.hamp"].program,), lenders.dictionary, lenders.evaluator)
    with pytest.raises(pe.ProfileError) as refused:
        only.decide(wrong.given)
    (finding,) = refused.value.diagnostics
    assert (finding.code, finding.path) == (wrong.code, wrong.path), wrong.what


def test_profiles_are_made_wrong_in_many_ways(lenders: pe.PolicySet) -> None:
    made: list[Any] = list(drawn(invalid(lenders["aibank.consumer-loan"]), 150))
    assert len({wrong.code for wrong in made}) >= 7
