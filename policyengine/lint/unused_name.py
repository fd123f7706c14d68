"""A parameter, derived value, table, source or follow-up that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from policyengine.diagnostics import Diagnostic, Severity
from policyengine.ir.nodes import Derived, Lookup, Parameter
from policyengine.ir.program import Program
from policyengine.lint._places import key_of
from policyengine.lint._walk import nodes_in, rules_in
from policyengine.source import Span

CODE = "unused-name"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each name that is declared in vain."""
    yield from _values(program)
    for name in _unused_sources(program):
        yield _unused("source", name, key_of(program, "sources", name), "cite it, or leave it out")
    chosen = {plan.follow_up for plan in program.plans}
    for name in program.follow_up:
        if name not in chosen:
            place = key_of(program, "follow_up", name)
            yield _unused("follow-up", name, place, "name it in a plan, or leave it out")


def _values(program: Program) -> Iterator[Diagnostic]:
    used = {n.key for n in nodes_in(program) if isinstance(n, (Parameter, Derived, Lookup))}
    declared = [
        *(("parameter", p.key, p.name, p.values[0].span) for p in program.parameters.values()),
        *(("derived value", d.key, d.name, d.node.span) for d in program.derived.values()),
        *(("table", t.key, t.name, t.span) for t in program.tables.values()),
    ]
    for kind, key, name, span in declared:
        if key not in used:
            yield _unused(kind, name, span.first_line(), "use it, or leave it out")


def _unused_sources(program: Program) -> list[str]:
    if not program.sources:
        return []
    words = {w.rstrip(",;:") for citation in _citations(program) for w in citation.split()}
    return [name for name in program.sources if name not in words]


def _citations(program: Program) -> Iterator[str]:
    """Yield what the policy cites; its regulations have sources of their own."""
    for parameter in program.parameters.values():
        if parameter.key == f"{program.id}#{parameter.name}":
            yield from (value.source for value in parameter.values if value.source)
    yield from (r.source for r in rules_in(program) if r.source and r.origin == program.id)
    for follow_up in program.follow_up.values():
        yield from (t.source for t in follow_up.transitions if t.source)


def _unused(kind: str, name: str, span: Span, hint: str) -> Diagnostic:
    message = f"nothing uses the {kind} `{name}`"
    return Diagnostic(CODE, message, span, hint, severity=Severity.WARNING)
