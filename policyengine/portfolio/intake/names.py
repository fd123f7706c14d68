"""Which column is which fact: what is misspelt, missing or of the wrong type is said before the first row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs
import pyarrow as pa

from policyengine.diagnostics import Findings, PortfolioError, did_you_mean, nearest_or_list
from policyengine.ir.dictionary import LOANS, Dictionary, FactDefinition
from policyengine.ir.program import Program
from policyengine.model.literals import a_kind
from policyengine.model.types import Kind
from policyengine.portfolio.columns import Columns
from policyengine.portfolio.intake.members import is_list, is_text

AS_OF, CURRENCY, OTHERS = "as_of", "currency", "other_loans"
#: Without these there are no terms for anybody.
_OF_THE_LOAN = ("loan.principal", "loan.annual_rate", "loan.next_due")
_WHOLE = (Kind.INTEGER, Kind.DAYS, Kind.MONTHS)
_EXACT = (Kind.MONEY, Kind.RATE, Kind.NUMBER)


@attrs.frozen
class Place:
    """Where a fact stands: a column, or a field of a column of records."""

    column: str
    field: str | None = None

    def array(self, batch: Any) -> Any:
        """Return the cells of a batch."""
        whole = batch.column(self.column)
        if self.field is None:
            return whole
        names = [field.name for field in whole.type]
        return whole.flatten()[names.index(self.field)]


@attrs.frozen
class Names:
    """The place of each fact by its path, and the columns that say more: those that are not there are None."""

    facts: Mapping[str, Place]
    others: str | None
    as_of: str | None
    currency: str | None
    keep: tuple[str, ...]


def names_in(
    schema: Any, programs: Iterable[Program], columns: Columns, *, as_of: bool, currency: bool
) -> Names:
    """Return which column is which fact.

    Args:
        schema: The names and types of the columns.
        programs: The policies that will decide.
        columns: What the caller says about columns.
        as_of: Whether the day of the decision is given.
        currency: Whether the currency is given, or all policies have the same.

    Raises:
        PortfolioError: Something is wrong with the columns; it carries every finding.
    """
    programs = tuple(programs)
    looking = _Looking(programs[0].dictionary, columns, Findings(PortfolioError))
    found = looking.names(schema)
    looking.note_missing(found, programs, as_of=as_of, currency=currency)
    looking.findings.raise_errors(PortfolioError)
    return found


@attrs.frozen
class _Looking:
    dictionary: Dictionary
    columns: Columns
    findings: Findings

    def names(self, schema: Any) -> Names:
        self._note_repeated(schema.names)
        self._note_absent(schema.names)
        facts: dict[str, Place] = {}
        for field in schema:
            facts |= self._facts(field)
        return Names(
            facts=facts,
            others=self._others(schema),
            as_of=self._day(schema),
            currency=self._code(schema),
            keep=self.columns.keep,
        )

    def _facts(self, field: Any) -> dict[str, Place]:
        name = field.name
        if name in (*self.columns.ignore, *self.columns.keep, AS_OF, CURRENCY, OTHERS):
            # A fact may be copied through too.
            return self._fact(name, field.type, Place(name)) if name in self.columns.keep else {}
        if pa.types.is_struct(field.type) and name in self._records():
            found: dict[str, Place] = {}
            for inner in field.type:
                found |= self._fact(f"{name}.{inner.name}", inner.type, Place(name, inner.name))
            return found
        return self._fact(name, field.type, Place(name))

    def _fact(self, path: str, type_: Any, place: Place) -> dict[str, Place]:
        fact = self.dictionary.facts.get(path)
        if fact is not None:
            self._note_type(fact, type_, path)
            return {path: place}
        if path not in self.columns.keep:
            known = [*self.dictionary.facts, AS_OF, CURRENCY, OTHERS]
            self._unknown(path, did_you_mean(path, known))
        return {}

    def _unknown(self, path: str, near: str | None) -> None:
        hint = near or "pass it to `--keep` to copy it through, or to `--ignore`"
        self.findings.error("unknown-column", f"`{path}` is no fact", None, hint, path=path)

    def _note_type(self, fact: FactDefinition, type_: Any, path: str) -> None:
        wrong = misfit(fact, type_, floats=self.columns.floats)
        if wrong is not None:
            self.findings.error(wrong[0], f"`{path}`: {wrong[1]}", None, wrong[2], path=path)
        elif fact.type.kind is Kind.LIST and is_list(type_):
            self._note_fields(fact.type.of or "", type_.value_type, path)

    def _note_fields(self, record: str, type_: Any, path: str) -> None:
        known = self.dictionary.records[record]
        for field in type_:
            below = f"{path}.{field.name}"
            if field.name in known:
                self._note_type(known[field.name], field.type, below)
            else:
                hint = nearest_or_list(field.name, known)
                message = f"`{below}` is not a known field"
                self.findings.error("unknown-column", message, None, hint, path=below)

    def _others(self, schema: Any) -> str | None:
        if OTHERS not in schema.names or OTHERS in (*self.columns.keep, *self.columns.ignore):
            return None
        type_ = schema.field(OTHERS).type
        if pa.types.is_null(type_) or is_text(type_):
            return OTHERS
        if not is_list(type_) or not pa.types.is_struct(type_.value_type):
            message = f"`{OTHERS}`: a list of loans is expected"
            self.findings.error("wrong-type", message, None, None, path=OTHERS)
        else:
            self._note_fields(LOANS.of or "", type_.value_type, OTHERS)
        return OTHERS

    def _day(self, schema: Any) -> str | None:
        return self._special(schema, AS_OF, "a date such as 2024-11-20", _is_day)

    def _code(self, schema: Any) -> str | None:
        return self._special(schema, CURRENCY, "a currency code such as `CNY`", is_text)

    def _special(self, schema: Any, name: str, what: str, fits: Any) -> str | None:
        if name not in schema.names or name in self.columns.ignore:
            return None
        type_ = schema.field(name).type
        if not fits(type_) and not pa.types.is_null(type_):
            message = f"`{name}`: {what} is expected, and the column holds {said(type_)}"
            self.findings.error("wrong-type", message, None, None, path=name)
        return name

    def _records(self) -> set[str]:
        return {path.split(".")[0] for path in self.dictionary.facts}

    def _note_repeated(self, names: Collection[str]) -> None:
        for name in sorted({name for name in names if list(names).count(name) > 1}):
            message = f"there are several columns `{name}`"
            self.findings.error("repeated-name", message, None, "rename all but one", path=name)

    def _note_absent(self, names: Collection[str]) -> None:
        for name in (*self.columns.keep, *self.columns.ignore):
            if name not in names:
                message, hint = f"there is no column `{name}`", nearest_or_list(name, names)
                self.findings.error("missing-column", message, None, hint, path=name)
        for path in self.columns.unknown:
            if path not in self.dictionary.facts:
                hint = nearest_or_list(path, self.dictionary.facts)
                self.findings.error("unknown-name", f"`{path}` is no fact", None, hint, path=path)

    def note_missing(
        self, names: Names, programs: tuple[Program, ...], *, as_of: bool, currency: bool
    ) -> None:
        """Note what no row could be decided without."""
        for path in _needed(programs):
            if path not in names.facts and path not in self.columns.unknown:
                message = f"there is no column `{path}`"
                hint = f"add it, or pass `--unknown {path}` where it is known of no loan"
                self.findings.error("missing-column", message, None, hint, path=path)
        if names.as_of is None and not as_of:
            message = "the day of the decision is not given"
            hint = f"add a column `{AS_OF}`, or pass the date"
            self.findings.error("missing-date", message, None, hint, path=AS_OF)
        if names.currency is None and not currency:
            message = "no currency is given and the policies use several"
            hint = f"add a column `{CURRENCY}`, pass the currency, or choose policies of one"
            self.findings.error("missing-currency", message, None, hint, path=CURRENCY)


def _needed(programs: tuple[Program, ...]) -> Iterator[str]:
    required = dict.fromkeys(path for program in programs for path in program.required)
    terms = _OF_THE_LOAN if any(program.plans for program in programs) else ()
    known = programs[0].dictionary.facts
    return (path for path in {**required, **dict.fromkeys(terms)} if path in known)


def _is_day(type_: Any) -> bool:
    types = pa.types
    with_time = types.is_timestamp(type_) and type_.tz is None
    return bool(types.is_date(type_) or with_time or is_text(type_))


def misfit(fact: FactDefinition, type_: Any, *, floats: bool) -> tuple[str, str, str | None] | None:
    """Return why a column cannot hold a fact: a code, what is wrong and what to do; None where it can."""
    kind, types = fact.type.kind, pa.types
    if pa.types.is_dictionary(type_):
        type_ = type_.value_type
    if types.is_null(type_) or is_text(type_):
        return None
    if kind in _EXACT and types.is_floating(type_) and not floats:
        return (
            "inexact-value",
            "the column holds binary fractions, which cannot hold every amount",
            "store it as decimals or text; `--floats` takes each for the decimal that it stands nearest to",
        )
    whole = types.is_integer(type_) or types.is_decimal(type_)
    fits = {
        Kind.BOOLEAN: types.is_boolean(type_),
        Kind.DATE: _is_day(type_),
        Kind.TEXT: types.is_integer(type_),
        Kind.ENUM: False,
        Kind.LIST: is_list(type_) and types.is_struct(type_.value_type),
        **dict.fromkeys((*_WHOLE, *_EXACT), whole or types.is_floating(type_)),
    }[kind]
    if fits:
        return None
    expected = "a list of records" if kind is Kind.LIST else a_kind(fact.type)
    return "wrong-type", f"{expected} is expected, and the column holds {said(type_)}", None


_SAID = (
    (is_text, "text"),
    (pa.types.is_boolean, "truth values"),
    (pa.types.is_integer, "whole numbers"),
    (pa.types.is_decimal, "decimals"),
    (pa.types.is_floating, "binary fractions"),
    (pa.types.is_date, "dates"),
    (pa.types.is_temporal, "times"),
    (is_list, "lists"),
    (pa.types.is_struct, "records"),
)


def said(type_: Any) -> str:
    """Return what a column of a type holds, in words."""
    return next((words for is_it, words in _SAID if is_it(type_)), f"values of type {type_}")
