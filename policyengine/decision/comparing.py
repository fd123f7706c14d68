"""Two values that were compared, and how far the comparison is from failing."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from policyengine.decision.decision import Comparison
from policyengine.decision.trace import ComparisonFinding, Result, Unknown
from policyengine.decision.values import encode
from policyengine.ir.nodes import Compare
from policyengine.ir.program import Program
from policyengine.model.types import DAYS, MONTHS, Kind, Type


def comparison_from(found: ComparisonFinding, program: Program) -> Comparison:
    """Return a comparison as a reader sees it."""
    node = found.node
    return Comparison(
        left=encode(found.left, node.left.type, program),
        operator=node.operator,
        right=encode(found.right, node.right.type, program),
        headroom=headroom(node, found.left, found.right, program),
        period=found.payment,
    )


def distance(found: ComparisonFinding) -> tuple[Fraction | int, Type] | None:
    """Return how far apart the two sides are, and what that is one of; None where they are no amounts."""
    left, right = found.left, found.right
    if isinstance(left, date) and isinstance(right, date):
        return abs((right - left).days), DAYS
    if not isinstance(left, (int, Fraction)) or not isinstance(right, (int, Fraction)):
        return None
    type_ = _wider(found.node.left.type, found.node.right.type)
    return _whole(abs(Fraction(right) - Fraction(left)), type_), type_


def headroom(node: Compare, left: Result, right: Result, program: Program) -> str | int | None:
    """Return how far an ordered comparison is from failing; negative is by how much it fails.

    None where the values have no order that counts, or one of them is not known.
    """
    found = room(node, left, right)
    if found is None:
        return None
    encoded = encode(*found, program)
    return encoded if not isinstance(encoded, bool) else None


def room(node: Compare, left: Result, right: Result) -> tuple[Fraction | int, Type] | None:
    """Return the headroom as a value, with its type; of dates it is days."""
    if node.operator in ("==", "!=") or isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    low, high = (left, right) if node.operator.startswith("<") else (right, left)
    if isinstance(low, date) and isinstance(high, date):
        return (high - low).days, DAYS
    difference = Fraction(high) - Fraction(low)  # type: ignore[arg-type]  # ordered values are numbers
    type_ = _wider(node.left.type, node.right.type)
    return _whole(difference, type_), type_


def _wider(left: Type, right: Type) -> Type:
    """Return the type of a difference: a whole number meets a number as one."""
    return right if left.kind is Kind.INTEGER else left


def _whole(room: Fraction, type_: Type) -> Fraction | int:
    return int(room) if type_ in (DAYS, MONTHS) or type_.kind is Kind.INTEGER else room
