"""What an expression says, before anybody knows what its names mean.

`start` and `end` are offsets within the expression's own text; the scalar that holds it turns them into a
place in the file.
"""

from __future__ import annotations

from datetime import date

import attrs


@attrs.frozen
class Expression:
    """The root of all forms."""

    start: int
    end: int


@attrs.frozen
class Number(Expression):
    """Digits with at most one point, and a unit: empty, `%`, `days`, `months` or `years`."""

    digits: str
    unit: str = ""


@attrs.frozen
class DateLiteral(Expression):
    """A day of the calendar."""

    value: date


@attrs.frozen
class TextLiteral(Expression):
    """Text in double quotes."""

    value: str


@attrs.frozen
class BooleanLiteral(Expression):
    """`true` or `false`."""

    value: bool


@attrs.frozen
class Path(Expression):
    """A name, or names joined by points."""

    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        """The whole path as written."""
        return ".".join(self.parts)


@attrs.frozen
class Argument(Expression):
    """An argument of a call, by place or by name."""

    value: Expression
    name: str | None = None


@attrs.frozen
class Call(Expression):
    """A function, a table or a question to the plan."""

    callee: Path
    arguments: tuple[Argument, ...]


@attrs.frozen
class Quantified(Expression):
    """`count`, `any` or `all` members of a list, where a condition holds."""

    kind: str
    variable: str
    members: Expression
    condition: Expression | None


@attrs.frozen
class Aggregate(Expression):
    """`sum`, `min`, `max` or `latest` of a value over the members of a list."""

    callee: Path
    value: Expression
    variable: str
    members: Expression
    condition: Expression | None


@attrs.frozen
class Negation(Expression):
    """`not`."""

    operand: Expression


@attrs.frozen
class Junction(Expression):
    """`and` or `or` of two operands or more."""

    operator: str
    operands: tuple[Expression, ...]


@attrs.frozen
class Comparison(Expression):
    """A chain such as `a < b <= c`."""

    operands: tuple[Expression, ...]
    operators: tuple[str, ...]


@attrs.frozen
class Range(Expression):
    """`low..high`, or `low..<high` without its upper end."""

    low: Expression
    high: Expression
    includes_high: bool


@attrs.frozen
class Choice(Expression):
    """`{a, b}`."""

    options: tuple[Expression, ...]


@attrs.frozen
class Membership(Expression):
    """`x in {…}`, `x in a..b`, and their negations."""

    value: Expression
    options: Choice | Range
    negated: bool


@attrs.frozen
class Binary(Expression):
    """`+`, `-`, `*` or `/`."""

    operator: str
    left: Expression
    right: Expression


@attrs.frozen
class Negative(Expression):
    """Unary minus."""

    operand: Expression


@attrs.frozen
class IfElse(Expression):
    """`if … then … else …`."""

    condition: Expression
    then: Expression
    otherwise: Expression


@attrs.frozen
class At(Expression):
    """A dated parameter as it stood on a date."""

    parameter: Path
    date: Expression


@attrs.frozen
class Relative(Expression):
    """An amount written with a leading `+`: added to what there is."""

    value: Expression


@attrs.frozen
class AnyValue(Expression):
    """The cell `any`."""


@attrs.frozen
class Bound(Expression):
    """A cell such as `> 90 days`."""

    operator: str
    value: Expression
