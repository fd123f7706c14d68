"""The rules of a plan as reasons: in words, with the facts and parameters they stand on and where they are written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from policyengine.decision.citation import cited
from policyengine.decision.comparing import comparison_from
from policyengine.decision.decision import Reason
from policyengine.decision.later import Later
from policyengine.decision.trace import (
    PlanFinding,
    Result,
    RuleFinding,
    Trace,
    Truth,
    Unknown,
    merged,
)
from policyengine.decision.values import Json, encode, encode_fact
from policyengine.decision.wording import word, worded
from policyengine.ir import nodes as ir
from policyengine.ir.program import Program, Rule
from policyengine.ir.reach import reached


def plan_reasons(found: PlanFinding, trace: Trace) -> tuple[Reason, ...]:
    """Return every rule of a plan as a reason, after what must be known first and before what has no schedule."""
    rules = (reason_from(rule, trace) for rule in found.rules)
    fixed = _fixed_terms(found, trace.program)
    return (*_preconditions(trace), *rules, *fixed, *_obstacles(found, trace.program))


def reason_from(found: RuleFinding, trace: Trace) -> Reason:
    """Return a rule as a reason."""
    rule, program = found.rule, trace.program
    unknown = merged(found.holds)
    return Reason(
        rule=rule.id,
        code=rule.code,
        kind=found.kind,
        holds=plainly(found.holds),
        missing=tuple(sorted(unknown.missing)),
        undefined=tuple(sorted(unknown.undefined)),
        source=rule.source,
        origin=rule.origin,
        at=str(rule.span),
        text=Later(lambda: rule_text(found, program)),
        facts=Later(lambda: _facts(rule, trace)),
        parameters=Later(lambda: _parameters(rule, trace, found)),
        comparisons=Later(lambda: tuple(comparison_from(c, program) for c in found.comparisons)),
        citation=Later(lambda: cited(rule.source, rule.origin, program)),
        joint=rule.joint,
        parts=tuple(reason_from(part, trace) for part in found.parts),
    )


def rule_text(found: RuleFinding, program: Program) -> dict[str, str]:
    """Return a rule in the policy's words, or as it is written where the policy has none."""
    rule = found.rule
    if rule.wording:
        return worded(rule.wording, found.value, program)
    written = rule.span.file.text[rule.span.start : rule.span.end]
    name = "meets" if found.kind == "until" else "holds"
    return {language: word(language, name, rule=written) for language in program.languages}


def plainly(truth: Truth) -> bool | None:
    """Return a truth as a reader sees it; None where it is not known."""
    return None if isinstance(truth, Unknown) else truth


def short_name(key: str, program: Program) -> str:
    """Return a name: the policy's own stand alone, a regulation's keep its name before them."""
    return key.removeprefix(f"{program.id}#")


def _preconditions(trace: Trace) -> Iterator[Reason]:
    """Yield what must be known before any plan is allowed, where it is not."""
    program = trace.program
    if isinstance(trace.applies, Unknown) and program.applies_to:
        yield _own_reason("applies_to", "applies", trace.applies, program.applies_to.span, program)
    for path in program.required:
        if trace.situation.get(path) is None:
            fact = program.dictionary.facts[path]
            missing = Unknown(frozenset({path}))
            yield _own_reason(path, "required", missing, fact.span, program, fact.title)


def _obstacles(found: PlanFinding, program: Program) -> Iterator[Reason]:
    """Yield why no schedule could be worked out, where that denies the plan."""
    if found.offer.obstacle and found.offer.holds is False:
        why = Unknown(undefined=frozenset({found.offer.obstacle}))
        span = found.plan.offer.span
        yield attrs.evolve(_own_reason("schedule", "terms", why, span, program), holds=False)


def _fixed_terms(found: PlanFinding, program: Program) -> Iterator[Reason]:
    """Yield that terms which nothing is asked of are fixed, unless no schedule can be worked out for them."""
    holds = True if found.offer.terms is not None else found.offer.holds
    if not found.plan.offer.until and holds is not False:
        span = found.plan.offer.span
        reason = _own_reason("schedule", "fixed", merged(holds), span, program)
        yield attrs.evolve(reason, kind="terms", holds=plainly(holds))


_OWN_CODES = {"required": "INCOMPLETE", "terms": "NO_SCHEDULE", "fixed": "NO_SCHEDULE"}


def _own_reason(
    rule: str,
    kind: str,
    unknown: Unknown,
    at: object,
    program: Program,
    title: object = None,
) -> Reason:
    def said(language: str) -> str:
        named = title.get(language, rule) if isinstance(title, dict) else rule
        return word(language, kind, title=named)

    return Reason(
        rule=rule,
        code=_OWN_CODES.get(kind),
        kind=kind,
        holds=None,
        missing=tuple(sorted(unknown.missing)),
        undefined=tuple(sorted(unknown.undefined)),
        source=None,
        origin=program.id,
        at=str(at),
        text=Later(lambda: {language: said(language) for language in program.languages}),
        facts=Later.known(dict.fromkeys(sorted(unknown.missing))),
        parameters=Later.known({}),
        comparisons=Later.known(()),
        citation=Later.known({}),
    )


def _facts(rule: Rule, trace: Trace) -> dict[str, Json]:
    """Return the facts that a rule stands on, through everything it names; null where not known."""
    found: dict[str, Json] = {}
    for node in reached(rule.told, trace.program):
        if isinstance(node, ir.Fact):
            value = trace.situation.get(node.path)
            result: Result = Unknown() if value is None else value
            found[node.path] = encode_fact(result, node.type, trace.program)
    return dict(sorted(found.items()))


def _parameters(rule: Rule, trace: Trace, found: RuleFinding) -> dict[str, Json]:
    """Return the parameters and derived values that a rule names, through everything it names."""
    values: dict[str, Json] = {}
    for node in reached(rule.told, trace.program):
        if isinstance(node, (ir.Parameter, ir.Derived)) and _standing_alone(node):
            name = short_name(node.key, trace.program) + _day(node, found)
            values[name] = encode(found.value(node), node.type, trace.program)
    return dict(sorted(values.items()))


def _day(node: ir.Node, found: RuleFinding) -> str:
    """Say of which day a parameter is, where it is not that of the decision."""
    if not isinstance(node, ir.Parameter) or node.at is None:
        return ""
    day = found.value(node.at)
    return f" at {day}" if isinstance(day, date) else " at a day that is not known"


def _standing_alone(node: ir.Node) -> bool:
    """Whether a node's value does not depend on the member of a list."""
    return not any(isinstance(part, ir.Field) for part in node.walk())
