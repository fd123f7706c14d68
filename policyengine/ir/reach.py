"""What an expression stands on: the expressions behind its names, and the parts that must all hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from policyengine.ir.levers import Extent, LaterRises, Lever
from policyengine.ir.nodes import And, Derived, Lookup, Node, PlanValue
from policyengine.ir.program import Program


def behind(node: Node, program: Program) -> Iterator[Node]:
    """Yield the expressions that a name stands for: a derived value's own, and all of a table's."""
    if isinstance(node, Derived):
        yield program.derived[node.key].node
    elif isinstance(node, Lookup):
        table = program.tables[node.key]
        yield from (each.node for each in table.inputs if each.node is not None)
        yield from (row.output for row in table.rows)
        if table.otherwise is not None:
            yield table.otherwise


def reached(
    nodes: Iterable[Node], program: Program, *, left_out: tuple[type[Node], ...] = ()
) -> Iterator[Node]:
    """Yield every node below some, through what names stand for, each once; some kinds are not entered."""
    seen: set[int] = set()
    queue = list(nodes)
    while queue:
        node = queue.pop()
        if id(node) in seen or isinstance(node, left_out):
            continue
        seen.add(id(node))
        yield node
        queue += [*node.children(), *behind(node, program)]


def settings_of(part: object) -> Iterator[Node]:
    """Yield the whole expressions of a lever, of a part of one or of several."""
    if isinstance(part, Node):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from settings_of(each)
    elif isinstance(part, (Lever, Extent, LaterRises)):
        for attribute in attrs.fields(type(part)):
            yield from settings_of(getattr(part, attribute.name))


def conjuncts(node: Node) -> Iterator[Node]:
    """Yield the parts of a condition, all of which must hold."""
    if isinstance(node, And):
        for operand in node.operands:
            yield from conjuncts(operand)
    else:
        yield node


def speaks_of_terms(node: Node) -> bool:
    """Whether an expression names something of the terms; derived values and tables cannot."""
    return any(isinstance(part, PlanValue) for part in node.walk())
