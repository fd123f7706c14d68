"""Decisions of a batch from those of its groups: each group's rows go back to their places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs
import numpy as np

from policyengine.decision.columns import NONE, TERMS, DecidedColumns, Path, PlanColumns
from policyengine.facts.choosing import Rows
from policyengine.facts.columns import Flags
from policyengine.ir.program import Program

Part = tuple[Rows, DecidedColumns]


def scattered(program: Program, rows: int, parts: Iterable[Part]) -> DecidedColumns:
    """Return the decisions of all rows of a batch; rows of no part are not decided."""
    parts = [part for part in parts if len(part[0])]
    if len(parts) == 1 and len(parts[0][0]) == rows:
        return parts[0][1]

    def put(read: Callable[[DecidedColumns], Any], empty: int, type_: Any) -> Any:
        whole = np.full(rows, empty, type_)
        for places, decided in parts:
            whole[places] = read(decided)
        return whole

    return DecidedColumns(
        outcome=put(lambda d: d.outcome, NONE, np.int8),
        plans={plan.id: _plan(plan.id, put) for plan in program.plans},
        referrals=(
            put(lambda d: d.referrals[0], 0, np.uint64),
            put(lambda d: d.referrals[1], 0, np.uint64),
        ),
        paths=put(lambda d: d.paths, Path.COLUMNS, np.int8),
    )


def _plan(name: str, put: Callable[..., Any]) -> PlanColumns:
    def terms(term: str) -> Any:
        return put(lambda d: d.plans[name].terms[term], 0, np.int64)

    return PlanColumns(
        status=put(lambda d: d.plans[name].status, NONE, np.int8),
        failed=put(lambda d: d.plans[name].failed, 0, np.uint64),
        unknown=put(lambda d: d.plans[name].unknown, 0, np.uint64),
        terms={term: terms(term) for term in TERMS},
    )


def kept_rows(decided: DecidedColumns, kept: Flags) -> DecidedColumns:
    """Return the decisions of some rows."""
    if kept.all():
        return decided
    return DecidedColumns(
        outcome=decided.outcome[kept],
        plans={name: _kept_plan(plan, kept) for name, plan in decided.plans.items()},
        referrals=(decided.referrals[0][kept], decided.referrals[1][kept]),
        paths=decided.paths[kept],
    )


def _kept_plan(plan: PlanColumns, kept: Flags) -> PlanColumns:
    terms: Mapping[str, Any] = {name: values[kept] for name, values in plan.terms.items()}
    failed, unknown = plan.failed[kept], plan.unknown[kept]
    return attrs.evolve(plan, status=plan.status[kept], failed=failed, unknown=unknown, terms=terms)
