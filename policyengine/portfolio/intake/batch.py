"""A whole batch as facts: one `FactColumns` for each currency and day in it. Rows with anything wrong leave it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

import attrs
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from policyengine.diagnostics import Diagnostic, nearest_or_list
from policyengine.facts.choosing import Rows, offsets_of, rows_of, stacked, taken
from policyengine.facts.columns import Column, FactColumns, Flags, ListColumn
from policyengine.facts.from_profile import MAX_LOANS
from policyengine.finance.errors import FinanceError
from policyengine.finance.money import Currency, currency
from policyengine.ir.dictionary import LOANS, Dictionary, FactDefinition
from policyengine.model.types import DATE
from policyengine.portfolio.intake.cell import NOWHERE, findings_of
from policyengine.portfolio.intake.members import Read, cell_at, plain, read_column
from policyengine.portfolio.intake.names import AS_OF, CURRENCY, OTHERS, Names, Place
from policyengine.portfolio.intake.reading import Reading, Texts
from policyengine.portfolio.rejects import Reject

Fields: TypeAlias = Mapping[str, Column | ListColumn]
_UNIX = date(1970, 1, 1).toordinal()


@attrs.frozen(eq=False)
class Group:
    """Rows of a batch that have a currency and a day in common: their places in the batch, and their facts."""

    rows: Rows
    currency: Currency
    facts: FactColumns


@attrs.frozen(eq=False)
class Intake:
    """A batch as facts, and the rows that left it; the rows of rejects are places in the batch."""

    groups: tuple[Group, ...]
    rejects: tuple[Reject, ...]


@attrs.frozen
class Taking:
    """How batches are taken in: the facts there are, their columns, and the day and currency of those without."""

    dictionary: Dictionary
    names: Names
    as_of: date | None
    currency: str | None
    floats: bool

    def take(self, batch: Any) -> Intake:
        """Return the facts of a batch."""
        groups: list[Group] = []
        rejects: list[Reject] = []
        for rows, found in self._by_currency(batch, rejects):
            whole = len(rows) == batch.num_rows
            part = batch if whole else batch.take(pa.array(rows))
            taken_in = _Part(self, part, found)
            groups += [attrs.evolve(g, rows=rows[g.rows]) for g in taken_in.groups()]
            rejects += [attrs.evolve(r, row=int(rows[r.row])) for r in taken_in.rejects]
        return Intake(tuple(groups), tuple(rejects))

    def _by_currency(self, batch: Any, rejects: list[Reject]) -> Iterator[tuple[Rows, Currency]]:
        if self.names.currency is None:
            yield np.arange(batch.num_rows), currency(self.currency or "")
            return
        once = plain(batch.column(self.names.currency)).cast(pa.string()).dictionary_encode()
        codes = once.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        for code, text in enumerate([*once.dictionary.to_pylist(), None]):
            rows = np.flatnonzero(codes == (code if text is not None else -1))
            found = _currency(text or self.currency)
            if isinstance(found, Currency):
                yield rows, found
            else:
                rejects += [Reject.of(int(row), found, CURRENCY) for row in rows]


def _currency(code: str | None) -> Currency | Diagnostic:
    if code is None:
        return Diagnostic(
            "missing-currency", "the row states no currency, and the policies use several"
        )
    try:
        return currency(code)
    except FinanceError:
        return Diagnostic(
            "unknown-value",
            f"`{code}` is not a currency",
            hint=nearest_or_list("", ["CNY", "EUR", "USD"]),
        )


@attrs.define(eq=False)
class _Part:
    """The rows of a batch in one currency. `wrong` says in which rows something is."""

    taking: Taking
    batch: Any
    currency: Currency
    rejects: list[Reject] = attrs.field(factory=list)
    texts: Texts = attrs.field(factory=Texts)
    wrong: Flags = attrs.field()

    @wrong.default
    def _nothing_yet(self) -> Flags:
        return np.zeros(self.batch.num_rows, np.bool_)

    @property
    def reading(self) -> Reading:
        return Reading(self.taking.dictionary, self.currency, self.taking.floats, self.texts)

    def groups(self) -> Iterator[Group]:
        """Yield the rows of each day with nothing wrong in them."""
        fields = {path: self._fact(path, place) for path, place in self.taking.names.facts.items()}
        loans = self._loans(fields)
        day = self._day()
        self._note_dates(loans)
        self._note_same_ids(loans)
        facts = FactColumns(date.min, self.batch.num_rows, fields, loans, self.texts.all)
        for each in _distinct(day[~self.wrong]):
            rows = np.flatnonzero(~self.wrong & (day == each))
            chosen = facts if len(rows) == facts.rows else rows_of(facts, rows)
            as_of = date.fromordinal(int(each))
            yield Group(rows, self.currency, attrs.evolve(chosen, as_of=as_of))

    # Facts

    def _fact(self, path: str, place: Place) -> Column | ListColumn:
        fact = self.taking.dictionary.facts[path]
        return self._read(place.array(self.batch), fact, path)

    def _read(self, array: Any, fact: FactDefinition, path: str) -> Column | ListColumn:
        read = read_column(array, fact, self.reading)
        if read.wrong.any():
            self._note_cells(plain(array), read, fact, path)
        return read.column

    def _note_cells(self, array: Any, read: Read, fact: FactDefinition, path: str) -> None:
        """Note what is wrong with cells; what is said of a value is said of all cells that hold it."""
        said: dict[str, tuple[Diagnostic, ...]] = {}
        for row in np.flatnonzero(read.wrong):
            value = cell_at(array, int(row), fact)
            key = repr(value)
            if key not in said:
                said[key] = findings_of(value, fact, path, self.reading) or (_cannot_hold(path),)
            for finding in said[key]:
                self._reject(int(row), finding, path)
        self.wrong |= read.wrong

    def _reject(self, row: int, finding: Diagnostic, path: str) -> None:
        self.wrong[row] = True
        self.rejects.append(Reject.of(row, finding, path))

    def _day(self) -> NDArray[np.int64]:
        """Return the day of each row as days since 0001-01-01."""
        given, name = self.taking.as_of, self.taking.names.as_of
        if given is not None or name is None:
            return np.full(self.batch.num_rows, (given or date.min).toordinal(), np.int64)
        read = self._read(self.batch.column(name), _AS_OF, AS_OF)
        assert isinstance(read, Column)  # noqa: S101  # a date
        if read.known is not None:
            for row in np.flatnonzero(~read.known & ~self.wrong):
                self._reject(int(row), _NO_DAY, AS_OF)
        return read.values

    # Loans

    def _loans(self, fields: Fields) -> ListColumn:
        """Return all loans of each row's borrower, its own first."""
        rows = self.batch.num_rows
        own = {p.removeprefix("loan."): f for p, f in fields.items() if p.startswith("loan.")}
        alone = ListColumn(np.arange(rows + 1), None, own)
        name = self.taking.names.others
        if name is None:
            return alone
        others = self._read(self.batch.column(name), _OTHERS, OTHERS)
        assert isinstance(others, ListColumn)  # noqa: S101  # a list
        if others.known is not None:
            for row in np.flatnonzero(~others.known & ~self.wrong):
                self._reject(int(row), _NO_OTHERS, OTHERS)
        self._note_count(others)
        return _with_others(alone, others, rows)

    def _note_count(self, others: ListColumn) -> None:
        for row in np.flatnonzero(np.diff(others.offsets) >= MAX_LOANS):
            self._reject(int(row), _TOO_MANY, OTHERS)

    def _note_dates(self, loans: ListColumn) -> None:
        """Note an agreed day of the month on which the next payment cannot fall due."""
        due, day = loans.fields.get("next_due"), loans.fields.get("due_day")
        if isinstance(due, Column) and isinstance(day, Column):
            both = _known(due) & _known(day)
            for place in np.flatnonzero(both & ~_falls_due(due.values, day.values)):
                row, path = self._of_loan(int(place), loans)
                if not self.wrong[row]:
                    self._reject(row, _other_day(path), f"{path}.due_day")

    def _note_same_ids(self, loans: ListColumn) -> None:
        ids = loans.fields.get("id")
        if not isinstance(ids, Column) or len(ids.values) == self.batch.num_rows:
            return
        owners = np.repeat(np.arange(self.batch.num_rows), np.diff(loans.offsets))
        keys = owners * (len(self.texts.places) + 1) + ids.values
        kept = np.flatnonzero(_known(ids))
        once, count = np.unique(keys[kept], return_counts=True)
        for place in kept[np.isin(keys[kept], once[count > 1])]:
            row = int(owners[place])
            if not self.wrong[row]:
                self._reject(row, _SAME_IDS, f"{OTHERS}.id")

    def _of_loan(self, place: int, loans: ListColumn) -> tuple[int, str]:
        """Return the row that a loan is of, and its path."""
        row = int(np.searchsorted(loans.offsets, place, side="right")) - 1
        nth = place - int(loans.offsets[row])
        return row, "loan" if nth == 0 else f"{OTHERS}[{nth - 1}]"


