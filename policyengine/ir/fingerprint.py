"""The fingerprint of a program: the same for the same meaning, whatever the layout and comments.

Everything that a decision can depend on goes in, places in the file excepted: rules, texts, regulations, and of
parameters, tables, facts, enums and records those that the policy reaches. All others may change without a word, and
so may what is said of the sources, their titles, dates and addresses: it decides nothing. What each rule cites goes in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import Any

import attrs

from policyengine.ir.levers import Lever
from policyengine.ir.nodes import Derived, Lookup, Node, Parameter
from policyengine.ir.program import FollowUpDefinition, Program, Rule
from policyengine.ir.reach import reached, settings_of
from policyengine.ir.sight import sight
from policyengine.source import Span


def fingerprint(program: Program) -> str:
    """Return `sha256:` and the digest of the program's canonical form."""
    seen = sight(program)
    own = attrs.evolve(program, parameters=seen.parameters, tables=seen.tables)
    own_record = _record(own, without=("dictionary", "sources", "regulation_sources"))
    return _digest([own_record, _facts(program)])


@lru_cache(maxsize=1024)
def regulation_fingerprint(program: Program, regulation: str) -> str:
    """Return the digest of what a regulation contributes to a program: as far as the program reaches it."""
    own, seen = f"{regulation}#", sight(program)
    named = (seen.parameters, program.derived, seen.tables)
    parts = [{key: part for key, part in kind.items() if key.startswith(own)} for kind in named]
    guarantees = [rule for rule in program.guarantees if rule.origin == regulation]
    referrals = [each for each in program.referrals if each.rule.origin == regulation]
    return _digest(_canonical([regulation, *parts, guarantees, referrals]))


@lru_cache(maxsize=256)
def vocabulary_fingerprint(program: Program) -> str:
    """Return the digest of what a program reaches of its vocabulary."""
    return _digest(_facts(program))


def rule_fingerprint(rule: Rule, program: Program) -> str:
    """Return the digest of what a rule asks, with all that its names stand for; what it says is left out."""
    conditions = tuple(_conditions(rule))
    return _digest(_canonical([rule.joint, conditions, _behind(conditions, program)]))


def steps_fingerprint(levers: tuple[Lever, ...], program: Program) -> str:
    """Return the digest of the steps of an offer, with all that their names stand for."""
    return _digest(_canonical([levers, _behind(settings_of(levers), program)]))


def _conditions(rule: Rule) -> Iterator[Node]:
    yield from rule.conditions
    for part in rule.parts:
        yield from _conditions(part)


def _behind(nodes: Iterable[Node], program: Program) -> list[list[Any]]:
    """Return the parameters, derived values and tables that some expressions stand on."""
    found = tuple(reached(nodes, program))
    kinds = ((Parameter, program.parameters), (Derived, program.derived), (Lookup, program.tables))
    keys = [{node.key for node in found if isinstance(node, kind)} for kind, _ in kinds]
    named = zip(kinds, keys, strict=True)
    return [[definitions[key] for key in sorted(wanted)] for (_, definitions), wanted in named]


def _digest(canonical: Any) -> str:
    written = json.dumps(canonical, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(written.encode()).hexdigest()


@lru_cache(maxsize=64)
def _facts(program: Program) -> Any:
    """Return the facts that a program reaches, with their enums and records."""
    seen = sight(program)
    return _canonical([seen.facts, seen.enums, seen.records])


@lru_cache(maxsize=256)
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind))


#: What the language did not always have: where a policy says nothing of it, its digest stays what it was.
_LATER = frozenset({(FollowUpDefinition, "asks")})


def _record(value: Any, without: tuple[str, ...] = ()) -> Any:
    kind: Any = type(value)
    names = (name for name in _field_names(kind) if name not in without)
    parts = ((name, getattr(value, name)) for name in names)
    return [
        kind.__name__,
        *(
            [name, _canonical(part)]
            for name, part in parts
            if type(part) is not Span and (part or (kind, name) not in _LATER)
        ),
    ]


def _mapping(value: Mapping[str, Any]) -> Any:
    return [[key, _canonical(item)] for key, item in value.items()]


def _sequence(value: Any) -> Any:
    return [_canonical(item) for item in value]


_PLAIN = frozenset({str, int, bool, type(None)})
_KINDS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Enum, lambda value: value.value),
    ((Fraction, date), str),
    (Mapping, _mapping),
    ((frozenset, set), sorted),
    ((list, tuple), _sequence),
)


def _canonical(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if attrs.has(type(value)):
        return _record(value)
    convert = next(convert for kind, convert in _KINDS if isinstance(value, kind))
    return convert(value)
