"""The phases a repayment is made of: for so many months, by such a rule.

A schedule is a sequence of them over one balance: three months' holiday, then nine level payments.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

import attrs

from policyengine.finance import _checks
from policyengine.finance.errors import FinanceError


def _count(_instance: object, attribute: attrs.Attribute[int], value: object) -> None:
    _checks.periods(attribute.name, value)


def _not_negative(_instance: object, attribute: attrs.Attribute[int], value: object) -> None:
    _checks.not_negative(attribute.name, value)


def _shares(values: Iterable[Fraction]) -> tuple[Fraction, ...]:
    return tuple(values)


def _payments(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(values)


class HolidayInterest(StrEnum):
    """What happens to interest while nothing is paid."""

    CAPITALISED = "capitalised"
    """Joins the balance every month and bears interest from the next."""
    ACCRUES = "accrues"
    """Joins the balance every month, but bears interest only once payments resume."""
    WAIVED = "waived"
    """Is not charged."""


def _treatment(value: object) -> HolidayInterest:
    return _checks.choice("interest", value, HolidayInterest)


@attrs.frozen
class Holiday:
    """Nothing is paid."""

    months: int = attrs.field(validator=_count)
    interest: HolidayInterest = attrs.field(
        default=HolidayInterest.CAPITALISED, converter=_treatment
    )


@attrs.frozen
class InterestOnly:
    """Each payment is the month's interest."""

    months: int = attrs.field(validator=_count)


@attrs.frozen
class Level:
    """The same payment every month repays the balance."""

    months: int = attrs.field(validator=_count)


@attrs.frozen
class EqualPrincipal:
    """The same part of the balance every month, and the interest on what is left."""

    months: int = attrs.field(validator=_count)


@attrs.frozen
class Balloon:
    """The same payment every month leaves `balloon`, in minor units.

    It stays owed, unless `paid`: then the last payment includes it.
    """

    months: int = attrs.field(validator=_count)
    balloon: int = attrs.field(validator=_not_negative)
    paid: bool = False


@attrs.frozen
class Stepped:
    """Shares of a payment, usually rising, each for so many months.

    `of` is that payment, in minor units; left out, it is the level payment over the months from
    here to the end of the schedule.
    """

    shares: tuple[Fraction, ...] = attrs.field(converter=_shares)
    months_each: int = attrs.field(validator=_count)
    of: int | None = attrs.field(default=None, validator=attrs.validators.optional(_not_negative))

    @shares.validator
    def _are_shares(self, _attribute: object, shares: Iterable[object]) -> None:
        for share in shares:
            _checks.share("shares", share)
        if not self.shares:
            raise FinanceError("empty", name="shares")

    @property
    def months(self) -> int:
        """How many months the phase lasts."""
        return len(self.shares) * self.months_each


@attrs.frozen
class Fixed:
    """Payments as agreed, in minor units."""

    payments: tuple[int, ...] = attrs.field(converter=_payments)

    @payments.validator
    def _are_amounts(self, _attribute: object, payments: Iterable[object]) -> None:
        for payment in payments:
            _checks.not_negative("payments", payment)
        if not self.payments:
            raise FinanceError("empty", name="payments")

    @property
    def months(self) -> int:
        """How many months the phase lasts."""
        return len(self.payments)


@attrs.frozen
class Paying:
    """The same payment for so many months, in minor units, or all that is owed where that is less.

    `unpaid` says what becomes of interest that it does not cover; without it, there may be none.
    Nothing follows once the balance is repaid.
    """

    payment: int = attrs.field(validator=_not_negative)
    months: int = attrs.field(validator=_count)
    unpaid: HolidayInterest | None = attrs.field(
        default=None, converter=attrs.converters.optional(_treatment)
    )


#: Months of the longest schedule that payments alone may make: a hundred years.
LONGEST = 1200


@attrs.frozen
class UntilRepaid:
    """The same payment every month, in minor units, until the balance is repaid: the months follow."""

    payment: int = attrs.field(validator=_not_negative)

    @property
    def months(self) -> int:
        """How many months the phase lasts at least: none are known beforehand."""
        return 0


Phase: TypeAlias = (
    Holiday
    | InterestOnly
    | Level
    | EqualPrincipal
    | Balloon
    | Stepped
    | Fixed
    | Paying
    | UntilRepaid
)
