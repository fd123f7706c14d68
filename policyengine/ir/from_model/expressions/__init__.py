"""Expression trees to typed nodes: names resolved, units checked, chains taken apart.

    elaboration    one expression being read, and who reads each kind
    literals, names, logic, arithmetic, calls, lookups, lists    the readers

A finding inside an expression does not stop the rest of it from being read.
"""

from __future__ import annotations

from policyengine.ir.from_model.expressions import (  # noqa: F401  # importing registers the readers
    arithmetic,
    calls,
    lists,
    literals,
    logic,
    lookups,
    names,
)
from policyengine.ir.from_model.expressions.elaboration import Elaboration
from policyengine.ir.from_model.scope import Scope, Where
from policyengine.ir.nodes import Node
from policyengine.model.shape import Written
from policyengine.model.types import Type
from policyengine.syntax import expression_tree as tree


def elaborate(
    written: Written, scope: Scope, where: Where, expected: Type | None = None
) -> Node | None:
    """Return the node an expression stands for, or None when something in it was noted.

    Where a type is expected, a value of another type is noted.
    """
    return Elaboration(written, scope, where).of_type(written.tree, expected)


def elaborate_part(
    written: Written, part: tree.Expression, scope: Scope, where: Where, expected: Type | None
) -> Node | None:
    """Do the same for a part of an expression, such as one end of a range."""
    return Elaboration(written, scope, where).of_type(part, expected)
