"""Decides, and explains, which relief a borrower in arrears can be offered.

import policyengine as pe

policies = pe.load("policies/")
assessment = policies.decide(pe.Profile.from_file("borrower.yaml"))
"""

__version__ = "0.1.0"

from typing import TYPE_CHECKING

from policyengine.cases.event import Event
from policyengine.decision.decision import (
    Assessment,
    Decision,
    Outcome,
    Plan,
    Reason,
    Referral,
    Status,
)
from policyengine.decision.screening import Screening
from policyengine.decision.terms import Instalment, Terms
from policyengine.diagnostics import (
    CaseError,
    Diagnostic,
    PolicyEngineError,
    PolicyError,
    PortfolioError,
    ProfileError,
    RecordError,
    UsageError,
)
from policyengine.facts.profile import Profile
from policyengine.policy_set import Policy, PolicySet, load
from policyengine.portfolio.columns import Columns

if TYPE_CHECKING:
    from policyengine.cases.case import Case

__all__ = [
    "Assessment",
    "Case",
    "CaseError",
    "Columns",
    "Decision",
    "Diagnostic",
    "Event",
    "Instalment",
    "Outcome",
    "Plan",
    "Policy",
    "PolicyEngineError",
    "PolicyError",
    "PolicySet",
    "PortfolioError",
    "Profile",
    "ProfileError",
    "Reason",
    "RecordError",
    "Referral",
    "Screening",
    "Status",
    "Terms",
    "UsageError",
    "load",
]


def __getattr__(name: str) -> object:
    """Return what is imported once somebody asks for it, so that a start takes no longer than it must."""
    if name == "Case":
        from policyengine.cases.case import Case  # noqa: PLC0415 - see above

        return Case
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
