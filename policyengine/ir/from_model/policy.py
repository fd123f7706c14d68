"""A policy and its regulations to one program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from policyengine.diagnostics import Findings, nearest_or_list
from policyengine.ir import nodes as ir
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.from_model.agreement import note_disagreements
from policyengine.ir.from_model.engine_facts import note_engine_facts
from policyengine.ir.from_model.expressions import elaborate
from policyengine.ir.from_model.offer_limits import note_clashes
from policyengine.ir.from_model.offers import lever_from
from policyengine.ir.from_model.parameters import parameter_from
from policyengine.ir.from_model.rules import (
    UNAFFORDABLE,
    duty_from,
    guarantee_from,
    note_repeated,
    note_source,
    referral_from,
    rules_from,
)
from policyengine.ir.from_model.scope import RULE, TERMS, Scope
from policyengine.ir.from_model.tables import table_from
from policyengine.ir.from_model.wording import wording_from
from policyengine.ir.plan_values import NOT_SIGNED
from policyengine.ir.program import (
    DerivedDefinition,
    FigureDefinition,
    FollowUpDefinition,
    OfferDefinition,
    PlanDefinition,
    Program,
    ReferralDefinition,
    Rule,
    SourceDefinition,
    TableDefinition,
    TransitionDefinition,
    Wording,
    named_in,
)
from policyengine.model import policy as model
from policyengine.model.common import Source
from policyengine.model.shape import Texts
from policyengine.model.types import BOOLEAN, DATE


@attrs.frozen
class RulesFile:
    """A policy or regulation and the names in it that could not be read."""

    rules: model.Policy | model.Regulation
    unreadable: frozenset[str]


@attrs.define
class RulesPart:
    """What one file contributes to a program: a regulation, or a policy's own part."""

    scope: Scope
    sources: dict[str, SourceDefinition]
    in_force: ir.Node | None
    applies_to: ir.Node | None
    derived: dict[str, DerivedDefinition]
    tables: dict[str, TableDefinition]
    guarantees: tuple[Rule, ...]
    referrals: tuple[ReferralDefinition, ...]


def program_from(
    file: RulesFile,
    regulations: Mapping[str, RulesPart | None],
    dictionary: Dictionary,
    findings: Findings,
) -> Program | None:
    """Return the program of a policy; everything that is wrong in it is noted."""
    policy = file.rules
    if not isinstance(policy, model.Policy) or not _vocabulary_known(policy, dictionary, findings):
        return None
    own = _parts(file, dictionary, findings)
    binding = _binding(policy, regulations, own.scope)
    _read_every_condition(policy, own.scope)
    plans = tuple(_plan(name, plan, policy, own.scope) for name, plan in policy.plans.items())
    return _joined(policy, own, binding, plans, dictionary)


def _read_every_condition(policy: model.Policy, scope: Scope) -> None:
    """Note what is wrong in a shared condition even where no plan names it yet."""
    rules_from(policy.conditions.values(), {}, scope, TERMS, None)


def regulation_from(
    file: RulesFile, dictionary: Dictionary, findings: Findings
) -> RulesPart | None:
    """Return a regulation's rules, to be shared by the policies that name it."""
    if not _vocabulary_known(file.rules, dictionary, findings):
        return None
    return _parts(file, dictionary, findings)


def _vocabulary_known(rules: model.Rules, dictionary: Dictionary, findings: Findings) -> bool:
    name = rules.vocabulary
    if name.text in dictionary.vocabularies:
        return True
    findings.error(
        "unknown-name",
        f"there is no vocabulary `{name.text}`",
        name.span,
        nearest_or_list(name.text, dictionary.vocabularies),
    )
    return False


def _binding(
    policy: model.Policy, regulations: Mapping[str, RulesPart | None], scope: Scope
) -> list[RulesPart]:
    """Return the regulations that the policy names; what is wrong in them was noted with themselves."""
    note_repeated(policy.regulations, scope)
    for name in policy.regulations:
        if name.text not in regulations:
            scope.findings.error(
                "unknown-name",
                f"there is no regulation `{name.text}`",
                name.span,
                nearest_or_list(name.text, regulations),
            )
    named = (regulations.get(name.text) for name in policy.regulations)
    return [regulation for regulation in named if regulation is not None]


def _scope(file: RulesFile, dictionary: Dictionary, findings: Findings) -> Scope:
    rules = file.rules
    scope = Scope(
        file=rules.name.text,
        dictionary=dictionary,
        visible=dictionary.vocabularies.get(rules.vocabulary.text, frozenset()),
        findings=findings,
        unreadable=file.unreadable,
        sources=frozenset(rules.sources),
        written_derived=rules.derive,
        written_tables=rules.tables,
    )
    scope.elaborate_derived = lambda name: _derived(name, scope)
    scope.elaborate_table = lambda name: _table(name, scope)
    return scope


