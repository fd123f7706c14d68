"""Decides many rows one by one: what the columns of a decision mean, and the exact path for rows that need it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

import attrs
import numpy as np

from policyengine.decision.columns import (
    BITS,
    NONE,
    OUTCOMES,
    STATUSES,
    TERMS,
    Codes,
    DecidedColumns,
    Masks,
    Path,
    PlanColumns,
)
from policyengine.decision.decision import Status
from policyengine.decision.from_trace import outcome_of
from policyengine.decision.screening import Screening
from policyengine.decision.trace import Truth, Unknown
from policyengine.evaluators.base import Evaluator, Offered, Probe
from policyengine.evaluators.many import APPLIES, DOES_NOT, MAY
from policyengine.evaluators.reference.judged import judged
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.facts.columns import FactColumns
from policyengine.facts.facts import Situation
from policyengine.facts.from_columns import situation_at
from policyengine.finance.rounding import round_to_integer
from policyengine.ir.program import PlanDefinition, Program

_ALL_BITS = (1 << BITS) - 1
_LEAST, _MOST = -(2**63), 2**63 - 1
_FINE = 10**9
_NO_TERMS = (0,) * len(TERMS)


@attrs.frozen
class ByRows:
    """Decides each row by another evaluator."""

    evaluator: Evaluator

    def decide(self, program: Program, facts: FactColumns) -> DecidedColumns:
        """Return what is decided of each row."""
        return decided_rows(program, facts, range(facts.rows), self.evaluator)

    def applies(self, program: Program, facts: FactColumns) -> Codes:
        """Return whether the policy applies to each row."""
        situations = (_situation(program, facts, row) for row in range(facts.rows))
        found = [self.evaluator.applies(program, situation) for situation in situations]
        return np.array([code_of(truth) for truth in found], np.int8)


def decided_rows(
    program: Program, facts: FactColumns, rows: Iterable[int], evaluator: Evaluator
) -> DecidedColumns:
    """Return what is decided of some of the rows, in their order."""
    decided = [_decided(program, _situation(program, facts, row), evaluator) for row in rows]
    return DecidedColumns(
        outcome=np.array([row.outcome for row in decided], np.int8),
        plans={
            plan.id: _plan_columns([row.plans[place] for row in decided])
            for place, plan in enumerate(program.plans)
        },
        referrals=(
            _masks([row.referrals[0] for row in decided]),
            _masks([row.referrals[1] for row in decided]),
        ),
        paths=np.array([row.path for row in decided], np.int8),
    )


def _situation(program: Program, facts: FactColumns, row: int) -> Situation:
    return situation_at(facts, row, program.dictionary, program.scale)


def code_of(truth: Truth) -> int:
    """Return whether a policy applies as many rows say it."""
    return MAY if isinstance(truth, Unknown) else APPLIES if truth else DOES_NOT


# One row


@attrs.frozen
class _Plan:
    status: int
    failed: int
    unknown: int
    terms: Sequence[int]


@attrs.frozen
class _Row:
    outcome: int
    plans: Sequence[_Plan]
    referrals: tuple[int, int]

    @property
    def path(self) -> Path:
        amounts = [amount for plan in self.plans for amount in plan.terms]
        fits = all(_LEAST <= amount <= _MOST for amount in amounts)
        return Path.EXACT if fits else Path.BEYOND


def _decided(program: Program, situation: Situation, evaluator: Evaluator) -> _Row:
    applies = evaluator.applies(program, situation)
    if applies is False:
        nothing = _Plan(NONE, 0, 0, _NO_TERMS)
        return _Row(NONE, [nothing] * len(program.plans), (0, 0))
    asked = _Asked(program, evaluator.probe(program, situation), Valuation(program, situation))
    screening = evaluator.prepare(program, situation).screen()
    complete = applies is True and _has_required(program, situation)
    plans = [_plan(plan, asked, complete=complete) for plan in program.plans]
    statuses = {STATUSES[plan.status] for plan in plans}
    outcome = outcome_of(statuses, _instead(program, screening), applies)
    referrals = screening.failed_masks[-1], screening.unknown_masks[-1]
    return _Row(OUTCOMES.index(outcome), plans, referrals)


def _has_required(program: Program, situation: Situation) -> bool:
    return all(situation.get(path) is not None for path in program.required)


def _instead(program: Program, screening: Screening) -> list[bool | None]:
    """Return whether the referrals that replace a refusal hold; None where that is not known."""
    failed, unknown = screening.failed_masks[-1], screening.unknown_masks[-1]
    truths = [
        False if failed >> place & 1 else None if unknown >> place & 1 else True
        for place in range(len(program.referrals))
    ]
    pairs = zip(program.referrals, truths, strict=True)
    return [truth for referral, truth in pairs if referral.instead_of_refusal]


@attrs.frozen
class _Asked:
    """Whom questions about one row go to."""

    program: Program
    probe: Probe
    valuation: Valuation


def _plan(plan: PlanDefinition, asked: _Asked, *, complete: bool) -> _Plan:
    truths = judged(plan, asked.program, asked.valuation, asked.probe.offer)
    status, offered = _status(plan, truths, asked.probe, complete=complete)
    allowed = offered if status is Status.ALLOWED else None
    return _Plan(
        STATUSES.index(status),
        _mask(truth is False for truth in truths),
        _mask(isinstance(truth, Unknown) for truth in truths),
        _terms(allowed, asked.program) if allowed else _NO_TERMS,
    )


def _status(
    plan: PlanDefinition, truths: Sequence[Truth | None], probe: Probe, *, complete: bool
) -> tuple[Status, Offered | None]:
    """Return the status of a plan, and its offer where one was looked for."""
    require = truths[: len(plan.require)]
    if any(truth is False for truth in require):
        return Status.DENIED, None
    offered = probe.offer(plan)
    if offered.holds is False:
        return Status.DENIED, offered
    holds = complete and offered.holds is True and all(truth is True for truth in require)
    return Status.ALLOWED if holds else Status.UNDETERMINED, offered


def _mask(bits: Iterable[bool]) -> int:
    return sum(1 << place for place, bit in enumerate(bits) if bit) & _ALL_BITS


def _terms(offered: Offered, program: Program) -> list[int]:
    """Return the terms in minor units, months and billionths."""
    prospect = offered.prospect
    assert prospect is not None  # noqa: S101  # the plan is allowed
    terms = prospect.terms({})
    rate = round_to_integer(Fraction(prospect.draft.rate) * _FINE)
    found = {name: getattr(terms, name) for name in TERMS} | {"annual_rate": rate}
    return [_whole(found[name], program.scale) for name in TERMS]


def _whole(value: Decimal | int, scale: int) -> int:
    return int(value * scale) if isinstance(value, Decimal) else value


# Many rows as arrays


def _plan_columns(plans: Sequence[_Plan]) -> PlanColumns:
    return PlanColumns(
        status=np.array([plan.status for plan in plans], np.int8),
        failed=_masks([plan.failed for plan in plans]),
        unknown=_masks([plan.unknown for plan in plans]),
        terms={
            name: np.array([_within(plan.terms[place]) for plan in plans], np.int64)
            for place, name in enumerate(TERMS)
        },
    )


def _masks(masks: Sequence[int]) -> Masks:
    return np.array([mask & _ALL_BITS for mask in masks], np.uint64)


def _within(amount: int) -> int:
    """Return an amount, or zero where it does not fit; the path of the row says so."""
    return amount if _LEAST <= amount <= _MOST else 0
