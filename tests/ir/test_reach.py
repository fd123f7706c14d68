"""What an expression stands on: nothing that an evaluator could read is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

import policyengine as pe
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.nodes import Derived, Known, Lookup, Node
from policyengine.ir.program import Program
from policyengine.ir.reach import behind, conjuncts, reached, settings_of, speaks_of_terms

PROGRAMS = pe.load(Path(__file__).parents[2] / "policies").programs


def everything(value: Any) -> Iterator[Node]:
    """Every whole expression in a value, whatever holds it."""
    if isinstance(value, Node):
        yield value
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from everything(each)
    elif isinstance(value, Mapping):
        yield from everything(tuple(value.values()))
    elif attrs.has(type(value)) and not isinstance(value, Dictionary):
        for each in attrs.fields(type(value)):
            yield from everything(getattr(value, each.name))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.id)
def test_the_settings_of_levers_are_all_their_expressions(program: Program) -> None:
    for plan in program.plans:
        levers = plan.offer.levers
        assert list(settings_of(levers)) == list(everything(levers))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.id)
def test_names_stand_for_all_that_they_are_defined_by(program: Program) -> None:
    for root in everything((program.plans, program.guarantees, program.referrals)):
        for node in root.walk():
            if isinstance(node, Derived):
                assert list(behind(node, program)) == [program.derived[node.key].node]
            elif isinstance(node, Lookup):
                table = program.tables[node.key]
                assert set(behind(node, program)) == set(everything(table))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.id)
def test_what_is_reached_is_closed_and_comes_once(program: Program) -> None:
    for root in everything(program.plans):
        found = list(reached([root], program))
        assert len(found) == len(set(map(id, found)))
        below = {id(each) for node in found for each in (*node.children(), *behind(node, program))}
        assert below <= set(map(id, found))
        without = list(reached([root], program, left_out=(Known,)))
        assert not any(isinstance(node, Known) for node in without)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.id)
def test_parts_that_must_all_hold_speak_of_what_the_whole_speaks_of(program: Program) -> None:
    for plan in program.plans:
        for rule in plan.offer.until:
            spoken = [speaks_of_terms(part) for part in conjuncts(rule.test)]
            assert any(spoken) == speaks_of_terms(rule.test)
