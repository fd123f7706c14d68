"""What terms cost at least, by closed forms: a search leaves out what costs more than the best terms found.

A bound speaks of a choice that need not reach all levers: it holds for every way to go on from there, and for greater
settings of its last lever.

A greater setting never costs less before rounding, unless one of these stands in the way:

- An amount is agreed: more months of it may cost less.
- The least of a lever depends on the terms before it, or an amount to be forgiven is cut to what is left to forgive.

Then what is given up of the balances still bounds the cost: levers only ever add to it. It is counted up to the first
lever whose least depends on others.

All of it needs rates no higher than the contract's. A rate that may be higher than it is now, in a later month or by a
later lever, is taken to be as high as it may become: the higher the rate of any month, the less the terms cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property

import attrs

from policyengine.decision.trace import Unknown
from policyengine.finance.rate import periodic
from policyengine.finance.rounding import round_to_integer
from policyengine.ir import levers as ir
from policyengine.plans.draft import Draft
from policyengine.plans.ladder import Choice, Ladder
from policyengine.plans.traits import (
    agrees_amount,
    follows_terms,
    may_be_known_of_some,
    rates_set,
)

#: What a choice costs at least; None where that is not known.
Bound = Callable[[Choice], int | None]


def bound_of(ladder: Ladder, levers: Sequence[ir.Lever]) -> Bound:
    """Return the closest bound that holds for the levers.

    What may be known of some terms only must be looked at in all of them, so nothing is left out then.
    """
    ceilings = [_ceiling(ladder, lever) for lever in levers]
    if None in ceilings or any(map(may_be_known_of_some, levers)):
        return lambda _choice: None
    return _Bounds(ladder, levers, [each for each in ceilings if each is not None])


def _ceiling(ladder: Ladder, lever: ir.Lever) -> Fraction | None:
    """Return the highest rate that a lever may set, lower ones than before apart; None where that is not known."""
    rates = [ladder.judge.value(node, None) for node in rates_set(lever)]
    if any(isinstance(rate, Unknown) for rate in rates):
        return None
    return max(map(Fraction, rates), default=Fraction(0))  # type: ignore[arg-type]  # the types were checked


@attrs.frozen(slots=False)
class _Bounds:
    """The bounds of choices among some levers, with the highest rate that each may set."""

    ladder: Ladder
    levers: Sequence[ir.Lever]
    ceilings: Sequence[Fraction]

    def __call__(self, choice: Choice) -> int | None:
        """Return what a choice costs at least; one that reaches a lever or more.

        Raises:
            FinanceError: A lever stands on terms that cannot be worked out.
        """
        ceiling = max(self.ceilings[len(choice) - 1 :])
        draft = self.ladder.draft(self._firm(choice), choice)
        bounds = [least_given_up(draft, ceiling)]
        if self._all_cost_more:
            bounds.append(cost_bound(draft, ceiling))
        return max((bound for bound in bounds if bound is not None), default=None)

    @cached_property
    def _loose(self) -> Sequence[int]:
        return [place for place in range(len(self.levers)) if _is_loose(self.levers, place)]

    @cached_property
    def _all_cost_more(self) -> bool:
        """Whether a greater setting of any lever never costs less."""
        return not self._loose and not any(map(agrees_amount, self.levers))

    def _firm(self, choice: Choice) -> Sequence[ir.Lever]:
        """Return the levers that a choice reaches, and those after it up to the first loose one."""
        end = next((place for place in self._loose if place >= len(choice)), len(self.levers))
        return self.levers[:end]


def _is_loose(levers: Sequence[ir.Lever], place: int) -> bool:
    """Whether the least of a lever may be less after more of another."""
    lever = levers[place]
    if follows_terms(lever):
        return True
    cut = isinstance(lever, ir.Forgiveness) and lever.single
    return cut and any(isinstance(each, ir.Forbearance) for each in levers[:place])


def cost_bound(draft: Draft, ceiling: Fraction = Fraction(0)) -> int | None:
    """Return what terms cost at least, in minor units, or None where no closed form says it.

    `ceiling` is a rate that some months may have. The bound is the cost of level payments over the same months, and of
    nothing paid on top: where less is paid at first, in a holiday or in steps, more is owed in every month, and each
    month's balance costs the difference of the rates.
    """
    contract, highest, months = draft.position.annual_rate, _highest(draft, ceiling), draft.term
    if draft.agreed or draft.method != "level" or draft.settled_for is not None:
        return None
    owed = draft.bearing - draft.forborne
    if highest > contract or months is None or months <= 0 or owed <= 0:
        return None
    payments = owed * _annuity(periodic(contract), months) / _annuity(periodic(highest), months)
    at_end = draft.interest_free / (1 + periodic(contract)) ** months
    covered = owed + draft.interest_free + _given_up(draft)
    return round_to_integer(covered - payments - at_end - 2 * _halves(contract))


def least_given_up(draft: Draft, ceiling: Fraction = Fraction(0)) -> int | None:
    """Return what terms cost at least, in minor units, whatever is paid when; None where no bound is known.

    `ceiling` is a rate that some months may have. At rates no higher than the contract's a month's interest is worth no
    more than the contract's on the same balance, but for the half unit by which it is rounded. So the payments are
    worth no more than what they repay and those halves. What is left is what is given up of the balances.

    One payment that closes the debt is worth as much whatever the rate: its cost is known, and greater settings before
    it, which can only make it smaller, cost more.
    """
    contract = draft.position.annual_rate
    if draft.settled_for is not None:
        worth = draft.settled_for / (1 + periodic(contract))
        return round_to_integer(_given_up(draft) + draft.settled_for - worth)
    if _highest(draft, ceiling) > contract:
        return None
    return round_to_integer(_given_up(draft) - _halves(contract))


def _highest(draft: Draft, ceiling: Fraction) -> Fraction:
    """Return the highest rate of any month."""
    return max(draft.rate, ceiling, draft.rises.up_to if draft.rises else Fraction(0))


def _given_up(draft: Draft) -> int:
    return draft.forgiven + sum(draft.waived.values())


def _halves(contract: Fraction) -> Fraction:
    """Return what half a unit a month is worth at most, however many the months; without interest none is rounded.

    Payments are rounded by such halves too: what one takes too much, the last one takes less, which is worth less.
    """
    return 1 / (2 * periodic(contract)) if contract else Fraction(0)


def _annuity(rate: Fraction, months: int) -> Fraction:
    """Return the value today of one unit paid each month."""
    if rate == 0:
        return Fraction(months)
    grown = (1 + rate) ** months
    return (grown - 1) / (rate * grown)
