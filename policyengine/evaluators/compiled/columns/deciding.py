"""Decisions about many rows: conditions and offers by compiled source, rows it is not sure of by another evaluator."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

from policyengine.decision.columns import (
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
from policyengine.decision.decision import Outcome, Status
from policyengine.evaluators.base import Evaluator
from policyengine.evaluators.by_rows import code_of, decided_rows
from policyengine.evaluators.compiled.columns.offers.solving import Offers, Solved
from policyengine.evaluators.compiled.columns.screening import ColumnsEvaluator as Screening
from policyengine.evaluators.compiled.columns.screening import ScreenedColumns
from policyengine.evaluators.many import APPLIES, DOES_NOT, MAY
from policyengine.facts.columns import FactColumns, Flags
from policyengine.facts.from_columns import situation_at
from policyengine.ir.program import PlanDefinition, Program


class Screens(Protocol):
    """Says of each row which conditions fail and which are not known."""

    def screen(self, program: Program, facts: FactColumns) -> ScreenedColumns:
        """Return what holds of each row, of the conditions that stand on no terms."""


@attrs.frozen(eq=False)
class CompiledColumns:
    """Decides many rows at once, and by `other` those of which columns are not sure; their paths say so."""

    other: Evaluator
    threads: int = attrs.field(factory=lambda: os.cpu_count() or 1)
    _screening: Screens = attrs.field()
    _offers: Offers = attrs.field(factory=Offers)

    @_screening.default
    def _with_as_many_threads(self) -> Screens:
        return Screening(self.threads)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (
            self.other,
            1,
        )  # whoever sends it to other processes has one for each core

    def applies(self, program: Program, facts: FactColumns) -> Codes:
        """Return whether the policy applies to each row."""
        screened = self._screening.screen(program, facts)
        found = _applies(screened)
        for row in np.flatnonzero(_left_over(screened, facts.rows)):
            situation = situation_at(facts, int(row), program.dictionary, program.scale)
            found[row] = code_of(self.other.applies(program, situation))
        return found

    def decide(self, program: Program, facts: FactColumns) -> DecidedColumns:
        """Return what is decided of each row."""
        screened = self._screening.screen(program, facts)
        exact = _left_over(screened, facts.rows)
        complete = _complete(program, facts, screened)
        with ThreadPoolExecutor(self.threads) as pool:
            solved = self._offers.solve(program, facts, screened, complete, exact, pool)
        return self._with_exact(_decided(program, screened, solved), exact, program, facts)

    def sources(self, program: Program, facts: FactColumns) -> list[str]:
        """Return the source that rows such as these are decided by: the conditions, and each offer that is carried."""
        screening = self._screening
        assert isinstance(screening, Screening)  # noqa: S101  # others have no source
        shapes = screening.shapes(program, facts)
        conditions = screening.source(program, facts.as_of, shapes)
        offers = self._offers.sources(program, facts)
        return [conditions.text, *(each.text for each in offers if each)]

    def carried(self, program: Program, plan: PlanDefinition, facts: FactColumns) -> bool:
        """Return whether columns carry a plan's offer, for facts such as these; if not, rows are decided one by one."""
        return self._offers.carried(program, plan, facts)

    def _with_exact(
        self, decided: DecidedColumns, exact: Flags, program: Program, facts: FactColumns
    ) -> DecidedColumns:
        rows = np.flatnonzero(exact)
        if len(rows):
            _put(decided, rows, decided_rows(program, facts, rows.tolist(), self.other))
        return decided


def _left_over(screened: ScreenedColumns, rows: int) -> Flags:
    """Return the rows of which a condition is not decided."""
    if any(screened.left):
        left: Flags = _mask(screened.failed[-2], rows) == 0
        return left
    return np.zeros(rows, np.bool_) if screened.flagged is None else screened.flagged.copy()


def _mask(mask: Masks, rows: int) -> Masks:
    return mask if mask.strides != (0,) else np.zeros(rows, mask.dtype)


def _applies(screened: ScreenedColumns) -> Codes:
    unsure = np.where(screened.unknown[-2] != 0, MAY, APPLIES)
    return np.where(screened.failed[-2] != 0, DOES_NOT, unsure).astype(np.int8)


def _complete(program: Program, facts: FactColumns, screened: ScreenedColumns) -> Flags:
    """Return the rows of which all is known without which no plan is allowed."""
    found: Flags = screened.unknown[-2] == 0
    for path in program.required:
        column = facts.facts.get(path)
        if column is None:
            return np.zeros(facts.rows, np.bool_)
        if column.known is not None:
            found = found & column.known
    return found


def _decided(
    program: Program, screened: ScreenedColumns, solved: Sequence[Solved]
) -> DecidedColumns:
    applies = _applies(screened) != DOES_NOT
    plans = {
        plan.id: PlanColumns(
            each.status, each.failed, each.unknown, dict(zip(TERMS, each.terms, strict=True))
        )
        for plan, each in zip(program.plans, solved, strict=True)
    }
    outcome = _outcomes(program, screened, [each.status for each in solved])
    outcome[~applies] = NONE
    referrals = (
        np.where(applies, screened.failed[-1], 0).astype(np.uint64),
        np.where(applies, screened.unknown[-1], 0).astype(np.uint64),
    )
    return DecidedColumns(outcome, plans, referrals, np.full(len(applies), Path.COLUMNS, np.int8))


def _outcomes(program: Program, screened: ScreenedColumns, statuses: Sequence[Codes]) -> Codes:
    """Return the outcomes of rows to which the policy may apply (see `decision.from_trace.outcome_of`)."""
    instead = sum(1 << n for n, r in enumerate(program.referrals) if r.instead_of_refusal)
    fails, unsure = screened.failed[-1] & instead, screened.unknown[-1] & instead
    holds = (fails | unsure) != instead
    offered = _any(statuses, STATUSES.index(Status.ALLOWED))
    open_ = _any(statuses, STATUSES.index(Status.UNDETERMINED)) | (screened.unknown[-2] != 0)
    found = np.where(unsure != 0, _place(Outcome.NEED_INFORMATION), _place(Outcome.REFUSE))
    found = np.where(holds, _place(Outcome.REFER), found)
    found = np.where(open_, _place(Outcome.NEED_INFORMATION), found)
    return np.where(offered, _place(Outcome.OFFER), found).astype(np.int8)


def _any(statuses: Sequence[Codes], status: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.logical_or.reduce([each == status for each in statuses])
    return found


def _place(outcome: Outcome) -> int:
    return OUTCOMES.index(outcome)


def _put(decided: DecidedColumns, rows: NDArray[np.intp], others: DecidedColumns) -> None:
    """Put what another evaluator decided of some rows in its place."""
    decided.outcome[rows] = others.outcome
    for name, plan in decided.plans.items():
        other = others.plans[name]
        plan.status[rows], plan.failed[rows], plan.unknown[rows] = (
            other.status,
            other.failed,
            other.unknown,
        )
        for term, values in plan.terms.items():
            values[rows] = other.terms[term]
    for mask, other_mask in zip(decided.referrals, others.referrals, strict=True):
        mask[rows] = other_mask
    decided.paths[rows] = others.paths
