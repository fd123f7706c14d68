"""The strategies as they are named: what they give can be handed to the library as it is."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from policyengine.policy_set import Policy
from policyengine.testing.strategies.borrower import Borrower, Written
from policyengine.testing.strategies.grammar import Made, made_by
from policyengine.testing.strategies.profiles import borrowers
from policyengine.testing.strategies.wrong import Wrong, wrong_policy, wrong_profile


def profiles(
    policy: Policy, *, missing: float | None = None, near_thresholds: bool = True
) -> st.SearchStrategy[Written]:
    """Return a strategy of profiles that the policy can decide about.

    Args:
        policy: Whose facts are given, and whose limits they stand near.
        missing: The share of facts that are not known, from 0 to 1; by default it differs from profile to profile.
        near_thresholds: Whether facts are put within one step of where the policy changes its mind, and dates on the
            ends of months and on the first and last days of dated values; otherwise all is left to chance.
    """
    strategy = borrowers_of(policy, missing=missing, near_thresholds=near_thresholds)
    return strategy.map(Borrower.profile)


def borrowers_of(
    policy: Policy, *, missing: float | None = None, near_thresholds: bool = True
) -> st.SearchStrategy[Borrower]:
    """Return the same as `profiles`, before they are written as mappings."""
    evaluator = policy.policies.evaluator
    return borrowers(policy.program, evaluator, missing=missing, near_thresholds=near_thresholds)


def loans(policy: Policy) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of loans with everything known: what stands in a profile under `loans`."""
    return profiles(policy, missing=0).map(lambda profile: profile["loans"][0])


def policies() -> st.SearchStrategy[Made]:
    """Return a strategy of valid policies over a small vocabulary, with every form of the language and every lever."""
    return st.randoms(use_true_random=False).map(made_by)


def invalid(policy: Policy | None = None) -> st.SearchStrategy[Wrong]:
    """Return a strategy of profiles of a policy, or else of policies, that are wrong in exactly one place."""
    if policy is None:
        return st.tuples(policies(), st.randoms(use_true_random=False)).map(
            lambda drawn: wrong_policy(*drawn)
        )
    program = policy.program
    drawn = st.tuples(borrowers_of(policy), st.randoms(use_true_random=False))
    return drawn.map(lambda each: wrong_profile(each[0], program, each[1]))
