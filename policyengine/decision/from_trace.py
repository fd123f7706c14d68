"""From what an evaluator found to a decision: the status of each plan, the outcome and what to ask."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from policyengine.decision.cited import Cited
from policyengine.decision.decision import (
    Asked,
    ChangeSearch,
    Cite,
    Decision,
    OneLess,
    Outcome,
    Plan,
    Referral,
    Status,
    Text,
)
from policyengine.decision.later import NOTHING, Later
from policyengine.decision.payment_limits import payment_limits
from policyengine.decision.provisional import names_terms
from policyengine.decision.reasons import plainly, plan_reasons, reason_from, short_name
from policyengine.decision.shortfall import shortfall_from
from policyengine.decision.trace import (
    OfferFinding,
    PlanFinding,
    ReferralFinding,
    Trace,
    Truth,
    Unknown,
    merged,
)
from policyengine.decision.trace import OneLess as FoundLess
from policyengine.decision.values import Json, encode
from policyengine.decision.wording import encoded_text
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.program import PlanDefinition, Program

if TYPE_CHECKING:
    from policyengine.decision.tree.branch import Branch

#: Looks for what would change a plan.
ChangeSearcher = Callable[[PlanFinding, Trace], ChangeSearch]


class Citations(Protocol):
    """Says which facts an outcome rests on; whoever decides brings it, as it stands on an evaluator."""

    def plan(self, found: PlanFinding, status: Status) -> Cited:
        """Return what a plan's status rests on."""

    def referral(self, found: ReferralFinding) -> Cited:
        """Return what it rests on whether a referral holds."""

    def outcome(self, outcome: Outcome, plans: tuple[Plan, ...]) -> Cited:
        """Return what the outcome rests on."""


def decision_from(
    trace: Trace, citations: Citations, changes: ChangeSearcher | None = None
) -> Decision:
    """Return the decision that a trace amounts to; what is only read is worked out when it is.

    Args:
        trace: What an evaluator found.
        citations: Says which facts an outcome rests on.
        changes: Looks for what would change a denied plan; without it, no decision says.
    """
    program = trace.program
    plans = tuple(_plan(finding, trace, citations, changes) for finding in trace.plans)
    referrals = tuple(_referral(found, trace, citations) for found in trace.referrals)
    instead = [r.holds for r in referrals if r.instead_of_refusal]
    outcome = outcome_of({plan.status for plan in plans}, instead, trace.applies)
    asks = _asks(plans, outcome, trace)
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
        asks=asks,
        sources=tuple(_sources(program)),
        questions=Later(lambda: _questions(asks, program)),
        derived=Later(lambda: _derived(trace)),
        cited=Later(lambda: citations.outcome(outcome, plans)),
        as_it_stands=trace.as_it_stands,
    )


def _sources(program: Program) -> Iterator[Cite]:
    """Yield the documents of the policy, then those of its regulations."""
    for origin, sources in {program.id: program.sources, **program.regulation_sources}.items():
        for name, source in sources.items():
            cited_as = dict.fromkeys(program.languages, name) | dict(source.cited_as)
            yield Cite(name, origin, source.kind, source.title, cited_as, source.date, source.url)


def _referral(found: ReferralFinding, trace: Trace, citations: Citations) -> Referral:
    return Referral(
        referral=found.referral.id,
        title=found.referral.title,
        holds=plainly(found.finding.holds),
        instead_of_refusal=found.referral.instead_of_refusal,
        reason=Later(lambda: reason_from(found.finding, trace)),
        cited=Later(lambda: citations.referral(found)),
    )


# Outcome and status


def outcome_of(
    statuses: Collection[Status], instead: Collection[bool | None], applies: Truth
) -> Outcome:
    """Return what is to be done: a policy that may not apply refuses nothing, whether it applies is asked first.

    Args:
        statuses: Those of all plans.
        instead: Whether the referrals that replace a refusal hold.
        applies: Whether the policy applies.
    """
    if Status.ALLOWED in statuses:
        return Outcome.OFFER
    if Status.UNDETERMINED in statuses or isinstance(applies, Unknown):
        return Outcome.NEED_INFORMATION
    if any(instead):
        return Outcome.REFER
    return Outcome.NEED_INFORMATION if None in instead else Outcome.REFUSE


