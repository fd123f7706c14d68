"""Decides, and explains, which relief a borrower in arrears can be offered.

import policyengine as pe

policies = pe.load("policies/")
assessment = policies.decide(pe.Profile.from_file("borrower.yaml"))
"""

__version__ = "0.1.0"

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

__all__ = [
    "Assessment",
    "Columns",
    "Decision",
    "Diagnostic",
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
