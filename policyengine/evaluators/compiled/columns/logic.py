"""Three-valued truth in generated source, without branches: whether something holds, and whether that is known.

The same algebra serves one row (`one` is `True`) and eight rows at a time, a byte a row (`one` is a word of ones).
`True` and `False` stand for what is the same of all rows; they never come into an expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import attrs

YES, NO = "True", "False"


@attrs.frozen
class Truth:
    """Sources of whether something certainly holds, and of whether it is known. What holds is known."""

    true: str
    known: str = YES


class Joins(Protocol):
    """Gives sources that are joined by an operator a name."""

    def __call__(self, operator: str, *parts: str) -> str:
        """Return the name."""


@attrs.frozen(eq=False)
class Logic:
    """Writes truth."""

    joined: Joins
    one: str

    def negated(self, source: str) -> str:
        """Return the opposite of a source that is one or zero."""
        if source in (YES, NO):
            return NO if source == YES else YES
        return self.joined("^", source, self.one)

    def all_of(self, sources: Iterable[str]) -> str:
        """Return whether all are one."""
        return self._joined(sources, "&", YES, NO)

    def any_of(self, sources: Iterable[str]) -> str:
        """Return whether any is one."""
        return self._joined(sources, "|", NO, YES)

    def false(self, truth: Truth) -> str:
        """Return whether something certainly does not hold."""
        if truth.known == YES:
            return self.negated(truth.true)
        return truth.known if truth.true == NO else self.joined("^", truth.known, truth.true)

    def within(self, source: str, known: str) -> Truth:
        """Return a truth of which the source is right where it is known."""
        return Truth(self.all_of([source, known]), known)

    def conjunction(self, truths: Sequence[Truth]) -> Truth:
        """Return whether all hold."""
        true = self.all_of(truth.true for truth in truths)
        if all(truth.known == YES for truth in truths):
            return Truth(true)
        false = self.any_of(map(self.false, truths))
        return Truth(true, self.any_of([true, false]))

    def disjunction(self, truths: Sequence[Truth]) -> Truth:
        """Return whether any holds."""
        true = self.any_of(truth.true for truth in truths)
        if all(truth.known == YES for truth in truths):
            return Truth(true)
        false = self.all_of(map(self.false, truths))
        return Truth(true, self.any_of([true, false]))

    def negation(self, truth: Truth) -> Truth:
        """Return the opposite."""
        return Truth(self.false(truth), truth.known)

    def chosen(self, condition: str, then: str, otherwise: str) -> str:
        """Return one of two sources that are one or zero, by a third."""
        if then == otherwise:
            return then
        return self.any_of(
            [
                self.all_of([condition, then]),
                self.all_of([self.negated(condition), otherwise]),
            ]
        )

    def same(self, one: str, other: str) -> str:
        """Return whether two sources are both one or both zero."""
        if YES in (one, other):
            return one if other == YES else other
        if NO in (one, other):
            return self.negated(one if other == NO else other)
        return YES if one == other else self.joined("^", one, other, self.one)

    def chosen_truth(self, condition: Truth, then: Truth, otherwise: Truth) -> Truth:
        """Return one of two truths by a third; where that is not known, what both agree on."""
        agreed = self.all_of([then.known, otherwise.known, self.same(then.true, otherwise.true)])
        known = self.known_choice(condition, then.known, otherwise.known, agreed)
        return self.within(self.chosen(condition.true, then.true, otherwise.true), known)

    def known_choice(self, condition: Truth, then: str, otherwise: str, agreed: str) -> str:
        """Return whether a choice is known, from whether its sides are, and known to agree."""
        certain = self.chosen(condition.true, then, otherwise)
        if condition.known == YES:
            return certain
        # Where the condition is not known, `chosen` takes the other side.
        return self.any_of([self.all_of([condition.known, certain]), agreed])

    def _joined(self, sources: Iterable[str], operator: str, neutral: str, decisive: str) -> str:
        parts = [source for source in dict.fromkeys(sources) if source != neutral]
        if decisive in parts:
            return decisive
        if len(parts) < 2:
            return parts[0] if parts else neutral
        return self.joined(operator, *parts)
