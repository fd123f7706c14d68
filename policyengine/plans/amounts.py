"""Amounts of the minor unit as a reader sees them: decimals of the major unit."""

from __future__ import annotations

from policyengine.decision.decimals import decimal


def shown(minor: int, scale: int) -> str:
    """Write an amount; `scale` is the number of minor units in one major unit."""
    return format(decimal(minor, len(str(scale)) - 1), "f")
