"""The history of a case: the same as if each event had been recorded on its day; and a kept case is the case itself."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
import tiny
from storytelling import ROOT, STORIES, _without, plain, step, steps, story

import policyengine as pe
from policyengine.cases.case import Case
from policyengine.cases.event import Event, place_of
from policyengine.cases.from_mapping import as_told
from policyengine.cases.history import history_of
from policyengine.cases.opening import Opening
from policyengine.cases.storage import open_store
from policyengine.facts.answers import profile_json


@pytest.fixture(scope="module")
def policies() -> pe.PolicySet:
    return pe.load(ROOT / "policies", evaluator="reference")


def told(path: Path, policies: pe.PolicySet) -> tuple[pe.Profile, Case]:
    """Return the profile of a story, and the case at its end."""
    tale = story(path)
    profile = pe.Profile.from_file(ROOT / "policies" / "examples" / str(plain(tale.get("profile"))))
    for unknown in plain(tale.get("unknown")) or []:
        profile = pe.Profile(_without(profile.root, unknown.split(".")))
    case = policies.open_case(profile)
    for each in steps(tale):
        case, _ = step(case, each)
    return profile, case


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_each_step_is_as_if_the_event_had_been_recorded_on_its_day(
    path: Path, policies: pe.PolicySet
) -> None:
    profile, case = told(path, policies)
    first, *then, last = history_of(case)
    found = policies.open_case(profile)
    assert (first.event, first.case.state, first.changes) == (None, found.state, ())
    assert [each.event for each in then] == list(case.events)
    for each in then:
        assert each.event is not None
        found = found.record(as_told(each.event), as_of=each.day, salt=bytes(32))
        assert (each.day, each.case.state) == (each.event.on, found.state)
        assert each.case.decisions.to_json() == found.decisions.to_json()
        if not each.meanwhile:
            assert each.changes == found.changes
    assert (last.event, last.day, last.case.state) == (None, case.as_of, case.state)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_kept_case_is_the_case_itself(path: Path, policies: pe.PolicySet, tmp_path: Path) -> None:
    profile, case = told(path, policies)
    heard = list(case.events)
    Random(path.stem).shuffle(heard)
    opening = Opening(case.opened.as_of, profile_json(profile), {}, "engine")
    with open_store(tmp_path / "cases.db") as store:
        store.create("C-1", opening)
        for number, each in enumerate(heard):
            store.append("C-1", [each], expected=number)
        log = store.read("C-1")
    assert log.events == tuple(heard)
    read = pe.Profile.from_bytes("C-1", log.opening.profile.encode())
    again = policies.reopen_case(read, log.events, opened=log.opening.as_of, as_of=case.as_of)
    assert (again.events, again.state) == (case.events, case.state)
    assert again.decisions.to_json() == case.decisions.to_json()


def test_late_events_are_those_that_came_after_one_of_a_later_place(
    policies: pe.PolicySet,
) -> None:
    day = date(2024, 11, 21)
    case = policies.open_case(pe.Profile.from_file(ROOT / "policies" / "examples" / "mr-li.yaml"))
    days = zip("abcde", (3, 1, 4, 4, 2), strict=True)
    heard = [Event(name, "contact", day + timedelta(days=number)) for name, number in days]
    for each in heard:
        case = case.record(each, as_of=date(2024, 12, 1))
    found = {each.event.id: each.late_after for each in history_of(case, heard) if each.event}
    assert found == {"a": None, "b": "a", "c": None, "d": None, "e": "d"}
    assert list(found) == [each.id for each in sorted(heard, key=place_of)]
    assert {each.late_after for each in history_of(case)} == {None}


POLICY = """\
plans:
  longer:
    title: {en: Longer, zh: 延长}
    require:
      - {id: few, that: x.n <= limit, code: FEW, because: {en: 'at most {limit}', zh: '最多{limit}'}}
    offer: {steps: [{term: {up_to: +6 months, step: 1 month}}], until: [plan.payment <= 2000.00]}
"""
LIMIT = """\
parameters:
  limit:
    - {from: 2024-01-01, until: 2024-12-31, value: 3, assumed: true}
    - {from: 2025-01-01, value: 1, assumed: true}
"""


def test_what_changes_by_the_days_alone_is_not_put_down_to_an_event() -> None:
    policies = tiny.policies(LIMIT + POLICY, "")
    case = policies.open_case(tiny.profile({"x.n": "2", **tiny.LOAN}))
    case = case.record({"id": "c", "kind": "contact", "on": "2025-01-15"}, as_of=date(2025, 2, 1))
    _, told_, last = history_of(case)
    assert told_.changes == ()
    assert ("plan", "allowed", "denied") in {(c.what, c.before, c.after) for c in told_.meanwhile}
    assert (last.meanwhile, last.changes) == ((), ())
