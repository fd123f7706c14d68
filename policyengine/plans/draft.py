"""A loan with levers applied, before its schedule is worked out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import attrs

from policyengine.decision.decimals import decimal_text
from policyengine.decision.terms import Lever
from policyengine.finance import phases
from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import LONGEST, HolidayInterest, Phase
from policyengine.finance.rate_changes import RateFrom, Rises, rate_in
from policyengine.finance.rounding import round_to_integer
from policyengine.plans.position import Position


@attrs.frozen
class Steps:
    """Rising shares of the regular payment, each for some months."""

    shares: tuple[Fraction, ...]
    months_each: int

    @property
    def months(self) -> int:
        """Months until the regular payment is reached."""
        return len(self.shares) * self.months_each


@attrs.frozen
class OnTop:
    """A balance paid in equal parts over the first months, besides the regular payment."""

    balance: str
    amount: int
    months: int


@attrs.frozen
class Draft:
    """The terms so far. Amounts are in minor units.

    `rate` is the annual rate of the first month; `rises` say whether and how it rises later.
    `repayment_months` are the months in which instalments are paid, after the holiday; None for a balance
    that has no term yet. `paying` comes before the regular instalments; `until_repaid` is paid in their place, and the
    term follows from it. `forborne` and `deferred` are owed at the end without interest.
    """

    position: Position
    rate: Fraction
    repayment_months: int | None
    method: str | None
    rises: Rises | None = None
    holiday_months: int = 0
    holiday_interest: HolidayInterest = HolidayInterest.CAPITALISED
    interest_only_months: int = 0
    steps: Steps | None = None
    paying: phases.Paying | None = None
    until_repaid: int | None = None
    on_top: OnTop | None = None
    settled_for: int | None = None
    forborne: int = 0
    forgiven: int = 0
    deferred: Mapping[str, int] = attrs.field(factory=dict)
    waived: Mapping[str, int] = attrs.field(factory=dict)
    capitalised: Mapping[str, int] = attrs.field(factory=dict)
    levers: Mapping[str, Lever] = attrs.field(factory=dict)

    @classmethod
    def from_position(cls, position: Position) -> Draft:
        """Return the loan without any concession."""
        return cls(position, position.annual_rate, position.remaining_term, position.method)

    @property
    def bearing(self) -> int:
        """The principal, with what was capitalised and without what was forgiven."""
        return self.position.principal + sum(self.capitalised.values()) - self.forgiven

    @property
    def interest_free(self) -> int:
        """What is owed at the end without interest; nothing is once one payment closed the debt."""
        if self.settled_for is not None:
            return 0
        return self.forborne + sum(self.deferred.values())

    @property
    def balance(self) -> int:
        """All that the terms cover."""
        return (
            self.bearing + sum(self.deferred.values()) + (self.on_top.amount if self.on_top else 0)
        )

    @property
    def term(self) -> int | None:
        """Months in all, or None for a balance that has no term yet; `until_repaid` ends it earlier or later."""
        if self.repayment_months is None:
            return None
        return self.holiday_months + self.repayment_months

    @property
    def agreed(self) -> bool:
        """Whether an amount is agreed in place of instalments, for some months or until the balance is repaid."""
        return self.paying is not None or self.until_repaid is not None

    @property
    def months_before_regular(self) -> int:
        """Months before the first regular instalment."""
        steps = self.steps.months if self.steps else 0
        paying = self.paying.months if self.paying else 0
        return self.holiday_months + self.interest_only_months + steps + paying

    @property
    def later_rates(self) -> tuple[RateFrom, ...]:
        """The annual rates that follow the first within the term, by the month of the schedule from which they hold.

        Where only the schedule tells the term, within the longest there is.
        """
        months = self.term if self.until_repaid is None else LONGEST
        if self.rises is None or months is None or self.settled_for is not None:
            return ()
        return self.rises.after(self.rate, months)

    def rate_in(self, month: int) -> Fraction:
        """Return the annual rate of a month of the schedule."""
        return rate_in(month, self.rate, self.later_rates)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases of the repayment; empty where no month is left for regular instalments."""
        regular = self._regular()
        return (*self._before_regular(), regular) if regular else ()

    def _regular(self) -> Phase | None:
        if self.until_repaid is not None:
            return phases.UntilRepaid(self.until_repaid)
        months = (self.repayment_months or 0) + self.holiday_months - self.months_before_regular
        if months < 1:
            return None
        equal = self.method == "equal_principal"
        return phases.EqualPrincipal(months) if equal else phases.Level(months)

    def _before_regular(self) -> Iterator[Phase]:
        if self.holiday_months:
            yield phases.Holiday(self.holiday_months, self.holiday_interest)
        if self.interest_only_months:
            yield phases.InterestOnly(self.interest_only_months)
        if self.steps:
            yield phases.Stepped(self.steps.shares, self.steps.months_each, of=self.until_repaid)
        if self.paying:
            yield self.paying

    @property
    def key(self) -> Hashable:
        """What tells drafts of one position apart, whatever choices led to them."""
        return _hashable(attrs.astuple(self, recurse=False)[1:])

    def missing(self) -> frozenset[str]:
        """Return the facts without which there is no schedule."""
        if self.settled_for is not None or self.until_repaid is not None:
            return frozenset()
        needed = {"loan.remaining_term": self.repayment_months, "loan.method": self.method}
        return frozenset(name for name, value in needed.items() if value is None)

    # Levers

    def with_holiday(self, months: int, interest: str, maturity: str) -> Draft:
        """Return this with no payments for some months; where maturity stays, fewer instalments."""
        if months == 0:
            return self
        in_all = self.holiday_months + months
        noted: Lever = {"months": in_all, "interest": interest, "maturity": maturity}
        return self._with(
            holiday_months=in_all,
            holiday_interest=HolidayInterest(interest),
            repayment_months=self._shortened(months, maturity == "stays"),
            levers=self._noted("holiday", noted),
        )

    def with_interest_only(self, months: int, maturity: str) -> Draft:
        """Return this with payments of interest alone for some months."""
        if months == 0:
            return self
        in_all = self.interest_only_months + months
        return self._with(
            interest_only_months=in_all,
            repayment_months=self._shortened(-months, maturity == "extends"),
            levers=self._noted("interest_only", {"months": in_all, "maturity": maturity}),
        )

    def with_steps(self, shares: tuple[Fraction, ...], months_each: int) -> Draft:
        """Return this with rising shares of the regular payment at first."""
        shown = tuple(decimal_text(share, 0) for share in shares)
        return self._with(
            steps=Steps(shares, months_each),
            levers=self._noted("stepped", {"shares": shown, "months": months_each}),
        )

    def with_months_added(self, months: int) -> Draft:
        """Return this with a longer term; a term is never made shorter."""
        if months <= 0 or self.repayment_months is None:
            return self
        before = self.levers.get("term", {}).get("months_added", 0)
        in_all = months + (before if isinstance(before, int) else 0)
        return self._with(
            repayment_months=self.repayment_months + months,
            levers=self._noted("term", {"months_added": in_all}),
        )

    def with_term(self, months: int) -> Draft:
        """Return this with a term of so many months in all, the holiday included."""
        return self.with_months_added(months - (self.term or 0))

    def with_rate(self, rate: Fraction, rises: Rises | None = None) -> Draft:
        """Return this at another annual rate, which stays or rises later."""
        if (rate, rises) == (self.rate, self.rises):
            return self
        noted: Lever = {"annual_rate": decimal_text(rate, 0)}
        return self._with(rate=rate, rises=rises, levers=self._noted("rate", noted))

    def with_instalments(self, months: int, rate: Fraction | None) -> Draft:
        """Return this as a balance that is paid in level instalments."""
        return self._with(
            repayment_months=months,
            rate=self.rate if rate is None else rate,
            rises=self.rises if rate is None else None,
            method="level",
            levers=self._noted("instalments", {"months": months}),
        )

    def with_payments(self, months: int, amount: int, shown: str, unpaid: str | None) -> Draft:
        """Return this with an amount that was agreed paid for some months, before the regular instalments."""
        if months == 0:
            return self
        treatment = None if unpaid is None else HolidayInterest(unpaid)
        noted: dict[str, str | int] = {"amount": shown, "months": months}
        if unpaid is not None:
            noted["unpaid_interest"] = unpaid
        if self.until_repaid is not None:
            noted["then"] = str(self.levers["pay"]["amount"])
        return self._with(
            paying=phases.Paying(amount, months, treatment),
            levers=self._noted("pay", noted),
        )

    def with_payments_until_repaid(self, amount: int, shown: str) -> Draft:
        """Return this with an amount that was agreed paid until the balance is repaid: the term follows."""
        return self._with(
            until_repaid=amount,
            levers=self._noted("pay", {"then" if self.paying else "amount": shown}),
        )

    def with_waiver(self, balance: str, share: Fraction) -> Draft:
        """Return this with a share of what is left of a balance given up, rounded half up to the minor unit.

        A share of `future_interest` lowers the rate instead, the later ones too.
        """
        if share == 0:
            return self
        if balance == "future_interest":
            rises = self.rises.scaled(1 - share) if self.rises else None
            return self._with(rate=self.rate * (1 - share), rises=rises)
        return self._with(waived=self._taken(self.waived, balance, share))

    def with_capitalised(self, balance: str, share: Fraction) -> Draft:
        """Return this with a share of what is left of a balance joined to the principal."""
        return self._with(capitalised=self._taken(self.capitalised, balance, share))

    def with_deferred(self, balance: str, share: Fraction) -> Draft:
        """Return this with a share of what is left of a balance owed at the end, without interest."""
        return self._with(deferred=self._taken(self.deferred, balance, share))

    def with_forborne(self, amount: int, shown: Callable[[int], str]) -> Draft:
        """Return this with a part of the principal owed at the end, without interest."""
        if amount == 0:
            return self
        in_all = self.forborne + amount
        noted = self._noted("forbear", {"amount": shown(in_all)})
        return self._with(forborne=in_all, levers=noted)

    def with_forgiven(self, amount: int, shown: Callable[[int], str]) -> Draft:
        """Return this with a part of the principal given up."""
        if amount == 0:
            return self
        in_all = self.forgiven + amount
        noted = self._noted("forgive", {"amount": shown(in_all)})
        return self._with(forgiven=in_all, levers=noted)

    def with_repayment_plan(self, balance: str, months: int) -> Draft:
        """Return this with what is left of a balance paid over some months, besides the regular payment."""
        return self._with(
            on_top=OnTop(balance, self.left_of(balance), months),
            levers=self._noted("repayment_plan", {"balance": balance, "months": months}),
        )

    def settled(self, discount: Fraction) -> Draft:
        """Return this closed by one payment, less a share, rounded half up to the minor unit.

        Raises:
            FinanceError: Nothing is owed, or nothing of what is owed is left to pay.
        """
        if self.balance <= 0:
            raise FinanceError("nothing_to_settle")
        amount = round_to_integer(self.balance * (1 - discount))
        if amount <= 0:
            raise FinanceError("nothing_to_pay", discount=discount, owed=self.balance)
        return self._with(
            settled_for=amount,
            forgiven=self.forgiven + self.balance - amount,
            levers=self._noted("settle", {"discount": decimal_text(discount, 0)}),
        )

    def left_of(self, balance: str) -> int:
        """Return what is left of a balance after what was waived, capitalised, deferred or is paid on top."""
        taken = (part.get(balance, 0) for part in (self.waived, self.capitalised, self.deferred))
        on_top = self.on_top.amount if self.on_top and self.on_top.balance == balance else 0
        return self.position.balances[balance] - sum(taken) - on_top

    def outside(self) -> dict[str, int]:
        """Return what is known to be owed besides, which these terms do not cover."""
        left = {name: self.left_of(name) for name in self.position.balances}
        return {
            **{name: amount for name, amount in left.items() if amount},
            **self.position.outside,
        }

    def noting_shares(self, lever: str, shares: Mapping[str, Fraction]) -> Draft:
        """Return this with the shares that a lever takes noted for the reader.

        A second share of one balance is of what the first left: both are noted as the share of the whole.
        """
        before = self.levers.get(lever, {})
        in_all = {name: 1 - _left(before.get(name)) * (1 - share) for name, share in shares.items()}
        noted = {name: decimal_text(share, 0) for name, share in in_all.items()}
        return self._with(levers=self._noted(lever, noted))

    def _taken(self, from_: Mapping[str, int], balance: str, share: Fraction) -> dict[str, int]:
        """Return what was taken of each balance, with a share of what is left of one."""
        amount = round_to_integer(self.left_of(balance) * share)
        return {**from_, balance: from_.get(balance, 0) + amount}

    def _shortened(self, months: int, applies: bool) -> int | None:
        left = self.repayment_months
        return left - months if applies and left is not None else left

    def _noted(self, lever: str, settings: Lever) -> dict[str, Lever]:
        return {**self.levers, lever: {**self.levers.get(lever, {}), **settings}}

    def _with(self, **changes: Any) -> Draft:
        """Return this with changes; `attrs.evolve` looks up the fields each time, and a search makes many drafts."""
        return Draft(**{name: getattr(self, name) for name in _FIELDS} | changes)


_FIELDS = tuple(field.name for field in attrs.fields(Draft))


def _hashable(value: object) -> Hashable:
    if isinstance(value, Mapping):
        value = tuple(value.items())
    if isinstance(value, tuple):
        return tuple(map(_hashable, value))
    return value  # a number, a text, or a frozen part of a schedule


def _left(taken: object) -> Fraction:
    """Return the share that is left after one that was noted."""
    return 1 - Fraction(str(taken)) if taken else Fraction(1)
