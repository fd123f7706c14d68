"""What every evaluator offers."""

from __future__ import annotations

from typing import Protocol

from policyengine.decision.trace import Trace, Truth
from policyengine.facts.facts import Situation
from policyengine.ir.program import Program


class Evaluator(Protocol):
    """An interpreter of programs. It is pure: the same program and situation give the same trace."""

    @property
    def name(self) -> str:
        """What `load(evaluator=…)` calls it."""

    def applies(self, program: Program, situation: Situation) -> Truth:
        """Return whether a policy applies to the loan under assessment."""

    def evaluate(self, program: Program, situation: Situation) -> Trace:
        """Return what holds for one loan under one policy."""
