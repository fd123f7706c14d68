"""One expression being read: what is in sight, what was noted, and who reads each kind of expression.

Each kind has a reader, registered with `reads`. A reader returns a node, or notes a finding and returns None;
the rest of the expression is read all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.from_model import typing
from policyengine.ir.from_model.scope import Scope, Where
from policyengine.model.literals import a_kind
from policyengine.model.shape import Written
from policyengine.model.types import BOOLEAN, DAYS, MONEY, MONTHS, Type
from policyengine.source import Span
from policyengine.syntax import expression_tree as tree

_NOT_COMPARABLE = "days and months do not convert: say both in the same unit"

Reader = Callable[..., ir.Node | None]
ReaderT = TypeVar("ReaderT", bound=Reader)

#: Who reads each kind of expression.
READERS: dict[type[Any], Reader] = {}


def reads(kind: type[tree.Expression]) -> Callable[[ReaderT], ReaderT]:
    """Register the reader of a kind: a function of the elaboration, the expression and the type expected."""

    def register(reader: ReaderT) -> ReaderT:
        READERS[kind] = reader
        return reader

    return register


@attrs.frozen
class Elaboration:
    """An expression, the names in its file's sight, and what it may use besides."""

    written: Written
    scope: Scope
    where: Where

    def read(self, node: tree.Expression, expected: Type | None = None) -> ir.Node | None:
        """Read any expression; `expected` says what a quoted word or a bare name may mean."""
        return READERS[type(node)](self, node, expected)

    def of_type(self, node: tree.Expression, expected: Type | None) -> ir.Node | None:
        """Read an expression that must be of a type; note where it is of another."""
        found = self.read(node, expected)
        if found is None or expected is None:
            return found
        fitting = typing.as_type(found, expected)
        if fitting is None:
            self._note_mismatch(node, found, expected)
        return fitting

    def all(self, parts: tuple[tree.Expression, ...], expected: Type) -> tuple[ir.Node, ...] | None:
        """Read several expressions of one type, or return None where one was noted."""
        found = [self.of_type(part, expected) for part in parts]
        if any(node is None for node in found):
            return None
        return tuple(node for node in found if node is not None)

    def comparable(
        self, parts: tuple[tree.Expression, ...], expected: Type | None = None
    ) -> tuple[ir.Node, ...] | None:
        """Read operands that must be of one type; what is written plainly takes the type of the others."""
        read: dict[int, ir.Node | None] = {}
        for index in sorted(range(len(parts)), key=lambda i: _is_literal(parts[i])):
            read[index] = found = self.read(parts[index], expected)
            if expected is None and found is not None:
                expected = found.type
        found_all = [read[index] for index in range(len(parts))]
        if any(found is None for found in found_all):
            return None
        return self.unified(parts, [n for n in found_all if n is not None])

    def unified(
        self, parts: tuple[tree.Expression, ...], found: list[ir.Node]
    ) -> tuple[ir.Node, ...] | None:
        """Return nodes as values of the one type they can all be read as; note where there is none."""
        common = typing.common_type(found)
        read = [typing.as_type(node, common) if common else None for node in found]
        if any(node is None for node in read):
            self._note_no_common(parts, found)
            return None
        return tuple(node for node in read if node is not None)

    def _note_no_common(self, parts: tuple[tree.Expression, ...], found: list[ir.Node]) -> None:
        pairs = zip(parts, found, strict=True)
        (one, first), (other, second) = next(
            ((a, b) for a in pairs for b in zip(parts, found, strict=True) if _differ(a[1], b[1])),
            ((parts[0], found[0]), (parts[-1], found[-1])),
        )
        self.error(
            "type-mismatch",
            f"`{self.source(one)}` is {a_kind(first.type)} and "
            f"`{self.source(other)}` is {a_kind(second.type)}",
            other,
            mismatch_hint(first, second),
        )

    def _note_mismatch(self, part: tree.Expression, node: ir.Node, expected: Type) -> None:
        self.error(
            "type-mismatch",
            f"`{self.source(part)}` is {a_kind(node.type)} where {a_kind(expected)} is expected",
            part,
            _expected_hint(node, expected),
        )

    def constant(self, node: tree.Expression, type_: Type, value: object) -> ir.Constant:
        """Return a value written in the expression."""
        return ir.Constant(type=type_, span=self.span(node), value=value)  # type: ignore[arg-type]

    def source(self, node: tree.Expression) -> str:
        """Return an expression as written."""
        return self.written.text(node)

    def span(self, node: tree.Expression) -> Span:
        """Return the place of an expression."""
        return self.written.span(node)

    def error(
        self, code: str, message: str, node: tree.Expression, hint: str | None = None
    ) -> ir.Node | None:
        """Note a finding; there is no node then."""
        self.scope.findings.error(code, message, self.span(node), hint)
        return None


def _is_literal(node: tree.Expression) -> bool:
    if isinstance(node, tree.Negative):
        return _is_literal(node.operand)
    return isinstance(node, tree.TextLiteral) or (isinstance(node, tree.Number) and not node.unit)


def _differ(one: ir.Node, other: ir.Node) -> bool:
    return typing.common_type([one, other]) is None or (
        typing.as_type(one, other.type) is None and typing.as_type(other, one.type) is None
    )


def mismatch_hint(one: ir.Node, other: ir.Node) -> str | None:
    """Return what would make two values meet, where there is something."""
    types = {one.type, other.type}
    if types == {DAYS, MONTHS}:
        return _NOT_COMPARABLE
    for node, with_ in ((one, other), (other, one)):
        hint = _expected_hint(node, with_.type)
        if hint:
            return hint
    return None


def _expected_hint(node: ir.Node, expected: Type) -> str | None:
    if typing.is_bare_number(node) and expected in (DAYS, MONTHS):
        assert isinstance(node, ir.Constant)  # noqa: S101  # what is_bare_number says
        return f"write `{node.value} {expected.kind}`"
    if {node.type, expected} == {DAYS, MONTHS}:
        return _NOT_COMPARABLE
    if expected == MONEY and isinstance(node, ir.Parameter):
        return "give the parameter `type: money`"
    if expected == BOOLEAN:
        return "compare it with something, or name a boolean fact"
    return None
