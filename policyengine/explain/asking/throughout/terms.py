"""What `plan.` names, between bounds, and whether a schedule can be worked out in any case."""

from __future__ import annotations

from datetime import MAXYEAR, date
from fractions import Fraction
from functools import cached_property
from math import ceil, floor

import attrs

from policyengine.explain.asking.throughout.sketch import Sketch
from policyengine.explain.asking.throughout.span import ENDLESS, Span, Vague, either
from policyengine.explain.asking.throughout.stretch import Stretch
from policyengine.finance.amortisation import exact_level_payment
from policyengine.finance.calendar import due_dates
from policyengine.finance.errors import FinanceError
from policyengine.finance.rate import periodic
from policyengine.ir.nodes import Derived, Fact, Node, RoundTo
from policyengine.plans.prospect import OF_THE_DRAFT

#: A longer schedule is none; exact instalments at higher rates are beyond reach; an amount has 64 bits.
_LONGEST, _HIGHEST_RATE, _MOST = 12_000, 16, 2**63 - 1
_METHODS = ("level", "equal_principal")


@attrs.frozen(slots=False, eq=False)
class Terms:
    """The terms of a sketch. `of_the_draft`: only what needs no schedule may be named."""

    stretch: Stretch
    sketch: Sketch
    of_the_draft: bool = False

    def figure(self, name: str, months: Span | None) -> Span:
        """Return between what a figure lies, where there is a schedule.

        Raises:
            Vague: No bounds of it are known.
        """
        if self.of_the_draft and name not in OF_THE_DRAFT:
            raise Vague
        if name in ("term", "extension"):
            return self._length(name)
        if name == "rate":
            return self.sketch.rate
        return self._amount(name, months).times(Fraction(1, self.stretch.case.program.scale))

    def is_agreed(self, name: str, node: Node) -> bool:
        """Whether a figure is the very amount that an expression says: one agreed is paid, to the minor unit."""
        paying = self.sketch.paying
        if name != "first_payment" or paying is None or self.sketch.holiday.most > 0:
            return False
        enough = paying.amount.most <= self._owed.least and paying.months.least >= 1
        return enough and _alike(paying.said, node) and self._in_minor_units(node)

    def _in_minor_units(self, node: Node) -> bool:
        while isinstance(node, Derived):
            node = self.stretch.case.program.derived[node.key].node
        if isinstance(node, RoundTo):
            try:
                step = self.stretch.number(node.step).fixed()
            except Vague:
                return False
            return (step * self.stretch.case.program.scale).denominator == 1
        return isinstance(node, Fact)

    def _length(self, name: str) -> Span:
        term = self._months
        if self.sketch.paying is not None:  # it may repay all
            term = either(Span.of(1), term)
        if name == "term":
            return term
        if self.sketch.remaining is None:
            raise Vague
        return term - self.sketch.remaining

    def _amount(self, name: str, months: Span | None) -> Span:
        sketch = self.sketch
        known = {"balance": sketch.balance, "waived": sketch.waived}
        if name in known:
            return known[name]
        if name == "forborne":
            return sketch.interest_free
        if name == "payment":
            return self.payment
        if name == "payment_before_rounding":
            return self._before_rounding
        if name == "first_payment":
            return self._first_payment
        if name == "max_payment":
            return Span.between(self.payment.least, max(self._largest, self.payment.least))
        if name == "max_payment_before" and months is not None:
            return self._before(months)
        raise Vague

    # Lengths

    @cached_property
    def _months(self) -> Span:
        if self.sketch.term is None:
            raise Vague
        return self.sketch.term

    @property
    def longest(self) -> int:
        """The most months that a schedule may have."""
        return max(int(self._months.most), 1)

    @cached_property
    def _regular(self) -> tuple[int, int]:
        """Return how many regular instalments there are, at least and at most; one at least where any are."""
        if self.sketch.months is None:
            raise Vague
        before = self.sketch.paying.months if self.sketch.paying else Span.of(0)
        months = self.sketch.months - before
        return max(ceil(months.least), 1), max(floor(months.most), 1)

    # What is owed

    @cached_property
    def _owed(self) -> Span:
        """Return what bears interest before the first payment; one unit at least where there is a schedule."""
        owed = self.sketch.owed
        return Span.between(max(ceil(owed.least), 1), max(floor(owed.most), 1))

    @cached_property
    def _resumed(self) -> Span:
        """Return what is owed when regular payments begin."""
        owed, before = self._owed, int(self.sketch.holiday.most)
        least = owed.least
        if self.sketch.paying is not None:
            paid = self.sketch.paying
            before += int(paid.months.most)
            least = max(owed.least - paid.amount.most * paid.months.most, Fraction(0))
        if before == 0:
            return owed
        return Span.between(least, (owed.most + before) * (1 + self._highest) ** before)

    @cached_property
    def _monthly(self) -> Span:
        """Return the rate of a month at first."""
        rate = self.sketch.rate
        return Span.between(periodic(rate.least), periodic(rate.most))

    @property
    def _highest(self) -> Fraction:
        """Return the highest rate of any month."""
        return periodic(max(self.sketch.rate.most, self.sketch.peak.most))

    @cached_property
    def _exact(self) -> Span:
        """Return the first level instalment before rounding."""
        fewest, most = self._regular
        owed, rate = self._resumed, self._monthly
        if owed.least < 1 or most > _LONGEST or owed.most > _MOST:
            raise Vague
        before = self.sketch.holiday.most > 0 or self.sketch.paying is not None
        return Span.between(
            exact_level_payment(floor(owed.least), rate.least, most),
            exact_level_payment(ceil(owed.most), self._highest if before else rate.most, fewest),
        )

    # Payments

    @cached_property
    def payment(self) -> Span:
        """The first regular payment, in minor units."""
        return self._regular_payment + self._part_on_top()

    @cached_property
    def _regular_payment(self) -> Span:
        found = [self._first_of(m) for m in _METHODS if self.sketch.method in (m, None)]
        if not found:
            raise Vague
        return either(found[0], found[-1])

    def _first_of(self, method: str) -> Span:
        if method == "level":
            return self._exact.rounded()
        fewest, most = self._regular
        owed, rate = self._resumed, self._monthly
        least = floor(owed.least / most) + owed.least * rate.least - 1
        return Span.between(
            max(least, Fraction(0)), ceil(owed.most / fewest) + owed.most * self._highest + 1
        )

    def _part_on_top(self) -> Span:
        """Return what the first regular payment has besides: equal parts differ by one unit at most."""
        on_top = self.sketch.on_top
        if on_top is None:
            return Span.of(0)
        most = Fraction(ceil(on_top.amount.most / max(on_top.months.least, Fraction(1))))
        if self.sketch.holiday.most > 0 or self.sketch.paying is not None:
            return Span.between(0, most)
        return Span.between(floor(on_top.amount.least / max(on_top.months.most, Fraction(1))), most)

    @property
    def _before_rounding(self) -> Span:
        sketch = self.sketch
        plain = sketch.on_top is None and sketch.paying is None
        if sketch.method != "level" or not plain or self._highest > _HIGHEST_RATE:
            raise Vague
        return self._exact

    @property
    def _first_payment(self) -> Span:
        if self.sketch.holiday.least >= 1 and self.sketch.on_top is None:
            return Span.of(0)
        if self.sketch.holiday.most > 0 or self.sketch.paying is not None:
            raise Vague
        return self.payment

    @property
    def _largest(self) -> Fraction:
        """The most that any payment may be.

        The last level one takes up what rounding left. Each month that is a unit at most, half of the payment and half
        of the interest, and it bears interest to the end.
        """
        plain = self.sketch.method == "level" and self.sketch.paying is None
        if not plain or self.sketch.peak.most > self.sketch.rate.least:
            return ENDLESS
        months = self._regular[1]
        left = months * (1 + self._monthly.most) ** months + 1
        return self._exact.most + left + self._part_on_top().most

    def _before(self, months: Span) -> Span:
        """Return the largest payment in the first months: nothing in a holiday."""
        resting = self.sketch.holiday.least if self.sketch.on_top is None else Fraction(0)
        if months.most <= resting:
            return Span.of(0)
        return Span.between(0, ENDLESS)

    # Whether there is a schedule

    def check(self) -> None:
        """See that a schedule can be worked out in any case.

        A level payment, rounded, is never below its month's interest, rounded: it is above it before. So it is at
        every rate from which it is reckoned anew.

        Raises:
            Vague: It may be that there is none.
        """
        self._check_months()
        if self.sketch.owed.least < 1 or self.sketch.method not in _METHODS:
            raise Vague
        self._check_days()
        owing = (self._resumed.most + self.longest) * (1 + self._highest)
        most = owing + self.sketch.interest_free.most
        on_top = self.sketch.on_top.amount.most if self.sketch.on_top else 0
        paid = self.sketch.paying.amount.most if self.sketch.paying else 0
        if most + on_top + paid > _MOST:
            raise Vague

    def _check_months(self) -> None:
        sketch = self.sketch
        if sketch.months is None or self._months.most > _LONGEST:
            raise Vague
        before = sketch.paying.months if sketch.paying else Span.of(0)
        if (sketch.months - before).least < 1:
            raise Vague
        if sketch.on_top is not None and (self._months - sketch.on_top.months).least < 0:
            raise Vague

    def _check_days(self) -> None:
        """An agreed day of the month must be that of the next due date, and the last one within the calendar."""
        due, agreed = self.stretch.given("loan.next_due"), self.stretch.given("loan.due_day")
        if isinstance(due, date):
            try:
                due_dates(due, self.longest, agreed if isinstance(agreed, int) else None)
            except (FinanceError, ValueError) as error:
                raise Vague from error
        elif agreed is not None or self.longest > 12 * (MAXYEAR - _LAST_YEAR):
            raise Vague


#: No next due date that is missing is looked for later.
_LAST_YEAR = 2200


def _alike(one: Node, other: Node) -> bool:
    """Whether two expressions are the same name."""
    if isinstance(one, Derived) and isinstance(other, Derived):
        return one.key == other.key
    return isinstance(one, Fact) and isinstance(other, Fact) and one.path == other.path
