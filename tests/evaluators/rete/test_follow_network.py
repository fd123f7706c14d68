"""Follow-up in the network: each kind of transition, worked by hand, and disagreements."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from rete_here import NEEDS_RETE

from policyengine.evaluators.follow_up import Happened, ReferenceFollower, follower_of
from policyengine.evaluators.named import evaluator_named
from policyengine.evaluators.rete.evaluator import ReteEvaluator
from policyengine.evaluators.rete.follow_up import ReteFollower, state_network
from policyengine.evaluators.rete.guard.engine import EngineError
from policyengine.evaluators.rete.guard.matchers import InProcess
from policyengine.evaluators.rete.guard.patterns import Fact
from policyengine.evaluators.rete.guard.spelling import Match
from policyengine.ir.program import FollowUpDefinition, TransitionDefinition

pytestmark = NEEDS_RETE
MADE, MISSED = "payment_made", "payment_missed"


def way(
    event: str = MISSED,
    count: int = 1,
    consecutive: int | None = None,
    within: int | None = None,
    go: str = "broken",
) -> TransitionDefinition:
    return TransitionDefinition("performing", event, count, consecutive, within, go, {}, None)


def follow_up(*ways: TransitionDefinition) -> FollowUpDefinition:
    return FollowUpDefinition("performing", ways, ())


def events(*written: tuple[str, int] | tuple[str, int, bool]) -> tuple[Happened, ...]:
    return tuple(Happened(*each) for each in written)


TWO_WITHIN_60 = way(count=2, within=60)
THREE_IN_A_ROW = way(MADE, count=1, consecutive=3)


@pytest.mark.parametrize(
    ("each", "since", "holds"),
    [
        (way(), [(MISSED, 1)], True),
        (way(), [(MISSED, 1), (MADE, 2)], False),
        (way(count=2), [(MISSED, 1)], False),
        (way(count=2), [(MISSED, 1), (MADE, 50), (MISSED, 900)], True),
        (TWO_WITHIN_60, [(MISSED, 100), (MISSED, 159)], True),
        (TWO_WITHIN_60, [(MISSED, 100), (MISSED, 160)], False),
        (TWO_WITHIN_60, [(MISSED, 100), (MISSED, 160), (MISSED, 200)], True),
        (TWO_WITHIN_60, [(MISSED, 100), (MISSED, 100)], True),
        (THREE_IN_A_ROW, [(MADE, 1), (MADE, 2), (MADE, 3)], True),
        (THREE_IN_A_ROW, [(MADE, 1), (MISSED, 2), (MADE, 3), (MADE, 4)], False),
        (THREE_IN_A_ROW, [(MADE, 1), (MADE, 2, False), (MADE, 3), (MADE, 4)], False),
        (THREE_IN_A_ROW, [(MADE, 1), (MADE, 2), ("contact", 3), (MADE, 4)], True),
        (way(MADE), [(MADE, 1, False)], False),
        (way("promise_broken"), [("promise_made", 1), ("promise_broken", 2)], True),
        (way(MADE, count=4, consecutive=2, within=30), [(MADE, d) for d in (1, 11, 21, 30)], True),
        (way(MADE, count=4, consecutive=2, within=30), [(MADE, d) for d in (1, 11, 21, 31)], False),
        (way(within=0), [(MISSED, 1)], False),
        (way(count=70), [(MISSED, day) for day in range(70)], True),
        (way(count=70), [(MISSED, day) for day in range(69)], False),
    ],
)
def test_a_transition_holds_at_the_last_event(
    each: TransitionDefinition, since: Sequence[tuple[str, int]], holds: bool
) -> None:
    found = state_network(follow_up(each), "performing").taken(events(*since))
    assert (found is each) == holds
    assert (
        ReferenceFollower().taken(follow_up(each), "performing", events(*since)) is each
    ) == holds


def test_the_first_that_holds_is_taken_and_only_of_the_present_state() -> None:
    first, second = way(go="renegotiate"), way(go="broken")
    elsewhere = TransitionDefinition("broken", MISSED, 1, None, None, "cured", {}, None)
    both = follow_up(elsewhere, first, second)
    follower = ReteFollower()
    assert follower.taken(both, "performing", events((MISSED, 1))) is first
    assert follower.taken(both, "broken", events((MISSED, 1))) is elsewhere
    assert follower.taken(both, "cured", events((MISSED, 1))) is None
    assert not follower.disagreements


def test_agreements_that_take_turns_in_one_network_do_not_mix() -> None:
    follower, both = ReteFollower(), follow_up(TWO_WITHIN_60, THREE_IN_A_ROW)
    one = events((MISSED, 100), (MADE, 110), (MISSED, 120), (MADE, 130), (MADE, 140), (MADE, 150))
    other = events((MISSED, 500), (MADE, 510), (MADE, 520), (MISSED, 700), (MADE, 701))
    for end in range(1, 6):
        for since in (one[:end], other[:end], one[: end + 1]):
            follower.taken(both, "performing", since)
    assert not follower.disagreements


def test_the_evaluator_follows_by_the_network() -> None:
    evaluator = evaluator_named("rete")
    assert isinstance(evaluator, ReteEvaluator)
    assert follower_of(evaluator) is evaluator.follower
    assert isinstance(follower_of(evaluator_named("reference")), ReferenceFollower)


class Deaf(InProcess):
    """The engine, but that no event meets anything."""

    def put(self, part: int, slot: int, fact: Fact) -> Sequence[Match]:
        super().put(part, slot, fact)
        return []


class Broken(InProcess):
    """An engine that fails at every fact."""

    def put(self, part: int, slot: int, fact: Fact) -> Sequence[Match]:
        raise EngineError(f"it failed at {fact} of {part}.{slot}")


def test_where_they_differ_the_reference_stands_and_the_fewest_events_are_kept() -> None:
    follower, only = ReteFollower(Deaf), follow_up(TWO_WITHIN_60)
    log = events((MISSED, 1), (MADE, 70), (MISSED, 100), (MADE, 120), (MISSED, 130))
    assert follower.taken(only, "performing", log) is TWO_WITHIN_60
    (kept,) = follower.disagreements
    assert kept.since == events((MISSED, 100), (MISSED, 130))
    assert (kept.found, kept.want, kept.error) == (None, 0, None)


def test_an_engine_that_fails_is_noted_and_the_reference_stands() -> None:
    follower = ReteFollower(Broken)
    only = follow_up(way())
    assert follower.taken(only, "performing", events((MISSED, 1))) is only.transitions[0]
    (kept,) = follower.disagreements
    assert kept.error is not None
    assert kept.error.startswith("it failed")
