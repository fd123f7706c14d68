"""Single questions agree with the whole trace."""

import borrowers
import pytest
from borrowers import Profile
from hypothesis import given
from hypothesis import strategies as st

import policyengine as pe
from policyengine.decision.trace import Unknown
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency

POLICIES = pe.load(borrowers.FOLDER.parent)


def held_to_the_trace(profile: Profile) -> None:
    given_profile = pe.Profile.from_mapping(profile)
    for program in POLICIES.programs:
        facts = facts_from(given_profile, POLICIES.dictionary, currency(program.currency), None)
        for loan in range(len(facts.loans or ())):
            situation = facts.about(loan)
            trace = POLICIES.evaluator.evaluate(program, situation)
            probe = POLICIES.evaluator.probe(program, situation)
            for found in trace.plans:
                assert probe.offer(found.plan).holds == found.offer.holds
                for rule in found.require:
                    assert probe.value(rule.rule.test) == rule.value(rule.rule.test)
            assert program.applies_to is None or probe.value(program.applies_to) == trace.applies


@given(profile=borrowers.near_thresholds(), data=st.data())
def test_of_borrowers_near_the_thresholds(profile: Profile, data: st.DataObject) -> None:
    gone = data.draw(st.lists(st.sampled_from(borrowers.facts_of(profile)), max_size=2))
    held_to_the_trace(borrowers.without(profile, *gone))


@pytest.mark.parametrize("name", sorted(borrowers.EXAMPLES))
def test_of_the_examples(name: str) -> None:
    held_to_the_trace(borrowers.EXAMPLES[name])


def test_what_is_unknown_is_unknown_in_both() -> None:
    profile = borrowers.without(borrowers.EXAMPLES["mr-li"], ("borrower", "monthly_income"))
    facts = facts_from(pe.Profile.from_mapping(profile), POLICIES.dictionary, currency("CNY"), None)
    program = POLICIES["aibank.consumer-loan"].program
    probe = POLICIES.evaluator.probe(program, facts.about(0))
    assert isinstance(probe.offer(program.plans[0]).holds, Unknown)
