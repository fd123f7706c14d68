"""The least profile that some cases need: a fact goes where without it the same is decided of each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import attrs

from policyengine.model.types import Value
from policyengine.testing.strategies.borrower import LOAN_ID, Borrower

#: Whether the same is decided of two borrowers.
Same = Callable[[Borrower, Borrower], bool]


@attrs.frozen(eq=False)
class Varied:
    """A borrower by what they differ in from another one: facts given otherwise, facts gone, another day."""

    borrower: Borrower
    put: Mapping[str, Value]
    gone: tuple[str, ...]
    as_of: date | None


def least(
    base: Borrower, borrowers: tuple[Borrower, ...], same: Same
) -> tuple[Borrower, tuple[Varied, ...]]:
    """Return a borrower with the facts that some others made from it need, and each of them by the difference."""
    kept, others = base, borrowers
    for path in sorted(base.facts):
        if base.facts[path] == LOAN_ID:
            continue
        without = tuple(_less(other, base, path) for other in others)
        if all(map(same, others, without)):
            kept, others = kept.without(path), without
    return kept, tuple(varied(other, kept) for other in others)


def varied(borrower: Borrower, base: Borrower) -> Varied:
    """Return a borrower by what they differ in from another one."""
    put = {p: v for p, v in borrower.facts.items() if p not in base.facts or base.facts[p] != v}
    gone = tuple(path for path in base.facts if path not in borrower.facts)
    return Varied(borrower, put, gone, None if borrower.as_of == base.as_of else borrower.as_of)


def _less(borrower: Borrower, base: Borrower, path: str) -> Borrower:
    """Return a borrower without a fact, unless they have another value of it."""
    known = borrower.facts.get(path)
    return borrower.without(path) if known is not None and known == base.facts[path] else borrower
