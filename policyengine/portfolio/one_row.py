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
from policyengine.portfolio.intake.batch import Taking
from policyengine.portfolio.run.identity import Identity
from policyengine.portfolio.run.sidecar import Sidecar
from policyengine.portfolio.sources.opening import source_of
from policyengine.portfolio.sources.source import Chunk, Source


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
    _check_input(sidecar, input_)
    source = source_of(input_)
    job = Job.over(
        source.schema,
        chosen,
        evaluator,
        as_of=sidecar.as_of,
        currency=sidecar.currency,
        columns=_columns(sidecar.options),
    )
    return Row(_situation(job.taking, _chunk(source, row), row), chosen)


def _chunk(source: Source, row: int) -> Chunk:
    """Return the rows from one on."""
    chunk = next(iter(source.chunks(row)), None) if row >= 0 else None
    if chunk is None:
        message = f"there is no row {row}"
        raise PortfolioError([Diagnostic("no-such-row", message, hint="rows are counted from 0")])
    return chunk


def _situation(taking: Taking, chunk: Chunk, row: int) -> Situation:
    if not len(chunk.rows) or chunk.rows[0] != row:
        raise PortfolioError([_rejected(row, [r.message for r in chunk.rejects if r.row == row])])
    intake = taking.take(chunk.batch.slice(0, 1))
    if not intake.groups:
        raise PortfolioError([_rejected(row, [r.message for r in intake.rejects])])
    (group,) = intake.groups
    found = situation_at(group.facts, 0, taking.dictionary, 10**group.currency.exponent)
    return attrs.evolve(found.facts, currency=group.currency.code).about(found.loan)


def _check_input(sidecar: Sidecar, input_: Path) -> None:
    if Identity.of(input_).digest != sidecar.input["digest"]:
        message = f"`{input_}` has changed since it was decided"
        raise PortfolioError([Diagnostic("changed-input", message, hint="pass the file as it was")])


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
