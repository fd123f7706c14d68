"""What each lever can do to a draft: its settings, from the least concession to the greatest.

What a lever does to interest, maturity, arrears and days past due stands in the reference of the language.
A range in which nothing lies takes the lever away. A value that no terms could have, such as a share above all or a
rate below zero, is an error: it is not known what was meant by it.
A setting is a function from a draft to a draft. Settings are looked at by place and made only when asked for: a
forbearance in cents has millions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import singledispatch
from itertools import pairwise
from math import ceil, floor

import attrs

from policyengine.causes import Cause, cause
from policyengine.decision.trace import Result, Unknown
from policyengine.finance.calendar import dues_through
from policyengine.finance.errors import FinanceError
from policyengine.finance.rate_changes import Rises
from policyengine.ir import levers as ir
from policyengine.ir.nodes import Node
from policyengine.model.types import MONEY, RATE, Value
from policyengine.plans import amounts
from policyengine.plans.draft import Draft
from policyengine.plans.prospect import OF_THE_DRAFT, Prospect
from policyengine.plans.series import Series, countable, each, none
from policyengine.plans.traits import plan_values

Setting = Callable[[Draft], Draft]


class NotKnown(Exception):
    """A setting stands on something that is not known."""

    def __init__(self, unknown: Unknown) -> None:
        self.unknown = unknown
        super().__init__()


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
        return Fraction(self._known(node))  # type: ignore[arg-type]  # the types were checked

    def day(self, node: Node) -> date:
        """Return a day.

        Raises:
            NotKnown: It stands on something that is not known.
            FinanceError: It stands on a schedule, and there is none so far.
        """
        day = self._known(node)
        assert isinstance(day, date)  # noqa: S101  # the types were checked
        return day

    def _known(self, node: Node) -> Value:
        names = plan_values(node)
        terms = self.sketch if names <= OF_THE_DRAFT else self.work_out
        value = self.evaluate(node, terms(self.draft) if names else None)
        if isinstance(value, Unknown):
            raise NotKnown(value)
        return value

    def share(self, node: Node) -> Fraction:
        """Return a share.

        Raises:
            FinanceError: It is less than nothing or more than all.
        """
        return _checked_share(self.number(node))

    def rate(self, node: Node) -> Fraction:
        """Return an annual rate.

        Raises:
            FinanceError: It is below zero.
        """
        rate = self.number(node)
        if rate < 0:
            raise FinanceError("rate_below_zero", rate=rate)
        return rate

    def months(self, node: Node) -> int:
        """Return a number of months.

        Raises:
            FinanceError: No schedule is so long.
        """
        months = int(self.number(node))
        if months > ir.MAX_MONTHS:
            raise FinanceError("months_above_longest", months=months, most=ir.MAX_MONTHS)
        return months

    def step(self, node: Node) -> Fraction:
        """Return a step.

        Raises:
            FinanceError: It is not above zero.
        """
        step = self.number(node)
        if step <= 0:
            raise self._no_step(step, node)
        return step

    def minor(self, node: Node) -> int:
        """Return an amount in minor units, what is finer cut off."""
        return floor(self.number(node) * self.scale)

    def shown(self, amount: int) -> str:
        """Write an amount for the reader of a decision."""
        return amounts.shown(amount, self.scale)

    def _no_step(self, step: Fraction, node: Node) -> FinanceError:
        if node.type == RATE:
            return FinanceError("step_of_percent", step=step)
        if node.type == MONEY:
            return FinanceError("step_of_amount", step=step * self.scale)
        return FinanceError("step_of_number", step=step)


@singledispatch
def settings(lever: ir.Lever, ground: Ground) -> Series[Setting]:
    """Return what a lever can do, from the least to the greatest; nothing where it cannot be used.

    Raises:
        NotKnown: A setting stands on something that is not known.
        FinanceError: A setting stands on terms that cannot be worked out, or is one that no terms could have.
    """
    raise NotImplementedError(type(lever).__name__)


@singledispatch
def starts_unchanged(_lever: ir.Lever, _ground: Ground) -> bool:
    """Whether the least that a lever does is nothing, however far it goes.

    Raises:
        NotKnown: Where it starts, or its step, is not known.
        FinanceError: The step is not above zero.
    """
    return False


@starts_unchanged.register(ir.Holiday)
@starts_unchanged.register(ir.InterestOnly)
def _(lever: ir.Holiday | ir.InterestOnly, ground: Ground) -> bool:
    return _starts_at_zero(lever.months, ground)


@starts_unchanged.register(ir.TermExtension)
def _(lever: ir.TermExtension, ground: Ground) -> bool:
    """A term in all starts at the one there is."""
    if lever.relative:
        return _starts_at_zero(lever.months, ground)
    return not lever.months.single and _has_step(lever.months.step, ground)


@starts_unchanged.register(ir.RateReduction)
def _(lever: ir.RateReduction, ground: Ground) -> bool:
    if lever.then is not None:
        _rises(lever.then, ground)
    return lever.step is not None and _has_step(lever.step, ground)


@starts_unchanged.register(ir.Waiver)
def _(lever: ir.Waiver, ground: Ground) -> bool:
    return all(_starts_at_zero(extent, ground) for _, extent in lever.shares)


@starts_unchanged.register(ir.Forbearance)
@starts_unchanged.register(ir.Forgiveness)
def _(lever: ir.Forbearance | ir.Forgiveness, ground: Ground) -> bool:
    return not lever.single and _has_step(lever.step, ground)


def _starts_at_zero(extent: ir.Extent, ground: Ground) -> bool:
    if extent.single or ground.number(extent.low) > 0:
        return False
    return _has_step(extent.step, ground)


def _has_step(step: Node | None, ground: Ground) -> bool:
    return step is None or ground.step(step) > 0


@settings.register(ir.Holiday)
def _(lever: ir.Holiday, ground: Ground) -> Series[Setting]:
    months = _months(lever.months, ground)
    interest, maturity = lever.interest, lever.maturity
    return each(months, lambda n: lambda d: d.with_holiday(n, interest, maturity))


@settings.register(ir.HolidayThrough)
def _(lever: ir.HolidayThrough, ground: Ground) -> Series[Setting]:
    """Count the dues up to the day; those that a holiday before it covers are not counted twice."""
    position, day = ground.draft.position, ground.day(lever.day)
    dues = dues_through(position.next_due, day, position.due_day)
    if dues > ir.MAX_MONTHS:
        raise FinanceError("day_too_far", day=day, most=ir.MAX_MONTHS)
    more = max(dues - ground.draft.holiday_months, 0)
    return Series(1, lambda _: lambda d: d.with_holiday(more, lever.interest, lever.maturity))


@settings.register(ir.InterestOnly)
def _(lever: ir.InterestOnly, ground: Ground) -> Series[Setting]:
    months = _months(lever.months, ground)
    return each(months, lambda n: lambda d: d.with_interest_only(n, lever.maturity))


@settings.register(ir.TermExtension)
def _(lever: ir.TermExtension, ground: Ground) -> Series[Setting]:
    """A term in all runs from the one there is: at its least the lever changes nothing."""
    present = ground.draft.term
    if lever.relative:
        added = _months(lever.months, ground)
        return each(added, lambda n: lambda d: d.with_months_added(n))
    if lever.months.single or present is None:
        in_all = _months(lever.months, ground)
    else:
        in_all = _range(present, lever.months, ground)
    return each(in_all, lambda n: lambda d: d.with_term(n))


@settings.register(ir.RateReduction)
def _(lever: ir.RateReduction, ground: Ground) -> Series[Setting]:
    """The floor is reached even where the steps do not land on it; a rate at the floor stays.

    Only a rate that the lever sets rises later: at its least it leaves the loan's own as it is.
    """
    present, lowest = ground.draft.rate, ground.rate(lever.floor)
    rises = _rises(lever.then, ground) if lever.then else None
    if lever.step is None:
        return Series(1, lambda _: lambda d: d.with_rate(lowest, rises))
    step = ground.step(lever.step)
    count = countable(ceil((present - lowest) / step) if present > lowest else 0)
    return Series(
        count + 1, lambda i: _to_rate(max(present - step * i, lowest), rises) if i else _as_it_is
    )


def _rises(then: ir.LaterRises, ground: Ground) -> Rises:
    """Return how a rate rises.

    Raises:
        FinanceError: No month is fixed or lies between two rises, or a rise is negative.
    """
    fixed_for, every = ground.months(then.fixed_for), ground.months(then.every)
    return Rises(fixed_for, ground.rate(then.rise), every, ground.rate(then.up_to))


@settings.register(ir.Instalments)
def _(lever: ir.Instalments, ground: Ground) -> Series[Setting]:
    rate = ground.rate(lever.rate) if lever.rate else None
    months = _months(lever.months, ground, least=1)
    return each(months, lambda n: lambda d: d.with_instalments(n, rate))


@settings.register(ir.Waiver)
def _(lever: ir.Waiver, ground: Ground) -> Series[Setting]:
    """All shares rise together, each no further than its own end."""
    grids = {name: _shares(extent, ground) for name, extent in lever.shares}
    for grid in grids.values():
        if not grid:
            return none(grid.empty)

    def at(place: int) -> Setting:
        return _waiving({name: grid[min(place, len(grid) - 1)] for name, grid in grids.items()})

    return Series(max(len(grid) for grid in grids.values()), at)


@settings.register(ir.Capitalisation)
def _(lever: ir.Capitalisation, ground: Ground) -> Series[Setting]:
    shares = {name: ground.share(node) for name, node in lever.shares}
    return Series(1, lambda _: _taking(shares, "capitalise", Draft.with_capitalised))


@settings.register(ir.Deferral)
def _(lever: ir.Deferral, ground: Ground) -> Series[Setting]:
    shares = {name: ground.share(node) for name, node in lever.shares}
    return Series(1, lambda _: _taking(shares, "defer_balance", Draft.with_deferred))


@settings.register(ir.Forbearance)
def _(lever: ir.Forbearance, ground: Ground) -> Series[Setting]:
    return each(_amounts(lever, ground), lambda a: lambda d: d.with_forborne(a, ground.shown))


@settings.register(ir.Forgiveness)
def _(lever: ir.Forgiveness, ground: Ground) -> Series[Setting]:
    return each(_amounts(lever, ground), lambda a: lambda d: d.with_forgiven(a, ground.shown))


@settings.register(ir.RepaymentPlan)
def _(lever: ir.RepaymentPlan, ground: Ground) -> Series[Setting]:
    """Fewer months are the lesser concession; those that would break the cap are left out."""
    months = _months(lever.months, ground, least=1)
    if lever.cap is not None:
        months = _under_cap(months, lever.balance, lever.cap, ground)
    return each(months, lambda n: lambda d: d.with_repayment_plan(lever.balance, n))


@settings.register(ir.Settlement)
def _(lever: ir.Settlement, ground: Ground) -> Series[Setting]:
    return each(_shares(lever.discount, ground), lambda share: lambda d: d.settled(share))


@settings.register(ir.SteppedPayments)
def _(lever: ir.SteppedPayments, ground: Ground) -> Series[Setting]:
    """Shares that were worked out may be equal, or nothing, but never fall."""
    shares = tuple(ground.share(node) for node in lever.shares)
    for before, after in pairwise(shares):
        if after < before:
            raise FinanceError("shares_fall", after=after, before=before)
    months = ground.months(lever.months)
    if months <= 0:
        return none(cause("no_months_left", months=months))
    return Series(1, lambda _: lambda d: d.with_steps(shares, months))


@settings.register(ir.AgreedPayment)
def _(lever: ir.AgreedPayment, ground: Ground) -> Series[Setting]:
    """Fewer months are the lesser concession."""
    amount, unpaid = ground.minor(lever.amount), lever.unpaid_interest
    shown = ground.shown(amount)
    if amount < 0:
        raise FinanceError("amount_below_zero", amount=amount)
    if lever.months is None:
        return Series(1, lambda _: lambda d: d.with_payments_until_repaid(amount, shown))
    months = _months(lever.months, ground)
    return each(months, lambda n: lambda d: d.with_payments(n, amount, shown, unpaid))


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
        taken = {n: s for n, s in shares.items() if s and balances.get(n, 1)}
        return draft.noting_shares(lever, taken) if taken else draft

    return apply


def _months(extent: ir.Extent, ground: Ground, least: int = 0) -> Series[int]:
    low, high = ground.months(extent.low), ground.months(extent.high)
    if low < 0 and low <= high:
        raise FinanceError("months_below_zero", months=low)
    return _range(max(low, least), extent, ground)


def _range(low: int, extent: ir.Extent, ground: Ground) -> Series[int]:
    high = ground.months(extent.high)
    months = range(low, high + 1, int(ground.step(extent.step)) if extent.step else 1)
    empty = cause("nothing_between_months", low=low, high=high)
    return Series(len(months), months.__getitem__, empty)


def _under_cap(months: Series[int], balance: str, cap: Node, ground: Ground) -> Series[int]:
    regular, share = ground.work_out(ground.draft).resumed.payment, ground.number(cap)
    most, owed = floor(share * regular) - regular, ground.draft.left_of(balance)
    fitting = [n for n in months if -(-owed // n) <= most]
    why = cause("cap_reached", cap=share, regular=regular, owed=owed, balance=balance)
    return Series(len(fitting), fitting.__getitem__, why if months else months.empty)


def _shares(extent: ir.Extent, ground: Ground) -> Series[Fraction]:
    low, high = ground.number(extent.low), ground.number(extent.high)
    if low > high:
        return none(cause("nothing_between_shares", low=low, high=high))
    low, high = _checked_share(low), _checked_share(high)
    if extent.single or extent.step is None:
        return Series(1, lambda _: low)
    step = ground.step(extent.step)
    return Series(countable(floor((high - low) / step) + 1), lambda i: low + step * i)


def _checked_share(share: Fraction) -> Fraction:
    if not 0 <= share <= 1:
        raise FinanceError("share_outside", least=0, most=1, share=share)
    return share


def _amounts(lever: ir.Forbearance | ir.Forgiveness, ground: Ground) -> Series[int]:
    """Amounts from zero to the cap, the cap itself last; no more than bears interest, less one unit."""
    up_to = ground.minor(lever.up_to)
    most = min(up_to, ground.draft.bearing - ground.draft.forborne - 1)
    if lever.single:
        return Series(1, lambda _: most) if most > 0 else none(_no_amount(up_to))
    step = max(floor(ground.step(lever.step) * ground.scale), 1) if lever.step else 1
    count = countable(ceil(Fraction(max(most, 0), step)) + 1)
    return Series(count, lambda place: min(place * step, max(most, 0)))


def _no_amount(asked: int) -> Cause:
    if asked <= 0:
        return cause("no_amount", amount=asked)
    return cause("nothing_bears_interest")
