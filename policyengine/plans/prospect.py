"""Terms under consideration: the schedule of a draft, and what `plan.` names of it.

Amounts are in minor units until they leave: expressions see the major unit, readers see decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property

import attrs

from policyengine.decision.decimals import decimal, decimal_text
from policyengine.decision.terms import Instalment, Lever, Terms
from policyengine.finance.amortisation import exact_level_payment
from policyengine.finance.errors import FinanceError
from policyengine.finance.money import allocate, within_64_bits
from policyengine.finance.rate import periodic
from policyengine.finance.rate_changes import RateFrom
from policyengine.finance.rounding import round_to_integer
from policyengine.finance.schedule import Instalment as Row
from policyengine.finance.schedule import build_schedule
from policyengine.finance.valuation import present_value
from policyengine.plans.draft import Draft, OnTop


@attrs.frozen(slots=False, eq=False)
class Prospect:
    """A draft with its schedule. `scale` is the number of minor units in one major unit.

    What does not stand on the schedule (`OF_THE_DRAFT`) is there even where none can be worked out.
    """

    draft: Draft
    scale: int
    negative_amortisation: bool

    @classmethod
    def from_draft(cls, draft: Draft, scale: int, *, negative_amortisation: bool) -> Prospect:
        """Work out the schedule.

        Raises:
            FinanceError: The draft cannot be repaid: no instalments, nothing owed, or instalments
                below the interest.
        """
        found = cls(draft, scale, negative_amortisation)
        assert found.rows  # noqa: S101  # worked out now, so that what is wrong is said here
        return found

    @classmethod
    def from_rows(cls, sketch: Prospect, rows: tuple[Row, ...]) -> Prospect:
        """Return terms whose schedule is known already."""
        found = cls(sketch.draft, sketch.scale, sketch.negative_amortisation)
        found.__dict__["rows"] = rows
        return found

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The schedule."""
        draft = self.draft
        if draft.settled_for is not None:
            return (_settlement(draft),)
        if not draft.phases:
            raise FinanceError("no_instalment")
        rows = build_schedule(
            draft.bearing + sum(draft.deferred.values()),
            draft.rate,
            draft.phases,
            draft.position.next_due,
            negative_amortisation=self.negative_amortisation,
            deferred=draft.interest_free,
            anchor_day=draft.position.due_day,
            later_rates=draft.later_rates,
        )
        return _with_on_top(rows, draft.on_top) if draft.on_top else rows

    def value(self, name: str, months: int | None = None) -> Fraction | int | None:
        """Return what `plan.<name>` stands for; None where the loan has no such thing."""
        if name == "term":
            return self.term
        if name == "extension":
            return self.extension
        if name == "rate":
            return self.draft.rate
        if name == "payment_before_rounding":
            return self.payment_before_rounding / self.scale
        amount = self.asked(name, months)[1] if months is not None else _AMOUNTS[name](self)
        return Fraction(amount, self.scale)

    def asked(self, name: str, months: int | None) -> tuple[Row | None, int]:
        """Return the instalment that a question about payments is about, and its payment."""
        rows: Sequence[Row] = self.rows
        if name == "max_payment_before":
            rows = [row for row in rows if row.n <= (months or 0)]
        elif name == "max_payment_after":
            rows = [row for row in rows if row.n > (months or 0)]
        largest = max(rows, key=lambda row: row.payment, default=None)
        return largest, largest.payment if largest else 0

    @property
    def term(self) -> int:
        """Months to the last instalment."""
        return len(self.rows)

    @property
    def extension(self) -> int | None:
        """Months added to the remaining term, or None for a balance that had none."""
        before = self.draft.position.remaining_term
        return None if before is None else self.term - before

    @cached_property
    def resumed(self) -> Row:
        """The first regular instalment, after a holiday, payments of interest alone, steps or an agreed amount.

        Where these repay it all, the last of them.
        """
        before = 0 if self.draft.settled_for is not None else self.draft.months_before_regular
        return self.rows[min(before, self.term - 1)]

    @cached_property
    def payment_before_rounding(self) -> Fraction:
        """The first level instalment as the closed form gives it; the payment itself where there is none."""
        draft, months = self.draft, self.term - self.draft.months_before_regular
        agreed = draft.settled_for is not None or draft.until_repaid is not None or months <= 0
        if draft.method != "level" or agreed or draft.on_top:
            return Fraction(self.resumed.payment)
        before = self.resumed.balance + self.resumed.principal - draft.interest_free
        if before == 0:  # steps have repaid it all: a debt of a few units
            return Fraction(0)
        rate = draft.rate_in(draft.months_before_regular + 1)
        return exact_level_payment(before, periodic(rate), months)

    @cached_property
    def waived(self) -> int:
        """What is given up of balances other than the principal."""
        return sum(self.draft.waived.values())

    @cached_property
    def cost(self) -> int:
        """What the lender gives up: what these terms cover today less the payments' value today.

        Payments are discounted at the contract rate, a month apart, the first in a month; what is still owed
        at the end counts as paid with the last of them.
        """
        covered = self.draft.balance + self.draft.forgiven + self.waived
        rate = periodic(self.draft.position.annual_rate)
        paid = present_value([row.payment for row in self.rows], rate)
        at_end = self.rows[-1].balance / (1 + rate) ** self.term
        return round_to_integer(covered - paid - at_end)

    @property
    def levers(self) -> Mapping[str, Lever]:
        """What each lever was set to; of a rate that changes, the rates of the schedule too."""
        levers = self.draft.levers
        later = [rate for rate in self.draft.later_rates if rate.month <= self.term]
        if not later:
            return levers
        rates = tuple(_rate_from(rate) for rate in (RateFrom(1, self.draft.rate), *later))
        return {**levers, "rate": {**levers["rate"], "rates": rates}}

    def instalment(self, row: Row) -> Instalment:
        """Return a row of the schedule as a reader sees it."""
        return shown([row], self.scale)[0]

    def schedule(self) -> tuple[Instalment, ...]:
        """Return the schedule as a reader sees it."""
        return shown(self.rows, self.scale)

    def major(self, minor: int) -> Decimal:
        """Return minor units as a decimal in the major unit."""
        return decimal(minor, len(str(self.scale)) - 1)

    def terms(self, figures: dict[str, str | int | bool | None]) -> Terms:
        """Return the terms as a reader sees them."""
        amounts = {
            name: self.major(_AMOUNTS[name](self))
            for name in (
                "payment",
                "max_payment",
                "total_paid",
                "total_interest",
                "waived",
                "forborne",
                "forgiven",
                "cost",
            )
        }
        return Terms(
            term_months=self.term,
            extension_months=self.extension,
            annual_rate=_decimal(self.draft.rate),
            levers=self.levers,
            outside={n: self.major(amount) for n, amount in self.draft.outside().items()},
            figures=figures,
            **amounts,
        )


