"""The lenders' stories, event by event."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rete_here import RETE, differing
from storytelling import ROOT, STORIES, opened, step, steps, story

import policyengine as pe


@pytest.fixture(scope="module", params=["reference", "compiled", RETE])
def policies(request: pytest.FixtureRequest) -> Iterator[pe.PolicySet]:
    loaded = pe.load(ROOT / "policies", evaluator=request.param)
    yield loaded
    assert not differing(loaded.evaluator)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_is_told_to_its_end(path: Path, policies: pe.PolicySet) -> None:
    told = story(path)
    case = opened(told, policies)
    for asked in steps(told):
        case, wrong = step(case, asked)
        assert wrong == [], asked.get("event")
