"""Steps of an offer whose order makes no difference: one moves balances, the other only months or the rate.

A step with one value is always taken, before or after the other is raised; where it only moves balances, and no setting
of either speaks of the terms so far, the draft is the same in both orders.
"""

from __future__ import annotations

from policyengine.ir import levers as ir
from policyengine.ir.program import OfferDefinition
from policyengine.ir.reach import settings_of, speaks_of_terms
from policyengine.testing.mutation.mutant import Mutant

_MOVES_BALANCES = (ir.Capitalisation, ir.Deferral)
_MOVES_MONTHS_OR_RATE = (ir.Holiday, ir.InterestOnly, ir.Instalments, ir.RateReduction)


def steps_commute(mutant: Mutant) -> bool:
    """Whether a mutant only exchanges two steps that can be taken in either order."""
    return all(
        isinstance(swap.old, OfferDefinition)
        and isinstance(swap.new, OfferDefinition)
        and _same(swap.old, swap.new)
        for swap in mutant.swaps
    )


def _same(old: OfferDefinition, new: OfferDefinition) -> bool:
    exchanged = [
        one for one, other in zip(old.levers, new.levers, strict=False) if one is not other
    ]
    kept = set(map(id, old.levers)) == set(map(id, new.levers)) and old.until == new.until
    return kept and old.choose == "waterfall" and len(exchanged) == 2 and _apart(*exchanged)


def _apart(one: ir.Lever, other: ir.Lever) -> bool:
    pairs = ((one, other), (other, one))
    kinds = any(_balances(a) and _months_or_rate(b) for a, b in pairs)
    return kinds and not any(speaks_of_terms(node) for node in settings_of((one, other)))


def _balances(lever: ir.Lever) -> bool:
    return isinstance(lever, _MOVES_BALANCES) and lever.when is None


def _months_or_rate(lever: ir.Lever) -> bool:
    if isinstance(lever, ir.TermExtension):
        return lever.relative
    if isinstance(lever, ir.Waiver):
        return all(name == "future_interest" for name, _ in lever.shares)
    return isinstance(lever, _MOVES_MONTHS_OR_RATE)
