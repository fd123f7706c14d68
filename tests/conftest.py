import os
from pathlib import Path

import pytest
from hypothesis import settings

import policyengine as pe

# The same examples on every run: a failure seen once is seen again.
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("repeatable")

# Commands read the policies themselves, and nothing is written to the folders of whoever runs the tests.
os.environ["POLICYENGINE_CACHE"] = "off"

POLICIES = Path(__file__).parent.parent / "policies"


@pytest.fixture(scope="session")
def lenders() -> pe.PolicySet:
    """The policies of the five lenders."""
    return pe.load(POLICIES)
