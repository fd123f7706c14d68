"""What a follow-up means, transition by transition, for every follower there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rete_here import RETE, differing

from policyengine.evaluators.follow_up import Follower, Happened, follower_of
from policyengine.evaluators.named import evaluator_named
from policyengine.ir.program import FollowUpDefinition, TransitionDefinition

CASES = yaml.safe_load((Path(__file__).parent / "meaning.yaml").read_text(encoding="utf-8"))
_WAY = re.compile(
    r"(?P<state>\w+) (?P<event>\w+)(?: count=(?P<count>\d+))?(?: within=(?P<within>\d+))?"
    r"(?: consecutive=(?P<row>\d+))? -> (?P<go>\w+)"
)


@pytest.fixture(params=["reference", "compiled", RETE])
def follower(request: pytest.FixtureRequest) -> Iterator[Follower]:
    evaluator = evaluator_named(request.param)
    yield follower_of(evaluator)
    assert not differing(evaluator)


@pytest.mark.parametrize("told", CASES, ids=lambda told: told["name"])
def test_every_event_leads_where_it_should(told: dict[str, Any], follower: Follower) -> None:
    ways = tuple(map(_transition, told["ways"]))
    follow_up, state, since = FollowUpDefinition("performing", ways, ()), "performing", []
    for line in told["events"]:
        kind, day, wanted = line.split()
        since.append(Happened(kind.rstrip("-"), int(day), not kind.endswith("-")))
        way = follower.taken(follow_up, state, tuple(since))
        if way is not None:
            assert way in ways
            state, since = way.go, []
        assert state == wanted, line


def _transition(written: str) -> TransitionDefinition:
    found = _WAY.fullmatch(written)
    assert found, written
    return TransitionDefinition(
        state=found["state"],
        event=found["event"],
        count=int(found["count"] or 1),
        consecutive=int(found["row"]) if found["row"] else None,
        within=int(found["within"]) if found["within"] else None,
        go=found["go"],
        wording={},
        source=None,
    )
