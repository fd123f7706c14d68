"""Steps of an offer and rows of a table whose order makes no difference.

A step with one value is always taken, before or after the other is raised. Where it only moves balances, the other only
months, the rate or other balances, and no setting of either speaks of the terms so far, the draft is the same in both
orders. So it is where a holiday of given months, which moves the maturity, meets a longer term: both add months of
their own.

Of two rows that no input fits both of, one at most is certain, and only where the other is out; where the input that
tells them apart is not known neither is. So two such rows that follow one another decide the same in both orders.
"""

from __future__ import annotations

from policyengine.ir import levers as ir
from policyengine.ir.nodes import Constant, Node
from policyengine.ir.program import Cell, Interval, OfferDefinition, TableDefinition, TableRow
from policyengine.ir.reach import settings_of, speaks_of_terms
from policyengine.testing.mutation.mutant import Mutant

_MOVES_MONTHS_OR_RATE = (ir.Holiday, ir.InterestOnly, ir.Instalments, ir.RateReduction)


def order_is_free(mutant: Mutant) -> bool:
    """Whether a mutant only exchanges two steps or two rows that can stand in either order."""
    return steps_commute(mutant) or rows_commute(mutant)


# Steps of an offer


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
    kinds = _move_other_things(one, other) or _move_other_things(other, one)
    kinds = kinds or (_balances(one) and _balances(other) and _moved(one).isdisjoint(_moved(other)))
    return kinds and not any(speaks_of_terms(node) for node in settings_of((one, other)))


def _move_other_things(one: ir.Lever, other: ir.Lever) -> bool:
    return (_balances(one) and _months_or_rate(other)) or (_is_given(one) and _longer(other))


def _balances(lever: ir.Lever) -> bool:
    """Whether a step is always taken and only moves balances; interest still to come is none."""
    if lever.when is not None:
        return False
    if isinstance(lever, ir.Waiver):
        single = all(extent.single for _, extent in lever.shares)
        return single and "future_interest" not in dict(lever.shares)
    return isinstance(lever, (ir.Capitalisation, ir.Deferral))


def _moved(lever: ir.Lever) -> frozenset[str]:
    """Return the balances of which a step moves any."""
    if isinstance(lever, ir.Waiver):
        return frozenset(dict(lever.shares))
    assert isinstance(lever, (ir.Capitalisation, ir.Deferral))  # noqa: S101  # the other kinds
    return frozenset(name for name, share in lever.shares if not _is_nothing(share))


def _is_nothing(share: Node) -> bool:
    return isinstance(share, Constant) and share.value == 0


def _months_or_rate(lever: ir.Lever) -> bool:
    if isinstance(lever, ir.Waiver):
        return all(name == "future_interest" for name, _ in lever.shares)
    return _longer(lever) or isinstance(lever, _MOVES_MONTHS_OR_RATE)


def _longer(lever: ir.Lever) -> bool:
    return isinstance(lever, ir.TermExtension) and lever.relative


def _is_given(lever: ir.Lever) -> bool:
    """Whether it is a holiday that is always taken, of so many months, and shortens nothing."""
    if not isinstance(lever, ir.Holiday) or lever.when is not None:
        return False
    return lever.maturity == "extends" and not ir.is_searched(lever)


# Rows of a table


def rows_commute(mutant: Mutant) -> bool:
    """Whether a mutant only exchanges two rows, one after the other, that exclude one another."""
    return all(
        isinstance(swap.old, TableDefinition)
        and isinstance(swap.new, TableDefinition)
        and _exclusive_exchanged(swap.old, swap.new)
        for swap in mutant.swaps
    )


def _exclusive_exchanged(old: TableDefinition, new: TableDefinition) -> bool:
    both = zip(old.rows, new.rows, strict=False)
    places = [place for place, (one, other) in enumerate(both) if one is not other]
    kept = old.hit == "first" and set(map(id, old.rows)) == set(map(id, new.rows))
    following = len(places) == 2 and places[1] == places[0] + 1
    return kept and following and _exclude(*(old.rows[place] for place in places))


def _exclude(one: TableRow, other: TableRow) -> bool:
    return any(_disjoint(a, b) for a, b in zip(one.cells, other.cells, strict=True))


def _disjoint(one: Cell, other: Cell) -> bool:
    if one.intervals is None or other.intervals is None:
        return False
    return all(_below(a, b) or _below(b, a) for a in one.intervals for b in other.intervals)


def _below(one: Interval, other: Interval) -> bool:
    """Whether every value of one interval is less than every value of the other."""
    if one.high is None or other.low is None:
        return False
    shared = one.includes_high and other.includes_low
    return bool(one.high < other.low or (one.high == other.low and not shared))
