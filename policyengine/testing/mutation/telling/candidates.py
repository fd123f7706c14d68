"""Borrowers who may tell some mutants from their policy, in rounds: each costs more than the one before.

A round has a fixed number of parts, so that several processes can share it and find the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

import attrs

from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.ir.program import Program
from policyengine.model.types import Record, Value
from policyengine.testing.mutation.regions import Assumed
from policyengine.testing.strategies.aiming import Aim, aimed, targets_of
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.choices import days_of
from policyengine.testing.strategies.profiles import borrowers, consistent
from policyengine.testing.strategies.reach import drawn
from policyengine.testing.strategies.witnesses import Witnesses, witnesses_of

#: Parts of a round, and how many borrowers each part makes up in the last one.
PARTS, _MADE_UP = 4, 100
#: Borrowers of the test file that are moved about, and those of them that are put where a plan turns.
_STARTS, _AIMED, _NEAR = 4, 3, 3
_EVALUATOR = ReferenceEvaluator()


@attrs.frozen(eq=False, slots=False)
class Candidates:
    """Borrowers of one policy, beginning with those of its test file."""

    program: Program
    known: Sequence[Borrower]

    @cached_property
    def witnesses(self) -> Witnesses:
        """A borrower for each plan, and what each fact may be."""
        return witnesses_of(self.program)

    @cached_property
    def starts(self) -> tuple[Borrower, ...]:
        """Whom one starts from: the first of the test file, then one whom each plan is allowed."""
        return (*self.known[:_STARTS], *self.witnesses.borrowers)

    def part(self, round_: int, part: int) -> Iterator[Borrower]:
        """Yield one part of a round: moved about, put where a plan turns, or made up."""
        if round_ == ROUNDS - 1:
            return drawn(borrowers(self.program, _EVALUATOR), _MADE_UP, part)
        whole = self._moved() if round_ == 0 else self._at_turns(part)
        return islice(whole, part, None, PARTS) if round_ == 0 else whole

    def assuming(self, assumed: Assumed) -> Iterator[Borrower]:
        """Yield borrowers of whom something is assumed, and some whose other loan is like that."""
        for start in self.starts[:_NEAR]:
            yield from _assuming(start, assumed)

    def _moved(self) -> Iterator[Borrower]:
        """Yield those one starts from, and the same with a fact gone, on another day, or with a fact near a limit."""
        choices = self.witnesses.choices
        yield from self.starts
        for start in self.starts:
            paths = (path for path in ("loan.id", *choices) if path in start.facts)
            yield from (start.without(path) for path in paths)
        for day in days_of(self.program, self.witnesses.today):
            yield from (attrs.evolve(start, as_of=day) for start in self.starts[:_NEAR])
        yield from self._members_less()
        for path, each in choices.items():
            for value in dict.fromkeys((*each.near, *each.values[:4])):
                for start in self.starts[:_NEAR]:
                    yield consistent(start.with_fact(path, value))

    def _members_less(self) -> Iterator[Borrower]:
        """Yield borrowers with a list of one member of whom something is not known."""
        for path, each in self.witnesses.choices.items():
            for value in each.values:
                if isinstance(value, tuple) and len(value) == 1:
                    known = value[0].fields
                    for name in known:
                        fewer = Record({n: v for n, v in known.items() if n != name})
                        yield self.starts[0].with_fact(path, (fewer,))

    def _at_turns(self, part: int) -> Iterator[Borrower]:
        """Yield borrowers with a fact where something turns, and a step before."""
        choices = self.witnesses.choices
        aims = (
            (start, target, path)
            for target in dict.fromkeys(targets_of(self.program))
            for path in target.facts
            if path in choices
            for start in self.starts[:_AIMED]
        )
        for start, target, path in islice(aims, part, None, PARTS):
            found = aimed(start, Aim(target, path, 0), choices, self.program, _EVALUATOR)
            if found is not start:
                domain = choices[path].domain
                place = domain.place(found.facts[path]) - domain.step
                yield found
                if place >= domain.ends[0]:
                    yield found.with_fact(path, domain.at(place))


#: Rounds of borrowers.
ROUNDS = 3


def _assuming(start: Borrower, assumed: Assumed) -> Iterator[Borrower]:
    known = {path: value for path, value in assumed.facts.items() if value is not None}
    gone = [path for path, value in assumed.facts.items() if value is None]
    found = attrs.evolve(start, facts={**start.facts, **known}).without(*gone)
    yield consistent(attrs.evolve(found, as_of=assumed.as_of))
    if any(path.startswith("loan.") for path in assumed.facts):
        fields: dict[str, Value] = {
            path.partition(".")[2]: value
            for path, value in found.facts.items()
            if path.startswith("loan.")
        }
        yield attrs.evolve(start, others=({**fields, "id": "L-2"},))
