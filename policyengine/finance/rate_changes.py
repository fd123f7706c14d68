"""Annual rates that change during a schedule: from which month each holds.

A schedule has one rate from its first month on; what is here is about the later ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs

from policyengine.finance import _checks
from policyengine.finance.errors import FinanceError


def _month(_instance: object, attribute: attrs.Attribute[int], value: object) -> None:
    _checks.periods(attribute.name, value)


def _share(_instance: object, attribute: attrs.Attribute[Fraction], value: object) -> None:
    _checks.rate(attribute.name, value)


def _exact(_instance: object, attribute: attrs.Attribute[Fraction], value: object) -> None:
    _checks.exact(attribute.name, value)


@attrs.frozen
class RateFrom:
    """The annual rate from a month of a schedule on; its first month is 1."""

    month: int = attrs.field(validator=_month)
    annual: Fraction = attrs.field(validator=_share)


@attrs.frozen
class Rises:
    """After `fixed_for` months a rate rises by `rise`, and again every `every` months, to `up_to` at most.

    The last rise is cut to what reaches `up_to`. A rate at or above it does not rise.
    """

    fixed_for: int = attrs.field(validator=_month)
    rise: Fraction = attrs.field(validator=_share)
    every: int = attrs.field(validator=_month)
    up_to: Fraction = attrs.field(validator=_exact)

    def after(self, first: Fraction, months: int) -> tuple[RateFrom, ...]:
        """Return the rates that follow `first` within so many months."""
        rate, month, found = first, self.fixed_for + 1, []
        while self.rise and rate < self.up_to and month <= months:
            rate = min(rate + self.rise, self.up_to)
            found.append(RateFrom(month, rate))
            month += self.every
        return tuple(found)

    def scaled(self, share: Fraction) -> Rises:
        """Return rises by which a rate of which only `share` is charged rises in step."""
        return attrs.evolve(self, rise=self.rise * share, up_to=self.up_to * share)


def rate_in(month: int, first: Fraction, later: Sequence[RateFrom]) -> Fraction:
    """Return the annual rate in force in a month of a schedule."""
    return next((r.annual for r in reversed(later) if r.month <= month), first)


def changes(first: Fraction, later: Sequence[RateFrom]) -> tuple[RateFrom, ...]:
    """Return the later rates that differ from the one before them.

    Raises:
        FinanceError: They are not in the order of their months, or the first has no month before it.
    """
    found, before = [], RateFrom(1, first)
    for rate in later:
        if rate.month <= before.month:
            raise FinanceError("rates_out_of_order", month=rate.month, before=before.month)
        if rate.annual != before.annual:
            found.append(rate)
        before = rate
    return tuple(found)
