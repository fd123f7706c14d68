"""Rules and facts in the engine's JSON, and its answers as matches."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from policyengine.evaluators.rete.guard.patterns import (
    SLOT,
    Against,
    Fact,
    Link,
    Pattern,
    Plain,
    Rule,
)

#: A rule by its number, and the slots of the facts that met its patterns.
Match: TypeAlias = tuple[int, frozenset[int]]

#: Met by every fact: a fact that meets nothing is not stored, and a session where nothing fired crashes when it ends.
SEEN = "seen"
#: The one session of a ruleset. Sessions are told apart by a hash of 32 bits, so a borrower's id is never one.
SESSION = "0"
_COMPARISONS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_SEEN_ANSWER = f'{{"{SEEN}"'
_SLOTS = re.compile(f'"{SLOT}":([0-9]+)')
_BASIS, _PRIME = 2166136261, 16777619


def rules_json(numbers: Sequence[int], rules: Sequence[Rule]) -> str:
    """Return a ruleset; every rule is called by its number."""
    written = {f"r{number}": _rule(rule) for number, rule in zip(numbers, rules, strict=True)}
    return json.dumps({**written, SEEN: {"all": [{"f0": {"$gte": {SLOT: 0}}}]}})


def fact_json(slot: int, fact: Fact) -> str:
    """Return a checked fact. Its identity is that of its slot, so that no two facts are ever taken for one another."""
    said = "".join(f',"{attribute}":{_value(value)}' for attribute, value in fact.items())
    return f"{{{_head(slot)}{said}}}"


def retraction_json(slot: int) -> str:
    """Return what takes a fact out: the engine looks at the identity alone."""
    return f"{{{_head(slot)}}}"


def _head(slot: int) -> str:
    return f'"id":"{identity(slot)}","sid":"{SESSION}","{SLOT}":{slot}'


def _value(value: Plain) -> str:
    """Return a value in JSON: strings have nothing in them that would have to be escaped."""
    return f'"{value}"' if isinstance(value, str) else f"{value}"


def identity(slot: int) -> str:
    """Return the engine's name of a slot's fact."""
    return f"{slot}"


def hash_of(name: str) -> int:
    """Return what the engine tells facts apart by: 32 bits of FNV-1a over the name."""
    found = _BASIS
    for byte in name.encode("ascii"):
        found = (found ^ byte) * _PRIME & 0xFFFFFFFF
    return found


def identities_clash(slots: Iterable[int]) -> bool:
    """Whether two slots' facts would be one and the same to the engine, or one the engine's own."""
    names = [*map(identity, slots), f"sid-{SESSION}", "$pulse"]
    return len({hash_of(name) for name in names}) < len(names)


def match_of(answer: str) -> Match | None:
    """Return a match; None where it is only that a fact was seen.

    The answer has the facts in it as they were written above, so that their slots are found without reading all of it.
    """
    if answer.startswith(_SEEN_ANSWER):
        return None
    return int(answer[3 : answer.index('"', 3)]), frozenset(map(int, _SLOTS.findall(answer)))


def _rule(rule: Rule) -> dict[str, Any]:
    return {"all": [{f"f{i}": _pattern(each)} for i, each in enumerate(rule.patterns)]}


def _pattern(pattern: Pattern) -> dict[str, Any]:
    parts = [*map(_test, pattern.tests), *map(_link, pattern.links)]
    return parts[0] if len(parts) == 1 else {"$and": parts}


def _test(test: Against) -> dict[str, Any]:
    return _compared(test.operator, {test.attribute: test.value})


def _link(link: Link) -> dict[str, Any]:
    other: dict[str, Any] = {f"f{link.earlier}": link.other}
    if link.plus:
        other = {"$add": {"$l": other, "$r": link.plus}}
    return _compared(link.operator, {link.attribute: other})


def _compared(operator: str, sides: dict[str, Any]) -> dict[str, Any]:
    return sides if operator == "==" else {_COMPARISONS[operator]: sides}
