"""A parameter that is soon without a value, seen from a day that the caller gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from policyengine.diagnostics import Diagnostic, Severity
from policyengine.ir.program import Program
from policyengine.lint._holes import holes, period

CODE = "expiring-parameter"


def expiring(program: Program, day: date, horizon_days: int) -> Iterator[Diagnostic]:
    """Yield the parameters with a day without a value between `day` and so many days later."""
    last = day + timedelta(days=min(horizon_days, (date.max - day).days))
    for parameter in program.parameters.values():
        for hole in holes(parameter):
            in_force = hole.within(*period(parameter, program))
            near = in_force and in_force.within(day, last)
            if in_force and near:
                yield Diagnostic(
                    CODE,
                    f"`{parameter.name}` has no value {in_force.text()}",
                    in_force.beside.span,
                    "add the value that follows; without one, decisions are undetermined",
                    severity=Severity.WARNING,
                )
