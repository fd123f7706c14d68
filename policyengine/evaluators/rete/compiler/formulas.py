"""A condition as two positive formulas: when it is certainly true, and when it is certainly false.

Where neither is met the condition is not known. `and`, `or` and `not` are strong Kleene's, as the reference's: a
conjunction is certainly false where one operand is. A formula is a disjunction of conjunctions of comparisons; none at
all is never met. Where one would become too long, its longest part is worked out before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeAlias

import attrs

from policyengine.evaluators.rete.compiler.slots import FALSE, TRUE, Slots
from policyengine.ir import nodes as ir
from policyengine.model.types import Value

#: Conjunctions of a formula, and slots of a conjunction.
MOST_CONJUNCTIONS, MOST_SLOTS_EACH = 12, 12
_OPPOSITES = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@attrs.frozen
class Literal:
    """The code in a slot held against another."""

    slot: int
    operator: str
    code: int


Conjunction: TypeAlias = frozenset[Literal]
Formula: TypeAlias = frozenset[Conjunction]
NEVER: Formula = frozenset()
ALWAYS: Formula = frozenset({frozenset()})


@attrs.frozen
class Both:
    """When a condition is certainly true, and when it is certainly false."""

    true: Formula
    false: Formula

    @property
    def opposite(self) -> Both:
        """The same of the condition's negation."""
        return Both(self.false, self.true)

    @property
    def size(self) -> int:
        """How long the formulas are."""
        return sum(1 + len(each) for formula in (self.true, self.false) for each in formula)


_NOT_KNOWN = Both(NEVER, NEVER)


