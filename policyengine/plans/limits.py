"""The limits of levers, and how far one of them would have to move for terms to be found.

A limit is the end of a lever's range as the policy gives it; beyond it the range goes on by its own step, as far as the
lever can go at all. A lever with one value only has no limit of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import singledispatch
from math import ceil, floor
from typing import TypeAlias

import attrs

from policyengine.ir import levers as ir
from policyengine.ir.nodes import Constant, Node
from policyengine.model.types import MONEY, MONTHS, RATE, Type
from policyengine.plans.levers import Ground
from policyengine.plans.series import Series, countable

#: The longest time that is looked at in which, at first, something else is paid than the regular instalment, in months.
_LONGEST_START = 120


Value: TypeAlias = int | Fraction


_WithMonths: TypeAlias = (
    ir.Holiday | ir.InterestOnly | ir.Instalments | ir.RepaymentPlan | ir.TermExtension
)
_OfMonths: TypeAlias = _WithMonths | ir.AgreedPayment


@attrs.frozen
class Limit:
    """How far a lever may be set at most: months, a rate, a share or an amount in major units.

    `setting` is what the limit is one of, by the name that the terms give it, and `moved` the lever with another limit.
    """

    lever: ir.Lever
    setting: str
    type: Type
    value: Value
    beyond: Sequence[Value]
    moved: Callable[[Value], ir.Lever]


@singledispatch
def limits_of(_lever: ir.Lever, _ground: Ground) -> tuple[Limit, ...]:
    """Return the limits of a lever over the terms before it.

    Raises:
        NotKnown: One stands on something that is not known.
        FinanceError: One stands on terms that cannot be worked out.
    """
    return ()


@limits_of.register(ir.Holiday)
@limits_of.register(ir.InterestOnly)
@limits_of.register(ir.RepaymentPlan)
def _(lever: ir.Holiday | ir.InterestOnly | ir.RepaymentPlan, ground: Ground) -> tuple[Limit, ...]:
    least = 1 if isinstance(lever, ir.RepaymentPlan) else 0
    low = max(ground.months(lever.months.low), least)
    return _of_months(lever, "months", low, ground, _LONGEST_START)


@limits_of.register(ir.AgreedPayment)
def _(lever: ir.AgreedPayment, ground: Ground) -> tuple[Limit, ...]:
    """Only the months may have a limit; the amount is what was agreed."""
    extent = lever.months
    if extent is None:
        return ()
    low = max(int(ground.number(extent.low)), 0)
    return _of_extent(extent, lever, "months", low, ground, _LONGEST_START)


@limits_of.register(ir.Instalments)
def _(lever: ir.Instalments, ground: Ground) -> tuple[Limit, ...]:
    return _of_months(lever, "months", max(ground.months(lever.months.low), 0), ground)


@limits_of.register(ir.TermExtension)
def _(lever: ir.TermExtension, ground: Ground) -> tuple[Limit, ...]:
    """A term in all starts from the one there is."""
    present = ground.draft.term
    if present is None:
        return ()
    if lever.relative:
        return _of_months(lever, "months_added", 0, ground, ir.MAX_MONTHS - present)
    return _of_months(lever, "months", present, ground)


@limits_of.register(ir.RateReduction)
def _(lever: ir.RateReduction, ground: Ground) -> tuple[Limit, ...]:
    """A rate can go down to nothing, which is reached even where the steps do not land on it."""
    if lever.step is None:
        return ()
    lowest, present = ground.rate(lever.floor), ground.draft.rate
    step, start = ground.step(lever.step), min(present, lowest)
    first = floor((present - start) / step) + 1
    count = ceil(present / step) - first + 1 if start > 0 else 0
    below = Series[Value](
        countable(max(count, 0)), lambda i: max(present - step * (first + i), Fraction(0))
    )

    def moved(value: Value) -> ir.Lever:
        return attrs.evolve(lever, floor=_constant(lever.floor, RATE, value))

    return (Limit(lever, "annual_rate", RATE, lowest, below, moved),)


@limits_of.register(ir.Waiver)
def _(lever: ir.Waiver, ground: Ground) -> tuple[Limit, ...]:
    """Each balance has a limit of its own."""

    def one(name: str, extent: ir.Extent) -> tuple[Limit, ...]:
        def moved(high: ir.Extent) -> ir.Lever:
            shares = ((n, high if n == name else other) for n, other in lever.shares)
            return attrs.evolve(lever, shares=tuple(shares))

        return _of_share(lever, name, extent, ground, moved)

    return tuple(limit for name, extent in lever.shares for limit in one(name, extent))


@limits_of.register(ir.Settlement)
def _(lever: ir.Settlement, ground: Ground) -> tuple[Limit, ...]:
    def moved(high: ir.Extent) -> ir.Lever:
        return attrs.evolve(lever, discount=high)

    found = _of_share(lever, "discount", lever.discount, ground, moved)
    return tuple(attrs.evolve(limit, beyond=_below_all(limit.beyond)) for limit in found)


@limits_of.register(ir.Forbearance)
@limits_of.register(ir.Forgiveness)
def _(lever: ir.Forbearance | ir.Forgiveness, ground: Ground) -> tuple[Limit, ...]:
    """All of what bears interest but one unit can be set aside or given up."""
    if lever.single:
        return ()
    limit, scale = ground.minor(lever.up_to), ground.scale
    most = ground.draft.bearing - ground.draft.forborne - 1
    step = max(floor(ground.step(lever.step) * scale), 1) if lever.step else 1
    first = max(limit, 0) // step * step + step
    count = ceil(Fraction(most - first, step)) + 1 if most > max(limit, 0) else 0
    beyond = Series[Value](countable(count), lambda i: Fraction(min(first + step * i, most), scale))

    def moved(value: Value) -> ir.Lever:
        return attrs.evolve(lever, up_to=_constant(lever.up_to, MONEY, value))

    return (Limit(lever, "amount", MONEY, Fraction(limit, scale), beyond, moved),)


def _of_months(
    lever: _WithMonths,
    setting: str,
    low: int,
    ground: Ground,
    longest: int = ir.MAX_MONTHS,
) -> tuple[Limit, ...]:
    return _of_extent(lever.months, lever, setting, low, ground, longest)


def _of_extent(  # a limit is all of these
    extent: ir.Extent, lever: _OfMonths, setting: str, low: int, ground: Ground, longest: int
) -> tuple[Limit, ...]:
    if extent.single:
        return ()
    step = int(ground.step(extent.step)) if extent.step else 1
    high = ground.months(extent.high)
    first = low if high < low else low + ((high - low) // step + 1) * step

    def moved(value: Value) -> ir.Lever:
        return attrs.evolve(lever, months=_up_to(extent, MONTHS, value))

    return (Limit(lever, setting, MONTHS, high, _counted(range(first, longest + 1, step)), moved),)


def _below_all(shares: Sequence[Value]) -> Series[Value]:
    """Leave out a discount of all: one payment of nothing is no settlement."""
    count = len(shares) - 1 if shares and shares[-1] == 1 else len(shares)
    return Series(count, shares.__getitem__)


def _counted(months: range) -> Series[Value]:
    return Series(len(months), months.__getitem__)


def _of_share(
    lever: ir.Lever,
    setting: str,
    extent: ir.Extent,
    ground: Ground,
    moved: Callable[[ir.Extent], ir.Lever],
) -> tuple[Limit, ...]:
    if extent.single or extent.step is None:
        return ()
    low, high, step = (
        ground.number(extent.low),
        ground.number(extent.high),
        ground.step(extent.step),
    )
    first = low if high < low else low + step * (floor((high - low) / step) + 1)
    count = max(floor((1 - first) / step) + 1, 0)
    beyond = Series[Value](countable(count), lambda i: first + step * i)
    return (Limit(lever, setting, RATE, high, beyond, lambda v: moved(_up_to(extent, RATE, v))),)


def _up_to(extent: ir.Extent, type_: Type, value: Value) -> ir.Extent:
    return attrs.evolve(extent, high=_constant(extent.high, type_, value))


def _constant(at: Node, type_: Type, value: Value) -> Constant:
    return Constant(type=type_, span=at.span, value=value)
