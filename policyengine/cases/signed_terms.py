"""Signed terms, as the text of a transition names them with `plan.`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs

from policyengine.cases.agreement import Agreement
from policyengine.finance.money import Currency


@attrs.frozen
class SignedTerms:
    """What `plan.` names of an agreement; what was not frozen is not known."""

    agreement: Agreement
    currency: Currency

    def value(self, name: str, months: int | None = None) -> Fraction | int | None:
        """Return what `plan.<name>` stands for; None where the agreement does not say it."""
        rows = self.agreement.schedule
        if name == "max_payment_before":
            return self._largest([row.payment for row in rows if row.n <= (months or 0)])
        if name == "max_payment_after":
            return self._largest([row.payment for row in rows if row.n > (months or 0)])
        if name == "first_payment":
            return self._major(rows[0].payment)
        if name == "final_balance":
            return self._major(rows[-1].balance)
        return self._of_terms(name)

    def _largest(self, payments: list[int]) -> Fraction:
        return self._major(max(payments, default=0))

    def _major(self, minor: int) -> Fraction:
        return Fraction(minor, 10**self.currency.exponent)

    def _of_terms(self, name: str) -> Fraction | int | None:
        terms: Any = self.agreement.terms
        found = terms.get(_NAMES.get(name, name))
        return Fraction(found) if isinstance(found, str) else found


#: What the terms call it, where that is not the name in an expression.
_NAMES = {"term": "term_months", "extension": "extension_months", "rate": "annual_rate"}
