"""Hypothesis strategies for those who write policies: borrowers near their limits, loans, whole policies, and faults.

from hypothesis import given
from policyengine.testing.strategies import profiles

@given(profiles(policy))
def test_nobody_is_offered_more_than_five_years(profile): ...
"""

from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.event_logs import EventLog, event_logs
from policyengine.testing.strategies.grammar import Made
from policyengine.testing.strategies.public import invalid, loans, policies, profiles
from policyengine.testing.strategies.reach import Reach, reach_of
from policyengine.testing.strategies.written import case_yaml, profile_yaml
from policyengine.testing.strategies.wrong import Wrong

__all__ = [
    "Borrower",
    "EventLog",
    "Made",
    "Reach",
    "Wrong",
    "case_yaml",
    "event_logs",
    "invalid",
    "loans",
    "policies",
    "profile_yaml",
    "profiles",
    "reach_of",
]
