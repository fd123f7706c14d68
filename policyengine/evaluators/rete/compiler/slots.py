"""What stands in each slot of a network: a fact in its code, or a truth that is worked out before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import attrs

from policyengine.decision.trace import Truth, Unknown
from policyengine.evaluators.base import Probe
from policyengine.evaluators.rete.compiler.codes import Code, code_for
from policyengine.evaluators.rete.guard.patterns import Fact
from policyengine.facts.facts import Situation
from policyengine.ir import nodes as ir
from policyengine.ir.program import Program
from policyengine.ir.reach import reached

#: The attribute of a slot's fact that holds its code.
VALUE = "v"
#: What a truth is in a slot.
FALSE, TRUE, UNKNOWN = 0, 1, 2


@attrs.frozen(eq=False)
class FactSlot:
    """A fact, in its slot while it is known."""

    path: str
    code: Code

    @property
    def reads(self) -> frozenset[str]:
        """The fact itself."""
        return frozenset({self.path})

    def fact(self, situation: Situation, _probe: Probe) -> Fact | None:
        """Return what stands in the slot."""
        value = situation.get(self.path)
        return None if value is None else {VALUE: self.code.of_fact(value)}


@attrs.frozen(eq=False)
class TruthSlot:
    """A condition that the network does not carry; `reads` are the facts that it stands on."""

    node: ir.Node
    reads: frozenset[str]

    def fact(self, _situation: Situation, probe: Probe) -> Fact | None:
        """Return what stands in the slot."""
        return {VALUE: _written(probe.value(self.node))}  # type: ignore[arg-type]  # the types were checked


Slot: TypeAlias = FactSlot | TruthSlot


def _written(truth: Truth) -> int:
    return UNKNOWN if isinstance(truth, Unknown) else TRUE if truth else FALSE


@attrs.define(eq=False)
class Slots:
    """The slots of a program, in the order in which they are first named."""

    program: Program
    all: list[Slot] = attrs.field(factory=list)
    _facts: dict[str, int | None] = attrs.field(factory=dict)
    _truths: dict[int, int] = attrs.field(factory=dict)

    def of_fact(self, node: ir.Fact) -> tuple[int, Code] | None:
        """Return the slot of a fact, and how its values are written; None where they are not."""
        if node.path not in self._facts:
            code = code_for(node.type, self.program)
            self._facts[node.path] = (
                None if code is None else self._added(FactSlot(node.path, code))
            )
        place = self._facts[node.path]
        if place is None:
            return None
        slot = self.all[place]
        assert isinstance(slot, FactSlot)  # noqa: S101  # it was put there as one
        return place, slot.code

    def of_truth(self, node: ir.Node) -> int:
        """Return the slot of a condition that is worked out before."""
        if id(node) not in self._truths:
            self._truths[id(node)] = self._added(TruthSlot(node, facts_behind(node, self.program)))
        return self._truths[id(node)]

    def _added(self, slot: Slot) -> int:
        self.all.append(slot)
        return len(self.all) - 1


def facts_behind(node: ir.Node, program: Program) -> frozenset[str]:
    """Return the facts that an expression stands on, through all that it names."""
    return frozenset(n.path for n in reached([node], program) if isinstance(n, ir.Fact))


def by_fact(slots: list[Slot]) -> Mapping[str, tuple[int, ...]]:
    """Return the slots that stand on each fact."""
    found: dict[str, tuple[int, ...]] = {}
    for place, slot in enumerate(slots):
        for path in slot.reads:
            found[path] = (*found.get(path, ()), place)
    return found
