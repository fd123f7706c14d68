"""The terms of an offer as a reader sees them: amounts as decimals in the currency's major unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import attrs

#: One setting of a lever: a word, a count, an amount, rate or share as a decimal string, or several of a kind.
Setting: TypeAlias = str | int | tuple[str, ...] | tuple[Mapping[str, str | int], ...]
#: What a lever was set to.
Lever: TypeAlias = Mapping[str, Setting]


@attrs.frozen
class Instalment:
    """One month of the schedule. `payment` is `interest` plus `principal`; `balance` is what is then owed."""

    n: int
    due: date
    payment: Decimal
    interest: Decimal
    principal: Decimal
    balance: Decimal


@attrs.frozen
class Terms:
    """What the borrower would owe and pay.

    Attributes:
        payment: The first regular instalment, once payments resume.
        max_payment: The largest payment of the schedule.
        term_months: Months to the last instalment.
        extension_months: Months added to the remaining term; None where the loan has none.
        annual_rate: Nominal annual rate of the first month, as a fraction of one. Where it changes later, the lever
            `rate` holds the `rates`.
        total_paid: Sum of the payments.
        total_interest: Sum of their interest.
        waived: What is given up of penalty interest, accrued interest and fees.
        forborne: What is owed at the end without interest.
        forgiven: What is given up of the principal.
        cost: What the lender gives up: what is owed today less the payments' value today at the
            contract rate.
        levers: What each lever was set to.
        outside: What is owed besides, which these terms do not cover.
        figures: The policy's own figures, as written in JSON.
    """

    payment: Decimal
    max_payment: Decimal
    term_months: int
    extension_months: int | None
    annual_rate: Decimal
    total_paid: Decimal
    total_interest: Decimal
    waived: Decimal
    forborne: Decimal
    forgiven: Decimal
    cost: Decimal
    levers: Mapping[str, Lever]
    outside: Mapping[str, Decimal]
    figures: Mapping[str, str | int | bool | None]


@attrs.frozen
class AsItStands:
    """What would be paid if nothing about the loan were changed.

    Attributes:
        schedule: Every payment, of the principal that is left over the months that are left; None where the loan has no
            term, what is known of it does not suffice, or it cannot be repaid so.
        missing: The facts without which there is no schedule.
        outside: What is owed besides.
    """

    schedule: tuple[Instalment, ...] | None = None
    missing: tuple[str, ...] = ()
    outside: Mapping[str, Decimal] = attrs.field(factory=dict)


@attrs.frozen
class PaymentLimit:
    """A rule that bounds the payments of an offer from above.

    Attributes:
        rule: The rule's id.
        amount: The most that may be paid in one period.
        first: The first period that it bounds, from 1.
        last: The last one; None where it bounds all that follow.
    """

    rule: str
    amount: Decimal
    first: int
    last: int | None
