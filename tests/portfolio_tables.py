"""Borrowers as rows of columns: typed as a data warehouse has them, or as the text of a CSV file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa

import policyengine as pe
from policyengine.evaluators.by_rows import ByRows
from policyengine.facts.facts import Facts, Situation
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.program import Program
from policyengine.ir.showing import shown
from policyengine.model.types import Kind, Record, Type, Value
from policyengine.portfolio.columns import Columns
from policyengine.portfolio.deciding import DecidedBatch, Job, decide_batch

ROOT = Path(__file__).parent.parent
#: What the tests of whole rows say about columns: a fact that no row knows is no mistake there.
ANY = Columns()


def situations(policies: pe.PolicySet, profile: Mapping[str, Any], code: str) -> list[Situation]:
    """Return a profile's loans, each under assessment with the others behind it."""
    facts = facts_from(
        pe.Profile.from_mapping(profile), policies.dictionary, currency(code), as_of=None
    )
    return [first(facts, place).about(0) for place in range(len(facts.loans or ()))]


def first(facts: Facts, place: int) -> Facts:
    """Return facts with one of the loans before the others: a row has its own loan first."""
    loans = list(facts.loans or ())
    loans.insert(0, loans.pop(place))
    return Facts(facts.as_of, facts.currency, facts.values, tuple(loans))


def rows_of(found: Iterable[Situation]) -> list[dict[str, Any]]:
    """Return loans as rows of values by path."""
    rows = []
    for situation in found:
        own, *others = situation.facts.loans or ()
        row: dict[str, Any] = dict(situation.facts.values)
        row |= {f"loan.{name}": value for name, value in own.fields.items()}
        rows.append(row | {"other_loans": tuple(others), "as_of": situation.as_of})
    return rows


def typed(rows: list[dict[str, Any]], dictionary: Dictionary) -> Any:
    """Return rows as columns of decimals, whole numbers, dates, text and lists of records."""
    types = _types(dictionary)
    return pa.RecordBatch.from_arrays(
        [
            pa.array([_plain(row.get(path)) for row in rows], _arrow(type_, dictionary))
            for path, type_ in types.items()
        ],
        names=list(types),
    )


def as_text(rows: list[dict[str, Any]], dictionary: Dictionary) -> Any:
    """Return rows as columns of text, lists as JSON."""
    types = _types(dictionary)
    return pa.RecordBatch.from_arrays(
        [
            pa.array([_text(row.get(path), type_, dictionary) for row in rows], pa.string())
            for path, type_ in types.items()
        ],
        names=list(types),
    )


def _types(dictionary: Dictionary) -> dict[str, Type]:
    facts = {path: fact.type for path, fact in dictionary.facts.items()}
    return facts | {"other_loans": Type(Kind.LIST, "loan"), "as_of": Type(Kind.DATE)}


def _arrow(type_: Type, dictionary: Dictionary) -> Any:
    if type_.kind is Kind.LIST:
        fields = dictionary.records[type_.of or ""]
        return pa.list_(pa.struct([(n, _arrow(f.type, dictionary)) for n, f in fields.items()]))
    return {
        Kind.BOOLEAN: pa.bool_(),
        Kind.INTEGER: pa.int32(),
        Kind.DAYS: pa.int16(),
        Kind.MONTHS: pa.int64(),
        Kind.MONEY: pa.decimal128(20, 2),
        Kind.RATE: pa.decimal128(38, 18),
        Kind.NUMBER: pa.decimal128(20, 9),
        Kind.DATE: pa.date32(),
        Kind.TEXT: pa.string(),
        Kind.ENUM: pa.dictionary(pa.int8(), pa.string()),
    }[type_.kind]


def _plain(value: Value | None) -> Any:
    if isinstance(value, tuple):
        return [{n: _plain(v) for n, v in record.fields.items()} for record in value]
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return value


def _text(value: Value | None, type_: Type, dictionary: Dictionary) -> str | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        fields = dictionary.records[type_.of or ""]
        return json.dumps([_texts(record, fields, dictionary) for record in value])
    return shown(value, type_)


def _texts(record: Record, fields: Any, dictionary: Dictionary) -> dict[str, Any]:
    return {n: _text(v, fields[n].type, dictionary) for n, v in record.fields.items()}


def decided(policies: pe.PolicySet, programs: Iterable[Program], batch: Any) -> DecidedBatch:
    """Return what is decided of a batch row by row; nothing that is missing is a mistake."""
    programs = tuple(programs)
    return decide_batch(job_over(policies, programs, batch.schema), batch)


def job_over(
    policies: pe.PolicySet,
    programs: tuple[Program, ...],
    schema: Any,
    *,
    as_of: date | None = None,
    columns: Columns = ANY,
) -> Job:
    return Job.over(schema, programs, ByRows(policies.evaluator), as_of=as_of, columns=columns)
