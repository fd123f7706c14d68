"""Exact quotients in the source of a row: a number is a whole one over a whole one above zero."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import attrs

from policyengine.evaluators.compiled.columns.logic import NO, Logic, Truth
from policyengine.evaluators.compiled.columns.values import NO_NUMBER, Number
from policyengine.evaluators.compiled.columns.wholes import Whole, Wholes, constant


def number(value: int | Fraction) -> Number:
    """Return a number of the policy."""
    exact = Fraction(value)
    return Number(constant(exact.numerator), constant(exact.denominator))


@attrs.frozen(eq=False)
class Numbers:
    """Writes arithmetic into the source of a row."""

    wholes: Wholes
    logic: Logic

    def added(self, left: Number, operator: str, right: Number) -> Number:
        """Return a sum or a difference."""
        (a, b), denominator = self.unified([left, right])
        whole = self.wholes.added(a, b) if operator == "+" else self.wholes.subtracted(a, b)
        return Number(whole, denominator, self._both(left, right))

    def multiplied(self, left: Number, right: Number) -> Number:
        """Return a product."""
        times = self.wholes.multiplied
        numerator = times(left.numerator, right.numerator)
        denominator = times(left.denominator, right.denominator)
        return _reduced(Number(numerator, denominator, self._both(left, right)))

    def divided(self, left: Number, right: Number) -> Number:
        """Return a quotient; it is not known where the divisor is zero."""
        upper, lower, divisor = left.numerator, left.denominator, right.numerator
        if _constants(lower, right.denominator):
            common = lcm(lower.low, right.denominator.low)
            upper = self.wholes.multiplied(upper, constant(common // lower.low))
            divisor = self.wholes.multiplied(divisor, constant(common // right.denominator.low))
        else:
            upper = self.wholes.multiplied(upper, right.denominator)
            divisor = self.wholes.multiplied(divisor, lower)
        nonzero = self.wholes.compared(divisor, "!=", constant(0))
        known = self.logic.all_of([self._both(left, right), nonzero])
        if known == NO:
            return NO_NUMBER
        if divisor.low < 0:
            positive = self.wholes.compared(divisor, ">", constant(0))
            upper = self.wholes.chosen(positive, upper, self.wholes.negated(upper))
            divisor = self.wholes.absolute(divisor)
        if divisor.low < 1:
            # It multiplies what it stands beside, such as the branch that is taken instead.
            divisor = self.wholes.chosen(nonzero, divisor, constant(1), low=1)
        return _reduced(Number(upper, divisor, known))

    def negated(self, operand: Number) -> Number:
        """Return a number with the other sign."""
        return attrs.evolve(operand, numerator=self.wholes.negated(operand.numerator))

    def absolute(self, operand: Number) -> Number:
        """Return a number without its sign."""
        return attrs.evolve(operand, numerator=self.wholes.absolute(operand.numerator))

    def compared(self, left: Number, operator: str, right: Number) -> Truth:
        """Return a comparison."""
        known = self._both(left, right)
        (a, b), _ = self.unified([left, right])
        return self.logic.within(self.wholes.compared(a, operator, b, known), known)

    def extremum(self, kind: str, operands: Sequence[Number]) -> Number:
        """Return the least (`min`) or the greatest (`max`) of several."""
        wholes, denominator = self.unified(operands)
        known = self.logic.all_of(operand.known for operand in operands)
        operator = "<" if kind == "min" else ">"
        found = wholes[0]
        for whole in wholes[1:]:
            found = self.further(operator, whole, found, known)
        return Number(found, denominator, known)

    def further(self, operator: str, one: Whole, found: Whole, known: str) -> Whole:
        """Return the one of two numbers that is less (`<`) or greater (`>`)."""
        first = self.wholes.compared(one, operator, found, known)
        choose = min if operator == "<" else max
        low, high = choose(one.low, found.low), choose(one.high, found.high)
        return self.wholes.chosen(first, one, found, low, high)

    def chosen(self, condition: str, then: Number, otherwise: Number, known: str) -> Number:
        """Return one of two numbers by a truth."""
        (a, b), denominator = self.unified([then, otherwise])
        return Number(self.wholes.chosen(condition, a, b), denominator, known)

    def rounded(self, mode: str, operand: Number, step: Number) -> Number:
        """Return a multiple of a step, which has none where it is not above zero."""
        known = self._both(operand, step)
        (value, stride), denominator = self.unified([operand, step])
        known = self.logic.all_of([known, self.wholes.compared(stride, ">", constant(0), known)])
        value, stride = (self.wholes.fitting(each, known) for each in (value, stride))
        if stride.low < 1:
            positive = self.wholes.compared(stride, ">", constant(0))
            stride = self.wholes.chosen(positive, stride, constant(1), 1)
        count = self._count(mode, value, stride)
        within = (value.low - stride.high, value.high + stride.high)
        found = self.wholes.multiplied(count, stride, within)
        return _reduced(Number(found, denominator, known))

    def _count(self, mode: str, value: Whole, stride: Whole) -> Whole:
        """Return how many steps a value is rounded to; a step is one at least."""
        a, b = value.source, stride.source
        rows = self.wholes.rows
        least = max(1, stride.low)
        low, high = min(0, value.low // least), max(0, -(-value.high // least))
        down = rows.named(f"{_in(a)} // {b}")
        if mode == "floor":
            return Whole(down, low, high)
        rest = rows.named(f"{_in(a)} % {b}")
        if mode == "ceil":
            return Whole(rows.named(f"{down} + ({rest} > 0)"), low, high)
        # Half away from zero: the rest is compared with what it lacks to the next step.
        up = rows.named(f"({rest} >= {b} - {rest}) if {_in(a)} >= 0 else ({rest} > {b} - {rest})")
        return Whole(rows.named(f"{down} + {up}"), low, high)

    def unified(self, several: Sequence[Number]) -> tuple[list[Whole], Whole]:
        """Return the numerators over one denominator, and that."""
        constants = [n.denominator.low for n in several if n.denominator.constant is not None]
        variable = {
            n.denominator.source: n.denominator for n in several if n.denominator.constant is None
        }
        whole = lcm(*constants)
        numerators = [self._over(each, whole, variable) for each in several]
        denominator = constant(whole)
        for each in variable.values():
            denominator = self.wholes.multiplied(denominator, each)
        return numerators, denominator

    def _over(self, each: Number, whole: int, variable: dict[str, Whole]) -> Whole:
        own = each.denominator
        factor = whole if own.constant is None else whole // own.constant
        found = self.wholes.multiplied(each.numerator, constant(factor))
        for source, other in variable.items():
            if source != own.source:
                found = self.wholes.multiplied(found, other)
        return found

    def _both(self, left: Number, right: Number) -> str:
        return self.logic.all_of([left.known, right.known])


def _constants(*wholes: Whole) -> bool:
    return all(whole.constant is not None for whole in wholes)


def _reduced(found: Number) -> Number:
    """Return a constant in lowest terms, so that what it is multiplied with stays small."""
    if not _constants(found.numerator, found.denominator) or found.denominator.low < 1:
        return found
    return attrs.evolve(
        number(Fraction(found.numerator.low, found.denominator.low)), known=found.known
    )


def _in(source: str) -> str:
    return f"({source})" if source.startswith("-") else source
