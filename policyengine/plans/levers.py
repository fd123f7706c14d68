"""What each lever can do to a draft: its settings, from the least concession to the greatest.

What a lever does to interest, maturity, arrears and days past due stands in the reference of the language.
A setting is a function from a draft to a draft. Settings are looked at by place and made only when asked for: a
forbearance in cents has millions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import singledispatch
from math import ceil, floor
from typing import overload

import attrs

from policyengine.decision.trace import Result, Unknown
from policyengine.decision.values import decimal, decimal_text
from policyengine.finance.errors import FinanceError
from policyengine.finance.rate_changes import Rises
from policyengine.ir import levers as ir
from policyengine.ir.nodes import Node, PlanValue
from policyengine.plans.draft import Draft
from policyengine.plans.prospect import OF_THE_DRAFT, Prospect

Setting = Callable[[Draft], Draft]

_LOWERING = (ir.TermExtension, ir.RateReduction, ir.Waiver, ir.Forbearance, ir.Forgiveness)


class NotKnown(Exception):
    """A setting stands on something that is not known."""

    def __init__(self, unknown: Unknown) -> None:
        self.unknown = unknown
        super().__init__()


@attrs.frozen
class Settings(Sequence[Setting]):
    """Settings by place, from the least to the greatest."""

    length: int
    at: Callable[[int], Setting]

    def __len__(self) -> int:
        return max(self.length, 0)

    @overload
    def __getitem__(self, place: int) -> Setting: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Setting]: ...
    def __getitem__(self, place: int | slice) -> Setting | Sequence[Setting]:
        if isinstance(place, slice):
            return [self.at(i) for i in range(*place.indices(len(self)))]
        return self.at(place if place >= 0 else len(self) + place)


@attrs.frozen
class Ground:
    """What a lever's settings stand on: the draft so far, and the values of expressions about it."""

    draft: Draft
    scale: int
    evaluate: Callable[[Node, Prospect | None], Result]
    sketch: Callable[[Draft], Prospect]
    work_out: Callable[[Draft], Prospect]

    def number(self, node: Node) -> Fraction:
        """Return a number of months, a share or an amount; `plan.` names the terms so far.

        Raises:
            NotKnown: It stands on something that is not known.
            FinanceError: It stands on a schedule, and there is none so far.
        """
        names = _plan_values(node)
        terms = self.sketch if names <= OF_THE_DRAFT else self.work_out
        value = self.evaluate(node, terms(self.draft) if names else None)
        if isinstance(value, Unknown):
            raise NotKnown(value)
        return Fraction(value)  # type: ignore[arg-type]  # the types were checked

    def share(self, node: Node) -> Fraction:
        """Return a share between none and all."""
        return min(max(self.number(node), Fraction(0)), Fraction(1))

    def step(self, node: Node) -> Fraction:
        """Return a step.

        Raises:
            FinanceError: It is not above zero.
        """
        step = self.number(node)
        if step <= 0:
            raise FinanceError(f"a step must be above zero, but is `{step}`")
        return step

    def minor(self, node: Node) -> int:
        """Return an amount in minor units, what is finer cut off."""
        return floor(self.number(node) * self.scale)

    def shown(self, amount: int) -> str:
        """Write an amount for the reader of a decision."""
        return format(decimal(amount, len(str(self.scale)) - 1), "f")


@singledispatch
def settings(lever: ir.Lever, ground: Ground) -> Sequence[Setting]:
    """Return what a lever can do, from the least to the greatest; nothing where it cannot be used.

    Raises:
        NotKnown: A setting stands on something that is not known.
        FinanceError: A setting stands on terms that cannot be worked out, or a step is not above zero.
    """
    raise NotImplementedError(type(lever).__name__)


def lowers_payment(lever: ir.Lever) -> bool:
    """Whether a greater setting of a lever never raises a regular payment.

    A rate that the lever leaves alone stays; one that it lowers may rise above that before regular payments begin.
    """
    return isinstance(lever, _LOWERING) and not makes_rate_rise(lever)


def makes_rate_rise(lever: ir.Lever) -> bool:
    """Whether a rate that the lever sets may rise later."""
    return isinstance(lever, ir.RateReduction) and lever.then is not None