def shown(rows: Iterable[Row], scale: int) -> tuple[Instalment, ...]:
    """Return rows of a schedule as a reader sees them; `scale` is the number of minor units in one major unit."""
    places = len(str(scale)) - 1
    return tuple(
        Instalment(
            row.n,
            row.due,
            *(decimal(a, places) for a in (row.payment, row.interest, row.principal, row.balance)),
        )
        for row in rows
    )


_AMOUNTS: dict[str, Callable[[Prospect], int]] = {
    "balance": lambda p: p.draft.balance,
    "payment": lambda p: p.resumed.payment,
    "max_payment": lambda p: p.asked("max_payment", None)[1],
    "first_payment": lambda p: p.rows[0].payment,
    "total_paid": lambda p: sum(row.payment for row in p.rows),
    "total_interest": lambda p: sum(row.interest for row in p.rows),
    "waived": lambda p: p.waived,
    "forborne": lambda p: p.draft.interest_free,
    "forgiven": lambda p: p.draft.forgiven,
    "final_balance": lambda p: p.rows[-1].balance,
    "cost": lambda p: p.cost,
}


#: What is known of a draft without its schedule.
OF_THE_DRAFT = frozenset({"balance", "rate", "waived", "forborne", "forgiven"})


def _rate_from(rate: RateFrom) -> Mapping[str, str | int]:
    """Say from which payment on a rate holds."""
    return {"from": rate.month, "annual_rate": decimal_text(rate.annual, 0)}


def _settlement(draft: Draft) -> Row:
    amount = within_64_bits("settlement", draft.settled_for or 0)
    return Row(1, draft.position.next_due, amount, 0, amount, 0)


def _with_on_top(rows: tuple[Row, ...], on_top: OnTop) -> tuple[Row, ...]:
    """Add equal parts of an amount to the first payments; what is left of it counts to the balance."""
    if on_top.months > len(rows):
        raise FinanceError("plan_too_long", months=on_top.months, term=len(rows))
    parts = (*allocate(on_top.amount, [1] * on_top.months), *[0] * (len(rows) - on_top.months))
    found, left = [], on_top.amount
    for row, part in zip(rows, parts, strict=True):
        left -= part
        found.append(
            attrs.evolve(
                row,
                payment=within_64_bits("payment", row.payment + part),
                principal=row.principal + part,
                balance=row.balance + left,
            )
        )
    return tuple(found)


def _decimal(rate: Fraction) -> Decimal:
    """Return a rate as a decimal: rates are written as decimals, and shares of them stay short."""
    return Context(prec=28).divide(Decimal(rate.numerator), Decimal(rate.denominator))
