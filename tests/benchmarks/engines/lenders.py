"""Whole decisions under the policies of the five lenders: terms to the cent, and every payment with its date."""

from __future__ import annotations

import compare_decisions as decisions
from lenders_by_hand import decide

import policyengine as pe
from engines.measuring import Row, Way, compared
from policyengine.evaluators.base import Prepared

#: Of so many loans the reference is asked, which takes long.
_SLOW = 100


def measured(passes: int) -> tuple[list[Row], list[str]]:
    """Return what each way takes for a loan of one borrower; all decide the same, or it fails."""
    compiled = pe.load(decisions.POLICIES, evaluator="compiled")
    reference = pe.load(decisions.POLICIES)
    loans = list(decisions.made())
    typed = [decisions.prepared(compiled, loan) for loan in loans]
    slow = [decisions.prepared(reference, loan) for loan in loans[:_SLOW]]
    decisions.check(loans, typed, slow)
    ways = [
        Way("Python written by hand", decide),
        Way("compiled, typed facts", _decided, typed, ours=True),
        Way("reference, typed facts", _decided, slow, ours=True),
    ]
    return compared(ways, loans, passes), []


def _decided(ready: Prepared) -> object:
    return ready.decide()