def follows_terms(lever: ir.Lever) -> bool:
    """Whether the least that a lever does depends on the terms before it.

    Where the least is to do nothing, only how far the lever goes does.
    """
    if isinstance(lever, ir.RepaymentPlan) and lever.cap is not None:
        return True
    if isinstance(lever, (ir.Forbearance, ir.Forgiveness)) and not lever.single:
        return False
    return any(_plan_values(node) for node in _nodes(lever))


@settings.register
def _(lever: ir.Holiday, ground: Ground) -> Sequence[Setting]:
    months = _months(lever.months, ground)
    interest, maturity = lever.interest, lever.maturity
    return _each(months, lambda n: lambda d: d.with_holiday(n, interest, maturity))


@settings.register
def _(lever: ir.InterestOnly, ground: Ground) -> Sequence[Setting]:
    months = _months(lever.months, ground)
    return _each(months, lambda n: lambda d: d.with_interest_only(n, lever.maturity))


@settings.register
def _(lever: ir.TermExtension, ground: Ground) -> Sequence[Setting]:
    """A term in all runs from the one there is: at its least the lever changes nothing."""
    months = _months(lever.months, ground)
    if lever.relative:
        return _each(months, lambda n: lambda d: d.with_months_added(n))
    present = ground.draft.term
    if not lever.months.single and present is not None:
        months = range(present, months.stop, months.step)
    return _each(months, lambda n: lambda d: d.with_term(n))


@settings.register
def _(lever: ir.RateReduction, ground: Ground) -> Sequence[Setting]:
    """The floor is reached even where the steps do not land on it; a rate at the floor stays.

    Only a rate that the lever sets rises later: at its least it leaves the loan's own as it is.
    """
    present, lowest = ground.draft.rate, max(ground.number(lever.floor), Fraction(0))
    rises = _rises(lever.then, ground) if lever.then else None
    if lever.step is None:
        return [lambda d: d.with_rate(lowest, rises)]
    step = ground.step(lever.step)
    count = ceil((present - lowest) / step) if present > lowest else 0
    return Settings(
        count + 1, lambda i: _to_rate(max(present - step * i, lowest), rises) if i else _as_it_is
    )


def _rises(then: ir.LaterRises, ground: Ground) -> Rises:
    """Return how a rate rises.

    Raises:
        FinanceError: No month is fixed or lies between two rises, or a rise is negative.
    """
    fixed_for, every = int(ground.number(then.fixed_for)), int(ground.number(then.every))
    return Rises(fixed_for, ground.number(then.rise), every, ground.number(then.up_to))


@settings.register
def _(lever: ir.Instalments, ground: Ground) -> Sequence[Setting]:
    rate = max(ground.number(lever.rate), Fraction(0)) if lever.rate else None
    return _each(_months(lever.months, ground), lambda n: lambda d: d.with_instalments(n, rate))


@settings.register
def _(lever: ir.Waiver, ground: Ground) -> Sequence[Setting]:
    """All shares rise together, each no further than its own end."""
    grids = {name: _shares(extent, ground) for name, extent in lever.shares}
    if not all(grids.values()):
        return []

    def at(place: int) -> Setting:
        return _waiving({name: grid[min(place, len(grid) - 1)] for name, grid in grids.items()})

    return Settings(max(len(grid) for grid in grids.values()), at)


@settings.register
def _(lever: ir.Capitalisation, ground: Ground) -> Sequence[Setting]:
    shares = {name: ground.share(node) for name, node in lever.shares}
    return [_taking(shares, "capitalise", Draft.with_capitalised)]


@settings.register
def _(lever: ir.Deferral, ground: Ground) -> Sequence[Setting]:
    shares = {name: ground.share(node) for name, node in lever.shares}
    return [_taking(shares, "defer_balance", Draft.with_deferred)]


@settings.register
def _(lever: ir.Forbearance, ground: Ground) -> Sequence[Setting]:
    amounts = _amounts(lever, ground)
    return _each(amounts, lambda a: lambda d: d.with_forborne(a, ground.shown(a)))


