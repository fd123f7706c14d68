"""Laws that a policy keeps for every borrower, each turned on in one line."""

from policyengine.testing.laws.decisions import (
    Deterministic,
    EveryDenialCites,
    JustificationSound,
    NeverExceeds,
    OrderIndependent,
)
from policyengine.testing.laws.facts import Indifferent, Monotone, NeverByAccident
from policyengine.testing.laws.law import Breach, Law
from policyengine.testing.laws.trying import Trial, tried
from policyengine.testing.laws.versions import OnlyMoreGenerous, OnlyStricter

__all__ = [
    "Breach",
    "Deterministic",
    "EveryDenialCites",
    "Indifferent",
    "JustificationSound",
    "Law",
    "Monotone",
    "NeverByAccident",
    "NeverExceeds",
    "OnlyMoreGenerous",
    "OnlyStricter",
    "OrderIndependent",
    "Trial",
    "tried",
]
