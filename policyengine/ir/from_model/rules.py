"""Conditions, guarantees and referrals to rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from policyengine.diagnostics import Related, nearest_or_list
from policyengine.ir import nodes as ir
from policyengine.ir.from_model.expressions import elaborate
from policyengine.ir.from_model.scope import REFERRAL, RULE, TERMS, Scope, Where
from policyengine.ir.from_model.wording import wording_from
from policyengine.ir.program import DutyDefinition, ReferralDefinition, Rule
from policyengine.model import common as model
from policyengine.model.policy import Duty
from policyengine.model.types import BOOLEAN
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Scalar

UNAFFORDABLE = "UNAFFORDABLE"


def rules_from(
    conditions: Iterable[model.Condition | model.Reference],
    shared: Mapping[str, model.Condition],
    scope: Scope,
    where: Where,
    default_code: str | None,
    default_id: str = "until",
) -> tuple[Rule, ...]:
    """Return the rules of a list of conditions, some of them shared; ids must differ.

    One without an id goes by the default and its place.
    """
    found = [c for c in (_resolved(c, shared, scope) for c in conditions) if c is not None]
    note_repeated((c.id for c in found if c.id), scope)
    read = (
        _rule(condition, scope, where, f"{default_id}_{index}", default_code)
        for index, condition in enumerate(found, 1)
    )
    return tuple(rule for rule in read if rule is not None)


def _resolved(
    condition: model.Condition | model.Reference,
    shared: Mapping[str, model.Condition],
    scope: Scope,
) -> model.Condition | None:
    if isinstance(condition, model.Condition):
        return condition
    name = condition.name
    if name.text in shared:
        return attrs.evolve(shared[name.text], id=name)
    if condition.written and name.text in scope.own_names():
        return model.bare_condition(condition.written)
    if name.text not in scope.unreadable:
        scope.findings.error(
            "unknown-name",
            f"there is no condition `{name.text}`",
            name.span,
            nearest_or_list(name.text, shared),
        )
    return None


def guarantee_from(guarantee: model.Guarantee, scope: Scope) -> Rule | None:
    """Return the rule that every offer must keep: where it applies, it holds."""
    applies = (
        elaborate(guarantee.applies_to, scope, RULE, BOOLEAN) if guarantee.applies_to else None
    )
    test = elaborate(guarantee.that, scope, TERMS, BOOLEAN)
    wording = wording_from(guarantee.because, scope, TERMS)
    note_source(guarantee.source, scope)
    if test is None or (guarantee.applies_to and applies is None):
        return None
    return Rule(
        id=guarantee.id.text,
        code=guarantee.code.text if guarantee.code else None,
        test=test,
        wording=wording,
        source=_text(guarantee.source),
        span=guarantee.that.span(),
        origin=scope.file,
        applies=applies,
    )


def referral_from(name: str, referral: model.Referral, scope: Scope) -> ReferralDefinition | None:
    """Return the referral and the rule that says when."""
    where = RULE if referral.instead_of_refusal else REFERRAL
    test = elaborate(referral.when, scope, where, BOOLEAN)
    rule = _single_rule(name, referral, test, referral.when.span(), scope)
    title = referral.title.plain() if referral.title else {}
    return (
        None if rule is None else ReferralDefinition(name, title, rule, referral.instead_of_refusal)
    )


def duty_from(state: str, name: str, duty: Duty, scope: Scope) -> DutyDefinition | None:
    """Return what a state asks of the lender, and the rule that says when."""
    span = duty.when.span() if duty.when else duty.span.first_line()
    always = ir.Constant(type=BOOLEAN, span=span, value=True)
    test = elaborate(duty.when, scope, REFERRAL, BOOLEAN) if duty.when else always
    rule = _single_rule(name, duty, test, span, scope)
    title = duty.title.plain() if duty.title else {}
    return None if rule is None else DutyDefinition(state, name, title, rule)


def _single_rule(
    name: str, declared: model.Referral | Duty, test: ir.Node | None, span: Span, scope: Scope
) -> Rule | None:
    """Return the rule of what is declared with a name, a test and a reason; None where the test could not be read."""
    wording = wording_from(declared.because, scope, REFERRAL)
    note_source(declared.source, scope)
    if test is None:
        return None
    return Rule(
        id=name,
        code=_text(declared.code),
        test=test,
        wording=wording,
        source=_text(declared.source),
        span=span,
        origin=scope.file,
    )


def note_repeated(names: Iterable[Scalar], scope: Scope) -> None:
    """Note names that are given twice."""
    first: dict[str, Scalar] = {}
    for name in names:
        earlier = first.setdefault(name.text, name)
        if earlier is not name:
            scope.findings.error(
                "repeated-name",
                f"the name `{name.text}` is given twice",
                name.span,
                "give one of them another name",
                related=(Related("first given here", earlier.span),),
            )


def note_source(source: Scalar | None, scope: Scope) -> None:
    """Note a citation that starts with none of the file's sources, where it declares any."""
    if source is None or not scope.sources:
        return
    name = source.text.split()[0].rstrip(",;:")
    if name not in scope.sources:
        scope.findings.error(
            "unknown-name",
            f"`{name}` is not one of the file's sources",
            source.part(0, len(name)),
            nearest_or_list(name, scope.sources),
        )


def _rule(
    condition: model.Condition,
    scope: Scope,
    where: Where,
    default_id: str,
    default_code: str | None,
) -> Rule | None:
    name = condition.id.text if condition.id else default_id
    parts = tuple(
        _rule(part, scope, where, f"{name}.{index}", None)
        for index, part in enumerate(condition.any or condition.all or (), 1)
    )
    test = _test(condition, tuple(p for p in parts if p is not None), scope, where)
    wording = wording_from(condition.because, scope, where)
    note_source(condition.source, scope)
    if test is None or any(part is None for part in parts):
        return None
    return Rule(
        id=name,
        code=_code(condition, default_code),
        test=test,
        wording=wording,
        source=_text(condition.source),
        span=condition.that.span() if condition.that else condition.span,
        origin=scope.file,
        joint="any" if condition.any else "all" if condition.all else None,
        parts=tuple(part for part in parts if part is not None),
    )


def _code(condition: model.Condition, default: str | None) -> str | None:
    """Return the code; only a bare expression has a default."""
    if condition.code:
        return condition.code.text
    return None if condition.id else default


def _test(
    condition: model.Condition, parts: tuple[Rule, ...], scope: Scope, where: Where
) -> ir.Node | None:
    if condition.that:
        return elaborate(condition.that, scope, where, BOOLEAN)
    if not parts:
        return None
    kind = ir.Or if condition.any else ir.And
    return kind(type=BOOLEAN, span=condition.span, operands=tuple(part.test for part in parts))


def _text(scalar: Scalar | None) -> str | None:
    return scalar.text if scalar else None
