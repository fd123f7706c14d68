"""Schedules: what is paid, and what is owed, month by month.

       balance, rate ──► ledger ◄── phases, in order
                           │
                     instalments: payment = interest + principal, balance falls by principal

Interest of a month is a twelfth of the annual rate on the balance, rounded; so is each payment. The
last instalment takes up what rounding left. Where the rate changes, the payment is reckoned anew over
the months that are left, on the balance that is left; equal parts of the balance stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import assert_never

import attrs

from policyengine.finance import _checks
from policyengine.finance.amortisation import equal_principal, level_payment
from policyengine.finance.calendar import due_dates
from policyengine.finance.errors import FinanceError
from policyengine.finance.phases import (
    LONGEST,
    Balloon,
    EqualPrincipal,
    Fixed,
    Holiday,
    HolidayInterest,
    InterestOnly,
    Level,
    Paying,
    Phase,
    Stepped,
    UntilRepaid,
)
from policyengine.finance.rate import periodic
from policyengine.finance.rate_changes import RateFrom, changes
from policyengine.finance.rounding import Rounding, round_ratio, round_to_integer


@attrs.frozen
class Instalment:
    """One month of a schedule, in minor units; `n` counts from 1.

    Always `payment == interest + principal`, and `balance`, what is owed after it, is the one
    before less `principal`: where interest joins the balance, `principal` is negative.
    """

    n: int
    due: date
    payment: int
    interest: int
    principal: int
    balance: int


def build_schedule(  # noqa: PLR0913 - the terms of a loan
    balance: int,
    annual_rate: Fraction,
    phases: Sequence[Phase],
    first_due: date,
    *,
    rounding: Rounding = Rounding.HALF_UP,
    negative_amortisation: bool = False,
    deferred: int = 0,
    anchor_day: int | None = None,
    later_rates: Sequence[RateFrom] = (),
) -> tuple[Instalment, ...]:
    """Return the instalments by which `balance` is repaid, phase after phase, monthly.

    Whatever the last phase, its last instalment pays all that is then owed, so that the schedule
    ends at zero. Two amounts may stay owed at the end, where stated: the balloon of a last phase
    that leaves it, and `deferred`, the part of `balance` that bears no interest and is not repaid
    here. Once a `Paying` phase has repaid the balance there are no further instalments.
    `anchor_day` is the agreed day of the month where `first_due` cannot show it. `later_rates` are
    annual rates that take the place of `annual_rate`, in the order of their months, which count
    from the first month of the schedule, whatever its phase.

    Raises:
        FinanceError: `balance` is not above zero or not above `deferred`, the rate is negative or
            not exact, the phases or the later rates cannot follow each other so, a payment agreed is
            more than is owed, an amount outgrows 64 bits, or, unless `negative_amortisation`, a
            payment is below the interest of its month; or a payment until the balance is repaid
            never repays it, or takes too long.
    """
    _checks.positive("balance", balance)
    if _checks.not_negative("deferred", deferred) >= balance:
        raise FinanceError("deferred_too_much", deferred=deferred, balance=balance)
    _check_order(phases)
    months_left = sum(phase.months for phase in phases)
    _checks.periods("count", max(months_left, 1))
    later = changes(annual_rate, later_rates)
    ledger = _Ledger(balance - deferred, annual_rate, later, rounding, negative_amortisation)
    for k, phase in enumerate(phases, 1):
        _run(phase, ledger, months_left, last=k == len(phases))
        months_left -= phase.months
        if isinstance(phase, Paying) and ledger.balance == 0:
            break
    dues = due_dates(first_due, len(ledger.rows), anchor_day)
    return tuple(
        Instalment(n, due, payment, interest, payment - interest, owed + deferred)
        for n, (due, (payment, interest, owed)) in enumerate(zip(dues, ledger.rows, strict=True), 1)
    )


class _Ledger:
    """What is owed so far, and the rows that led there: payment, interest, balance after it.

    `rate` is that of the next month.
    """

    def __init__(
        self,
        balance: int,
        annual_rate: Fraction,
        later_rates: Sequence[RateFrom],
        rounding: Rounding,
        negative_amortisation: bool,
    ) -> None:
        self.balance = balance
        self.rate = periodic(annual_rate)
        self.rounding = rounding
        self.rows: list[tuple[int, int, int]] = []
        self._later = [(rate.month, periodic(rate.annual)) for rate in reversed(later_rates)]
        self._negative_amortisation = negative_amortisation
        self._accrued = 0  # the part of the balance that bears no interest yet
        self._unpaid = 0  # the part that bears none until regular payments resume

    def months_at_this_rate(self, most: int) -> int:
        """Return for how many of the next months the rate stays as it is."""
        return min(self._later[-1][0] - self._month, most) if self._later else most

    def pay(self, payments: Iterable[int]) -> None:
        """Make payments as they were agreed."""
        for payment in payments:
            interest = self._interest()
            owed = self.balance + interest
            if payment > owed:
                raise FinanceError("above_owed", n=self._month, payment=payment, owed=owed)
            self._pay(payment, interest)

    def pay_down(self, payments: Iterable[int], to: int) -> None:
        """Make payments, none more than brings the balance down to `to`."""
        for payment in payments:
            interest = self._interest()
            self._pay(min(payment, self.balance - to + interest), interest)

    def settle(self, to: int) -> None:
        """Pay whatever brings the balance down to `to`."""
        interest = self._interest()
        self._post(self.balance - to + interest, interest)

    def repay(self, parts: Iterable[int]) -> None:
        """Pay parts of the balance, each with its month's interest."""
        for part in parts:
            interest = self._interest()
            self._post(part + interest, interest)

    def rest(self, months: int, treatment: HolidayInterest) -> None:
        """Pay nothing."""
        for _ in range(months):
            match treatment:
                case HolidayInterest.WAIVED:
                    self._enter(0, 0)
                case HolidayInterest.CAPITALISED:
                    self._post(0, self._interest())
                case HolidayInterest.ACCRUES:
                    accrued = self._accrued
                    interest = self._interest_on(self.balance - accrued)
                    self._post(0, interest)
                    self._accrued = accrued + interest

    def pay_part(self, phase: Paying) -> None:
        """Pay the same every month, or all that is owed where that is less."""
        for _ in range(phase.months):
            if self.balance == 0:
                return
            interest = self._interest_on(self.balance - self._unpaid)
            self._pay_against(min(phase.payment, self.balance + interest), interest, phase.unpaid)

    def _pay_against(self, payment: int, interest: int, unpaid: HolidayInterest | None) -> None:
        """Pay a month's interest, then what is unpaid of earlier months, then the rest of the balance."""
        short = interest - payment
        if short > 0 and unpaid is HolidayInterest.WAIVED:
            self._post(payment, payment)
        elif short > 0 and unpaid is not HolidayInterest.ACCRUES:
            self._pay(payment, interest)
        else:
            self._post(payment, interest)
            self._unpaid = max(self._unpaid + short, 0)

    def pay_until_repaid(self, payment: int) -> None:
        """Pay the same until nothing is left; the last payment is what is left."""
        while self.balance:
            interest = self._interest()
            if payment <= interest:
                raise FinanceError("never_repays", payment=payment, interest=interest)
            if len(self.rows) == LONGEST:
                raise FinanceError("not_within", payment=payment, most=LONGEST)
            self._post(min(payment, self.balance + interest), interest)

    def _pay(self, payment: int, interest: int) -> None:
        if payment < interest and not self._negative_amortisation:
            raise FinanceError("below_interest", n=self._month, payment=payment, interest=interest)
        self._post(payment, interest)

    def _post(self, payment: int, interest: int) -> None:
        self.balance += interest - payment
        self._accrued = 0
        if self.balance > _checks.MAX_AMOUNT or payment > _checks.MAX_AMOUNT:
            raise FinanceError("instalment_too_large", n=self._month)
        self._enter(payment, interest)

    def _enter(self, payment: int, interest: int) -> None:
        self.rows.append((payment, interest, self.balance))
        if self._later and self._later[-1][0] == self._month:
            _, self.rate = self._later.pop()

    def _interest(self) -> int:
        return self._interest_on(self.balance)

    def _interest_on(self, balance: int) -> int:
        return round_ratio(balance * self.rate.numerator, self.rate.denominator, self.rounding)

    @property
    def _month(self) -> int:
        return len(self.rows) + 1


