"""Which facts are reckoned with: the bounds of the others follow from their width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
        part.path for node in nodes for part in _reckoned(node, program) if isinstance(part, Fact)
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
