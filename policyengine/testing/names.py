"""Checks that everything a case names exists: plans, reasons, citations, terms, referrals, facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from policyengine.decision.terms import Terms
from policyengine.diagnostics import Diagnostic, nearest_or_list
from policyengine.ir.program import PlanDefinition, Program, Rule
from policyengine.model.offers import LEVERS
from policyengine.model.test_file import Case, ExpectedPlan
from policyengine.plans.position import BALANCES
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Mapping, Scalar
from policyengine.testing.places import key_before

TERMS = tuple(field.name for field in attrs.fields(Terms))
_PARTS = {"levers": "lever", "figures": "figure", "outside": "balance"}


def unknown_names(case: Case, program: Program) -> Iterator[Diagnostic]:
    """Yield a finding for everything that the case names and the policy does not have."""
    yield from _facts_given(case, program)
    plans = {plan.id: plan for plan in program.plans}
    for name, expected in case.expect.plans.items():
        if name in plans:
            yield from _plan(expected, plans[name], program)
        else:
            span = key_before(name, expected.span, case.expect.span)
            yield _unknown("plan", name, span, plans)
    for names in (case.expect.referrals, case.expect.unknown_referrals):
        yield from _each("referral", names, [r.id for r in program.referrals])
    yield from _each("fact", case.expect.asks, program.dictionary.facts)


def _facts_given(case: Case, program: Program) -> Iterator[Diagnostic]:
    facts, given = program.dictionary.facts, case.given
    for path, node in given.changed.items():
        if path not in facts:
            yield _unknown("fact", path, key_before(path, node.span, given.span), facts)
    yield from _each("fact", given.without, facts)


def _plan(expected: ExpectedPlan, plan: PlanDefinition, program: Program) -> Iterator[Diagnostic]:
    rules = tuple(rules_of(plan, program))
    names = {rule.code or rule.id for rule in rules} | _own_reasons(program)
    yield from _each("reason", expected.reasons, names)
    yield from _cites(expected.cites, rules, program)
    yield from _terms(expected, plan)
    yield from _each("fact", expected.asks, program.dictionary.facts)


def rules_of(plan: PlanDefinition, program: Program) -> Iterator[Rule]:
    """Yield every rule that may be among the reasons of a plan."""
    yield from (*plan.require, *plan.offer.until, *plan.offer.accept, *program.guarantees)


def all_parts(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Yield rules and the parts they are made of."""
    for rule in rules:
        yield rule
        yield from all_parts(rule.parts)


def _own_reasons(program: Program) -> set[str]:
    """Return the names of the reasons that the engine itself gives."""
    return {"applies_to", "NO_SCHEDULE", *(["INCOMPLETE"] if program.required else [])}


def _cites(
    cites: tuple[Scalar, ...], rules: tuple[Rule, ...], program: Program
) -> Iterator[Diagnostic]:
    known = [(rule.id, rule.origin, rule.source) for rule in all_parts(rules)]
    known += [(path, program.id, None) for path in program.required]
    for cite in cites:
        if not any(is_cited(cite.text, *place) for place in known):
            names = {
                rule if origin == program.id else f"{origin}#{rule}" for rule, origin, _ in known
            }
            yield _unknown("rule or source", cite.text, cite.span, names)


def is_cited(cite: str, rule: str, origin: str, source: str | None) -> bool:
    """Whether a citation means a rule: by its id, with its file before it, or by a part of its source."""
    return cite in (rule, f"{origin}#{rule}") or cite in (source or "")


def _terms(expected: ExpectedPlan, plan: PlanDefinition) -> Iterator[Diagnostic]:
    for name, node in expected.terms.items():
        if name not in TERMS:
            span = key_before(name, node.span, expected.span)
            yield _unknown("term", name, span, TERMS)
        elif name in ("levers", "figures", "outside"):
            known = {"levers": LEVERS, "figures": tuple(plan.figures), "outside": BALANCES}[name]
            keys = [key for key, _ in node] if isinstance(node, Mapping) else []
            yield from _each(_PARTS[name], keys, known)


def _each(what: str, names: Iterable[Scalar] | None, known: Iterable[str]) -> Iterator[Diagnostic]:
    choices = set(known)
    for name in names or ():
        if name.text not in choices:
            yield _unknown(what, name.text, name.span, choices)


def _unknown(what: str, name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    hint = nearest_or_list(name, known)
    return Diagnostic("unknown-name", f"there is no {what} `{name}`", span, hint)
