"""Two plans that state the same condition in the same words."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from policyengine.diagnostics import Diagnostic, Related, Severity
from policyengine.ir.program import Program, Rule
from policyengine.lint._forms import form_of

CODE = "same-rule-twice"


def check(program: Program) -> Iterator[Diagnostic]:
    """Yield each condition that an earlier plan has as well; a shared one stands in one place."""
    first: dict[Hashable, Rule] = {}
    for rule in _rules(program):
        earlier = first.setdefault(_form(rule), rule)
        if earlier.span != rule.span:
            yield Diagnostic(
                CODE,
                f"the condition `{rule.id}` is written twice",
                rule.span.first_line(),
                "state it once under `conditions:` and name it in each plan",
                related=(Related("first written here", earlier.span.first_line()),),
                severity=Severity.WARNING,
            )


def _rules(program: Program) -> Iterator[Rule]:
    """Yield the conditions with a text; a bare comparison is short enough to repeat."""
    for plan in program.plans:
        yield from (rule for rule in (*plan.require, *plan.offer.until) if rule.wording)


def _form(rule: Rule) -> Hashable:
    return form_of((rule.test, rule.wording, rule.code, rule.source))
