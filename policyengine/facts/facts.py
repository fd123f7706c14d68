"""Facts: a profile that was held against the dictionary. Immutable; what is not known is not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import attrs

from policyengine.model.types import Record, Value


@attrs.frozen(eq=False)
class Facts:
    """What is known of one borrower.

    `values` holds the facts of the borrower and of what happened by their path; `loans` the facts of each
    loan by field, or None where the profile does not list any. Money is in the currency's major unit.
    """

    as_of: date
    currency: str | None
    values: Mapping[str, Value]
    loans: tuple[Record, ...] | None

    def about(self, loan: int | None) -> Situation:
        """Return the facts with one of the loans under assessment."""
        return Situation(self, loan)

    def situations(self) -> list[Situation]:
        """Return the facts with each of the loans under assessment."""
        return [self.about(place) for place in range(len(self.loans or ()))]


@attrs.frozen(eq=False)
class Situation:
    """The facts with one loan under assessment, by its place in the list."""

    facts: Facts
    loan: int | None

    @property
    def as_of(self) -> date:
        """The day of the decision."""
        return self.facts.as_of

    @property
    def loan_id(self) -> str | None:
        """The loan's own name for itself."""
        found = self.get("loan.id")
        return found if isinstance(found, str) else None

    def get(self, path: str) -> Value | None:
        """Return a fact, or None where it is not known."""
        if path == "loans":
            return self.facts.loans
        record, _, field = path.partition(".")
        if record != "loan":
            return self.facts.values.get(path)
        if self.loan is None or self.facts.loans is None:
            return None
        return self.facts.loans[self.loan].fields.get(field)

    def with_fact(self, path: str, value: Value) -> Situation:
        """Return the same with one fact of the borrower, or of the loan under assessment, as given."""
        record, _, field = path.partition(".")
        if record != "loan":
            return self._of({**self.facts.values, path: value}, self.facts.loans)
        loans = list(self.facts.loans or ())
        assert self.loan is not None  # noqa: S101  # a fact of the loan under assessment
        loans[self.loan] = Record({**loans[self.loan].fields, field: value})
        return self._of(self.facts.values, tuple(loans))

    def _of(self, values: Mapping[str, Value], loans: tuple[Record, ...] | None) -> Situation:
        return Situation(Facts(self.facts.as_of, self.facts.currency, values, loans), self.loan)
