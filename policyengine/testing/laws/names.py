"""Checks that what a law names exists in the policy; a law about nothing would hold of everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policyengine.diagnostics import Diagnostic, nearest_or_list
from policyengine.ir.program import Program


def unknown_plans(names: Iterable[str], program: Program) -> Iterator[Diagnostic]:
    """Yield a finding for each plan that the policy does not have."""
    yield from unknown("plan", names, [plan.id for plan in program.plans])


def unknown_facts(names: Iterable[str], program: Program) -> Iterator[Diagnostic]:
    """Yield a finding for each fact that the policy does not see."""
    yield from unknown("fact", names, program.dictionary.vocabularies[program.vocabulary])


def unknown(what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Diagnostic]:
    """Yield a finding for each name that is not known; `path` is the name, so that its place can be found."""
    choices = set(known)
    for name in names:
        if name not in choices:
            hint = nearest_or_list(name, choices)
            yield Diagnostic("unknown-name", f"there is no {what} `{name}`", None, hint, path=name)
