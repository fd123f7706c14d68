"""Situations as columns: what files give at once, from facts that were read one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from policyengine.diagnostics import Diagnostic, UsageError
from policyengine.evaluators.compiled.layout import CONVERSIONS
from policyengine.facts.columns import Column, FactColumns, ListColumn
from policyengine.facts.facts import Situation
from policyengine.ir.dictionary import LOANS, Dictionary, FactDefinition
from policyengine.model.types import Kind, Record, Type, Value


def columns_from(
    situations: Sequence[Situation], dictionary: Dictionary, scale: int
) -> FactColumns:
    """Return the facts of some situations of one day, one array a fact.

    Raises:
        UsageError: They are of several days, there are none, or a value has no place in 64 bits.
    """
    days = {situation.as_of for situation in situations}
    if len(days) != 1:
        raise UsageError([Diagnostic("several-days", "rows of one day are wanted")])
    making = _Making(dictionary, scale)
    facts = {
        path: making.column(fact.type, [situation.get(path) for situation in situations])
        for path, fact in dictionary.facts.items()
    }
    loans = making.column(LOANS, [_own_first(situation) for situation in situations])
    assert isinstance(loans, ListColumn)  # noqa: S101  # of a list
    return FactColumns(days.pop(), len(situations), facts, loans, tuple(making.texts))


def _own_first(situation: Situation) -> tuple[Record, ...] | None:
    loans, own = situation.facts.loans, situation.loan
    if loans is None or own is None:
        return loans
    return (loans[own], *loans[:own], *loans[own + 1 :])


@attrs.frozen
class _Making:
    dictionary: Dictionary
    scale: int
    texts: dict[str, int] = attrs.field(factory=dict)

    def column(self, type_: Type, values: Sequence[Value | None]) -> Column | ListColumn:
        known = np.array([value is not None for value in values], np.bool_)
        flags = None if known.all() else known
        if type_.kind is Kind.LIST:
            return self._lists(self.dictionary.records[type_.of or ""], values, flags)
        convert = self._conversion(type_)
        found = [0 if value is None else convert(value) for value in values]
        return Column(_narrow(found), flags)

    def _lists(self, fields: Any, values: Sequence[Any], flags: Any) -> ListColumn:
        definitions: dict[str, FactDefinition] = fields
        members = [record for value in values for record in value or ()]
        lengths = [len(value or ()) for value in values]
        offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        return ListColumn(
            offsets.astype(np.int64),
            flags,
            {
                name: self.column(fact.type, [member.fields.get(name) for member in members])
                for name, fact in definitions.items()
            },
        )

    def _conversion(self, type_: Type) -> Callable[[Any], int]:
        if type_.kind is Kind.TEXT:
            return lambda text: self.texts.setdefault(text, len(self.texts))
        if type_.kind is Kind.ENUM:
            return self.dictionary.values_of(type_).index
        if type_.kind is Kind.DATE:
            return date.toordinal
        convert = CONVERSIONS.get(type_.kind)
        return (lambda value: _whole(convert(value, self.scale))) if convert else int


def _whole(value: int | Fraction) -> int:
    if isinstance(value, Fraction):
        raise UsageError(
            [Diagnostic("too-many-decimals", "columns hold rates and numbers of nine decimals")]
        )
    return value


def _narrow(values: Sequence[int]) -> Any:
    """Return values as the narrowest whole numbers that hold them all."""
    low, high = min(values, default=0), max(values, default=0)
    for width in (np.int8, np.int16, np.int32, np.int64):
        if np.iinfo(width).min <= low and high <= np.iinfo(width).max:
            return np.array(values, width)
    raise UsageError([Diagnostic("out-of-range", "columns hold whole numbers of 64 bits")])
