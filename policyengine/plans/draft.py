"""A loan with levers applied, before its schedule is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

import attrs

from policyengine.finance import phases
from policyengine.finance.phases import HolidayInterest
from policyengine.finance.rounding import round_to_integer
from policyengine.plans.position import Position

LeverTerms: TypeAlias = Mapping[str, str | int]


@attrs.frozen
class Draft:
    """The terms so far. Amounts are in minor units.

    `repayment_months` are the months in which instalments are paid, after the holiday; None for a balance
    that has no term yet.
    """

    position: Position
    rate: Fraction
    repayment_months: int | None
    method: str
    holiday_months: int = 0
    holiday_interest: HolidayInterest = HolidayInterest.CAPITALISED
    waived: Mapping[str, int] = attrs.field(factory=dict)
    capitalised: Mapping[str, int] = attrs.field(factory=dict)
    levers: Mapping[str, LeverTerms] = attrs.field(factory=dict)

    @classmethod
    def from_position(cls, position: Position) -> Draft:
        """Return the loan without any concession."""
        return cls(position, position.annual_rate, position.remaining_term, position.method)

    @property
    def balance(self) -> int:
        """What the schedule starts from."""
        return self.position.principal + sum(self.capitalised.values())

    @property
    def phases(self) -> tuple[phases.Phase, ...]:
        """The phases of the repayment; empty where nothing is left to repay in."""
        months = self.repayment_months or 0
        if months < 1:
            return ()
        repayment: phases.Phase = (
            phases.EqualPrincipal(months)
            if self.method == "equal_principal"
            else phases.Level(months)
        )
        if not self.holiday_months:
            return (repayment,)
        return (phases.Holiday(self.holiday_months, self.holiday_interest), repayment)

    def with_holiday(self, months: int, interest: str, maturity: str) -> Draft:
        """Return this with no payments for some months; where maturity stays, fewer instalments."""
        if months == 0:
            return self
        left = self.repayment_months
        if maturity == "stays" and left is not None:
            left -= months
        return attrs.evolve(
            self,
            holiday_months=self.holiday_months + months,
            holiday_interest=HolidayInterest(interest),
            repayment_months=left,
            levers=self._noted(
                "holiday", {"months": months, "interest": interest, "maturity": maturity}
            ),
        )

    def with_months_added(self, months: int) -> Draft:
        """Return this with a longer term; a term is never made shorter."""
        if months <= 0 or self.repayment_months is None:
            return self
        return attrs.evolve(
            self,
            repayment_months=self.repayment_months + months,
            levers=self._noted("term", {"months_added": months}),
        )

    def with_term(self, months: int) -> Draft:
        """Return this with a term of so many months in all, the holiday included."""
        present = self.holiday_months + (self.repayment_months or 0)
        return self.with_months_added(months - present)

    def with_instalments(self, months: int, rate: Fraction | None) -> Draft:
        """Return this as a balance that is paid in level instalments."""
        return attrs.evolve(
            self,
            repayment_months=months,
            rate=self.rate if rate is None else rate,
            method="level",
            levers=self._noted("instalments", {"months": months}),
        )

    def with_waiver(self, balance: str, share: Fraction) -> Draft:
        """Return this with a share of a balance given up, rounded half up to the minor unit.

        A share of `future_interest` lowers the rate instead.
        """
        if share == 0:
            return self
        if balance == "future_interest":
            return attrs.evolve(self, rate=self.rate * (1 - share))
        amount = round_to_integer(self.position.balances[balance] * share)
        given_up = self.waived.get(balance, 0) + min(amount, self.left_of(balance))
        return attrs.evolve(self, waived={**self.waived, balance: given_up})

    def with_capitalised(self, balance: str, share: Fraction) -> Draft:
        """Return this with a share of what is left of a balance joined to the principal."""
        amount = round_to_integer(self.left_of(balance) * share)
        joined = self.capitalised.get(balance, 0) + amount
        return attrs.evolve(self, capitalised={**self.capitalised, balance: joined})

    def left_of(self, balance: str) -> int:
        """Return what of a balance is neither given up nor joined to the principal."""
        settled = self.waived.get(balance, 0) + self.capitalised.get(balance, 0)
        return self.position.balances[balance] - settled

    @property
    def outside(self) -> dict[str, int]:
        """What is owed besides and stays so: balances that no lever touches, and the rest of the others."""
        touched = {name: self.left_of(name) for name in self.position.balances}
        owed = {**self.position.outside, **touched}
        return {name: amount for name, amount in sorted(owed.items()) if amount}

    def noting(self, lever: str, settings: LeverTerms) -> Draft:
        """Return this with a lever's settings noted for the reader."""
        return attrs.evolve(self, levers=self._noted(lever, settings))

    def _noted(self, lever: str, settings: LeverTerms) -> dict[str, LeverTerms]:
        return {**self.levers, lever: {**self.levers.get(lever, {}), **settings}}
