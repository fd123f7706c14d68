"""Finds the borrower who tells a mutant from the policy best, makes them simple, and writes the case."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from itertools import islice
from typing import Any, ClassVar

import attrs

from policyengine.diagnostics import Diagnostic
from policyengine.ir.program import Program
from policyengine.testing.laws.law import Breach, Idle, Seen
from policyengine.testing.laws.trying import simplest
from policyengine.testing.mutation.telling.observed import (
    Difference,
    difference,
    is_named,
    looked_at,
)
from policyengine.testing.mutation.telling.pasted import pasted
from policyengine.testing.mutation.watching import Subject, Watcher
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.subject import Subject as Alone

#: Borrowers who tell a mutant from the policy among whom the best is chosen, and those that are tried.
_TELLING, _TRIED = 6, 60


def met_by(borrower: Borrower, subject: Subject, mutants: frozenset[int]) -> frozenset[int]:
    """Return which of some mutants may be told from the policy by a borrower."""
    others = frozenset(range(len(subject.mutants))) - mutants
    watcher = Watcher(subject.watched, {*subject.watched.anywhere, *others})
    looked_at(borrower, subject.program, watcher.evaluator)
    return mutants & watcher.met


def telling_case(
    borrowers: Iterable[Borrower], subject: Subject, index: int, alone: Alone
) -> str | None:
    """Return a case that would kill a mutant; None where none of some borrowers tells it from the policy."""
    mutated = subject.mutated(index)
    tried = ((b, difference(b, subject.program, mutated)) for b in islice(borrowers, _TRIED))
    telling = islice(((b, found) for b, found in tried if found is not None), _TELLING)
    best = min(_until_best(telling), key=lambda each: each[1].rank, default=None)
    return None if best is None else _written(*best, subject, index, alone)


def _until_best(
    telling: Iterator[tuple[Borrower, Difference]],
) -> Iterator[tuple[Borrower, Difference]]:
    for borrower, found in telling:
        yield borrower, found
        if found.rank == 0:
            return


def _written(
    borrower: Borrower, found: Difference, subject: Subject, index: int, alone: Alone
) -> str:
    program, mutant = subject.program, subject.mutants[index]
    telling = _Telling(program, subject.mutated(index), found.essence)
    small = _fewer_elsewhere(simplest(telling, alone, borrower), telling)
    shown = difference(small, program, subject.mutated(index)) or found
    name = f"line {mutant.span.line}: {mutant.said}"
    return pasted(name, small, shown, program, named=is_named(small, program))


def _fewer_elsewhere(borrower: Borrower, telling: _Telling) -> Borrower:
    """Take away what is known of other loans as long as the two are told apart."""
    for place, other in enumerate(borrower.others):
        for name in other:
            kept = {k: v for k, v in borrower.others[place].items() if k not in (name, "id")}
            fewer = {**kept, "id": borrower.others[place].get("id", f"L-{place + 2}")}
            others = (*borrower.others[:place], fewer, *borrower.others[place + 1 :])
            found = attrs.evolve(borrower, others=others)
            borrower = found if telling.holds(found) else borrower
    return borrower


@attrs.frozen(eq=False)
class _Telling:
    """That a mutant decides as its policy does, as a law: who breaks it tells them apart."""

    program: Program
    mutated: Program
    essence: Hashable

    name: ClassVar[str] = "as_the_policy"
    title: ClassVar[str] = "as the policy"
    about: ClassVar[str | None] = None

    def holds(self, borrower: Borrower) -> bool:
        """Whether a borrower tells the two apart in the same way."""
        found = difference(borrower, self.program, self.mutated)
        return found is not None and found.essence == self.essence

    def breach(self, borrower: Borrower, drawn: None, subject: Alone) -> Breach:
        """Return that the two are told apart.

        Raises:
            Idle: They are not.
        """
        del drawn, subject
        if not self.holds(borrower):
            raise Idle
        return Breach("", None, Seen(borrower, None))

    def problems(self, program: Program) -> Iterator[Diagnostic]:
        """Yield nothing: it names nothing."""
        del program
        yield from ()

    def pick(self, subject: Alone, random: Any) -> None:
        """Draw nothing."""
        del subject, random

    def sharper(self, breach: Breach, subject: Alone) -> Breach:
        """Return the breach as it is."""
        del subject
        return breach

    def simpler(self, drawn: None) -> Iterator[None]:
        """Yield nothing: nothing was drawn."""
        del drawn
        yield from ()
