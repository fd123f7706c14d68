"""The same decisions inside Spark, where one machine is outgrown: a frame of loans in, a frame of decisions out.

    frame ──► mapInArrow: each task gets its rows as Arrow record batches ──► decide_batch ──► frame

Spark reads, distributes, retries and writes; what is decided of a batch is the function that decides it on one machine.
The policies travel to the workers with the task, so that no worker reads a policy file. Spark promises no order of
rows: a column of the frame numbers them, and the decisions and rejects carry its numbers.

Spark has no unsigned whole numbers and no dictionaries: masks are `bigint` (the 64th condition is its sign), words are
`string`. A row that is not decided has null in every column but its number, those copied through, and `rejects`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from policyengine.diagnostics import Diagnostic, PortfolioError, nearest_or_list
from policyengine.evaluators.many import ColumnsEvaluator
from policyengine.ir.program import Program
from policyengine.portfolio.columns import Columns
from policyengine.portfolio.deciding import DecidedBatch, Job, decide_batch
from policyengine.portfolio.results import ROW

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

REJECTS = "rejects"
_REJECT: Any = pa.list_(
    pa.struct([("column", pa.string()), ("code", pa.string()), ("message", pa.string())])
)
_NUMBERS = ("tinyint", "smallint", "int", "bigint")


def decided_frame(  # noqa: PLR0913  # what `Job.over` takes, and the frame
    frame: DataFrame,
    programs: Iterable[Program],
    evaluator: ColumnsEvaluator,
    *,
    number: str,
    as_of: date | None = None,
    currency: str | None = None,
    columns: Columns | None = None,
) -> DataFrame:
    """Return a frame with what is decided of each row of another one; nothing is worked out before Spark is asked to.

    Args:
        frame: The rows; a row is one loan. docs/reference/portfolio.md names the columns.
        programs: The policies; all of one set.
        evaluator: What decides.
        number: A column of whole numbers, another one for each row.
        as_of: The day of the decisions; by default that in the column `as_of`.
        currency: The currency of rows that state none; by default that of the policies, where they have one.
        columns: What is said about columns that are no facts.

    Raises:
        PortfolioError: Something is wrong with the columns.
    """
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema  # noqa: PLC0415

    _check_number(frame, number)
    given: Any = to_arrow_schema(frame.drop(number).schema)
    job = Job.over(given, programs, evaluator, as_of=as_of, currency=currency, columns=columns)
    schema = _for_spark(job.schema)
    decide = _decides(job, number, frame.columns, schema)
    # Spark would look for a field of a record behind the points of these names.
    by_place = frame.toDF(*(f"column_{place}" for place in range(len(frame.columns))))
    return by_place.mapInArrow(decide, from_arrow_schema(schema))


def _check_number(frame: DataFrame, number: str) -> None:
    types = dict(frame.dtypes)
    if number not in types:
        message = f"there is no column `{number}` to number the rows by"
        hint = nearest_or_list(number, [name for name, type_ in types.items() if type_ in _NUMBERS])
        raise PortfolioError([Diagnostic("missing-column", message, path=number, hint=hint)])
    if types[number] not in _NUMBERS:
        message = f"`{number}` numbers the rows: whole numbers are expected, not `{types[number]}`"
        hint = "`monotonically_increasing_id()` makes such a column"
        raise PortfolioError([Diagnostic("wrong-type", message, path=number, hint=hint)])


def _decides(
    job: Job, number: str, names: list[str], schema: Any
) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """Return what Spark runs in each task; `names` are those of the columns, which come by place."""

    def decide(batches: Iterator[Any]) -> Iterator[Any]:
        for unnamed in batches:
            batch = pa.RecordBatch.from_arrays(unnamed.columns, names=names)
            numbers = batch.column(number).to_numpy(zero_copy_only=False)
            facts = batch.drop_columns([number])
            yield from _with_rejects(decide_batch(job, facts, numbers), facts, numbers, job, schema)

    return decide


def _with_rejects(
    found: DecidedBatch, facts: Any, numbers: Any, job: Job, schema: Any
) -> Iterator[Any]:
    """Yield the decided rows, then those that were not, with why."""
    plain = [_plain(column) for column in found.decided.columns]
    none = pa.nulls(found.decided.num_rows, _REJECT)
    yield pa.RecordBatch.from_arrays([*plain, none], schema=schema)
    reasons = _reasons(found.rejects)
    if reasons:
        yield _rejected(reasons, facts, numbers, job, schema)


def _reasons(rejects: Any) -> dict[int, list[dict[str, str]]]:
    """Return why each row was rejected, by its number."""
    found: dict[int, list[dict[str, str]]] = {}
    for reject in rejects.to_pylist():
        found.setdefault(reject.pop(ROW), []).append(reject)
    return found


def _rejected(
    reasons: dict[int, list[dict[str, str]]], facts: Any, numbers: Any, job: Job, schema: Any
) -> Any:
    places = [place for place, each in enumerate(numbers.tolist()) if each in reasons]
    chosen = facts.take(pa.array(places))
    there = {ROW: pa.array(numbers[places])}
    there |= {name: chosen.column(name) for name in job.taking.names.keep}
    there[REJECTS] = pa.array([reasons[each] for each in numbers[places].tolist()], _REJECT)
    arrays = [there.get(field.name, pa.nulls(len(places), field.type)) for field in schema]
    return pa.RecordBatch.from_arrays(
        [array.cast(field.type) for array, field in zip(arrays, schema, strict=True)], schema=schema
    )


# Types that Spark has


def _for_spark(schema: Any) -> Any:
    fields = [pa.field(f.name, _plain_type(f.type), f.nullable or f.name != ROW) for f in schema]
    return pa.schema([*fields, pa.field(REJECTS, _REJECT)])


def _plain_type(type_: Any) -> Any:
    if pa.types.is_dictionary(type_):
        return type_.value_type
    return pa.int64() if type_ == pa.uint64() else type_


def _plain(column: Any) -> Any:
    if column.type == pa.uint64():
        return column.view(pa.int64())
    return column.cast(_plain_type(column.type))
