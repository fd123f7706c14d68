"""A program with some of its parts exchanged. What does not change is shared with the original."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast

import attrs

from policyengine.ir.levers import Extent, LaterRises, Lever
from policyengine.ir.nodes import Node
from policyengine.ir.program import (
    DerivedDefinition,
    OfferDefinition,
    ParameterDefinition,
    PlanDefinition,
    Program,
    ReferralDefinition,
    Rule,
    TableDefinition,
    TableInput,
    TableRow,
)
from policyengine.testing.mutation.mutant import Swap

#: The parts of a program that decide something.
_DECIDING = ("applies_to", "parameters", "derived", "tables", "plans", "guarantees", "referrals")
#: What is looked into; texts, titles and places are not.
_ENTERED = (
    Node,
    Rule,
    PlanDefinition,
    OfferDefinition,
    ReferralDefinition,
    DerivedDefinition,
    ParameterDefinition,
    TableDefinition,
    TableInput,
    TableRow,
    Lever,
    Extent,
    LaterRises,
)
_LEFT = frozenset({"wording", "title", "span", "type", "figures"})


def rewritten(program: Program, swaps: Iterable[Swap]) -> Program:
    """Return a program with parts exchanged, and the digest of the original: nothing is kept or recorded of it."""
    swaps = tuple(swaps)
    whole = {swap.old: swap.new for swap in swaps}.get(program, program)
    rewriting = _Rewriting({id(swap.old): swap.new for swap in swaps})
    found = attrs.evolve(
        cast("Program", whole), **{name: rewriting.of(getattr(whole, name)) for name in _DECIDING}
    )
    vars(found)["digest"] = program.digest
    return found


@attrs.frozen
class _Rewriting:
    """Goes through a program once; a part that stands in two places stays one."""

    swaps: Mapping[int, object | None]
    _done: dict[int, Any] = attrs.field(factory=dict)

    def of(self, part: Any) -> Any:
        if id(part) in self.swaps:
            return self.swaps[id(part)]
        if id(part) not in self._done:
            self._done[id(part)] = self._anew(part)
        return self._done[id(part)]

    def _anew(self, part: Any) -> Any:
        if isinstance(part, tuple):
            return self._tuple(part)
        if isinstance(part, Mapping):
            found = {key: self.of(value) for key, value in part.items()}
            return part if all(found[key] is part[key] for key in part) else found
        return self._record(part) if isinstance(part, _ENTERED) else part

    def _tuple(self, part: tuple[Any, ...]) -> tuple[Any, ...]:
        found = tuple(self.of(each) for each in part)
        if all(new is old for new, old in zip(found, part, strict=True)):
            return part
        gone = [id(old) in self.swaps and self.swaps[id(old)] is None for old in part]
        return tuple(new for new, out in zip(found, gone, strict=True) if not out)

    def _record(self, part: Any) -> Any:
        kind: Any = type(part)
        names = _names(kind)
        changed = {
            name: new
            for name in names
            if (new := self.of(getattr(part, name))) is not getattr(part, name)
        }
        return attrs.evolve(part, **changed) if changed else part


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in attrs.fields(kind) if each.name not in _LEFT)