def status_of(found: PlanFinding, trace: Trace) -> Status:
    """Return what is decided of a plan; no terms are looked for where a requirement fails."""
    if any(rule.holds is False for rule in found.require):
        return Status.DENIED
    # Terms are offered only where the rules that bind them hold, and denied where one certainly does not.
    required = [rule.holds for rule in found.require]
    return _status([*_present(_missing_for_all(trace)), *required, found.offer.holds])


def _plan(
    found: PlanFinding, trace: Trace, citations: Citations, changes: ChangeSearcher | None
) -> Plan:
    missing, status = _missing_for_all(trace), status_of(found, trace)
    asks = _plan_asks(status, missing, found, trace.program)
    offer = found.offer if status is Status.ALLOWED else None
    return Plan(
        plan=found.plan.id,
        status=status,
        title=found.plan.title,
        asks=asks,
        follow_up=found.plan.follow_up,
        figure_titles={name: f.title for name, f in found.plan.figures.items()},
        currency=trace.program.currency,
        questions=Later(lambda: _questions(asks, trace.program)),
        terms=Later(lambda: offer.terms if offer else None),
        figure_texts=Later(lambda: _figure_texts(offer, found.plan, trace.program)),
        schedule=Later(lambda: offer.schedule if offer else None),
        reasons=Later(lambda: plan_reasons(found, trace)),
        provisional=Later(lambda: status is Status.UNDETERMINED and names_terms(found)),
        one_less=Later(lambda: _one_less(offer.one_less, trace) if offer else None),
        shortfall=Later(lambda: shortfall_from(found.offer.shortfall, trace.program)),
        payment_limits=Later(lambda: payment_limits(offer, trace.program) if offer else ()),
        tree=Later(lambda: _tree(found, status, trace)),
        cited=Later(lambda: citations.plan(found, status)),
        changes=_changes(found, trace, changes) if status is Status.DENIED else NOTHING,
    )


def _tree(found: PlanFinding, status: Status, trace: Trace) -> Branch:
    from policyengine.decision.tree.from_trace import plan_branch  # noqa: PLC0415  # few ask for it

    return plan_branch(found, _HOLDS[status], trace)


def _figure_texts(
    offer: OfferFinding | None, plan: PlanDefinition, program: Program
) -> dict[str, Text]:
    """Write the policy's own figures in each language, as the types that they have."""
    figures = offer.terms.figures if offer and offer.terms else {}
    return {
        name: {
            language: encoded_text(value, plan.figures[name].node.type, program, language)
            for language in program.languages
        }
        for name, value in figures.items()
    }


def _changes(
    found: PlanFinding, trace: Trace, changes: ChangeSearcher | None
) -> Later[ChangeSearch | None]:
    return Later(lambda: changes(found, trace)) if changes else NOTHING


def _one_less(less: FoundLess | None, trace: Trace) -> OneLess | None:
    if less is None:
        return None
    return OneLess(less.levers, less.payment, tuple(reason_from(r, trace) for r in less.failing))


def _status(truths: list[Truth | None]) -> Status:
    if any(truth is False for truth in truths):
        return Status.DENIED
    if all(truth is True for truth in truths):
        return Status.ALLOWED
    return Status.UNDETERMINED


_HOLDS = {Status.ALLOWED: True, Status.DENIED: False, Status.UNDETERMINED: None}


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
    truths = [rule.holds for rule in found.rules]
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


def _questions(paths: Iterable[str], program: Program) -> tuple[Asked, ...]:
    return tuple(_asked(path, program.dictionary) for path in paths)


def _asked(path: str, dictionary: Dictionary) -> Asked:
    fact = dictionary.fact(path)
    asked = fact.ask if fact else None
    return Asked(
        path=path,
        title=fact.title if fact else {},
        question=asked.question if asked else {},
        evidence=asked.evidence if asked else {},
        answered_by=dictionary.answered_by(path),
    )


def _by_cost(paths: Iterable[str], program: Program) -> tuple[str, ...]:
    return tuple(sorted(paths, key=lambda path: (_cost(path, program), path)))


def _cost(path: str, program: Program) -> int:
    fact = program.dictionary.facts.get(path)
    return fact.ask.cost if fact and fact.ask else 1


def _derived(trace: Trace) -> dict[str, Json]:
    program = trace.program
    return {
        short_name(key, program): encode(value, program.derived[key].node.type, program)
        for key, value in trace.derived.items()
    }
