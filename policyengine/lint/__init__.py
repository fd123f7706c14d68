"""What a policy says that it cannot mean: one module per finding, each run over every program.

A rule here is a function from a program to diagnostics. Errors stop the policy from loading, warnings do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from policyengine.diagnostics import Diagnostic, Findings
from policyengine.ir.program import Program

Rule = Callable[[Program], Iterator[Diagnostic]]

RULES: tuple[Rule, ...] = ()


def run(programs: Iterable[Program], findings: Findings) -> None:
    """Add what every rule finds in every program."""
    for program in programs:
        for rule in RULES:
            findings.items.extend(rule(program))
