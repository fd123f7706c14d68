"""What in a program stands on sensitive facts: found in the expressions, before any value is seen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.dictionary import Dictionary, FactDefinition
from policyengine.ir.program import Program, Rule
from policyengine.ir.reach import reached, settings_of
from policyengine.ir.sight import sight
from policyengine.model.types import Kind
from policyengine.plans.position import BALANCES

#: A rule about one of these says the fact itself by whether it holds.
_SAID_BY_TRUTH = frozenset({Kind.BOOLEAN, Kind.ENUM, Kind.TEXT, Kind.LIST})
#: What the amounts of terms follow from, and what their months and rates do.
_OF_TIME = tuple(f"loan.{name}" for name in ("remaining_term", "annual_rate", "method"))
_OWED = (*_OF_TIME, *(f"loan.{name}" for name in ("principal", *BALANCES)))


@lru_cache(maxsize=256)
def sensitivity(program: Program) -> Sensitivity:
    """Return what stands on sensitive facts in a program."""
    return Sensitivity(program)


@attrs.frozen(eq=False)
class Sensitivity:
    """Answers for the expressions of one program; what it cannot rule out it takes for sensitive."""

    program: Program
    _marked: dict[ir.Node, bool] = attrs.field(factory=dict)
    _told: dict[ir.Node, bool] = attrs.field(factory=dict)
    _kinds_of_terms: dict[Kind, bool] = attrs.field(factory=dict)

    def marks(self, node: ir.Node) -> bool:
        """Whether a value is worked out from a sensitive fact, or from the terms that follow from one."""
        if node not in self._marked:
            self._marked[node] = any(self._is_source(each) for each in self._reached(node))
        return self._marked[node]

    def marks_terms(self, kind: Kind) -> bool:
        """Whether amounts, or months and rates, of the terms under consideration follow from sensitive facts.

        Amounts follow from what the loan owes. Months and rates follow from the levers, which the search sets.
        """
        if kind in self._kinds_of_terms:
            return self._kinds_of_terms[kind]
        read = _OWED if kind is Kind.MONEY else _OF_TIME
        found = any(is_sensitive(path, self.program.dictionary) for path in read)
        self._kinds_of_terms[kind] = found or self._levers_are_sensitive()
        return self._kinds_of_terms[kind]

    def told_by(self, rule: Rule) -> bool:
        """Whether it would say a sensitive fact that a rule holds or does not.

        That an income is at least so much does not say the income. That it equals something does; and so does any
        condition on a yes or no, a word, a text or a list.
        """
        return any(self.told_by_truth_of(test) for test in rule.conditions)

    def told_by_truth_of(self, node: ir.Node) -> bool:
        """Whether the truth of a condition would say a sensitive fact."""
        if node not in self._told:
            self._told[node] = any(self._says(each) for each in self._reached(node))
        return self._told[node]

    def _says(self, node: ir.Node) -> bool:
        if isinstance(node, ir.Compare):
            equal = node.operator in ("==", "!=")
            return equal and (self.marks(node.left) or self.marks(node.right))
        if isinstance(node, ir.Member):
            return self.marks(node)
        return node.type.kind in _SAID_BY_TRUTH and self._is_sensitive_fact(node)

    def _is_source(self, node: ir.Node) -> bool:
        if isinstance(node, ir.PlanValue):
            return self.marks_terms(node.type.kind)
        return self._is_sensitive_fact(node)

    def _levers_are_sensitive(self) -> bool:
        levers = (lever for plan in self.program.plans for lever in plan.offer.levers)
        settings = (node for lever in levers for node in settings_of(lever))
        return any(self._is_sensitive_fact(each) for each in self._reached(*settings))

    def _is_sensitive_fact(self, node: ir.Node) -> bool:
        dictionary = self.program.dictionary
        if isinstance(node, ir.Fact):
            return is_sensitive(node.path, dictionary)
        if isinstance(node, ir.Field):
            fields = (record.get(node.name) for record in sight(self.program).records.values())
            return any(field is not None and field.sensitive for field in fields)
        return False

    def _reached(self, *nodes: ir.Node) -> Iterator[ir.Node]:
        """Yield every node below some; which facts are given is open."""
        return reached(nodes, self.program, left_out=(ir.Known,))


def is_sensitive(path: str, dictionary: Dictionary) -> bool:
    """Whether the vocabulary marks a fact as sensitive."""
    fact = dictionary.facts.get(path)
    return fact is not None and fact.sensitive


def fields_of(fact: FactDefinition | None, dictionary: Dictionary) -> dict[str, FactDefinition]:
    """Return the fields of the members of a list, by name; nothing for any other fact."""
    of = fact.type.of if fact is not None and fact.type.kind is Kind.LIST else None
    return dict(dictionary.records.get(of or "", {}))
