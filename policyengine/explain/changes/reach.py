"""The facts that an expression may read, through derived values and tables."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.nodes import Node
from policyengine.ir.program import Program, Rule
from policyengine.ir.reach import behind
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
        return _NOTHING.union(*(self.of(*rule.conditions) for rule in rules))

    def _of(self, node: Node) -> frozenset[str]:
        if id(node) not in self._found:
            below = (*node.children(), *behind(node, self.program))
            own = _NOTHING.union(*(self._of(child) for child in below))
            self._found[id(node)] = own | _own(node)
        return self._found[id(node)]


def _own(node: Node) -> frozenset[str]:
    if isinstance(node, ir.Fact):
        return frozenset({node.path})
    return frozenset({f"loan.{node.name}"}) if isinstance(node, ir.Field) else _NOTHING