def _run(phase: Phase, ledger: _Ledger, months_left: int, *, last: bool) -> None:
    """Enter a phase in the ledger; `months_left` counts from its first month to the very last."""
    match phase:
        case Holiday():
            ledger.rest(phase.months, phase.interest)
        case InterestOnly():
            at_last = ledger.balance if last else 0
            ledger.repay((*[0] * (phase.months - 1), at_last))
        case EqualPrincipal() | Level() if ledger.balance == 0:  # steps of a tiny debt rounded up
            ledger.repay([0] * phase.months)
        case EqualPrincipal():
            ledger.repay(equal_principal(ledger.balance, phase.months))
        case Level():
            _run_level(phase.months, ledger, leave=0, end=0)
        case Balloon():
            end = 0 if phase.paid else phase.balloon
            _run_level(phase.months, ledger, leave=phase.balloon, end=end)
        case Stepped():
            _run_stepped(phase, ledger, months_left, last)
        case Paying() | UntilRepaid() | Fixed():
            _run_agreed(phase, ledger, last=last)
        case _:
            assert_never(phase)


def _run_agreed(phase: Paying | UntilRepaid | Fixed, ledger: _Ledger, *, last: bool) -> None:
    if isinstance(phase, Paying):
        ledger.pay_part(phase)
    elif isinstance(phase, UntilRepaid):
        ledger.pay_until_repaid(phase.payment)
    else:
        ledger.pay(phase.payments[:-1] if last else phase.payments)
        if last:
            ledger.settle(0)


