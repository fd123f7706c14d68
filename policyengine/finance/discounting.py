"""The sum under every rate and every value: flows, discounted, in integers alone."""

from __future__ import annotations

from collections.abc import Sequence


def discounted(flows: Sequence[int], growth: int, base: int) -> int:
    """Return the value at time zero of `flows` times `growth ** (len(flows) - 1)`, a whole number.

    Flow k falls k periods from now, and what is worth `base` now is worth `growth` a period later.
    Horner's scheme over a common denominator: fractions would be reduced again at every period.
    """
    total, scale = 0, 1
    for flow in flows:
        total = total * growth + flow * scale
        scale *= base
    return total
