"""Terms under consideration: the schedule of a draft, and what `plan.` names of it.

Amounts are in minor units until they leave: expressions see the major unit, readers see decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property

import attrs

from policyengine.decision.terms import Instalment, Terms
from policyengine.decision.values import decimal
from policyengine.finance.rate import periodic
from policyengine.finance.rounding import round_to_integer
from policyengine.finance.schedule import Instalment as Row
from policyengine.finance.schedule import build_schedule
from policyengine.finance.valuation import present_value
from policyengine.plans.draft import Draft


@attrs.frozen(slots=False, eq=False)
class Prospect:
    """A draft with its schedule. `scale` is the number of minor units in one major unit."""

    draft: Draft
    rows: tuple[Row, ...]
    scale: int

    @classmethod
    def from_draft(cls, draft: Draft, scale: int, *, negative_amortisation: bool) -> Prospect:
        """Work out the schedule.

        Raises:
            FinanceError: The draft cannot be repaid: no instalments, nothing owed, or instalments
                below the interest.
        """
        rows = build_schedule(
            draft.balance,
            draft.rate,
            draft.phases,
            draft.position.next_due,
            negative_amortisation=negative_amortisation,
            anchor_day=draft.position.due_day,
        )
        return cls(draft, rows, scale)

    def value(self, name: str, months: int | None = None) -> Fraction | int | None:
        """Return what `plan.<name>` stands for; None where the loan has no such thing."""
        if name == "term":
            return self.term
        if name == "extension":
            return self.extension
        if name == "rate":
            return self.draft.rate
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
        """The first instalment after the holiday."""
        return self.rows[self.draft.holiday_months]

    @cached_property
    def waived(self) -> int:
        """What is given up of balances other than the principal."""
        return sum(self.draft.waived.values())

    @cached_property
    def cost(self) -> int:
        """What the lender gives up: what these terms cover today less the payments' value today.

        Payments are discounted at the contract rate, a month apart, the first in a month.
        """
        covered = self.draft.balance + self.waived
        rate = periodic(self.draft.position.annual_rate)
        return round_to_integer(covered - present_value([r.payment for r in self.rows], rate))

    def instalment(self, row: Row) -> Instalment:
        """Return a row of the schedule as a reader sees it."""
        return Instalment(
            row.n,
            row.due,
            *(self.major(a) for a in (row.payment, row.interest, row.principal, row.balance)),
        )

    def schedule(self) -> tuple[Instalment, ...]:
        """Return the schedule as a reader sees it."""
        return tuple(self.instalment(row) for row in self.rows)

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
            levers=self.draft.levers,
            outside={n: self.major(amount) for n, amount in self.draft.outside.items()},
            figures=figures,
            **amounts,
        )


_AMOUNTS: dict[str, Callable[[Prospect], int]] = {
    "balance": lambda p: p.draft.balance,
    "payment": lambda p: p.resumed.payment,
    "max_payment": lambda p: p.asked("max_payment", None)[1],
    "first_payment": lambda p: p.rows[0].payment,
    "total_paid": lambda p: sum(row.payment for row in p.rows),
    "total_interest": lambda p: sum(row.interest for row in p.rows),
    "waived": lambda p: p.waived,
    "forborne": lambda _: 0,
    "forgiven": lambda _: 0,
    "final_balance": lambda p: p.rows[-1].balance,
    "cost": lambda p: p.cost,
}


def _decimal(rate: Fraction) -> Decimal:
    """Return a rate as a decimal: rates are written as decimals, and shares of them stay short."""
    return Context(prec=28).divide(Decimal(rate.numerator), Decimal(rate.denominator))
