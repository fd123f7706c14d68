"""What a policy says that it cannot mean: one module per finding, each run over every program.

A rule here is a function from a program to diagnostics. Errors stop the policy from loading, warnings
do not. `expiring` stands apart: there is no clock here, so it takes the day as an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from policyengine.diagnostics import Diagnostic, Findings, in_order
from policyengine.ir.program import Program
from policyengine.lint import (
    constant_condition,
    differing_citation,
    differing_negation,
    differing_number,
    missing_placeholder,
    parameter_gap,
    repeated_value,
    same_rule_twice,
    step_too_large,
    table_gap,
    table_not_checked,
    table_overlap,
    table_unreachable_row,
    unreachable_state,
    unreachable_value,
    unsourced_parameter,
    unused_name,
)
from policyengine.lint.expiring_parameter import expiring

__all__ = ["ERRORS", "RULES", "WARNINGS", "Rule", "expiring", "run"]

Rule = Callable[[Program], Iterator[Diagnostic]]

#: What stops a policy from loading.
ERRORS: tuple[Rule, ...] = (
    table_gap.check,
    table_overlap.check,
    missing_placeholder.check,
    differing_number.check,
    differing_citation.check,
)
#: What is worth a look; found by `check`, not on every load.
WARNINGS: tuple[Rule, ...] = (
    table_unreachable_row.check,
    table_not_checked.check,
    constant_condition.check,
    unreachable_value.check,
    repeated_value.check,
    same_rule_twice.check,
    step_too_large.check,
    unused_name.check,
    unreachable_state.check,
    unsourced_parameter.check,
    parameter_gap.check,
    differing_negation.check,
)


RULES = (*ERRORS, *WARNINGS)


def run(programs: Iterable[Program], findings: Findings, *, warnings: bool = True) -> None:
    """Add what every rule finds in every program; what policies share is noted once."""
    rules = RULES if warnings else ERRORS
    found = [finding for program in programs for rule in rules for finding in rule(program)]
    findings.items.extend(in_order(found))
