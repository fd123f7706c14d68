"""The facts that the engine itself reads to work out terms, held against the vocabulary when a policy loads.

A rule names its facts and is checked by that; these are named by nobody, so a slip in the vocabulary would only
show as a plan that can never be decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policyengine.diagnostics import Related
from policyengine.ir import levers
from policyengine.ir.from_model.scope import Scope
from policyengine.model.literals import a_kind
from policyengine.model.types import DATE, INTEGER, MONEY, MONTHS, RATE, Kind, Type
from policyengine.source import Span

METHODS = ("level", "equal_principal")

_ALWAYS: dict[str, Type] = {
    "loan.principal": MONEY,
    "loan.annual_rate": RATE,
    "loan.next_due": DATE,
}
_WITH_TERM: dict[str, Type] = {"loan.remaining_term": MONTHS, "loan.method": Type(Kind.ENUM)}
#: Read where the vocabulary has them.
_OPTIONAL: dict[str, Type] = {"loan.id": Type(Kind.TEXT), "loan.due_day": INTEGER}


def note_engine_facts(steps: Iterable[levers.Lever], span: Span, scope: Scope) -> None:
    """Note facts that the levers of an offer need and the vocabulary lacks, or has with another type."""
    steps = tuple(steps)
    for path, type_ in _needed(steps):
        if path not in scope.visible:
            scope.findings.error(
                "missing-fact",
                f"working out terms needs the fact `{path}`, which the vocabulary does not have",
                span,
                f"declare it with `type: {type_.kind}`",
            )
        else:
            _note_type(path, type_, span, scope)
    for path, type_ in _OPTIONAL.items():
        if path in scope.visible:
            _note_type(path, type_, span, scope)


def _needed(steps: tuple[levers.Lever, ...]) -> Iterator[tuple[str, Type]]:
    yield from _ALWAYS.items()
    if not any(map(levers.has_own_term, steps)):
        yield from _WITH_TERM.items()
    names = {name for step in steps for name in balances_of(step)}
    yield from ((f"loan.{name}", MONEY) for name in sorted(names))


def balances_of(step: levers.Lever) -> list[str]:
    """Return the balances of a loan that a lever touches."""
    if isinstance(step, (levers.Waiver, levers.Capitalisation, levers.Deferral)):
        return [name for name, _ in step.shares if name != "future_interest"]
    return [step.balance] if isinstance(step, levers.RepaymentPlan) else []


def _note_type(path: str, type_: Type, span: Span, scope: Scope) -> None:
    fact = scope.dictionary.facts[path]
    here = (Related("the terms are worked out here", span),)
    if fact.type.kind is not type_.kind:
        scope.findings.error(
            "wrong-fact-type",
            f"`{path}` is {a_kind(fact.type)}, and working out terms needs {a_kind(type_)}",
            fact.span,
            f"declare it with `type: {type_.kind}`",
            related=here,
        )
    elif path == "loan.annual_rate" and fact.per != "year":
        scope.findings.error(
            "wrong-fact-type",
            f"`{path}` is a rate per {fact.per}, and working out terms needs the annual one",
            fact.span,
            "leave out `per`",
            related=here,
        )
    elif path == "loan.method":
        for value in scope.dictionary.values_of(fact.type):
            if value not in METHODS:
                scope.findings.error(
                    "wrong-fact-type",
                    f"the repayment method `{value}` is not one that terms can be worked out for",
                    fact.span,
                    "the methods are " + " and ".join(f"`{name}`" for name in METHODS),
                    related=here,
                )
