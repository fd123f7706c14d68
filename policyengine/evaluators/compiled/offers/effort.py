"""How much of a search the reference carries out before it gives up, as a number of settings.

A search that might be longer is counted; one that goes on beyond is left to the reference, which says so or finds the
end of it.
"""

from __future__ import annotations

from policyengine.evaluators.compiled.offers.analysis import Offer, value_on
from policyengine.ir import levers as ir
from policyengine.ir.levers import Extent
from policyengine.plans.ladder import MAX_MONTHS

#: The longest remaining term that is carried here.
LONGEST = 600
#: What a setting costs besides the months of its schedule, at most; and what a search costs besides its settings.
_EACH, _BESIDES = 60, 20_000


def most_tried(offer: Offer) -> int:
    """Return how many settings the reference certainly looks at."""
    longest = LONGEST + sum(_most_months(lever, offer) for lever in offer.levers)
    # A cap on the whole payment stands on the regular one: a schedule more each time the settings are looked at.
    capped = any(isinstance(lever, ir.RepaymentPlan) and lever.cap for lever in offer.levers)
    return (MAX_MONTHS - _BESIDES) // ((_EACH + longest) * (4 if capped else 1))


def may_take_long(offer: Offer) -> bool:
    """Whether the settings may be more than that."""
    return sum(_settings(lever, offer) for lever in offer.levers) > most_tried(offer)


def _most_months(lever: ir.Lever, offer: Offer) -> int:
    if isinstance(lever, (ir.Holiday, ir.InterestOnly, ir.TermExtension, ir.Instalments)):
        return _whole(lever.months, offer)
    if isinstance(lever, ir.AgreedPayment):
        return 2 * ir.MAX_MONTHS
    return ir.MAX_MONTHS if isinstance(lever, ir.HolidayThrough) else 0


def _settings(lever: ir.Lever, offer: Offer) -> int:
    if not ir.is_searched(lever):
        return 1
    if isinstance(
        lever, (ir.Holiday, ir.InterestOnly, ir.TermExtension, ir.Instalments, ir.RepaymentPlan)
    ):
        return _whole(lever.months, offer)
    if isinstance(lever, ir.AgreedPayment):
        return _whole(lever.months, offer) if lever.months else 1
    return 100 if isinstance(lever, (ir.Waiver, ir.Settlement)) else MAX_MONTHS


def _whole(extent: Extent, offer: Offer) -> int:
    value = value_on(extent.high, offer.program, offer.day)
    return value if isinstance(value, int) else ir.MAX_MONTHS
