"""The facts that an expression may read, through derived values and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.levers import Lever
from policyengine.ir.nodes import Node
from policyengine.ir.program import Program, Rule
from policyengine.plans.position import BALANCES

#: What every offer starts from.
POSITION = frozenset(
    f"loan.{name}"
    for name in (
        "principal",
        "annual_rate",
        "next_due",
        "remaining_term",
        "method",
        "due_day",
        *BALANCES,
    )
)
_NOTHING: frozenset[str] = frozenset()


@attrs.frozen
class Reach:
    """What the expressions of one program read. A field of a member is taken for that of the loan too."""

    program: Program
    _found: dict[int, frozenset[str]] = attrs.field(factory=dict)

    def of(self, *nodes: Node | None) -> frozenset[str]:
        """Return the paths of the facts that any of some expressions may read."""
        return _NOTHING.union(*(self._of(node) for node in nodes if node is not None))

    def of_rules(self, rules: Iterable[Rule]) -> frozenset[str]:
        """Return the paths that rules may read."""
        return _NOTHING.union(*(self.of(rule.test, rule.applies) for rule in rules))

    def _of(self, node: Node) -> frozenset[str]:
        if id(node) not in self._found:
            own = _NOTHING.union(*(self._of(child) for child in self._below(node)))
            self._found[id(node)] = own | _own(node)
        return self._found[id(node)]

    def _below(self, node: Node) -> Iterator[Node]:
        yield from node.children()
        if isinstance(node, ir.Derived):
            yield self.program.derived[node.key].node
        elif isinstance(node, ir.Lookup):
            table = self.program.tables[node.key]
            yield from (each.node for each in table.inputs if each.node)
            yield from (row.output for row in table.rows)
            if table.otherwise:
                yield table.otherwise


def settings_of(levers: Iterable[Lever]) -> tuple[Node, ...]:
    """Return the expressions that levers stand on."""
    return tuple(node for lever in levers for node in _nodes(lever))


def _own(node: Node) -> frozenset[str]:
    if isinstance(node, ir.Fact):
        return frozenset({node.path})
    return frozenset({f"loan.{node.name}"}) if isinstance(node, ir.Field) else _NOTHING


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for child in value:
            yield from _nodes(child)
    elif attrs.has(type(value)):
        for attribute in attrs.fields(type(value)):
            yield from _nodes(getattr(value, attribute.name))
