"""Which mutants a decision would come out otherwise for: those of which a whole expression once had another value.

A decision is a function of the values of whole expressions: conditions, settings and figures. Up to the first that
differs a mutant is decided exactly as the policy itself; where none does, to the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs

from policyengine.decision.trace import Result
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.evaluators.reference.valuation import NamedTerms, Valuation
from policyengine.facts.facts import Situation
from policyengine.ir import nodes as ir
from policyengine.ir.program import Program
from policyengine.ir.reach import reached
from policyengine.testing.mutation.mutant import Mutant
from policyengine.testing.mutation.reading import Root, expected_of
from policyengine.testing.mutation.rewriting import rewritten


@attrs.frozen(eq=False)
class Pair:
    """A whole expression of a policy, and what a mutant has in its place."""

    old: Root
    new: ir.Node


@attrs.frozen(eq=False, slots=False)
class Subject:
    """One policy and the mutants that concern it, each worked out once and kept."""

    program: Program
    mutants: Sequence[Mutant]
    _mutated: dict[int, Program] = attrs.field(factory=dict)

    def mutated(self, index: int) -> Program:
        """Return the policy with a fault."""
        if index not in self._mutated:
            self._mutated[index] = rewritten(self.program, self.mutants[index].swaps)
        return self._mutated[index]

    def concerns(self, index: int) -> bool:
        """Whether a mutant is one of this policy."""
        return any(id(swap.old) in self._own for swap in self.mutants[index].swaps)

    def pairs(self, index: int) -> Iterator[Pair]:
        """Yield the whole expressions that a mutant has otherwise; none where it has more or fewer of them."""
        changed = {id(swap.old) for swap in self.mutants[index].swaps}
        others = [root.node for root in expected_of(self.mutated(index))]
        if len(others) == len(self.roots):
            for (root, below), new in zip(self.roots, others, strict=True):
                if changed & below:
                    yield Pair(root, new)

    @cached_property
    def roots(self) -> tuple[tuple[Root, frozenset[int]], ...]:
        """The whole expressions, each with all that it stands on: nodes, parameters and tables."""
        return tuple((root, self._below(root.node)) for root in expected_of(self.program))

    def _below(self, node: ir.Node) -> frozenset[int]:
        nodes = tuple(reached([node], self.program))
        parameters = (self.program.parameters[n.key] for n in nodes if isinstance(n, ir.Parameter))
        tables = (self.program.tables[n.key] for n in nodes if isinstance(n, ir.Lookup))
        return frozenset(map(id, (*nodes, *parameters, *tables)))

    @cached_property
    def _own(self) -> frozenset[int]:
        plans = self.program.plans
        offers = (plan.offer for plan in plans)
        rules = (rule for plan in plans for rule in plan.require)
        parts = (self.program, *offers, *rules, *self.program.guarantees)
        return frozenset(map(id, parts)).union(*(below for _, below in self.roots))

    @cached_property
    def watched(self) -> Watched:
        """Where to look for a difference."""
        entries: dict[int, list[_Entry]] = defaultdict(list)
        anywhere = set()
        for index in filter(self.concerns, range(len(self.mutants))):
            found = list(self._entries(index))
            for at, entry in found:
                entries[at].append(entry)
            if not found:
                anywhere.add(index)
        return Watched({at: tuple(found) for at, found in entries.items()}, frozenset(anywhere))

    def _entries(self, index: int) -> Iterator[tuple[int, _Entry]]:
        if not self.mutants[index].seen_at:
            for pair in self.pairs(index):
                yield id(pair.old.node), _Entry(index, pair.new, self.mutated(index))
        for node in self.mutants[index].seen_at:
            yield id(node), _Entry(index, None, self.program)


@attrs.frozen(eq=False)
class _Entry:
    """A mutant to be tried at an expression: what it has there; None is as good as another value."""

    mutant: int
    new: ir.Node | None
    program: Program


@attrs.frozen(eq=False)
class Watched:
    """The expressions of a policy at which mutants differ from it; some mutants may differ anywhere."""

    entries: Mapping[int, tuple[_Entry, ...]]
    anywhere: frozenset[int]


@attrs.define
class Watcher:
    """Notes the mutants that a decision met with another value."""

    watched: Watched
    met: set[int] = attrs.field()

    @met.default
    def _anywhere(self) -> set[int]:
        return set(self.watched.anywhere)

    @property
    def evaluator(self) -> ReferenceEvaluator:
        """What decides while it is watched."""
        return ReferenceEvaluator(valuing=self.valuation)

    def valuation(self, program: Program, situation: Situation) -> Valuation:
        """Return values that are watched."""
        return _WatchedValuation(program, situation, watcher=self)

    def note(self, valuation: Valuation, node: ir.Node, found: Result) -> None:
        """Try the mutants that differ at a node."""
        for entry in self.watched.entries.get(id(node), ()):
            if entry.mutant not in self.met and _differs(entry, valuation, found):
                self.met.add(entry.mutant)


def _differs(entry: _Entry, valuation: Valuation, found: Result) -> bool:
    return entry.new is None or valuation.under(entry.program).value(entry.new) != found


@attrs.frozen(eq=False, kw_only=True)
class _WatchedValuation(Valuation):
    watcher: Watcher

    def value(self, node: ir.Node) -> Result:
        found = Valuation.value(self, node)
        self.watcher.note(self, node, found)
        return found

    def _in_sight_of(self, prospect: NamedTerms | None, members: dict[str, Any]) -> Valuation:
        return _WatchedValuation(
            self.program, self.situation, prospect, members, self._derived, watcher=self.watcher
        )
