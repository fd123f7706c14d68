"""A parameter's value that cites nothing and is not marked as assumed."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.diagnostics import Diagnostic, Severity
from policyengine.ir.program import Program

CODE = "unsourced-parameter"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each value of unknown origin."""
    for parameter in program.parameters.values():
        for value in parameter.values:
            if value.source is None and not value.assumed:
                yield Diagnostic(
                    CODE,
                    f"the parameter `{parameter.name}` does not say where its value comes from",
                    value.span,
                    "add `source:`, or `assumed: true` where no source states it",
                    severity=Severity.WARNING,
                )
