"""The five policies solved as a developer would write them by hand for numba: a function a policy, one loop over rows.

Doubles where he would take them: the closed forms and the value of payments. Payments and interest are rounded to whole
cents as they are paid. Everything is known of these borrowers, so nothing here thinks of what is not.
"""

from __future__ import annotations

from hand_aibank import aibank
from hand_ccb import ccb
from hand_citic import citic_card, citic_loan
from hand_mengshang import mengshang
from hand_schedules import empty

__all__ = ["aibank", "ccb", "citic_card", "citic_loan", "empty", "mengshang"]
