"""A made-up borrower: facts by path, ready to be decided about, changed, and written as a profile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from policyengine.facts.facts import Facts, Situation
from policyengine.model.types import Record, Value

Written = dict[str, Any]
#: What the loan under assessment is called; the others are counted on.
LOAN_ID = "L-1"


@attrs.frozen(eq=False)
class Borrower:
    """The day of the decision, the facts known by path, and the fields of the borrower's other loans.

    Facts of the record `loan` are those of the loan under assessment. Money is in the currency's major unit.
    """

    as_of: date
    facts: Mapping[str, Value]
    others: tuple[Mapping[str, Value], ...] = ()

    def without(self, *paths: str) -> Borrower:
        """Return the same with some facts not known."""
        return attrs.evolve(self, facts={p: v for p, v in self.facts.items() if p not in paths})

    def with_fact(self, path: str, value: Value) -> Borrower:
        """Return the same with one fact as given."""
        return attrs.evolve(self, facts={**self.facts, path: value})

    def situation(self) -> Situation:
        """Return the facts as an evaluator sees them, with the first loan under assessment."""
        loan = {p.partition(".")[2]: v for p, v in self.facts.items() if p.startswith("loan.")}
        rest = {p: v for p, v in self.facts.items() if not p.startswith("loan.")}
        loans = tuple(Record(dict(fields)) for fields in (loan, *self.others))
        return Facts(self.as_of, None, rest, loans).about(0)

    def profile(self) -> Written:
        """Return the profile, as `PolicySet.decide` takes it."""
        found: Written = {"as_of": self.as_of}
        loan: Written = {}
        for path, value in self.facts.items():
            record, _, field = path.partition(".")
            at = loan if record == "loan" else found.setdefault(record, {})
            at[field] = plain(value)
        return found | {"loans": [loan, *(_fields(other) for other in self.others)]}


def plain(value: Value) -> Any:
    """Return a value as Python callers write it: exact decimals, lists of mappings."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    if isinstance(value, tuple):
        return [_fields(member.fields) for member in value]
    return value


def _fields(fields: Mapping[str, Value]) -> Written:
    return {name: plain(value) for name, value in fields.items()}
