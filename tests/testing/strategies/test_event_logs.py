"""Made-up logs can be opened again, reach signings, payments and misses, and shrink to few events."""

from __future__ import annotations

from collections import Counter

import attrs
import pytest
from shrinking import shrunk

import policyengine as pe
from policyengine.testing.strategies import EventLog, event_logs
from policyengine.testing.strategies.reach import drawn

NAME = "aibank.consumer-loan"


@pytest.fixture(scope="module")
def alone(lenders: pe.PolicySet) -> pe.PolicySet:
    return attrs.evolve(lenders, programs=(lenders[NAME].program,))


def test_a_log_is_opened_again_as_it_was(lenders: pe.PolicySet, alone: pe.PolicySet) -> None:
    seen: Counter[str] = Counter()
    for log in drawn(event_logs(lenders[NAME]), 40):
        day = max((event.on for event in log.events), default=log.profile["as_of"])
        case = alone.reopen_case(log.profile, log.events, as_of=day)
        assert case.events == log.events
        seen.update(event.kind for event in log.events)
    assert min(seen[kind] for kind in ("plan_signed", "payment_made", "payment_missed")) >= 3, seen


def test_a_log_shrinks_to_the_events_that_matter(lenders: pe.PolicySet) -> None:
    def missed(log: EventLog) -> bool:
        return any(event.kind == "payment_missed" for event in log.events)

    found = shrunk(event_logs(lenders[NAME], most=4), missed, 60)
    assert len(found.events) <= 2
