"""Which facts are reckoned with, and how large they get: the bounds of the others follow from their width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from numba import njit

from policyengine.ir.nodes import (
    Compare,
    Constant,
    Derived,
    Fact,
    Lookup,
    Member,
    Node,
    Parameter,
)
from policyengine.ir.program import Program
from policyengine.ir.reach import behind


def reckoned_with(nodes: Iterable[Node], program: Program) -> frozenset[str]:
    """Return the facts that are more than compared with what the policy writes; `nodes` are all, with those within."""
    return frozenset(
        part.path
        for node in nodes
        for part in _reckoned(node, program)
        if isinstance(part, Fact)
    )


def _reckoned(node: Node, program: Program) -> Iterator[Node]:
    if isinstance(node, (Compare, Member)):
        if not all(map(_written, list(node.children())[1:])) and not _written(
            next(node.children())
        ):
            yield from node.children()
    elif isinstance(node, Lookup):
        inputs = {id(each.node) for each in program.tables[node.key].inputs}
        yield from (part for part in behind(node, program) if id(part) not in inputs)
    elif isinstance(node, Derived):
        yield from behind(node, program)
    else:
        yield from node.children()


def _written(node: Node) -> bool:
    return isinstance(node, (Constant, Parameter))


@njit(nogil=True, cache=True)
def extent(values: Any) -> tuple[int, int]:
    """Return the least and the greatest of some values; there is at least one."""
    low = high = values[0]
    for value in values:
        low = min(low, value)
        high = max(high, value)
    return low, high


@njit(nogil=True, cache=True)
def known_extent(values: Any, known: Any) -> tuple[int, int]:
    """Return the same of the values that are known; zero counts as well."""
    low = high = values.dtype.type(0)
    for i in range(values.shape[0]):
        value = values[i] if known[i] else low
        low = min(low, value)
        value = values[i] if known[i] else high
        high = max(high, value)
    return low, high
