"""How far one limit of a denied plan would have to move, all others staying, for terms to be found.

The answer is the least value on which the search itself finds terms. Where payments only fall as levers are raised, a
glance at all levers at their most passes over the values that cannot do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction

import attrs

from policyengine.decision.trace import Truth, Unknown
from policyengine.finance.errors import FinanceError
from policyengine.ir import levers as ir
from policyengine.plans.ladder import MOST, Choice, Effort, Found, Ladder
from policyengine.plans.levers import NotKnown
from policyengine.plans.limits import Limit, limits_of
from policyengine.plans.traits import lowers_payment, terms_named
from policyengine.plans.waterfall import waterfall

#: Months of schedules that are worked out for one limit.
MAX_MONTHS = 40_000

Search = Callable[[Ladder], Found]


@attrs.frozen
class Move:
    """A limit with the least value beyond it that is enough, or None; values were looked at up to `looked_to`."""

    limit: Limit
    enough: int | Fraction | None
    looked_to: int | Fraction


def moves(ladder: Ladder, search: Search) -> Iterator[Move]:
    """Yield how far each limit would have to move; what the search has cost does not count."""
    ladder = attrs.evolve(ladder, effort=Effort(MAX_MONTHS))
    for index in range(len(ladder.applicable())):
        with suppress(FinanceError, NotKnown):
            for limit in _limits(ladder, index):
                yield _Mover(ladder, search, limit, index).move()


def _limits(ladder: Ladder, index: int) -> Sequence[Limit]:
    levers = ladder.applicable()
    draft = ladder.draft(levers[:index], (MOST,) * index)
    return limits_of(levers[index], ladder.ground(draft))


@attrs.define
class _Mover:
    ladder: Ladder
    search: Search
    limit: Limit
    index: int
    effort: Effort = attrs.field(factory=lambda: Effort(MAX_MONTHS))

    def move(self) -> Move:
        """Return the least value that is enough."""
        return self._along_the_line() if self._ends_the_line() else self._by_value()

    def _ends_the_line(self) -> bool:
        """Whether all that a greater limit adds are terms at the end of a waterfall, in the order of the limit."""
        lever, later = self.limit.lever, self.ladder.applicable()[self.index + 1 :]
        alone = not isinstance(lever, ir.Waiver) or len(lever.shares) == 1
        in_order = self.search is waterfall and not self.ladder.judge.accepts()
        return in_order and alone and not any(map(ir.is_searched, later))

    def _along_the_line(self) -> Move:
        """Search with the limit further and further out: the first terms found say how far it has to move."""
        limit, looked_to, place = self.limit, self.limit.value, 0
        while place < len(limit.beyond):
            ladder = self._moved(limit.beyond[place])
            found = self.search(ladder)
            if isinstance(found.holds, Unknown):
                break
            if found.choice is not None:
                value = limit.beyond[self._beyond(found.choice, ladder, place)]
                return Move(limit, value, value)
            looked_to = limit.beyond[place]
            place = max(min(2 * place + 1, len(limit.beyond) - 1), place + 1)
        return Move(limit, None, looked_to)

    def _beyond(self, choice: Choice, ladder: Ladder, last: int) -> int:
        """Return which value beyond the limit a choice sets; the first where the lever is at its least."""
        if len(choice) <= self.index:
            return 0
        count = ladder.count(ladder.applicable(), (MOST,) * self.index)
        return last - (count - 1 - choice[-1])

    def _by_value(self) -> Move:
        """Try the values one after the other, from the first that a glance does not exclude."""
        beyond, looked_to = self.limit.beyond, self.limit.value
        start = self._first_in_reach()
        if start:
            looked_to = beyond[start - 1]
        for place in range(start, len(beyond)):
            fits = self._fits(beyond[place])
            if isinstance(fits, Unknown):
                break
            looked_to = beyond[place]
            if fits:
                return Move(self.limit, looked_to, looked_to)
        return Move(self.limit, None, looked_to)

    def _fits(self, value: int | Fraction) -> Truth:
        """Whether there are terms with the limit at a value."""
        return self.search(self._moved(value)).holds

    def _moved(self, value: int | Fraction) -> Ladder:
        levers = [
            self.limit.moved(value) if each is self.limit.lever else each
            for each in self.ladder.levers
        ]
        return attrs.evolve(
            self.ladder, levers=levers, effort=self.effort, probing=True, seen={}, drafts={}
        )

    def _first_in_reach(self) -> int:
        """Return the first place that is not excluded at a glance at all levers at their most."""
        if not _only_fall(self.ladder.applicable()):
            return 0
        low, high = 0, len(self.limit.beyond)
        while low < high:
            middle = (low + high) // 2
            if self._out_of_reach(self.limit.beyond[middle]):
                low = middle + 1
            else:
                high = middle
        return low

    def _out_of_reach(self, value: int | Fraction) -> bool:
        ladder = self._moved(value)
        levers = ladder.applicable()
        try:
            glance = ladder.glance(ladder.draft(levers, (MOST,) * len(levers)))
        except FinanceError:
            return False
        return glance is not None and ladder.judge.out_of_reach(glance)


def _only_fall(levers: Sequence[ir.Lever]) -> bool:
    """Whether no terms ask for a lower regular payment than those with every lever at its most.

    A cap that is a part of the balance does not disturb that unless the balance falls as well; of two steps for the
    term, the second may land on another month.
    """
    ranges = [lever for lever in levers if ir.is_searched(lever)]
    named = {name for lever in levers for name in terms_named(lever)}
    smaller = any(isinstance(lever, (ir.Waiver, ir.Forgiveness)) for lever in ranges)
    terms = sum(isinstance(lever, ir.TermExtension) for lever in ranges)
    return (
        all(lowers_payment(lever) for lever in ranges)
        and named <= (set() if smaller else {"balance"})
        and terms <= 1
    )