def _with_others(own: ListColumn, others: ListColumn, rows: int) -> ListColumn:
    lengths = np.diff(others.offsets)
    counts = rows, int(others.offsets[-1])
    names = dict.fromkeys([*own.fields, *others.fields])
    fields = {n: stacked(own.fields.get(n), others.fields.get(n), counts) for n in names}
    offsets = offsets_of(lengths + 1)
    order = np.empty(offsets[-1], np.int64)
    order[offsets[:-1]] = np.arange(rows)
    owners = np.repeat(np.arange(rows), lengths)
    order[np.arange(len(owners)) + owners + 1] = rows + np.arange(len(owners))
    return ListColumn(offsets, None, {n: taken(f, order) for n, f in fields.items()})


def _known(column: Column) -> Flags:
    return np.ones(len(column.values), np.bool_) if column.known is None else column.known


def _falls_due(due: NDArray[Any], day: NDArray[Any]) -> Flags:
    """Return whether a date is the agreed day of its month, or the last day of a month that is shorter."""
    dates = (due - _UNIX).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    first, after = months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]")
    shortest = np.minimum(day, (after - first).astype(np.int64))
    found: Flags = ((dates - first).astype(np.int64) + 1 == shortest) & (day >= 1) & (day <= 31)
    return found


def _distinct(days: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(days) and (days == days[0]).all():
        return days[:1]
    return np.unique(days)


def _pseudo(path: str, type_: Any) -> FactDefinition:
    """Return what is read like a fact and is none."""
    return FactDefinition(
        path=path,
        type=type_,
        title={},
        min=None,
        max=None,
        required=False,
        sensitive=False,
        protected=False,
        ask=None,
        answered_by="lender",
        per="",
        step=None,
        direction=None,
        span=NOWHERE,
    )


_AS_OF = _pseudo(AS_OF, DATE)
_OTHERS = _pseudo(OTHERS, LOANS)
_NO_DAY = Diagnostic("missing-date", "the day of the decision is not given")
_NO_OTHERS = Diagnostic(
    "unknown-list",
    "it is not known which other loans the borrower has",
    hint="give an empty list where there are none",
)
_TOO_MANY = Diagnostic(
    "file-too-large", f"more than {MAX_LOANS} loans", hint="a row is one borrower's"
)
_SAME_IDS = Diagnostic("repeated-name", "two loans of the borrower have one and the same `id`")


def _cannot_hold(path: str) -> Diagnostic:
    """Return what is said of a value that a profile could have, and the arithmetic of columns could not."""
    hint = "write it as decimals or text"
    return Diagnostic("out-of-range", f"`{path}` is no exact number here", hint=hint, path=path)


def _other_day(path: str) -> Diagnostic:
    message = f"`{path}.next_due` is no due date of the day of the month that `{path}.due_day` says"
    hint = "correct one of the two, or leave out `due_day`"
    return Diagnostic("contradictory-dates", message, hint=hint, path=f"{path}.due_day")
