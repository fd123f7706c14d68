"""Goes through all regions and says whether conditions of a policy and of a mutant ever differ."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from itertools import islice, product
from typing import Any

import attrs

from policyengine.decision.trace import Result, Unknown
from policyengine.evaluators.reference.valuation import COMPARISONS, NamedTerms, Valuation
from policyengine.facts.facts import Facts
from policyengine.ir import nodes as ir
from policyengine.ir.program import Program
from policyengine.model.types import Record, Value
from policyengine.testing.mutation.regions.quantities import Reading, regions_of
from policyengine.testing.mutation.watching import Pair

#: Combinations of regions that are gone through.
MOST = 10_000
#: Differences that are kept, to start a search for a borrower from.
_KEPT = 12


class Verdict(StrEnum):
    """Whether a mutant is the same policy."""

    SAME = "same"
    DIFFERS = "differs"
    UNDECIDED = "undecided"


@attrs.frozen(eq=False)
class Assumed:
    """What is assumed of a borrower: the day, and facts by path; None is not known."""

    as_of: date
    facts: Mapping[str, Value | None]


@attrs.frozen(eq=False)
class Compared:
    """What came of it; of conditions that differ some borrowers for whom they do."""

    verdict: Verdict
    differences: tuple[Assumed, ...] = ()


def compared(pairs: Sequence[Pair], program: Program, mutated: Program, today: date) -> Compared:
    """Return whether a mutant's conditions always have the values of the policy's, where it applies."""
    if not pairs:
        return Compared(Verdict.UNDECIDED)
    found = [_Comparison(pair, program, mutated, today).run() for pair in pairs]
    differences = tuple(d for each in found for d in each.differences)
    verdicts = {each.verdict for each in found}
    if verdicts == {Verdict.SAME}:
        return Compared(Verdict.SAME)
    undecided = Verdict.DIFFERS not in verdicts
    return Compared(Verdict.UNDECIDED if undecided else Verdict.DIFFERS, differences)


Assignment = dict[Hashable, Result]


def read_both(pair: Pair, program: Program, mutated: Program) -> Reading:
    """Return what a condition of a policy and that of a mutant stand on."""
    reading = Reading(pair.old.at_terms)
    reading.condition(pair.old.node, program)
    reading.condition(pair.new, mutated)
    return reading


def differs(
    pair: Pair,
    program: Program,
    mutated: Program,
    reading: Reading,
    assigned: Assignment,
    day: date,
) -> bool:
    """Whether two conditions have different values for what is assigned to quantities."""
    old = _Supposed.of(program, reading, assigned, day).value(pair.old.node)
    return old != _Supposed.of(mutated, reading, assigned, day).value(pair.new)


@attrs.frozen(eq=False)
class _Comparison:
    pair: Pair
    program: Program
    mutated: Program
    today: date

    def run(self) -> Compared:
        if not self.pair.old.condition:
            return Compared(Verdict.UNDECIDED)
        reading = self._reading()
        regions = {
            key: regions_of(quantity, self.program, self.today)
            for key, quantity in reading.quantities.items()
        }
        days = [day for day in reading.days if self.program.in_force(day)] or [self.today]
        size = len(days)
        for key, each in regions.items():
            size *= len(each or ()) + (not reading.quantities[key].always_known)
        if size > MOST or not all(regions.values()):
            return Compared(Verdict.UNDECIDED)
        differences = tuple(islice(self._differences(reading, regions, days), _KEPT))
        return Compared(Verdict.DIFFERS if differences else Verdict.SAME, differences)

    def _reading(self) -> Reading:
        reading = read_both(self.pair, self.program, self.mutated)
        if self.program.applies_to is not None and self._is_inside:
            reading.condition(self.program.applies_to, self.program)
        return reading

    @property
    def _is_inside(self) -> bool:
        """Whether the conditions matter only where the policy applies."""
        return self.pair.old.node is not self.program.applies_to

    def _differences(
        self,
        reading: Reading,
        regions: Mapping[Hashable, tuple[Value, ...] | None],
        days: list[date],
    ) -> Iterator[Assumed]:
        keys = list(regions)
        known = [list(regions[key] or ()) for key in keys]
        values: list[list[Any]] = [
            [*each, *_unknown(key, reading)] for key, each in zip(keys, known, strict=True)
        ]
        for day in days:
            for chosen in product(*values):
                assigned = dict(zip(keys, chosen, strict=True))
                if self._differs(reading, assigned, day):
                    yield Assumed(day, _facts(reading, assigned))

    def _differs(self, reading: Reading, assigned: Assignment, day: date) -> bool:
        applies = self.program.applies_to if self._is_inside else None
        if applies is not None:
            supposed = _Supposed.of(self.program, reading, assigned, day)
            if supposed.value(applies) is False:
                return False
        return differs(self.pair, self.program, self.mutated, reading, assigned, day)


def _unknown(key: Hashable, reading: Reading) -> Iterator[Unknown]:
    quantity = reading.quantities[key]
    if not quantity.always_known:
        yield Unknown(frozenset({quantity.path if quantity.path is not None else repr(key)}))


def _facts(reading: Reading, assigned: Assignment) -> dict[str, Value | None]:
    return {
        quantity.path: None if isinstance(value, Unknown) else value
        for key, quantity in reading.quantities.items()
        if quantity.path is not None and not isinstance(value := assigned[key], _NOT_A_FACT)
    }


#: A list stands for any other: it is known, and that is all.
_NOT_A_FACT = (tuple,)


@attrs.frozen(eq=False, kw_only=True)
class _Supposed(Valuation):
    """Values where quantities are assigned; everything else is worked out from them."""

    reading: Reading
    assigned: Assignment

    @classmethod
    def of(cls, program: Program, reading: Reading, assigned: Assignment, day: date) -> Valuation:
        situation = Facts(day, None, {}, (Record({}),)).about(0)
        return cls(program, situation, reading=reading, assigned=assigned)

    def value(self, node: ir.Node) -> Result:
        key = self.reading.at.get((id(self.program), id(node)))
        if key is not None:
            return self.assigned[key]
        pair = self.reading.pairs.get((id(self.program), id(node)))
        if pair is not None and isinstance(node, ir.Compare):
            return self._of_pair(node, *pair)
        return Valuation.value(self, node)

    def _of_pair(self, node: ir.Compare, key: Hashable, turned: bool) -> Result:
        sign = self.assigned[key]
        if isinstance(sign, Unknown):
            return sign
        compare = COMPARISONS[node.operator]
        return compare(0, sign) if turned else compare(sign, 0)

    def _in_sight_of(self, prospect: NamedTerms | None, members: dict[str, Any]) -> Valuation:
        return _Supposed(
            self.program,
            self.situation,
            prospect,
            members,
            self._derived,
            reading=self.reading,
            assigned=self.assigned,
        )
