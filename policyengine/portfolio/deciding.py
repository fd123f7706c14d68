"""One batch decided: the pure function under everything that decides many rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import attrs
import numpy as np
import pyarrow as pa

from policyengine.decision.columns import DecidedColumns, Path
from policyengine.diagnostics import Diagnostic, PortfolioError, nearest_or_list
from policyengine.evaluators.many import APPLIES, ColumnsEvaluator
from policyengine.facts.choosing import Rows
from policyengine.facts.columns import Flags
from policyengine.finance.errors import FinanceError
from policyengine.finance.money import currency as currency_of
from policyengine.ir.program import Program
from policyengine.portfolio.columns import Columns
from policyengine.portfolio.intake.batch import Group, Intake, Taking
from policyengine.portfolio.intake.names import CURRENCY, names_in
from policyengine.portfolio.rejects import Reject, as_batch
from policyengine.portfolio.results import ROW, arrays_of, schema_of
from policyengine.portfolio.scattered import kept_rows, scattered
from policyengine.portfolio.tally import Tally, tally_of


@attrs.frozen(eq=False)
class Job:
    """What is decided of every batch, and how; it can be pickled.

    Attributes:
        programs: The policies.
        taking: How a batch becomes facts.
        evaluator: What decides.
        schema: The columns of the decisions.
    """

    programs: tuple[Program, ...]
    taking: Taking
    evaluator: ColumnsEvaluator
    schema: Any

    @classmethod
    def over(
        cls,
        schema: Any,
        programs: Iterable[Program],
        evaluator: ColumnsEvaluator,
        *,
        as_of: date | None = None,
        currency: str | None = None,
        columns: Columns | None = None,
    ) -> Job:
        """Return the job over columns with these names and types.

        Args:
            schema: The names and types of the columns.
            programs: The policies; all of one set.
            evaluator: What decides.
            as_of: The day of the decisions; by default each row's own, from its column `as_of`.
            currency: The currency of rows that state none; by default that of the policies, where they have one.
            columns: What is said about columns that are no facts.

        Raises:
            PortfolioError: Something is wrong with the columns; it carries every finding.
        """
        programs, columns = tuple(programs), columns or Columns()
        code = _the_currency(programs, currency)
        names = names_in(
            schema, programs, columns, as_of=as_of is not None, currency=code is not None
        )
        taking = Taking(programs[0].dictionary, names, as_of, code, columns.floats)
        kept = [schema.field(name) for name in names.keep]
        return cls(programs, taking, evaluator, _without_clash(schema_of(programs, kept)))


def _the_currency(programs: tuple[Program, ...], given: str | None) -> str | None:
    codes = sorted({program.currency for program in programs})
    if given is None:
        return codes[0] if len(codes) == 1 else None
    try:
        return currency_of(given).code
    except FinanceError:
        hint = nearest_or_list(given, codes)
        message = f"`{given}` is not a currency"
        raise PortfolioError([Diagnostic("unknown-value", message, hint=hint)]) from None


def _without_clash(schema: Any) -> Any:
    repeated = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if repeated:
        message = f"`{repeated[0]}` is copied through, and a column of the decisions"
        hint = "rename the column of the input"
        raise PortfolioError([Diagnostic("repeated-name", message, hint=hint)])
    return schema


@attrs.frozen(eq=False)
class DecidedBatch:
    """The rows that were decided as a record batch, those that were not as one of rejects, and the counts."""

    decided: Any
    rejects: Any
    tally: Tally


def decide_batch(job: Job, batch: Any, rows: int | Rows = 0) -> DecidedBatch:
    """Return what is decided of a record batch; pure.

    Args:
        job: What is decided and how.
        batch: The rows, with the columns that the job was made for.
        rows: The place of each row in the whole input, or of the first where they follow one another.
    """
    places = np.arange(rows, rows + batch.num_rows) if isinstance(rows, int) else rows
    intake = job.taking.take(batch)
    rejects = list(intake.rejects)
    accepted = np.zeros(batch.num_rows, np.bool_)
    for group in intake.groups:
        accepted[group.rows] = True
    found = {
        program.id: _under(program, intake, job, batch.num_rows, rejects)
        for program in job.programs
    }
    accepted[[reject.row for reject in rejects]] = False
    decided = {name: kept_rows(each, accepted) for name, each in found.items()}
    rejects = [attrs.evolve(reject, row=int(places[reject.row])) for reject in rejects]
    tally = tally_of(decided, int(np.count_nonzero(accepted)), rejects)
    return DecidedBatch(
        _output(job, batch, accepted, decided, places[accepted]), as_batch(rejects), tally
    )


def _under(
    program: Program, intake: Intake, job: Job, rows: int, rejects: list[Reject]
) -> DecidedColumns:
    """Return what one policy decides of a batch; rows that it cannot be said of become rejects."""
    parts = []
    for group in intake.groups:
        if not program.in_force(group.facts.as_of):
            continue
        if program.currency != group.currency.code:
            rejects += _in_another_currency(program, group, job)
            continue
        parts.append((group.rows, job.evaluator.decide(program, group.facts)))
    decided = scattered(program, rows, parts)
    rejects += [_beyond(int(row), program) for row in np.flatnonzero(decided.paths == Path.BEYOND)]
    return decided


def _in_another_currency(program: Program, group: Group, job: Job) -> Iterator[Reject]:
    """Yield the rows to which a policy certainly applies whose amounts are in another currency."""
    facts = group.facts
    applies = job.evaluator.applies(program, facts)
    for place in np.flatnonzero(applies == APPLIES):
        message = f"the row is in {group.currency.code} and `{program.id}` in {program.currency}"
        yield Reject(int(group.rows[place]), CURRENCY, "wrong-currency", message)


def _beyond(row: int, program: Program) -> Reject:
    message = f"an amount of the terms under `{program.id}` does not fit into 64 bits"
    return Reject(row, "loan.principal", "out-of-range", message)


def _output(
    job: Job, batch: Any, accepted: Flags, decided: dict[str, DecidedColumns], places: Rows
) -> Any:
    kept = batch.select(job.taking.names.keep)
    chosen = kept if accepted.all() else kept.take(pa.array(np.flatnonzero(accepted)))
    arrays = [pa.array(places), *chosen.columns]
    for program in job.programs:
        arrays += arrays_of(decided[program.id], program)
    assert job.schema.names[0] == ROW  # noqa: S101
    return pa.record_batch(arrays, schema=job.schema)