def _parts(file: RulesFile, dictionary: Dictionary, findings: Findings) -> RulesPart:
    rules, scope = file.rules, _scope(file, dictionary, findings)
    _note_clashes(rules, scope)
    for name, parameter in rules.parameters.items():
        for value in parameter.values:
            note_source(value.source, scope)
        read = parameter_from(scope.key(name), name, parameter, rules.currency.text, findings)
        if read is None:
            scope.unreadable |= {name}
        else:
            scope.parameters[name] = read
    derived = {name: _derived(name, scope) for name in rules.derive}
    tables = {name: _table(name, scope) for name in rules.tables}
    note_repeated((guarantee.id for guarantee in rules.guarantees), scope)
    guarantees = (guarantee_from(guarantee, scope) for guarantee in rules.guarantees)
    referrals = (referral_from(name, r, scope) for name, r in rules.referrals.items())
    applies_to = elaborate(rules.applies_to, scope, RULE, BOOLEAN) if rules.applies_to else None
    return RulesPart(
        scope=scope,
        sources={name: _source(each, rules.languages) for name, each in rules.sources.items()},
        in_force=_in_force(rules.effective),
        applies_to=applies_to,
        derived={
            scope.key(name): DerivedDefinition(scope.key(name), name, node)
            for name, node in derived.items()
            if node is not None
        },
        tables={table.key: table for table in tables.values() if table is not None},
        guarantees=tuple(rule for rule in guarantees if rule is not None),
        referrals=tuple(referral for referral in referrals if referral is not None),
    )


def _note_clashes(rules: model.Rules, scope: Scope) -> None:
    """Note a name that stands for two things in one file."""
    seen: dict[str, str] = {}
    kinds: dict[str, Iterable[str]] = {
        "a parameter": rules.parameters,
        "a derived value": rules.derive,
        "a table": rules.tables,
    }
    for kind, names in kinds.items():
        for name in names:
            taken = seen.setdefault(name, kind)
            reserved = name in ("plan", "loans", "as_of", "min", "max") or name in scope.records()
            if taken != kind or reserved:
                what = taken if taken != kind else "a word of the language or a record"
                scope.findings.error(
                    "name-taken",
                    f"`{name}` is {kind} and {what}",
                    rules.span,
                    "give one of them another name",
                )


def _derived(name: str, scope: Scope) -> ir.Node | None:
    if name not in scope.derived:
        scope.under_way.append(name)
        node = elaborate(scope.written_derived[name], scope, RULE)
        scope.under_way.pop()
        scope.derived[name] = node
    return scope.derived[name]


def _table(name: str, scope: Scope) -> TableDefinition | None:
    if name not in scope.tables:
        scope.under_way.append(name)
        scope.tables[name] = table_from(name, scope.written_tables[name], scope)
        scope.under_way.pop()
    return scope.tables[name]


def _plan(name: str, plan: model.Plan, policy: model.Policy, scope: Scope) -> PlanDefinition:
    require = rules_from(plan.require, policy.conditions, scope, RULE, None)
    until = rules_from(plan.offer.until or (), policy.conditions, scope, TERMS, UNAFFORDABLE)
    enough = plan.offer.accept
    accept = rules_from(enough, policy.conditions, scope, TERMS, UNAFFORDABLE, "accept")
    levers = [lever_from(step, scope) for step in plan.offer.steps]
    steps = tuple(lever for lever in levers if lever is not None)
    note_clashes(steps, scope)
    note_engine_facts(steps, plan.offer.span, scope)
    note_disagreements(plan.offer, steps, scope)
    figures = {name: _figure(figure, scope) for name, figure in plan.figures.items()}
    if plan.follow_up and plan.follow_up.text not in policy.follow_up:
        scope.findings.error(
            "unknown-name",
            f"there is no follow-up `{plan.follow_up.text}`",
            plan.follow_up.span,
            nearest_or_list(plan.follow_up.text, policy.follow_up),
        )
    return PlanDefinition(
        id=name,
        title=plan.title.plain() if plan.title else {},
        require=require,
        offer=OfferDefinition(
            levers=steps,
            until=until,
            accept=accept,
            choose=plan.offer.choose,
            negative_amortisation=plan.offer.negative_amortisation,
            span=plan.offer.span,
        ),
        figures={name: figure for name, figure in figures.items() if figure is not None},
        follow_up=plan.follow_up.text if plan.follow_up else None,
        span=plan.span,
    )


def _figure(figure: model.Figure, scope: Scope) -> FigureDefinition | None:
    node = elaborate(figure.value, scope, TERMS)
    title = figure.title.plain() if figure.title else {}
    return FigureDefinition(node, title) if node else None


