"""Everything that a program is made of, whatever shape its parts come to have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

import attrs

from policyengine.ir.dictionary import Dictionary
from policyengine.ir.nodes import Node
from policyengine.ir.program import Program, Rule, Template
from policyengine.model.types import Type
from policyengine.source import Span

_LEAVES = (str, int, Span, Dictionary, Type, type(None))


def parts_of(value: Any) -> Iterator[Any]:
    """Yield the definitions and mappings below a value, outermost first; nodes are not entered."""
    if isinstance(value, _LEAVES):
        return
    if isinstance(value, Node):
        yield value
    elif isinstance(value, (tuple, Mapping)):
        yield value
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from parts_of(item)
    elif attrs.has(type(value)):
        yield value
        for name in names_of(value):
            yield from parts_of(getattr(value, name))


def names_of(value: Any) -> tuple[str, ...]:
    """Return the names of a value's attributes."""
    kind: Any = type(value)
    return _names(kind)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind))


def roots_in(value: object) -> Iterator[Node]:
    """Yield the whole expressions of a program or a part of it, each once."""
    seen: set[int] = set()
    for part in parts_of(value):
        if isinstance(part, Node) and id(part) not in seen:
            seen.add(id(part))
            yield part


def nodes_in(value: object) -> Iterator[Node]:
    """Yield every node of every expression."""
    for root in roots_in(value):
        yield from root.walk()


def rules_in(program: Program) -> Iterator[Rule]:
    """Yield every rule, with the parts of joint ones."""
    return (part for part in parts_of(program) if isinstance(part, Rule))


def wordings_in(program: Program) -> Iterator[Mapping[str, Template]]:
    """Yield the text of every rule and transition, by language."""
    return (found for found in mappings_in(program) if _is_wording(found))


@lru_cache(maxsize=1)
def mappings_in(program: Program) -> tuple[Mapping[Any, Any], ...]:
    """Return every mapping of a program that is not empty; the rules for one program share it."""
    return tuple(part for part in parts_of(program) if isinstance(part, Mapping) and part)


def _is_wording(part: Mapping[Any, Any]) -> bool:
    return all(isinstance(item, Template) for item in part.values())
