"""Where a case stands after the events of its log: a pure function of these in their order."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import attrs

from policyengine.cases.agreement import agreement_from
from policyengine.cases.facts_of import facts_after
from policyengine.cases.follow_up import COMPLETED, Followed, after, begun
from policyengine.cases.ground import Entry, Ground
from policyengine.evaluators.follow_up import Follower, follower_of
from policyengine.facts.facts import Facts


@attrs.frozen(eq=False)
class Standing:
    """The facts, the agreements from first to last, and the loans that are settled, by their places."""

    facts: Facts
    followed: tuple[Followed, ...] = ()
    settled: frozenset[int] = frozenset()

    def closed(self, loan: int | None) -> bool:
        """Whether nothing more can happen to a loan; None asks about all loans."""
        if loan is None:
            return all(self.closed(each) for each in range(len(self.facts.loans or ())))
        mine = [each for each in self.followed if each.loan == loan]
        return loan in self.settled or (bool(mine) and mine[-1].state == COMPLETED)


def standing_after(standing: Standing, entries: Iterable[Entry], ground: Ground) -> Standing:
    """Return where a case stands after some more events in their order."""
    follower = follower_of(ground.policies.evaluator)
    return reduce(lambda found, entry: _after(found, entry, ground, follower), entries, standing)


def _after(standing: Standing, entry: Entry, ground: Ground, follower: Follower) -> Standing:
    facts = facts_after(standing.facts, entry.facts, entry.loan)
    settled = standing.settled
    if entry.event.kind == "settled" and entry.loan is not None:
        settled |= {entry.loan}
    if entry.event.kind == "plan_signed":
        return Standing(facts, _signed(standing.followed, entry, ground), settled)
    followed = tuple(
        after(each, entry, facts, ground.program(each.agreement.policy), follower)
        if not each.ended and entry.loan in (None, each.loan)
        else each
        for each in standing.followed
    )
    return Standing(facts, followed, settled)


def _signed(followed: tuple[Followed, ...], entry: Entry, ground: Ground) -> tuple[Followed, ...]:
    """Begin an agreement; it takes the place of an earlier one about the same loan."""
    event, loan = entry.event, entry.loan
    assert loan is not None  # noqa: S101  # a signing says which loan it is about
    agreement = agreement_from(event, ground.loans[loan], ground.currency)
    before = (
        attrs.evolve(each, replaced=event.id) if each.loan == loan and not each.ended else each
        for each in followed
    )
    return (*before, begun(agreement, loan, ground.program(agreement.policy)))