def _joined(
    policy: model.Policy,
    own: RulesPart,
    binding: list[RulesPart],
    plans: tuple[PlanDefinition, ...],
    dictionary: Dictionary,
) -> Program:
    parts = [own, *binding]
    effective = policy.effective
    return Program(
        id=policy.name.text,
        version=policy.version.text,
        title=policy.title.plain() if policy.title else {},
        languages=policy.languages,
        currency=policy.currency.text,
        vocabulary=policy.vocabulary.text,
        starts=effective.starts if effective else None,
        ends=effective.ends if effective else None,
        regulations=tuple(name.text for name in policy.regulations),
        sources=own.sources,
        regulation_sources={part.scope.file: part.sources for part in binding if part.sources},
        applies_to=own.applies_to,
        parameters={p.key: p for part in parts for p in part.scope.parameters.values()},
        derived={key: d for part in parts for key, d in part.derived.items()},
        tables={key: t for part in parts for key, t in part.tables.items()},
        plans=plans,
        guarantees=tuple(_guarantees(own, binding)),
        referrals=tuple(_referrals(own, binding)),
        follow_up={
            name: _follow_up(follow_up, own.scope) for name, follow_up in policy.follow_up.items()
        },
        required=dictionary.required[policy.vocabulary.text],
        dictionary=dictionary,
        span=policy.span,
    )


def _guarantees(own: RulesPart, binding: list[RulesPart]) -> Iterable[Rule]:
    """Yield the policy's own guarantees, then each regulation's where the regulation applies."""
    yield from own.guarantees
    for part in binding:
        where = _both(part.in_force, part.applies_to)
        for rule in part.guarantees:
            yield attrs.evolve(rule, applies=_both(where, rule.applies))


def _referrals(own: RulesPart, binding: list[RulesPart]) -> Iterable[ReferralDefinition]:
    """Yield the policy's own referrals, then each regulation's where the regulation applies."""
    yield from own.referrals
    for part in binding:
        where = _both(part.in_force, part.applies_to)
        for referral in part.referrals:
            test = _both(where, referral.rule.test) or referral.rule.test
            yield attrs.evolve(referral, rule=attrs.evolve(referral.rule, test=test))


def _in_force(effective: model.Effective | None) -> ir.Node | None:
    """Return the condition that the day of the decision lies within the dates, or None without dates."""
    if effective is None:
        return None
    span = effective.span
    bounds = ((">=", effective.starts), ("<=", effective.ends))
    operands = tuple(
        ir.Compare(
            type=BOOLEAN,
            span=span,
            operator=operator,
            left=ir.AsOf(type=DATE, span=span),
            right=ir.Constant(type=DATE, span=span, value=day),
        )
        for operator, day in bounds
        if day is not None
    )
    return ir.And(type=BOOLEAN, span=span, operands=operands)


def _both(one: ir.Node | None, other: ir.Node | None) -> ir.Node | None:
    if one is None or other is None:
        return one or other
    return ir.And(type=BOOLEAN, span=other.span, operands=(one, other))


def _source(source: Source, languages: tuple[str, ...]) -> SourceDefinition:
    title = source.title
    return SourceDefinition(
        kind=source.kind,
        title=title.plain() if isinstance(title, Texts) else dict.fromkeys(languages, title.text),
        cited_as=source.cited_as.plain() if source.cited_as else {},
        date=source.date,
        url=source.url.text if source.url else None,
        note=source.note.text if source.note else None,
    )


def _follow_up(follow_up: model.FollowUp, scope: Scope) -> FollowUpDefinition:
    transitions = []
    for state in model.STATES:
        for transition in getattr(follow_up, state):
            note_source(transition.source, scope)
            transitions.append(_transition(state, transition, scope))
    duties = [
        duty_from(state, name, duty, scope)
        for state in model.STATES
        for name, duty in follow_up.asks.get(state, {}).items()
    ]
    asks = tuple(duty for duty in duties if duty is not None)
    return FollowUpDefinition(follow_up.start, tuple(transitions), asks)


def _transition(state: str, written: model.Transition, scope: Scope) -> TransitionDefinition:
    wording = wording_from(written.because, scope, TERMS)
    _note_not_signed(wording, scope)
    return TransitionDefinition(
        state=state,
        event=written.event,
        count=written.count,
        consecutive=written.consecutive,
        within=written.within,
        go=written.go,
        wording=wording,
        source=written.source.text if written.source else None,
    )


def _note_not_signed(wording: Wording, scope: Scope) -> None:
    """Note what a text names of terms that an agreement does not keep."""
    for node in (node for named in named_in(wording) for node in named.walk()):
        if isinstance(node, ir.PlanValue) and node.name in NOT_SIGNED:
            scope.findings.error(
                "plan-not-known-yet",
                f"`plan.{node.name}` is not known here: signed terms do not keep it",
                node.span,
                "name the payment, the term or another of the terms",
            )
