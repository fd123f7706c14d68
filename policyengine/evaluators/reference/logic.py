"""Kleene's three-valued logic: an unknown spreads unless the rest decides."""

from __future__ import annotations

from collections.abc import Sequence

from policyengine.decision.trace import Truth, Unknown, merged


def conjunction(operands: Sequence[Truth]) -> Truth:
    """Return whether all hold: false where one is false, whatever is unknown."""
    if any(operand is False for operand in operands):
        return False
    if any(isinstance(operand, Unknown) for operand in operands):
        return merged(*operands)
    return True


def disjunction(operands: Sequence[Truth]) -> Truth:
    """Return whether any holds: true where one is true, whatever is unknown."""
    if any(operand is True for operand in operands):
        return True
    if any(isinstance(operand, Unknown) for operand in operands):
        return merged(*operands)
    return False


def negation(operand: Truth) -> Truth:
    """Return the opposite; the opposite of unknown is unknown."""
    return operand if isinstance(operand, Unknown) else not operand
