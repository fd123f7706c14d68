"""All mutants of some programs, those of one text as one, in the order of the files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import attrs

from policyengine.ir.program import Program
from policyengine.testing.mutation.making.conditions import of_conditions
from policyengine.testing.mutation.making.numbers import of_numbers
from policyengine.testing.mutation.making.offers import of_offers
from policyengine.testing.mutation.making.parameters import of_parameters
from policyengine.testing.mutation.making.rules import of_rules
from policyengine.testing.mutation.making.tables import of_tables
from policyengine.testing.mutation.mutant import Mutant

_PARTS = (of_rules, of_conditions, of_numbers, of_parameters, of_tables, of_offers)


def mutants_of(programs: Iterable[Program], files: Collection[str]) -> tuple[Mutant, ...]:
    """Return the mutants of what is written in some files."""
    found: dict[tuple[str, int, str], Mutant] = {}
    for mutant in _each(programs):
        if mutant.span.file.name in files:
            known = found.get(mutant.place)
            found[mutant.place] = mutant if known is None else _joined(known, mutant)
    return tuple(sorted(found.values(), key=lambda mutant: mutant.place[:2]))


def _each(programs: Iterable[Program]) -> Iterator[Mutant]:
    for program in programs:
        for part in _PARTS:
            yield from part(program)


def _joined(known: Mutant, other: Mutant) -> Mutant:
    """Return one mutant for a text that stands in several plans, or binds several policies."""
    taken = {id(swap.old) for swap in known.swaps}
    swaps = (swap for swap in other.swaps if id(swap.old) not in taken)
    return attrs.evolve(
        known, swaps=(*known.swaps, *swaps), seen_at=(*known.seen_at, *other.seen_at)
    )
