"""Decides, and explains, which relief a borrower in arrears can be offered.

import policyengine as pe

policies = pe.load("policies/")
assessment = policies.decide(pe.Profile.from_file("borrower.yaml"))

A name is imported when it is first asked for: no start waits for what it does not use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from policyengine.cases.case import Case
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
    from policyengine.formatting.formatted import formatted
    from policyengine.policy_set import Policy, PolicySet, load
    from policyengine.portfolio.columns import Columns

#: The public names, and where each is defined.
_HOMES = {
    "Assessment": "policyengine.decision.decision",
    "Case": "policyengine.cases.case",
    "CaseError": "policyengine.diagnostics",
    "Columns": "policyengine.portfolio.columns",
    "Decision": "policyengine.decision.decision",
    "Diagnostic": "policyengine.diagnostics",
    "Event": "policyengine.cases.event",
    "Instalment": "policyengine.decision.terms",
    "Outcome": "policyengine.decision.decision",
    "Plan": "policyengine.decision.decision",
    "Policy": "policyengine.policy_set",
    "PolicyEngineError": "policyengine.diagnostics",
    "PolicyError": "policyengine.diagnostics",
    "PolicySet": "policyengine.policy_set",
    "PortfolioError": "policyengine.diagnostics",
    "Profile": "policyengine.facts.profile",
    "ProfileError": "policyengine.diagnostics",
    "Reason": "policyengine.decision.decision",
    "RecordError": "policyengine.diagnostics",
    "Referral": "policyengine.decision.decision",
    "Screening": "policyengine.decision.screening",
    "Status": "policyengine.decision.decision",
    "Terms": "policyengine.decision.terms",
    "UsageError": "policyengine.diagnostics",
    "formatted": "policyengine.formatting.formatted",
    "load": "policyengine.policy_set",
}

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
    "formatted",
    "load",
]

if not TYPE_CHECKING:  # so that a type checker knows these names and no others

    def __getattr__(name: str) -> Any:
        """Return a public name."""
        if name not in _HOMES:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message, name=name)
        found = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return found

    def __dir__() -> list[str]:
        """Return the names there are."""
        return sorted({*globals(), *_HOMES})
