"""Dated values of a parameter that leave days uncovered on which the policy is in force."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.diagnostics import Diagnostic, Severity
from policyengine.ir.nodes import Parameter
from policyengine.ir.program import ParameterDefinition, Program
from policyengine.lint._holes import Hole, holes, period
from policyengine.lint._walk import nodes_in

CODE = "parameter-gap"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield the uncovered days of every parameter."""
    for parameter in program.parameters.values():
        for hole in holes(parameter):
            at_decision, on_other_days = _reads(parameter, program)
            reached = hole.within(*period(parameter, program))
            if reached is not None and (at_decision or hole.starts):
                yield _gap(parameter, reached, f"when `{program.id}` is in force")
            elif hole.starts and hole.ends and on_other_days:
                yield _gap(parameter, hole, "and it is read on days other than the decision's")


def _reads(parameter: ParameterDefinition, program: Program) -> tuple[bool, bool]:
    """Return whether a parameter is read on the day of the decision, and on other days.

    How far back those other days lie nobody can say, so a start is not asked of one that is read on them only.
    """
    reads = [n for n in nodes_in(program) if isinstance(n, Parameter) and n.key == parameter.key]
    return any(node.at is None for node in reads), any(node.at is not None for node in reads)


def _gap(parameter: ParameterDefinition, hole: Hole, where: str) -> Diagnostic:
    return Diagnostic(
        CODE,
        f"`{parameter.name}` has no value {hole.text()}, {where}",
        hole.beside.span,
        "give it a value for these days; without one, decisions on them are undetermined",
        severity=Severity.WARNING,
    )
