"""Compiled conditions and offers mean what the reference says, in both spellings."""

import borrowers
import pytest
from agreement import COMPILED, REFERENCE, Reach, disagreements
from borrowers import Profile
from hypothesis import given
from hypothesis import strategies as st

import policyengine as pe

REFERENCE_SET = pe.load(borrowers.FOLDER.parent, evaluator="reference")
COMPILED_SET = pe.load(borrowers.FOLDER.parent, evaluator="compiled")
#: In eight parts more than ten thousand (policy, profile, day) triples.
POLICIES_EACH, PROFILES, TRIPLES = 50, 17, 1_250


@pytest.mark.parametrize("part", range(8))
def test_of_generated_policies(part: int) -> None:
    reach = Reach()
    assert not list(disagreements(part * POLICIES_EACH, POLICIES_EACH, reach, PROFILES))
    counts = reach.counts
    assert counts["triples"] > TRIPLES
    assert counts["complete"] > counts["triples"] / 2
    assert counts["false"] > counts["conditions"] / 5
    assert counts["unknown"] > counts["conditions"] / 20
    assert counts["conditions not written"] < counts["conditions"] / 20
    assert counts["offers solved"] > counts["offers left to the reference"]
    assert counts["plans allowed"] > counts["plans"] / 20


@pytest.mark.parametrize("name", sorted(borrowers.EXAMPLES))
def test_decisions_of_the_examples_are_the_same_bytes(name: str) -> None:
    profile = borrowers.EXAMPLES[name]
    assert COMPILED_SET.decide(profile).to_json() == REFERENCE_SET.decide(profile).to_json()


@given(profile=borrowers.near_thresholds(), data=st.data())
def test_decisions_near_the_thresholds_are_the_same_bytes(
    profile: Profile, data: st.DataObject
) -> None:
    gone = data.draw(st.lists(st.sampled_from(borrowers.facts_of(profile)), max_size=2))
    given_profile = borrowers.without(profile, *gone)
    compiled, reference = COMPILED_SET.decide(given_profile), REFERENCE_SET.decide(given_profile)
    assert compiled.to_json() == reference.to_json()


def test_compiled_is_what_is_loaded_unless_another_is_named() -> None:
    assert pe.load(borrowers.FOLDER.parent).evaluator.name == "compiled"


def test_both_say_what_they_are() -> None:
    assert (REFERENCE.name, COMPILED.name) == ("reference", "compiled")
