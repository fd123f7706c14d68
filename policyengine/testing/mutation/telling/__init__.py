"""Borrowers who tell a mutant from the policy: looked for where the two differ, made simple, and written as a case."""

from policyengine.testing.mutation.telling.candidates import PARTS, ROUNDS, Candidates
from policyengine.testing.mutation.telling.searching import met_by, telling_case

__all__ = ["PARTS", "ROUNDS", "Candidates", "met_by", "telling_case"]
