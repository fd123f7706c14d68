"""A situation with some of its missing facts filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from policyengine.facts.facts import Situation
from policyengine.ir.dictionary import Dictionary, FactDefinition
from policyengine.model.types import Record, Value

_PART = re.compile(r"[^.\[\]]+")


def completed(situation: Situation, answers: Mapping[str, Value]) -> Situation:
    """Return a situation that knows some more facts, by the path that an evaluator asks for them."""
    for path, value in answers.items():
        situation = _with(situation, path, value)
    return situation


def _with(situation: Situation, path: str, value: Value) -> Situation:
    facts = situation.facts
    head, *rest = _PART.findall(path)
    if head in ("loan", "loans") and facts.loans is not None:
        place = int(rest.pop(0)) if head == "loans" else situation.loan
        loans = list(facts.loans)
        loans[place] = _in_record(loans[place], rest, value)  # type: ignore[index]  # one is under assessment
        return attrs.evolve(situation, facts=attrs.evolve(facts, loans=tuple(loans)))
    name, way = f"{head}.{rest[0]}", rest[1:]
    within: Any = facts.values.get(name)
    new = _in_list(within, way, value) if way else value
    return attrs.evolve(situation, facts=attrs.evolve(facts, values={**facts.values, name: new}))


def _in_record(record: Record, way: list[str], value: Value) -> Record:
    name, *further = way
    within: Any = record.fields.get(name)
    return Record({**record.fields, name: _in_list(within, further, value) if further else value})


def _in_list(members: tuple[Record, ...], way: list[str], value: Value) -> tuple[Record, ...]:
    place, *further = way
    found = list(members)
    found[int(place)] = _in_record(found[int(place)], further, value)
    return tuple(found)


def definition_of(path: str, dictionary: Dictionary) -> FactDefinition:
    """Return what the vocabulary says of a fact, or of a field of a list's member."""
    if path in dictionary.facts:
        return dictionary.facts[path]
    head, *rest = (part for part in _PART.findall(path) if not part.isdigit())
    if head == "loans":
        head = "loan"
    if f"{head}.{rest[0]}" in dictionary.facts and len(rest) > 1:
        record = dictionary.facts[f"{head}.{rest[0]}"].type.of
        rest = rest[1:]
    else:
        record = head
    found = dictionary.records[record or ""][rest[0]]
    for name in rest[1:]:
        found = dictionary.records[found.type.of or ""][name]
    return found
