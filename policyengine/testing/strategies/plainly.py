"""Borrowers whose facts are left to chance, with no eye on the policy: what the aimed ones are measured against."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from policyengine.explain.asking.domains import Domain
from policyengine.ir.program import Program
from policyengine.model.types import Kind, Value
from policyengine.testing.strategies.borrower import LOAN_ID, Borrower
from policyengine.testing.strategies.witnesses import witnesses_of

#: The widest places that are drawn from, by kind; the vocabulary may be narrower.
_WIDEST = {
    Kind.MONEY: (0, 10**7),
    Kind.RATE: (0, 36 * 10**10),
    Kind.NUMBER: (0, 10**14),
    Kind.INTEGER: (0, 1_000),
    Kind.DAYS: (0, 720),
    Kind.MONTHS: (0, 360),
}


def plainly(program: Program, shares: tuple[int, ...]) -> st.SearchStrategy[Borrower]:
    """Return a strategy of borrowers with every fact at random, and as many missing as the shares say."""
    witnesses = witnesses_of(program)

    def borrower(drawn: Mapping[str, Any]) -> Borrower:
        known: dict[str, Value] = {
            path: drawn[path][1]
            for path in witnesses.choices
            if drawn[path][0] >= drawn["missing"] and drawn[path][1] is not None
        }
        known.pop("loan.due_day", None)
        return Borrower(witnesses.today, {"loan.id": LOAN_ID, **known})

    draws: dict[str, st.SearchStrategy[Any]] = {
        path: st.tuples(st.integers(0, 255), _values(each.domain))
        for path, each in witnesses.choices.items()
    }
    return st.fixed_dictionaries({"missing": st.sampled_from(shares), **draws}).map(borrower)


def _values(domain: Domain) -> st.SearchStrategy[Value | None]:
    if not domain.ordered:
        return st.sampled_from(domain.values or (None,))
    low, high = domain.ends
    if domain.kind is Kind.DATE:
        return st.integers(-720, 720).map(lambda days: domain.as_of + timedelta(days=days))
    least, most = _WIDEST[domain.kind]
    places = st.integers(max(low, least), max(low, min(high, most)))
    return places.map(lambda place: _legible(domain, place))


def _legible(domain: Domain, place: int) -> Value:
    if domain.kind in (Kind.RATE, Kind.NUMBER):
        place -= place % domain.step
    return domain.at(place)
