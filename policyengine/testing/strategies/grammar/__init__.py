"""Policies made by chance over the whole grammar, from the text of an expression to a whole file."""

from policyengine.testing.strategies.grammar.policies import Made, made, made_by

__all__ = ["Made", "made", "made_by"]
