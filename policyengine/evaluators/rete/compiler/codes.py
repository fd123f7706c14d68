"""Facts as whole numbers that compare with a policy's constants exactly as the facts do."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Protocol

import attrs

from policyengine.ir.program import Program
from policyengine.model.types import Kind, Type, Value

#: Codes of constants are within this; those of facts beyond it are one more, so that they still compare.
_BOUND = 2**59
#: Parts of one of which a constant may be a multiple; money has those of its currency.
_PARTS = {
    Kind.INTEGER: 1,
    Kind.DAYS: 1,
    Kind.MONTHS: 1,
    Kind.DATE: 1,
    Kind.NUMBER: 10**6,
    Kind.RATE: 10**9,
}
_NAMED = (Kind.ENUM, Kind.TEXT, Kind.BOOLEAN)


class Code(Protocol):
    """How the values of one fact are written as whole numbers."""

    def of_constant(self, operator: str, value: Value) -> int | None:
        """Return the code of a constant that facts are held against so; None where there is none."""

    def of_fact(self, value: Value) -> int:
        """Return the code of a fact."""


def code_for(type_: Type, program: Program) -> Code | None:
    """Return how values of a type are written; None where they are not."""
    if type_.kind in _NAMED:
        return Names()
    if type_.kind is Kind.MONEY:
        return Amounts(program.scale)
    parts = _PARTS.get(type_.kind)
    return None if parts is None else Amounts(parts)


@attrs.frozen
class Amounts:
    """Twice the number of whole parts, and one more where something is left over: so no amount is ever rounded."""

    parts: int

    def of_constant(self, _operator: str, value: Value) -> int | None:
        """Return the code of a constant of whole parts that is not too large."""
        amount = _number(value) * self.parts
        if amount.denominator != 1 or 2 * abs(amount) > _BOUND:
            return None
        return 2 * int(amount)

    def of_fact(self, value: Value) -> int:
        """Return the code of an amount, however fine or large it is."""
        whole, rest = divmod(_number(value) * self.parts, 1)
        return max(-_BOUND - 1, min(_BOUND + 1, 2 * whole + (rest != 0)))


def _number(value: Value) -> Fraction:
    if isinstance(value, date):
        return Fraction(value.toordinal())
    assert isinstance(value, (int, Fraction))  # noqa: S101  # the types were checked
    return Fraction(value)


@attrs.frozen
class Names:
    """The names that a policy compares with, by number from 1; 0 is every other."""

    _numbers: dict[Value, int] = attrs.field(factory=dict)

    def of_constant(self, operator: str, value: Value) -> int | None:
        """Return the number of a name; names are the same or not, and have no order."""
        if operator not in ("==", "!="):
            return None
        return self._numbers.setdefault(value, len(self._numbers) + 1)

    def of_fact(self, value: Value) -> int:
        """Return the number of a name, or of every other."""
        return self._numbers.get(value, 0)
