"""One batch decided under both versions, and compared: the pure function under every simulation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import attrs
import numpy as np

from policyengine.decision.columns import NONE, TERMS, Codes, DecidedColumns, PlanColumns
from policyengine.evaluators.many import ColumnsEvaluator
from policyengine.facts.columns import Flags
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.program import Program
from policyengine.portfolio.columns import Columns
from policyengine.portfolio.deciding import Found, Job, decide_columns, without_clash
from policyengine.portfolio.rejects import Reject
from policyengine.portfolio.scattered import kept_rows
from policyengine.portfolio.sources.source import Chunk
from policyengine.simulation.causes import Causing
from policyengine.simulation.changes import changes_of, effects_of
from policyengine.simulation.rows import Changed, batch_of, schema_of
from policyengine.simulation.tally import (
    ChangeTally,
    PlanChanges,
    PolicyChanges,
    plan_tally,
    policy_tally,
)
from policyengine.simulation.versions import Pair, PlanPair, Versions, only_of


def _or_none_said(columns: Columns | None) -> Columns:
    return columns or Columns()


@attrs.frozen(eq=False)
class Asked:
    """What the caller says of the rows; as `Job.over` takes it."""

    as_of: date | None = None
    currency: str | None = None
    columns: Columns = attrs.field(default=None, converter=_or_none_said)


@attrs.frozen(eq=False)
class Comparison:
    """What is compared, and how each version decides; None where nothing of a version is to be decided."""

    versions: Versions
    old: Job | None
    new: Job | None
    schema: Any
    keep: tuple[str, ...]

    @classmethod
    def over(
        cls,
        schema: Any,
        versions: Versions,
        dictionaries: tuple[Dictionary, Dictionary],
        evaluators: tuple[ColumnsEvaluator, ColumnsEvaluator],
        asked: Asked,
    ) -> Comparison:
        """Return the comparison over columns with these names and types.

        Args:
            schema: The names and types of the columns.
            versions: The policies.
            dictionaries: The facts that each version knows, the old one first.
            evaluators: What decides under each version.
            asked: What is said of the rows.

        Raises:
            PortfolioError: Something is wrong with the columns; it carries every finding.
        """
        old, new = dictionaries
        jobs = [
            _job(schema, programs, evaluator, attrs.evolve(asked, columns=columns))
            for programs, evaluator, columns in zip(
                (versions.old, versions.new),
                evaluators,
                (
                    _without(asked.columns, schema.names, only_of(new, old)),
                    _without(asked.columns, schema.names, only_of(old, new)),
                ),
                strict=True,
            )
        ]
        keep = asked.columns.keep
        programs = (*versions.old, *versions.new)
        # Where there is nothing to decide nobody has looked at the columns.
        kept = [schema.field(name) for name in keep if name in schema.names]
        return cls(versions, jobs[0], jobs[1], without_clash(schema_of(programs, kept)), keep)


def _job(
    schema: Any, programs: tuple[Program, ...], evaluator: ColumnsEvaluator, asked: Asked
) -> Job | None:
    if not programs:
        return None
    return Job.over(
        schema,
        programs,
        evaluator,
        as_of=asked.as_of,
        currency=asked.currency,
        columns=asked.columns,
    )


def _without(columns: Columns, names: Iterable[str], others: frozenset[str]) -> Columns:
    """Return what is said of columns for a version that does not know some facts, which the other one does."""
    unseen = tuple(name for name in names if name in others and name not in columns.keep)
    unknown = tuple(path for path in columns.unknown if path not in others)
    ignore = tuple(dict.fromkeys([*columns.ignore, *unseen]))
    return attrs.evolve(columns, ignore=ignore, unknown=unknown)


@attrs.frozen(eq=False)
class ComparedBatch:
    """What changed in a batch, one line a plan of a row; its rejects, each once; and the counts."""

    changed: Any
    rejects: tuple[Reject, ...]
    tally: ChangeTally


def compare_batch(comparison: Comparison, chunk: Chunk) -> ComparedBatch:
    """Return what changed in some rows; pure."""
    batch = chunk.batch
    old, new = (_found(job, batch) for job in (comparison.old, comparison.new))
    both = old.accepted & new.accepted
    sides = [
        {name: kept_rows(decided, both) for name, decided in side.policies.items()}
        for side in (old, new)
    ]
    rows = np.flatnonzero(both)
    changed: list[Changed] = []
    policies = {
        pair.id: _policy(pair, (sides[0], sides[1]), rows, changed)
        for pair in comparison.versions.pairs
    }
    kept = [batch.column(name) for name in comparison.keep]
    rejects = _rejects(old, new, chunk)
    return ComparedBatch(
        batch_of(changed, kept, chunk.rows, comparison.schema),
        rejects,
        _tally(old.accepted, new.accepted, len(chunk.rejects), rejects, policies),
    )


def _found(job: Job | None, batch: Any) -> Found:
    if job is None:
        return Found(np.ones(batch.num_rows, np.bool_), {}, ())
    return decide_columns(job, batch)


def _rejects(old: Found, new: Found, chunk: Chunk) -> tuple[Reject, ...]:
    """Return what is wrong with rows under either version, each finding once."""
    found = (
        attrs.evolve(reject, row=int(chunk.rows[reject.row]))
        for reject in (*old.rejects, *new.rejects)
    )
    return tuple(sorted({*found, *chunk.rejects}))


def _tally(
    old: Flags,
    new: Flags,
    unsplit: int,
    rejects: Iterable[Reject],
    policies: Mapping[str, PolicyChanges],
) -> ChangeTally:
    return ChangeTally(
        compared=int(np.count_nonzero(old & new)),
        rejected=int(np.count_nonzero(~old & ~new)) + unsplit,
        rejected_old=int(np.count_nonzero(~old & new)),
        rejected_new=int(np.count_nonzero(old & ~new)),
        rejects=dict(Counter(reject.code for reject in rejects)),
        policies=policies,
    )


# One policy

_Sides = tuple[Mapping[str, DecidedColumns], Mapping[str, DecidedColumns]]


def _policy(pair: Pair, sides: _Sides, rows: Any, changed: list[Changed]) -> PolicyChanges:
    """Return what was counted of a policy, and add its plans that changed."""
    old, new = (side.get(pair.id) for side in sides)
    found: list[Codes] = []
    plans: dict[str, PlanChanges] = {}
    for plan in pair.plans:
        before, after = _plan_of(old, plan, len(rows)), _plan_of(new, plan, len(rows))
        changes = changes_of(before, after)
        found.append(changes)
        each = _changed(pair, plan, changes, before, after, rows)
        plans[plan.id] = plan_tally(changes, each.attributed, before, after)
        if len(each.rows):
            changed.append(each)
    effects = effects_of(found, _applies(old, len(rows)) | _applies(new, len(rows)))
    return policy_tally(effects, _in_order(pair.old, old), _in_order(pair.new, new), plans)


def _changed(  # one plan on both sides
    pair: Pair, plan: PlanPair, changes: Codes, old: PlanColumns, new: PlanColumns, rows: Any
) -> Changed:
    moved = changes != NONE
    before, after = _some(old, moved), _some(new, moved)
    attributed = Causing(pair, plan).of(changes[moved], before, after)
    return Changed(plan.id, pair.either, rows[moved], changes[moved], attributed, before, after)


def _plan_of(decided: DecidedColumns | None, plan: PlanPair, rows: int) -> PlanColumns:
    """Return a plan under one version; without a status where it is not there."""
    if decided is not None and plan.id in decided.plans:
        return decided.plans[plan.id]
    masks = np.zeros(rows, np.uint64)
    terms = dict.fromkeys(TERMS, np.zeros(rows, np.int64))
    return PlanColumns(np.full(rows, NONE, np.int8), masks, masks, terms)


def _some(plan: PlanColumns, rows: Flags) -> PlanColumns:
    terms = {name: values[rows] for name, values in plan.terms.items()}
    return PlanColumns(plan.status[rows], plan.failed[rows], plan.unknown[rows], terms)


def _applies(decided: DecidedColumns | None, rows: int) -> Flags:
    if decided is None:
        return np.zeros(rows, np.bool_)
    found: Flags = decided.outcome != NONE
    return found


def _in_order(program: Program | None, decided: DecidedColumns | None) -> list[PlanColumns]:
    """Return the plans of a policy in its own order."""
    if program is None or decided is None:
        return []
    return [decided.plans[plan.id] for plan in program.plans]
