"""Which mutants there are of a program: one module for each part of a policy."""

from policyengine.testing.mutation.making.all_of import mutants_of

__all__ = ["mutants_of"]
