"""Generated decisions keep every law. `run.py` runs as many more as one likes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import attrs
import borrowers
import laws
import pytest
from cases import Reach, cases
from hypothesis import given, settings
from hypothesis import strategies as st

import policyengine as pe
from policyengine.decision.cited import Cited
from policyengine.explain.cited.citing import Citing
from policyengine.ir import levers, nodes
from policyengine.testing.laws import justified
from policyengine.testing.laws.justified import Case
from policyengine.testing.strategies import grammar

MANY = 200


@pytest.fixture(scope="module")
def made() -> list[Case]:
    return [case for _, case in islice(cases(), MANY)]


@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
def test_generated_decisions_keep(law: laws.Law, made: list[Case]) -> None:
    assert [(case.profile, how) for case in made for how in law(case)] == []


@settings(max_examples=60)
@given(profile=borrowers.near_thresholds(), data=st.data())
def test_the_lenders_decisions_keep_every_law(
    lenders: pe.PolicySet, profile: dict[str, Any], data: st.DataObject
) -> None:
    paths = borrowers.facts_of(profile)
    gone = data.draw(st.lists(st.sampled_from(paths), max_size=3, unique=True))
    profile = borrowers.without(profile, *gone)
    for decision in lenders.decide(profile).decisions:
        case = Case(lenders, lenders[decision.policy].program, profile, 0)
        assert [how for law in laws.LAWS for how in law(case)] == []


def test_all_is_reached(made: list[Case]) -> None:
    reach = Reach()
    for case in made:
        reach.note(case)
    assert set(reach.outcomes) == {"offer", "refuse", "refer", "need_information"}
    assert min(reach.outcomes.values()) >= 0.05 * MANY
    for status in ("allowed", "denied", "undetermined"):
        assert reach.share_of_plans(status) >= 0.1, status
    for truth in ("true", "false", "unknown"):
        assert reach.share_of_rules(truth) >= 0.1, truth
    assert reach.anyway <= 0.1 * reach.plans["denied"]  # those are exempt from a law


def test_every_form_and_every_lever_is_reached() -> None:
    wanted = {*nodes.Node.__subclasses__(), *levers.Lever.__subclasses__()}
    for seed in range(60):
        (program,) = grammar.made(seed).load().programs
        wanted -= {type(part) for part in parts_of(program, set())}
    assert wanted == set()


def parts_of(part: Any, seen: set[int]) -> Iterator[Any]:
    """Yield a part of a program and all below it, each once."""
    if id(part) in seen or isinstance(part, (str, type)):
        return
    seen.add(id(part))
    yield part
    below: list[Any] = []
    if attrs.has(type(part)):
        below = [getattr(part, a.name) for a in attrs.fields(type(part))]
    elif isinstance(part, Mapping):
        below = list(part.values())
    elif isinstance(part, tuple):
        below = list(part)
    for each in below:
        yield from parts_of(each, seen)


def test_a_fact_left_out_is_noticed(made: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Citing.plan
    monkeypatch.setattr(
        Citing, "plan", lambda *args: attrs.evolve(whole(*args), given=whole(*args).given[1:])
    )
    law = justified.the_cited_facts_alone_give_the_same_plan
    assert any(list(law(attrs.evolve(case))) for case in made[:40])


def test_a_reason_left_out_is_noticed(made: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Citing, "plan", lambda *_: Cited())
    law = justified.without_the_cited_facts_nothing_denies
    assert any(list(law(attrs.evolve(case))) for case in made[:40])