@settings.register
def _(lever: ir.Forgiveness, ground: Ground) -> Sequence[Setting]:
    amounts = _amounts(lever, ground)
    return _each(amounts, lambda a: lambda d: d.with_forgiven(a, ground.shown(a)))


@settings.register
def _(lever: ir.RepaymentPlan, ground: Ground) -> Sequence[Setting]:
    """Fewer months are the lesser concession; those that would break the cap are left out."""
    months: Sequence[int] = _months(lever.months, ground)
    if lever.cap is not None:
        regular = ground.work_out(ground.draft).resumed.payment
        most = floor(ground.number(lever.cap) * regular) - regular
        owed = ground.draft.left_of(lever.balance)
        months = [n for n in months if n > 0 and -(-owed // n) <= most]
    return _each(months, lambda n: lambda d: d.with_repayment_plan(lever.balance, n))


@settings.register
def _(lever: ir.Settlement, ground: Ground) -> Sequence[Setting]:
    return _each(_shares(lever.discount, ground), lambda share: lambda d: d.settled(share))


@settings.register
def _(lever: ir.SteppedPayments, ground: Ground) -> Sequence[Setting]:
    shares = tuple(ground.share(node) for node in lever.shares)
    months = int(ground.number(lever.months))
    return [lambda d: d.with_steps(shares, months)] if months > 0 else []


def _each(values: Sequence[int] | Sequence[Fraction], setting: Callable[..., Setting]) -> Settings:
    return Settings(len(values), lambda place: setting(values[place]))


def _to_rate(rate: Fraction, rises: Rises | None) -> Setting:
    return lambda draft: draft.with_rate(rate, rises)


def _as_it_is(draft: Draft) -> Draft:
    return draft


def _waiving(shares: dict[str, Fraction]) -> Setting:
    return _taking({n: s for n, s in shares.items() if s}, "waive", Draft.with_waiver)


def _taking(
    shares: dict[str, Fraction], lever: str, take: Callable[[Draft, str, Fraction], Draft]
) -> Setting:
    def apply(draft: Draft) -> Draft:
        for name, share in shares.items():
            draft = take(draft, name, share)
        balances = draft.position.balances
        taken = {n: decimal_text(s, 0) for n, s in shares.items() if s and balances.get(n, 1)}
        return draft.noting(lever, taken) if taken else draft

    return apply


def _months(extent: ir.Extent, ground: Ground) -> range:
    low, high = int(ground.number(extent.low)), int(ground.number(extent.high))
    step = int(ground.step(extent.step)) if extent.step else 1
    return range(max(low, 0), high + 1, step)


def _shares(extent: ir.Extent, ground: Ground) -> list[Fraction]:
    low, high = ground.share(extent.low), ground.share(extent.high)
    if extent.single or extent.step is None:
        return [low] if low <= high else []
    step = ground.step(extent.step)
    return [low + step * i for i in range(floor((high - low) / step) + 1)] if low <= high else []


def _amounts(lever: ir.Forbearance | ir.Forgiveness, ground: Ground) -> Sequence[int]:
    """Amounts from zero to the cap, the cap itself last; no more than bears interest, less one unit."""
    most = min(ground.minor(lever.up_to), ground.draft.bearing - ground.draft.forborne - 1)
    if lever.single:
        return [most] if most > 0 else []
    step = max(floor(ground.step(lever.step) * ground.scale), 1) if lever.step else 1
    regular = range(0, max(most, 0) + 1, step)
    return regular if most <= 0 or most % step == 0 else [*regular, most]


def _nodes(part: object) -> Iterator[Node]:
    """Yield the expressions of a lever."""
    if isinstance(part, Node):
        yield part
    elif isinstance(part, (ir.Lever, ir.Extent, ir.LaterRises)):
        for attribute in attrs.fields(type(part)):
            yield from _nodes(getattr(part, attribute.name))
    elif isinstance(part, tuple):
        for each in part:
            yield from _nodes(each)


def _plan_values(node: Node) -> set[str]:
    """Return what an expression names of the terms so far."""
    return {part.name for part in node.walk() if isinstance(part, PlanValue)}
