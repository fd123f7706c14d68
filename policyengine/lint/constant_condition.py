"""A condition that holds for every value of the one thing it asks about, or for none.

Only certain cases are noted: the values of a fact or another expression lie within limits that are never too
narrow, they are cut at every constant that they are compared with, and each piece is tried. Everything
else in the condition counts as unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterator
from typing import Any

import attrs

from policyengine.diagnostics import Diagnostic, Severity
from policyengine.ir import nodes as ir
from policyengine.ir.program import Program
from policyengine.ir.showing import written
from policyengine.lint._forms import form_of
from policyengine.lint._pieces import pieces
from policyengine.lint._ranges import range_of
from policyengine.lint._walk import roots_in
from policyengine.model.types import BOOLEAN, Value

CODE = "constant-condition"

_LOGIC = (ir.And, ir.Or, ir.Not, ir.Compare, ir.Member)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield the innermost conditions that decide nothing."""
    for root in roots_in(program):
        yield from _constants(root, program)


def _constants(node: ir.Node, program: Program) -> list[Diagnostic]:
    found = [d for child in node.children() for d in _constants(child, program)]
    if found or not isinstance(node, _LOGIC):
        return found
    for term in _terms(node, program).values():
        outcome = _outcome(node, term, program)
        if outcome is not None:
            return [_note(node, term, outcome, program)]
    return []


def _note(node: ir.Node, term: ir.Node, outcome: bool, program: Program) -> Diagnostic:
    limits = range_of(term, program).text(term.type)
    return Diagnostic(
        CODE,
        f"`{_text(node)}` is always {'true' if outcome else 'false'} where "
        f"`{written(term.span)}` is known",
        node.span,
        f"`{written(term.span)}` {limits}" if limits else "check its values, or leave it out",
        severity=Severity.WARNING,
    )


def _text(node: ir.Node) -> str:
    """Return a condition as written; of a chain, the one comparison."""
    if isinstance(node, ir.Compare):
        return f"{written(node.left.span)} {node.operator} {written(node.right.span)}"
    return written(node.span)


def _terms(node: ir.Node, program: Program) -> dict[Hashable, ir.Node]:
    """Return what a condition asks about: all that is neither logic nor fixed."""
    if isinstance(node, _LOGIC):
        return {k: t for child in node.children() for k, t in _terms(child, program).items()}
    return {} if _fixed(node, program) else {form_of(node): node}


def _fixed(node: ir.Node, program: Program) -> tuple[Value] | None:
    """Return the value of a constant or undated parameter."""
    if isinstance(node, ir.Constant):
        return (node.value,)
    if isinstance(node, ir.Parameter):
        (value, *more) = program.parameters[node.key].values
        if not more and value.starts is None and value.ends is None:
            return (value.value,)
    return None


def _outcome(node: ir.Node, term: ir.Node, program: Program) -> bool | None:
    """Return what the condition comes to for every value of the term, or None."""
    form, limits = form_of(term), range_of(term, program)
    cuts = _thresholds(node, form, program)
    domain = pieces(term.type, cuts, limits, program.dictionary)
    outcomes = {_Trial(form, piece.sample, program).truth(node) for piece in domain}
    return outcomes.pop() if len(outcomes) == 1 else None


def _thresholds(node: ir.Node, form: Hashable, program: Program) -> Iterator[Value]:
    """Yield every constant that stands with the term in a comparison."""
    for part in node.walk():
        if isinstance(part, (ir.Compare, ir.Member)):
            operands = list(part.children())
            if any(form_of(operand) == form for operand in operands):
                yield from (v for o in operands for v in _fixed(o, program) or ())


@attrs.frozen
class _Trial:
    """The truth of a condition for one value of one term; all else is unknown (None)."""

    form: Hashable
    sample: Value
    program: Program

    def truth(self, node: ir.Node) -> bool | None:
        match node:
            case ir.Not(operand=operand):
                inner = self.truth(operand)
                return None if inner is None else not inner
            case ir.And(operands=operands):
                return _decided_by(False, [self.truth(operand) for operand in operands])
            case ir.Or(operands=operands):
                return _decided_by(True, [self.truth(operand) for operand in operands])
            case ir.Compare(operator=operator_, left=left, right=right):
                return self._compared(_COMPARISONS[operator_], left, right)
            case ir.Member(value=value, options=options):
                found = [self._compared(operator.eq, value, option) for option in options]
                return _decided_by(True, found)
            case _:
                return self.sample is True if self._is_boolean_term(node) else None

    def _is_boolean_term(self, node: ir.Node) -> bool:
        return node.type == BOOLEAN and form_of(node) == self.form

    def _compared(
        self, compare: Callable[[Any, Any], bool], left: ir.Node, right: ir.Node
    ) -> bool | None:
        """A comparison without the term says nothing here, so that a parameter may be a switch."""
        forms = form_of(left), form_of(right)
        values = [
            (self.sample,) if form == self.form else _fixed(operand, self.program)
            for form, operand in zip(forms, (left, right), strict=True)
        ]
        if self.form not in forms or values[0] is None or values[1] is None:
            return None
        return compare(values[0][0], values[1][0])


def _decided_by(value: bool, truths: list[bool | None]) -> bool | None:
    if value in truths:
        return value
    return None if None in truths else not value
