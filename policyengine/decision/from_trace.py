"""From what an evaluator found to a decision: status, outcome, what to ask, and every reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

import attrs

from policyengine.decision.decision import (
    Comparison,
    Decision,
    OneLess,
    Outcome,
    Plan,
    Reason,
    Referral,
    Status,
)
from policyengine.decision.later import Later
from policyengine.decision.trace import (
    ComparisonFinding,
    PlanFinding,
    ReferralFinding,
    Result,
    RuleFinding,
    Trace,
    Truth,
    Unknown,
    merged,
)
from policyengine.decision.trace import OneLess as FoundLess
from policyengine.decision.values import Json, encode, encode_fact
from policyengine.decision.wording import word, worded
from policyengine.ir import nodes as ir
from policyengine.ir.program import Program, Rule
from policyengine.model.types import DAYS, MONTHS, Kind, Type


def decision_from(trace: Trace) -> Decision:
    """Return the decision that a trace amounts to; what is only read is worked out when it is."""
    program = trace.program
    plans = tuple(_plan(finding, trace) for finding in trace.plans)
    referrals = tuple(_referral(found, trace) for found in trace.referrals)
    outcome = _outcome(plans, referrals, trace.applies)
    return Decision(
        policy=program.id,
        version=program.version,
        title=program.title,
        currency=program.currency,
        digest=program.digest,
        loan=trace.situation.loan_id,
        outcome=outcome,
        plans=plans,
        referrals=referrals,
        asks=_asks(plans, outcome, trace),
        derived=Later(lambda: _derived(trace)),
    )


def _referral(found: ReferralFinding, trace: Trace) -> Referral:
    return Referral(
        referral=found.referral.id,
        title=found.referral.title,
        holds=_plainly(found.finding.holds),
        instead_of_refusal=found.referral.instead_of_refusal,
        reason=Later(lambda: _reason(found.finding, trace)),
    )


# Outcome and status


def _outcome(plans: tuple[Plan, ...], referrals: tuple[Referral, ...], applies: Truth) -> Outcome:
    """A policy that may not apply refuses nothing: whether it applies is asked first."""
    statuses = {plan.status for plan in plans}
    if Status.ALLOWED in statuses:
        return Outcome.OFFER
    if Status.UNDETERMINED in statuses or isinstance(applies, Unknown):
        return Outcome.NEED_INFORMATION
    instead = [r.holds for r in referrals if r.instead_of_refusal]
    if any(instead):
        return Outcome.REFER
    return Outcome.NEED_INFORMATION if None in instead else Outcome.REFUSE


def _plan(found: PlanFinding, trace: Trace) -> Plan:
    missing = _missing_for_all(trace)
    binding = [rule.holds for rule in _rules(found) if rule.kind != "target"]
    status = _status([*_present(missing), *binding, found.offer.holds])
    offer = found.offer if status is Status.ALLOWED else None
    return Plan(
        plan=found.plan.id,
        status=status,
        title=found.plan.title,
        asks=_plan_asks(status, missing, found, trace.program),
        follow_up=found.plan.follow_up,
        figure_titles={name: f.title for name, f in found.plan.figures.items()},
        terms=Later(lambda: offer.terms if offer else None),
        schedule=Later(lambda: offer.schedule if offer else None),
        reasons=Later(lambda: _reasons(found, trace)),
        one_less=Later(lambda: _one_less(offer.one_less, trace) if offer else None),
    )


def _rules(found: PlanFinding) -> tuple[RuleFinding, ...]:
    return (*found.require, *found.offer.rules)


def _reasons(found: PlanFinding, trace: Trace) -> tuple[Reason, ...]:
    rules = (_reason(rule, trace) for rule in _rules(found))
    return (*_preconditions(trace), *rules, *_obstacles(found, trace.program))


def _one_less(less: FoundLess | None, trace: Trace) -> OneLess | None:
    if less is None:
        return None
    return OneLess(less.levers, less.payment, tuple(_reason(r, trace) for r in less.failing))


def _status(truths: list[Truth | None]) -> Status:
    if any(truth is False for truth in truths):
        return Status.DENIED
    if all(truth is True for truth in truths):
        return Status.ALLOWED
    return Status.UNDETERMINED


def _plainly(truth: Truth) -> bool | None:
    return None if isinstance(truth, Unknown) else truth


# What to ask


def _missing_for_all(trace: Trace) -> Unknown | None:
    """Return what must be known before any plan is allowed, where it is not."""
    required = frozenset(p for p in trace.program.required if trace.situation.get(p) is None)
    if required or isinstance(trace.applies, Unknown):
        return merged(trace.applies, Unknown(required))
    return None


def _present(missing: Unknown | None) -> list[Unknown]:
    return [] if missing is None else [missing]


def _plan_asks(
    status: Status, missing: Unknown | None, found: PlanFinding, program: Program
) -> tuple[str, ...]:
    if status is not Status.UNDETERMINED:
        return ()
    truths = [rule.holds for rule in _rules(found)]
    unknown = merged(*_present(missing), *truths, found.offer.holds)
    return _by_cost(unknown.missing, program)


def _asks(plans: tuple[Plan, ...], outcome: Outcome, trace: Trace) -> tuple[str, ...]:
    program = trace.program
    asked = {path for plan in plans for path in plan.asks} | merged(trace.applies).missing
    if outcome is Outcome.NEED_INFORMATION:
        instead = (r.finding.holds for r in trace.referrals if r.referral.instead_of_refusal)
        asked |= merged(*instead).missing
    plans_open = {path: -sum(path in plan.asks for plan in plans) for path in asked}
    return tuple(sorted(asked, key=lambda p: (plans_open[p], _cost(p, program), p)))


def _by_cost(paths: Iterable[str], program: Program) -> tuple[str, ...]:
    return tuple(sorted(paths, key=lambda path: (_cost(path, program), path)))


def _cost(path: str, program: Program) -> int:
    fact = program.dictionary.facts.get(path)
    return fact.ask.cost if fact and fact.ask else 1


# Reasons


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


_OWN_CODES = {"required": "INCOMPLETE", "terms": "NO_SCHEDULE"}


def _own_reason(
    rule: str,
    kind: str,
    unknown: Unknown,
    at: object,
    program: Program,
    title: object = None,
) -> Reason:
    def text(language: str) -> str:
        named = title.get(language, rule) if isinstance(title, dict) else rule
        return word(language, kind, title=named)

    return Reason(
        rule=rule,
        code=_OWN_CODES.get(kind),
        kind=kind,
        holds=None,
        text={language: text(language) for language in program.languages},
        facts=dict.fromkeys(sorted(unknown.missing)),
        parameters={},
        comparisons=(),
        missing=tuple(sorted(unknown.missing)),
        undefined=tuple(sorted(unknown.undefined)),
        source=None,
        origin=program.id,
        at=str(at),
    )


def _reason(found: RuleFinding, trace: Trace) -> Reason:
    rule, program = found.rule, trace.program
    unknown = merged(found.holds)
    return Reason(
        rule=rule.id,
        code=rule.code,
        kind=found.kind,
        holds=_plainly(found.holds),
        text=_text(found, program),
        facts=_facts(rule, trace),
        parameters=_parameters(rule, trace, found),
        comparisons=tuple(_comparison(c, program) for c in found.comparisons),
        missing=tuple(sorted(unknown.missing)),
        undefined=tuple(sorted(unknown.undefined)),
        source=rule.source,
        origin=rule.origin,
        at=str(rule.span),
        joint=rule.joint,
        parts=tuple(_reason(part, trace) for part in found.parts),
    )


def _text(found: RuleFinding, program: Program) -> dict[str, str]:
    rule = found.rule
    if rule.wording:
        return worded(rule.wording, found.value, program)
    written = rule.span.file.text[rule.span.start : rule.span.end]
    name = "meets" if found.kind == "until" else "holds"
    return {language: word(language, name, rule=written) for language in program.languages}


def _facts(rule: Rule, trace: Trace) -> dict[str, Json]:
    """Return the facts that a rule stands on, through everything it names; null where not known."""
    found: dict[str, Json] = {}
    for node in _leaves(rule, trace.program):
        if isinstance(node, ir.Fact):
            value = trace.situation.get(node.path)
            result: Result = Unknown() if value is None else value
            found[node.path] = encode_fact(result, node.type, trace.program)
    return dict(sorted(found.items()))


def _parameters(rule: Rule, trace: Trace, found: RuleFinding) -> dict[str, Json]:
    """Return the parameters and derived values that a rule names, through everything it names."""
    values: dict[str, Json] = {}
    for node in _leaves(rule, trace.program):
        if isinstance(node, (ir.Parameter, ir.Derived)) and _standing_alone(node):
            name = _short(node.key, trace.program) + _day(node, found)
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


def _leaves(rule: Rule, program: Program) -> Iterator[ir.Node]:
    """Yield every node that a rule reaches, each derived value and table once."""
    seen: set[str] = set()
    queue = [rule.test, *([rule.applies] if rule.applies else [])]
    while queue:
        for node in queue.pop().walk():
            yield node
            key = getattr(node, "key", None)
            if key is not None and key not in seen:
                seen.add(key)
                queue += _behind(key, program)


def _behind(key: str, program: Program) -> list[ir.Node]:
    if key in program.derived:
        return [program.derived[key].node]
    if key in program.tables:
        table = program.tables[key]
        inputs = [i.node for i in table.inputs if i.node]
        outputs = [row.output for row in table.rows]
        return [*inputs, *outputs, *([table.otherwise] if table.otherwise else [])]
    return []


def _comparison(found: ComparisonFinding, program: Program) -> Comparison:
    node = found.node
    return Comparison(
        left=encode(found.left, node.left.type, program),
        operator=node.operator,
        right=encode(found.right, node.right.type, program),
        headroom=_headroom(found, program),
        period=found.payment,
    )


def _headroom(found: ComparisonFinding, program: Program) -> str | int | None:
    """Return how far an ordered comparison is from failing; negative is by how much it fails."""
    operator, left, right = found.node.operator, found.left, found.right
    if operator in ("==", "!=") or isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    low, high = (left, right) if operator.startswith("<") else (right, left)
    if isinstance(low, date) and isinstance(high, date):
        return (high - low).days
    room = Fraction(high) - Fraction(low)  # type: ignore[arg-type]  # ordered values are numbers
    type_ = _wider(found.node.left.type, found.node.right.type)
    encoded = encode(_whole(room, type_), type_, program)
    return encoded if not isinstance(encoded, bool) else None


def _wider(left: Type, right: Type) -> Type:
    """Return the type of a difference: a whole number meets a number as one."""
    return right if left.kind is Kind.INTEGER else left


def _whole(room: Fraction, type_: Type) -> Fraction | int:
    return int(room) if type_ in (DAYS, MONTHS) or type_.kind is Kind.INTEGER else room


def _derived(trace: Trace) -> dict[str, Json]:
    program = trace.program
    return {
        _short(key, program): encode(value, program.derived[key].node.type, program)
        for key, value in trace.derived.items()
    }


def _short(key: str, program: Program) -> str:
    """The policy's own names stand alone; a regulation's keep its name before them."""
    return key.removeprefix(f"{program.id}#")