@attrs.frozen(eq=False)
class Formulas:
    """The formulas of a program's conditions on a day; `slots` are those that they speak of."""

    slots: Slots
    day: date

    def of(self, node: ir.Node) -> Both:
        """Return the formulas of a condition that stands on no terms."""
        if self._is_constant(node):
            return self._of_constant(node)
        found = self._carried(node)
        return self._before(node) if found is None else found

    def _carried(self, node: ir.Node) -> Both | None:
        """Return the formulas of what the network carries; None for what is worked out before."""
        match node:
            case ir.Fact():
                return self._compared(node, "==", True)
            case ir.Compare():
                return self._comparison(node)
            case ir.Member():
                return self._member(node)
            case ir.Not():
                return self.of(node.operand).opposite
            case ir.And():
                return self._all([(each, True) for each in node.operands])
            case ir.Or():
                return self._any(node.operands)
            case ir.Choose():
                return self._choice(node)
            case _:
                return self._named(node)

    def _named(self, node: ir.Node) -> Both | None:
        return (
            self.of(self.slots.program.derived[node.key].node)
            if isinstance(node, ir.Derived)
            else None
        )

    def rule(self, test: ir.Node, applies: ir.Node | None) -> Both:
        """Return the formulas of a rule; one that does not apply holds."""
        if applies is None:
            return self.of(test)
        without = self._all([(applies, True), (test, False)])
        assert without is not None  # noqa: S101  # two slots always fit
        return without.opposite

    # Logic

    def _any(self, operands: Sequence[ir.Node]) -> Both | None:
        without = self._all([(each, False) for each in operands])
        return None if without is None else without.opposite

    def _all(self, parts: Sequence[tuple[ir.Node, bool]]) -> Both | None:
        """Return when all conditions are as they are said to be; the longest are worked out before, where they must."""
        found = [_signed(self.of(node), holds) for node, holds in parts]
        for place in sorted(range(len(parts)), key=lambda i: -found[i].size):
            whole = _conjoined(found)
            if whole is not None:
                return whole
            node, holds = parts[place]
            found[place] = _signed(self._before(node), holds)
        return _conjoined(found)

    def _choice(self, node: ir.Choose) -> Both | None:
        """Where the condition is not known, the choice is that on which both sides agree."""
        condition, then, otherwise = map(self.of, (node.condition, node.then, node.otherwise))
        true = _chosen(condition, then.true, otherwise.true)
        false = _chosen(condition, then.false, otherwise.false)
        return None if true is None or false is None else Both(true, false)

    # What stands in one slot

    def _before(self, node: ir.Node) -> Both:
        """Return the formulas of a condition that is worked out before."""
        slot = self.slots.of_truth(node)
        return Both(_met(Literal(slot, "==", TRUE)), _met(Literal(slot, "==", FALSE)))

    def _comparison(self, node: ir.Compare) -> Both | None:
        """Return the formulas of a fact's comparison with a constant; None for any other."""
        left, right, operator = node.left, node.right, node.operator
        if not isinstance(left, ir.Fact):
            left, right, operator = right, left, _MIRRORED[operator]
        if not isinstance(left, ir.Fact) or not self._is_constant(right):
            return None
        value = self._value(right)
        return _NOT_KNOWN if value is None else self._compared(left, operator, value)

    def _member(self, node: ir.Member) -> Both | None:
        """Return the formulas of a fact that is one of several constants; None for any other."""
        fact, options = node.value, node.options
        if not isinstance(fact, ir.Fact) or not options or not all(map(self._is_constant, options)):
            return None
        values = [self._value(option) for option in options]
        each = [None if v is None else self._compared(fact, "==", v) for v in values]
        known = [both.opposite for both in each if both is not None]
        none = _conjoined(known) if len(known) == len(each) else None
        return None if none is None else none.opposite

    def _compared(self, fact: ir.Fact, operator: str, value: Value) -> Both | None:
        """Return the formulas of a fact against a value; None where it has no code."""
        slot = self.slots.of_fact(fact)
        code = None if slot is None else slot[1].of_constant(operator, value)
        if slot is None or code is None:
            return None
        place, opposite = slot[0], _OPPOSITES[operator]
        return Both(_met(Literal(place, operator, code)), _met(Literal(place, opposite, code)))

    # Constants

    def _is_constant(self, node: ir.Node) -> bool:
        return isinstance(node, ir.Constant) or (isinstance(node, ir.Parameter) and node.at is None)

    def _value(self, node: ir.Node) -> Value | None:
        """Return what a constant is, or a parameter on the day; None where it has no value then."""
        if isinstance(node, ir.Constant):
            return node.value
        assert isinstance(node, ir.Parameter)  # noqa: S101  # it is a constant
        dated = self.slots.program.parameters[node.key].on(self.day)
        return None if dated is None else dated.value

    def _of_constant(self, node: ir.Node) -> Both:
        value = self._value(node)
        if value is None:
            return _NOT_KNOWN
        return Both(ALWAYS, NEVER) if value else Both(NEVER, ALWAYS)


def _signed(both: Both, holds: bool) -> Both:
    return both if holds else both.opposite


def _met(literal: Literal) -> Formula:
    return frozenset({frozenset({literal})})


def _conjoined(parts: Sequence[Both]) -> Both | None:
    """Return when all hold: certainly false where any is. None where that is too long."""
    true = _product([part.true for part in parts])
    false = _shortest(each for part in parts for each in part.false)
    if true is None or len(false) > MOST_CONJUNCTIONS:
        return None
    return Both(true, false)


def _chosen(condition: Both, then: Formula, otherwise: Formula) -> Formula | None:
    ways = [
        _product([condition.true, then]),
        _product([condition.false, otherwise]),
        _product([then, otherwise]),
    ]
    known = [way for way in ways if way is not None]
    found = _shortest(each for way in known for each in way)
    return found if len(known) == len(ways) and len(found) <= MOST_CONJUNCTIONS else None


def _product(formulas: Iterable[Formula]) -> Formula | None:
    """Return the formula that is met where all are; None where it is too long."""
    found = ALWAYS
    for formula in formulas:
        found = _shortest(one | other for one in found for other in formula)
        if len(found) > MOST_CONJUNCTIONS:
            return None
    fits = all(len({literal.slot for literal in each}) <= MOST_SLOTS_EACH for each in found)
    return found if fits else None


def _shortest(conjunctions: Iterable[Conjunction]) -> Formula:
    """Return conjunctions without those that say more than another one."""
    found = frozenset(conjunctions)
    return frozenset(each for each in found if not any(other < each for other in found))
