"""Whether a value only rises, or only falls, as one missing fact grows and everything else stays."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import singledispatchmethod

import attrs

from policyengine.decision.trace import Result, Unknown
from policyengine.ir import nodes as ir
from policyengine.ir.program import Program
from policyengine.model.types import Kind

#: 1 never falls, -1 never rises, 0 stays the same; None may do both.
Direction = int | None
Value = Callable[[ir.Node], Result]


@attrs.frozen(eq=False)
class Trend:
    """Directions with respect to one fact, over a stretch of its values.

    `low` and `high` give the values at the ends of the stretch. `depends` says whether a node may read the fact.
    `pieces`: within the stretch no condition changes and no other row of a table fits, so that a choice or a table is
    as it is at its low end. `bounds` gives the least and the greatest of a fact that is not known.
    """

    program: Program
    low: Value
    high: Value
    depends: Callable[[ir.Node], bool]
    pieces: bool
    bounds: Callable[[str], tuple[Fraction, Fraction] | None]

    def of(self, node: ir.Node) -> Direction:
        """Return the direction of a value; booleans rise from false to true."""
        return self._of(node) if self.depends(node) else 0

    @singledispatchmethod
    def _of(self, _node: ir.Node) -> Direction:
        return None

    @_of.register
    def _(self, node: ir.Fact | ir.Field) -> Direction:
        kinds = (Kind.LIST, Kind.RECORD, Kind.ENUM, Kind.TEXT)
        return None if node.type.kind in kinds else 1

    @_of.register
    def _(self, _node: ir.Known) -> Direction:
        return 0

    @_of.register
    def _(self, node: ir.Derived) -> Direction:
        return self.of(self.program.derived[node.key].node)

    @_of.register
    def _(self, node: ir.Not | ir.Negate) -> Direction:
        return opposite(self.of(node.operand))

    @_of.register
    def _(self, node: ir.And | ir.Or | ir.Extremum) -> Direction:
        return joined([self.of(operand) for operand in node.operands])

    @_of.register
    def _(self, node: ir.Compare) -> Direction:
        if node.operator in ("==", "!="):
            return None
        sides = joined([self.of(node.left), opposite(self.of(node.right))])
        return sides if node.operator in (">", ">=") else opposite(sides)

    @_of.register
    def _(self, node: ir.Arithmetic) -> Direction:
        left, right = self.of(node.left), self.of(node.right)
        if node.operator == "+":
            return joined([left, right])
        if node.operator == "-":
            return joined([left, opposite(right)])
        if right == 0 and (node.operator == "*" or not isinstance(self.low(node.right), Unknown)):
            return _times(left, self.sign(node.right))
        if node.operator == "*":
            return _times(right, self.sign(node.left)) if left == 0 else self._product(node)
        if left == 0 and self._never_nought(node.right):
            return opposite(_times(right, self.sign(node.left)))
        return None

    def _never_nought(self, node: ir.Node) -> bool:
        ends = (self.low(node), self.high(node))
        return all(_is_number(end) and end != 0 for end in ends) and bool(self.sign(node))

    def _product(self, node: ir.Arithmetic) -> Direction:
        one = _times(self.of(node.left), self.sign(node.right))
        return joined([one, _times(self.of(node.right), self.sign(node.left))])

    @_of.register
    def _(self, node: ir.Absolute) -> Direction:
        return _times(self.of(node.operand), self.sign(node.operand))

    @_of.register
    def _(self, node: ir.RoundTo) -> Direction:
        return None if self.depends(node.step) else self.of(node.operand)

    @_of.register
    def _(self, node: ir.LevelPayment) -> Direction:
        """More is owed, or at a higher rate; an instalment of less than nothing has no value."""
        if self.depends(node.months):
            return None
        return joined([self.of(node.principal), self.of(node.rate)])

    @_of.register
    def _(self, node: ir.Between) -> Direction:
        return joined([self.of(node.end), opposite(self.of(node.start))])

    @_of.register
    def _(self, node: ir.Shift) -> Direction:
        return joined([self.of(node.date), _times(self.of(node.amount), node.sign)])

    @_of.register
    def _(self, node: ir.Choose) -> Direction:
        if self.depends(node.condition) and not self.pieces:
            return None
        condition = self.low(node.condition)
        if isinstance(condition, Unknown):
            if self.depends(node.condition):
                return None
            return joined([self.of(node.then), self.of(node.otherwise)])
        return self.of(node.then if condition else node.otherwise)

    @_of.register
    def _(self, node: ir.Aggregate) -> Direction:
        if node.condition is not None and self.depends(node.condition):
            return None
        return None if self.depends_on_list(node.members) else self.of(node.value)

    @_of.register
    def _(self, node: ir.Quantified) -> Direction:
        if node.condition is None or self.depends_on_list(node.members):
            return None if self.depends_on_list(node.members) else 0
        return self.of(node.condition)

    def depends_on_list(self, members: ir.Node) -> bool:
        """Whether the list itself is the fact."""
        return not isinstance(members, ir.Fact) or self.depends(members)

    @_of.register
    def _(self, node: ir.Lookup) -> Direction:
        table = self.program.tables[node.key]
        outputs = [row.output for row in table.rows]
        outputs += [table.otherwise] if table.otherwise is not None else []
        about_member = any(self.low(argument) == Unknown() for argument in node.arguments)
        steady = self.pieces and not about_member
        return 0 if steady and not any(map(self.depends, outputs)) else None

    # Signs

    def sign(self, node: ir.Node) -> Direction:
        """Return 1 where a value is never negative, -1 where never positive, 0 where nought; None otherwise."""
        low, high = self.low(node), self.high(node)
        steady = not self.depends(node) or self.of(node) is not None
        if _is_number(low) and _is_number(high) and steady:
            if low == high == 0:
                return 0
            if low >= 0 and high >= 0:  # type: ignore[operator]  # numbers
                return 1
            return -1 if low <= 0 and high <= 0 else None  # type: ignore[operator]
        return self._sign(node)

    @singledispatchmethod
    def _sign(self, _node: ir.Node) -> Direction:
        return None

    @_sign.register
    def _(self, node: ir.Fact) -> Direction:
        bounds = self.bounds(node.path)
        if bounds is None:
            return None
        return 1 if bounds[0] >= 0 else -1 if bounds[1] <= 0 else None

    @_sign.register
    def _(self, node: ir.Derived) -> Direction:
        return self.sign(self.program.derived[node.key].node)

    @_sign.register
    def _(self, node: ir.Extremum) -> Direction:
        signs = [self.sign(operand) for operand in node.operands]
        enough = 1 if node.kind == "max" else -1
        return enough if enough in signs else joined(signs)

    @_sign.register
    def _(self, node: ir.Negate) -> Direction:
        return opposite(self.sign(node.operand))

    @_sign.register
    def _(self, node: ir.Arithmetic) -> Direction:
        left, right = self.sign(node.left), self.sign(node.right)
        if node.operator in ("+", "-"):
            return joined([left, right if node.operator == "+" else opposite(right)])
        return _times(left, right)

    @_sign.register
    def _(self, node: ir.RoundTo | ir.Absolute) -> Direction:
        return 1 if isinstance(node, ir.Absolute) else self.sign(node.operand)


def opposite(direction: Direction) -> Direction:
    """Return the other direction."""
    return None if direction is None else -direction


def joined(directions: list[Direction]) -> Direction:
    """Return the direction of what moves with all of several."""
    if any(d is None for d in directions):
        return None
    moving = {d for d in directions if d}
    return None if len(moving) > 1 else next(iter(moving), 0)


def _times(direction: Direction, sign: Direction) -> Direction:
    if direction == 0:
        return 0
    return None if direction is None or sign is None else direction * sign


def _is_number(value: Result) -> bool:
    return isinstance(value, (int, Fraction)) and not isinstance(value, bool)
