"""What each lever is set to in a draft, as values that can be shown from and to."""

from __future__ import annotations

from fractions import Fraction
from functools import singledispatch

from policyengine.decision.stage import Measure
from policyengine.ir import levers as ir
from policyengine.model.types import MONEY, MONTHS, RATE
from policyengine.plans.draft import Draft


@singledispatch
def measures(lever: ir.Lever, draft: Draft, scale: int) -> tuple[Measure, ...]:
    """Return what a lever is set to in a draft; `scale` is the number of minor units in one major unit."""
    raise NotImplementedError(type(lever).__name__)


@measures.register(ir.Holiday)
@measures.register(ir.HolidayThrough)
def _(_lever: ir.Holiday | ir.HolidayThrough, draft: Draft, _scale: int) -> tuple[Measure, ...]:
    return (_months(draft.holiday_months),)


@measures.register(ir.InterestOnly)
def _(_lever: ir.InterestOnly, draft: Draft, _scale: int) -> tuple[Measure, ...]:
    return (_months(draft.interest_only_months),)


@measures.register(ir.TermExtension)
def _(_lever: ir.TermExtension, draft: Draft, _scale: int) -> tuple[Measure, ...]:
    return (Measure("term", MONTHS, draft.term),)


@measures.register(ir.RateReduction)
def _(_lever: ir.RateReduction, draft: Draft, _scale: int) -> tuple[Measure, ...]:
    return (Measure("annual_rate", RATE, draft.rate),)


@measures.register(ir.Instalments)
def _(_lever: ir.Instalments, draft: Draft, _scale: int) -> tuple[Measure, ...]:
    return (_months(draft.repayment_months if "instalments" in draft.levers else None),)


@measures.register(ir.Waiver)
def _(lever: ir.Waiver, draft: Draft, _scale: int) -> tuple[Measure, ...]:
    return _shares("waive", lever, draft)


@measures.register(ir.Capitalisation)
def _(lever: ir.Capitalisation, draft: Draft, _scale: int) -> tuple[Measure, ...]:
    return _shares("capitalise", lever, draft)


@measures.register(ir.Deferral)
def _(lever: ir.Deferral, draft: Draft, _scale: int) -> tuple[Measure, ...]:
    return _shares("defer_balance", lever, draft)


@measures.register(ir.Forbearance)
def _(_lever: ir.Forbearance, draft: Draft, scale: int) -> tuple[Measure, ...]:
    return (_amount(draft.forborne, scale),)


@measures.register(ir.Forgiveness)
def _(_lever: ir.Forgiveness, draft: Draft, scale: int) -> tuple[Measure, ...]:
    return (_amount(draft.forgiven, scale),)


@measures.register(ir.RepaymentPlan)
def _(lever: ir.RepaymentPlan, draft: Draft, _scale: int) -> tuple[Measure, ...]:
    paid = draft.on_top and draft.on_top.balance == lever.balance
    return (_months(draft.on_top.months if draft.on_top and paid else None),)


@measures.register(ir.Settlement)
def _(_lever: ir.Settlement, draft: Draft, _scale: int) -> tuple[Measure, ...]:
    noted = draft.levers.get("settle")
    return (Measure("discount", RATE, Fraction(str(noted["discount"])) if noted else None),)


@measures.register(ir.SteppedPayments)
def _(_lever: ir.SteppedPayments, draft: Draft, _scale: int) -> tuple[Measure, ...]:
    return (_months(draft.steps.months if draft.steps else 0),)


@measures.register(ir.AgreedPayment)
def _(lever: ir.AgreedPayment, draft: Draft, scale: int) -> tuple[Measure, ...]:
    """Of an amount that is paid until nothing is owed there are no months."""
    if lever.months is None:
        return (_amount(draft.until_repaid, scale),)
    return (_months(draft.paying.months if draft.paying else 0),)


def _months(count: int | None) -> Measure:
    return Measure("months", MONTHS, count)


def _amount(minor: int | None, scale: int) -> Measure:
    return Measure("amount", MONEY, None if minor is None else Fraction(minor, scale))


def _shares(
    name: str, lever: ir.Waiver | ir.Capitalisation | ir.Deferral, draft: Draft
) -> tuple[Measure, ...]:
    noted = draft.levers.get(name, {})
    return tuple(
        Measure(balance, RATE, Fraction(str(noted.get(balance, "0"))))
        for balance, _ in lever.shares
    )
