"""The state of a case as a reader sees it: agreements with what is due and paid, and what is asked of the lender."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import attrs

from policyengine.cases.agreement import Agreement
from policyengine.cases.duty import Duty, duties_of
from policyengine.cases.follow_up import Followed, Moved
from policyengine.cases.ground import Ground
from policyengine.cases.signed_terms import SignedTerms
from policyengine.cases.standing import Standing
from policyengine.decision.citation import cited
from policyengine.decision.wording import worded
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.facts.facts import Facts
from policyengine.finance.money import Currency, major
from policyengine.ir.program import Program


@attrs.frozen
class Transition:
    """How an agreement came into its state.

    Attributes:
        event: The event that led into it.
        on: Its day.
        text: Why, in the policy's words.
        source: What it cites, as the file has it.
        citation: The same as readers of each language write it.
    """

    event: str
    on: date
    text: Mapping[str, str] = attrs.field(hash=False)
    source: str | None
    citation: Mapping[str, str] = attrs.field(hash=False)


@attrs.frozen
class AgreementState:
    """An agreement and how it is kept.

    Attributes:
        agreement: What was signed.
        state: `performing`, `broken`, `cured`, `renegotiate` or `completed`; None where nothing follows it.
        entered: The day on which it came into the state.
        due: What was due under the signed schedule up to the day of the state.
        paid: What was paid since signing.
        overdue: How far what was paid falls short of what was due; zero where it does not, and once it has ended.
        transition: How it came into its state; None at the start.
        replaced: The signing that took its place, if any.
    """

    agreement: Agreement
    state: str | None
    entered: date
    due: Decimal
    paid: Decimal
    overdue: Decimal
    transition: Transition | None
    replaced: str | None


@attrs.frozen
class CaseState:
    """Where a case stands on a day.

    Attributes:
        as_of: The day.
        agreements: Those signed, from first to last.
        duties: What they ask of the lender, each with its reason.
        closed: Whether nothing more can happen: every loan is settled, or its agreement completed.
    """

    as_of: date
    agreements: tuple[AgreementState, ...]
    duties: tuple[Duty, ...]
    closed: bool


def state_of(standing: Standing, as_of: date, ground: Ground) -> CaseState:
    """Return the state of a case on a day."""
    facts = attrs.evolve(standing.facts, as_of=as_of)
    duties = (duty for each in standing.followed for duty in duties_of(each, facts, ground))
    return CaseState(
        as_of,
        tuple(_agreement(each, standing, as_of, ground) for each in standing.followed),
        tuple(duties),
        standing.closed(None),
    )


def _agreement(
    followed: Followed, standing: Standing, as_of: date, ground: Ground
) -> AgreementState:
    over = followed.ended or followed.loan in standing.settled
    agreement, currency = followed.agreement, ground.currency
    due = agreement.due_by(as_of)
    program = ground.program(agreement.policy)
    moved = followed.moved
    return AgreementState(
        agreement,
        followed.state,
        followed.entered,
        due=major(due, currency),
        paid=major(followed.paid, currency),
        overdue=major(0 if over else max(0, due - followed.paid), currency),
        transition=_transition(moved, followed, program, currency) if moved and program else None,
        replaced=followed.replaced,
    )


def _transition(
    moved: Moved, followed: Followed, program: Program, currency: Currency
) -> Transition:
    facts: Facts = attrs.evolve(moved.facts, as_of=moved.on)
    signed = SignedTerms(followed.agreement, currency)
    valuation = Valuation(program, facts.about(followed.loan)).with_terms(signed)
    return Transition(
        moved.event,
        moved.on,
        worded(moved.way.wording, valuation.value, program),
        moved.way.source,
        cited(moved.way.source, program.id, program),
    )
