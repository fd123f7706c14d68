"""Withholds what would say a sensitive fact: what stands on one, and what happens to be equal to one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import attrs

from policyengine.facts.facts import Facts
from policyengine.ir.dictionary import Dictionary, FactDefinition
from policyengine.model.types import Kind, Value
from policyengine.record.sensitive import fields_of

#: Stands in the place of what is withheld.
WITHHELD: Mapping[str, bool] = {"withheld": True}
#: Whole numbers below could be anything: months, days, parts.
_LEAST_TELLING = 1000
#: Text shorter than this is looked for as a whole only: it stands in too many words.
_SHORTEST = 3
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@attrs.frozen
class Mask:
    """The sensitive values of one borrower: amounts and rates, whole numbers, words, texts."""

    amounts: frozenset[Fraction]
    counts: frozenset[int]
    words: frozenset[str]

    @classmethod
    def of(cls, facts: Facts, dictionary: Dictionary) -> Mask:
        """Return the mask for the facts of a borrower."""
        found = [value for _, value in sensitive_values(facts, dictionary)]
        whole = (v for v in found if isinstance(v, int) and not isinstance(v, bool))
        return cls(
            amounts=frozenset(abs(v) for v in found if isinstance(v, Fraction) and v),
            counts=frozenset(abs(v) for v in whole if abs(v) >= _LEAST_TELLING),
            words=frozenset(str(v).casefold() for v in found if not isinstance(v, (int, Fraction))),
        )

    def masked(self, value: Any) -> Any:
        """Return a value of JSON without what is equal to a sensitive fact."""
        if isinstance(value, Mapping):
            return {key: self.masked(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.masked(each) for each in value]
        return dict(WITHHELD) if self._hides(value) else value

    def _hides(self, value: str | int | bool | None) -> bool:
        if value is None or isinstance(value, bool):
            return False
        if isinstance(value, int):
            return abs(value) in self.counts
        numbers = {Fraction(found) for found in _NUMBERS.findall(value)}
        return (
            not self.amounts.isdisjoint(numbers)
            or not self.counts.isdisjoint(numbers)
            or self._says(value)
        )

    def _says(self, text: str) -> bool:
        said = text.casefold()
        return any(word == said or (len(word) >= _SHORTEST and word in said) for word in self.words)


def sensitive_values(facts: Facts, dictionary: Dictionary) -> Iterator[tuple[str, Value]]:
    """Yield every sensitive value with the path of its fact; of a sensitive list all that is in it."""
    for path, value in facts.values.items():
        yield from _values(path, value, dictionary.facts.get(path), dictionary, within=False)
    for place, loan in enumerate(facts.loans or ()):
        for name, value in loan.fields.items():
            fact = dictionary.facts.get(f"loan.{name}")
            yield from _values(f"loans[{place}].{name}", value, fact, dictionary, within=False)


def _values(
    path: str, value: Value, fact: FactDefinition | None, dictionary: Dictionary, *, within: bool
) -> Iterable[tuple[str, Value]]:
    is_sensitive = within or (fact is not None and fact.sensitive)
    if isinstance(value, tuple):
        fields = fields_of(fact, dictionary)
        for place, record in enumerate(value):
            for name, field in record.fields.items():
                below = f"{path}[{place}].{name}"
                yield from _values(below, field, fields.get(name), dictionary, within=is_sensitive)
    elif is_sensitive and not (fact is not None and fact.type.kind is Kind.BOOLEAN):
        yield path, value
