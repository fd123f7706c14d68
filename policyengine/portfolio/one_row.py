"""A single row of an output again: its facts, once it is sure that nothing they stand on has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from policyengine.diagnostics import Diagnostic, PortfolioError
from policyengine.evaluators.many import ColumnsEvaluator
from policyengine.facts.facts import Situation
from policyengine.facts.from_columns import situation_at
from policyengine.ir.program import Program
from policyengine.portfolio.columns import Columns
from policyengine.portfolio.deciding import Job
from policyengine.portfolio.run.identity import Identity
from policyengine.portfolio.run.sidecar import Sidecar
from policyengine.portfolio.sources.opening import source_of


@attrs.frozen
class Row:
    """A row of an output: what was known of it, and the policies that it was decided under."""

    situation: Situation
    programs: tuple[Program, ...]


def row_again(
    sidecar: Sidecar,
    row: int,
    input_: Path,
    programs: Iterable[Program],
    evaluator: ColumnsEvaluator,
) -> Row:
    """Return a row of an output.

    Args:
        sidecar: That of the output.
        row: The place of the row in the input, from 0.
        input_: Where the input is now.
        programs: The policies as they are now.
        evaluator: What decides many rows.

    Raises:
        PortfolioError: The input or a policy has changed, or there is no such row among those decided.
    """
    chosen = _as_they_were(sidecar, {program.id: program for program in programs})
    if Identity.of(input_).digest != sidecar.input["digest"]:
        message = f"`{input_}` has changed since it was decided"
        raise PortfolioError([Diagnostic("changed-input", message, hint="pass the file as it was")])
    columns = _columns(sidecar.options)
    source = source_of(input_)
    job = Job.over(
        source.schema,
        chosen,
        evaluator,
        as_of=sidecar.as_of,
        currency=sidecar.currency,
        columns=columns,
    )
    chunk = next(iter(source.chunks(row)), None) if row >= 0 else None
    if chunk is None:
        message = f"there is no row {row}"
        raise PortfolioError([Diagnostic("no-such-row", message, hint="rows are counted from 0")])
    if not len(chunk.rows) or chunk.rows[0] != row:
        raise PortfolioError([_rejected(row, [r.message for r in chunk.rejects if r.row == row])])
    intake = job.taking.take(chunk.batch.slice(0, 1))
    if not intake.groups:
        raise PortfolioError([_rejected(row, [r.message for r in intake.rejects])])
    group = intake.groups[0]
    scale = 10**group.currency.exponent
    situation = situation_at(group.facts, 0, job.taking.dictionary, scale)
    facts = attrs.evolve(situation.facts, currency=group.currency.code)
    return Row(facts.about(situation.loan), chosen)


def _columns(said: Mapping[str, Any]) -> Columns:
    keep, ignore, unknown = (tuple(said[name]) for name in ("keep", "ignore", "unknown"))
    return Columns(keep, ignore, unknown, said["floats"])


def _as_they_were(sidecar: Sidecar, programs: dict[str, Program]) -> tuple[Program, ...]:
    changed = [
        name
        for name, said in sidecar.policies.items()
        if name not in programs or programs[name].digest != said["digest"]
    ]
    if changed:
        message = f"the policy `{changed[0]}` has changed since the rows were decided"
        hint = "pass the policies as they were with `--policies`"
        raise PortfolioError([Diagnostic("changed-policy", message, hint=hint)])
    return tuple(programs[name] for name in sidecar.policies)


def _rejected(row: int, why: list[str]) -> Diagnostic:
    said = f": {'; '.join(why)}" if why else ""
    return Diagnostic("rejected-row", f"row {row} was rejected{said}")
