"""What one step makes of a sketch: taken as far as it goes, or any way from its least to its most."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import singledispatchmethod
from math import ceil, floor

import attrs

from policyengine.explain.asking.throughout.sketch import OnTop, Paying, Sketch
from policyengine.explain.asking.throughout.span import Span, Vague, either, greater, lesser
from policyengine.explain.asking.throughout.stretch import Stretch
from policyengine.explain.asking.throughout.terms import Terms
from policyengine.finance.calendar import dues_through
from policyengine.finance.errors import FinanceError
from policyengine.ir import levers as ir
from policyengine.ir.nodes import Node

#: Rates are written with so many decimals at most, so that exact instalments stay within reach.
_DECIMALS = 10**12
#: A payment due on this day of a month, or on a later one, may be agreed for a day that the month lacks.
_SHORTEST_MONTH = 28


@attrs.frozen
class Taken:
    """A sketch after a step; of how many settings at most it is one, and whether there is any.

    `usable` is None where there may be settings and there may be none.
    """

    sketch: Sketch
    count: int
    usable: bool | None = True


@attrs.frozen
class Step:
    """A step over a stretch: `most` as far as it goes, else any way."""

    stretch: Stretch
    most: bool

    def take(self, lever: ir.Lever, sketch: Sketch) -> Taken:
        """Return a sketch after a step.

        Raises:
            Vague: Nothing is known of it, or one of its settings may be such that no terms could have it.
        """
        found: Taken = self._take(lever, sketch)
        return found

    @singledispatchmethod
    def _take(self, _lever: ir.Lever, _sketch: Sketch) -> Taken:
        raise Vague

    @_take.register
    def _(self, lever: ir.Waiver, sketch: Sketch) -> Taken:
        counts = [1]
        for name, extent in lever.shares:
            low, high, count = self._shares(extent)
            taken = _share_of(sketch.left.get(name), low, high)
            left = {**sketch.left, name: _less(sketch.left[name], taken)}
            sketch = attrs.evolve(sketch, left=left, waived=sketch.waived + taken)
            counts.append(count)
        return Taken(sketch, max(counts))

    @_take.register
    def _(self, lever: ir.Capitalisation | ir.Deferral, sketch: Sketch) -> Taken:
        for name, node in lever.shares:
            share = _share(self.stretch.number(node).fixed())
            taken = _share_of(sketch.left.get(name), share, share)
            left = {**sketch.left, name: _less(sketch.left[name], taken)}
            if isinstance(lever, ir.Deferral):
                sketch = attrs.evolve(sketch, left=left, deferred=sketch.deferred + taken)
            else:
                bearing, owed = sketch.bearing + taken, sketch.owed + taken
                sketch = attrs.evolve(sketch, left=left, bearing=bearing, owed=owed)
        return Taken(sketch, 1)

    @_take.register
    def _(self, lever: ir.RateReduction, sketch: Sketch) -> Taken:
        """A rate at the floor stays, and then nothing rises later."""
        floor_, present = _rate(self.stretch.number(lever.floor).fixed()), sketch.rate
        peak = greater(sketch.peak, self._highest(lever))
        lowest = Span.of(floor_)
        if lever.step is None:
            return Taken(attrs.evolve(sketch, rate=lowest, peak=peak), 1)
        step = _rate(self.stretch.number(lever.step).fixed())
        if step <= 0:
            raise Vague
        least = lesser(present, lowest)
        rate = least if self.most else either(least, present)
        count = max(ceil((present.most - floor_) / step), 0) + 1
        return Taken(attrs.evolve(sketch, rate=rate, peak=peak), count)

    def _highest(self, lever: ir.RateReduction) -> Span:
        """Return how far a rate rises later."""
        then, number = lever.then, self.stretch.number
        if then is None:
            return Span.of(0)
        months = [number(node).fixed() for node in (then.fixed_for, then.every)]
        if not all(1 <= each <= ir.MAX_MONTHS for each in months):
            raise Vague
        _rate(number(then.rise).fixed())
        up_to = number(then.up_to)
        if up_to.least < 0:
            raise Vague
        return up_to

    @_take.register
    def _(self, lever: ir.TermExtension, sketch: Sketch) -> Taken:
        """A term in all is never made shorter: what is longer stays."""
        present = sketch.term
        if present is None or sketch.months is None:
            raise Vague
        if lever.relative:
            low, high, count, usable = self._months(lever.months, 0)
            if usable is not True:
                raise Vague
            longer = present + either(low, high)
        elif lever.months.single:
            in_all, _, count, usable = self._months(lever.months, 0)
            longer = greater(present, in_all)
        else:
            low, high, count, usable = self._months(lever.months, 0, start=present)
            last = greater(present, either(low, high))
            longer = last if self.most else either(present, last)
        more = longer - present
        return Taken(attrs.evolve(sketch, months=sketch.months + more), count, usable)

    @_take.register
    def _(self, lever: ir.Forbearance, sketch: Sketch) -> Taken:
        """The cap itself comes last, whatever the step; one unit stays that bears interest."""
        if lever.single:
            raise Vague
        scale, owed = self.stretch.case.program.scale, sketch.owed
        step = self.stretch.number(lever.step).fixed() if lever.step else Fraction(1, scale)
        if step <= 0:
            raise Vague
        up_to = self._of_terms(lever.up_to, sketch).times(scale).whole()
        most = greater(lesser(up_to, owed - Span.of(1)), Span.of(0))
        least = owed - most if owed.least < 1 else greater(owed - most, Span.of(1))
        if self.most:
            found = attrs.evolve(sketch, forborne=sketch.forborne + most, owed=least)
        else:
            aside = sketch.forborne + either(Span.of(0), most)
            found = attrs.evolve(sketch, forborne=aside, owed=either(least, owed))
        count = ceil(most.most / max(floor(step * scale), 1)) + 1
        return Taken(found, count)

    def _of_terms(self, node: Node, sketch: Sketch) -> Span:
        return self.stretch.number(node, Terms(self.stretch, sketch, of_the_draft=True))

    @_take.register
    def _(self, lever: ir.RepaymentPlan, sketch: Sketch) -> Taken:
        if lever.cap is not None or sketch.on_top is not None:
            raise Vague
        low, high, count, usable = self._months(lever.months, 1)
        if usable is False:
            return Taken(sketch, 1, usable)
        amount = sketch.left[lever.balance]
        left = {**sketch.left, lever.balance: Span.of(0)}
        on_top = OnTop(amount, either(low, high))
        return Taken(attrs.evolve(sketch, left=left, on_top=on_top), count, usable)

    @_take.register
    def _(self, lever: ir.Holiday, sketch: Sketch) -> Taken:
        low, high, count, usable = self._months(lever.months, 0)
        if usable is not True:
            raise Vague
        return Taken(_resting(sketch, either(low, high), lever.maturity), count)

    @_take.register
    def _(self, lever: ir.HolidayThrough, sketch: Sketch) -> Taken:
        """The dues up to a day, where it is known when they are."""
        case, answers = self.stretch.case, self.stretch.answers
        day, due = case.value(lever.day, answers), self.stretch.given("loan.next_due")
        if not isinstance(day, date) or not isinstance(due, date):
            raise Vague
        agreed = self.stretch.given("loan.due_day")
        if agreed is None and due.day >= _SHORTEST_MONTH:  # a later day may be agreed
            raise Vague
        try:
            dues = dues_through(due, day, agreed if isinstance(agreed, int) else None)
        except FinanceError as error:
            raise Vague from error
        if dues > ir.MAX_MONTHS:
            raise Vague
        more = greater(Span.of(dues) - sketch.holiday, Span.of(0))
        return Taken(_resting(sketch, more, lever.maturity), 1)

    @_take.register
    def _(self, lever: ir.Instalments, sketch: Sketch) -> Taken:
        rate = (
            Span.of(_rate(self.stretch.number(lever.rate).fixed())) if lever.rate else sketch.rate
        )
        low, high, count, usable = self._months(lever.months, 1)
        if usable is not True:
            raise Vague
        found = attrs.evolve(sketch, months=either(low, high), rate=rate, method="level")
        return Taken(found, count)

    @_take.register
    def _(self, lever: ir.AgreedPayment, sketch: Sketch) -> Taken:
        """A payment that need not cover its month's interest, for some months."""
        if lever.months is None or lever.unpaid_interest not in ("accrues", "waived"):
            raise Vague
        amount = self.stretch.number(lever.amount).times(self.stretch.case.program.scale).whole()
        low, high, count, usable = self._months(lever.months, 0)
        if amount.least < 0 or low.least < 1 or usable is not True or sketch.paying is not None:
            raise Vague
        paying = Paying(amount, either(low, high), lever.amount)
        return Taken(attrs.evolve(sketch, paying=paying), count)

    # Settings

    def _months(
        self, extent: ir.Extent, least: int, start: Span | None = None
    ) -> tuple[Span, Span, int, bool | None]:
        """Return between what months lie, how many there are at most, and whether there are any.

        Where only the most is looked at, the first is how far the last step reaches at least.
        """
        high = self._counted(extent.high)
        low = self._counted(extent.low) if start is None else start
        step = self.stretch.number(extent.step).fixed() if extent.step else Fraction(1)
        if low.least < 0 or high.most > ir.MAX_MONTHS or step < 1 or step.denominator != 1:
            raise Vague
        low = greater(low, Span.of(least))
        apart = high - low
        usable = True if apart.least >= 0 else False if apart.most < 0 else None
        count = max(floor(apart.most / step) + 1, 1)
        if extent.single:
            return high, high, 1, usable
        if self.most:
            low = greater(low, high - Span.of(step - 1))
        return low, high, count, usable

    def _counted(self, node: Node) -> Span:
        """Return a number of months, of which parts are cut off."""
        span, places = self.stretch.number(node), self.stretch.high - self.stretch.low
        if not span.slope:
            return span.whole()
        in_whole = span.straight and span.low.denominator == 1
        if in_whole and (span.slope / places).denominator == 1:
            return span
        return Span.between(floor(span.least), floor(span.most))

    def _shares(self, extent: ir.Extent) -> tuple[Fraction, Fraction, int]:
        low = _share(self.stretch.number(extent.low).fixed())
        high = _share(self.stretch.number(extent.high).fixed())
        if extent.single or extent.step is None:
            return low, low, 1
        step = self.stretch.number(extent.step).fixed()
        if step <= 0 or high < low:
            raise Vague
        count = floor((high - low) / step) + 1
        last = low + step * (count - 1)
        return (last if self.most else low), last, count


def _resting(sketch: Sketch, months: Span, maturity: str) -> Sketch:
    if sketch.months is None or sketch.paying is not None:
        raise Vague
    left = sketch.months - months if maturity == "stays" else sketch.months
    return attrs.evolve(sketch, holiday=sketch.holiday + months, months=left)


def _share_of(left: Span | None, low: Fraction, high: Fraction) -> Span:
    """Return a share of what is left of a balance."""
    if left is None:  # of interest still to come
        raise Vague
    if low == high:
        return left if low == 1 else left.times(low).rounded()
    return either(left.times(low).rounded(), left.times(high).rounded())


def _less(left: Span, taken: Span) -> Span:
    return Span.of(0) if left is taken else greater(left - taken, Span.of(0))


def _share(share: Fraction) -> Fraction:
    if not 0 <= share <= 1:
        raise Vague
    return share


def _rate(rate: Fraction) -> Fraction:
    if rate < 0 or (rate * _DECIMALS).denominator != 1:
        raise Vague
    return rate