def _run_level(months: int, ledger: _Ledger, leave: int, end: int) -> None:
    """Pay so that `leave` would be left after the last month, and in that month leave `end`."""
    payment = level_payment(ledger.balance, ledger.rate, months, ledger.rounding, residual=leave)
    left = months
    while left > 1:
        same = ledger.months_at_this_rate(left - 1)
        ledger.pay_down([payment] * same, to=leave)
        left -= same
        payment = _level_anew(left, ledger, leave)
    ledger.settle(end)


def _level_anew(months: int, ledger: _Ledger, leave: int) -> int:
    """Return the level payment from here on; a last one is settled, a tiny debt may be repaid already."""
    if months == 1 or ledger.balance == 0:
        return 0
    return level_payment(ledger.balance, ledger.rate, months, ledger.rounding, residual=leave)


def _run_stepped(phase: Stepped, ledger: _Ledger, months_left: int, last: bool) -> None:
    shares = [share for share in phase.shares for _ in range(phase.months_each)]
    paid, to_pay = 0, len(shares) - last
    while paid < to_pay:
        whole = _whole(phase, ledger, months_left - paid)
        same = shares[paid : paid + ledger.months_at_this_rate(to_pay - paid)]
        ledger.pay_down((round_to_integer(s * whole, ledger.rounding) for s in same), to=0)
        paid += len(same)
    if last:
        ledger.settle(0)


def _whole(phase: Stepped, ledger: _Ledger, months_left: int) -> int:
    """Return the payment of which shares are paid, at the rate of the next month."""
    if phase.of is not None:
        return phase.of
    if ledger.balance == 0:
        return 0
    return level_payment(ledger.balance, ledger.rate, months_left, ledger.rounding)


def _check_order(phases: Sequence[Phase]) -> None:
    if not phases:
        raise FinanceError("empty", name="phases")
    for k, phase in enumerate(phases, 1):
        if not isinstance(phase, Phase):
            raise FinanceError("no_phase", n=k, given=phase)
        last = k == len(phases)
        if _repays(phase) and not last:
            raise FinanceError("phase_repays_all", n=k)
        if isinstance(phase, Holiday | Paying) and last:
            resting = isinstance(phase, Holiday)
            raise FinanceError("ends_in_holiday" if resting else "ends_before_repaid", n=k)
    if isinstance(phases[-1], UntilRepaid):
        _check_shares(phases)


def _check_shares(phases: Sequence[Phase]) -> None:
    """Where the months follow from the payment there is no level payment to take shares of."""
    for k, phase in enumerate(phases, 1):
        if isinstance(phase, Stepped) and phase.of is None:
            raise FinanceError("share_of_unknown", n=k, of="of")


def _repays(phase: Phase) -> bool:
    return isinstance(phase, Level | EqualPrincipal | UntilRepaid) or (
        isinstance(phase, Balloon) and phase.paid
    )
