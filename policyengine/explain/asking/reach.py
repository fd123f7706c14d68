"""Which facts an expression can read, through everything that it names. Texts of rules are not read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import attrs

from policyengine.decision.trace import Result, Unknown
from policyengine.facts.facts import Situation
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.from_model.engine_facts import balances_of
from policyengine.ir.levers import HolidayThrough
from policyengine.ir.nodes import Choose, Fact, Field, Node
from policyengine.ir.program import PlanDefinition, Program, Rule
from policyengine.ir.reach import behind
from policyengine.model.types import Record, Type

#: What terms are worked out from; `loan.next_due` only dates the payments.
_POSITION = ("principal", "annual_rate", "next_due", "remaining_term", "method")


@attrs.frozen
class Reads:
    """Facts by path, and fields of the members of lists by name."""

    facts: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()

    def __or__(self, other: Reads) -> Reads:
        return Reads(self.facts | other.facts, self.fields | other.fields)

    def has(self, path: str) -> bool:
        """Whether a fact, or a field of a known list's member, may be among them."""
        if path in self.facts:
            return True
        member = "[" in path or path.startswith("loan.")
        return member and path.rpartition(".")[2] in self.fields


def reads(node: Node, program: Program) -> Reads:
    """Return what an expression can read."""
    return _reads(node, program)


@lru_cache(maxsize=4096)
def _reads(node: Node, program: Program) -> Reads:
    found = Reads()
    for part in node.walk():
        if isinstance(part, Fact):
            found |= Reads(frozenset({part.path}))
        elif isinstance(part, Field):
            found |= Reads(fields=frozenset({part.name}))
        else:
            for named in behind(part, program):
                found |= _reads(named, program)
    return found


def live(nodes: Iterable[Node], program: Program, value: Callable[[Node], Result]) -> Reads:
    """Return what expressions can still read: what is known stays known, and a choice is its branch taken."""
    found, seen = Reads(), set[int]()

    def below(node: Node) -> None:
        nonlocal found
        if id(node) in seen or not isinstance(value(node), Unknown):
            return
        seen.add(id(node))
        if isinstance(node, Fact):
            found |= Reads(frozenset({node.path}))
        elif isinstance(node, Field):
            found |= Reads(fields=frozenset({node.name}))
        for child in (*_open_children(node, value), *behind(node, program)):
            below(child)

    for node in nodes:
        below(node)
    return found


def _open_children(node: Node, value: Callable[[Node], Result]) -> Iterator[Node]:
    condition = value(node.condition) if isinstance(node, Choose) else None
    if isinstance(node, Choose) and isinstance(condition, bool):
        yield node.then if condition else node.otherwise
    else:
        yield from node.children()


def inner_first(nodes: Iterable[Node], program: Program) -> Iterator[Node]:
    """Yield every node below some, those that names stand for included: what a node stands on comes before it."""
    seen: set[int] = set()

    def below(node: Node) -> Iterator[Node]:
        if id(node) in seen:
            return
        seen.add(id(node))
        for child in (*node.children(), *behind(node, program)):
            yield from below(child)
        yield node

    for node in nodes:
        yield from below(node)


def offer_rules(plan: PlanDefinition, program: Program) -> tuple[Rule, ...]:
    """Return the rules that terms are held against."""
    return (*plan.offer.until, *plan.offer.accept, *program.guarantees)


def position_facts(plan: PlanDefinition) -> frozenset[str]:
    """Return the facts that the engine itself reads to work out terms."""
    names = {name for lever in plan.offer.levers for name in balances_of(lever)}
    by_day = ("due_day",) if counts_dues(plan) else ()
    return frozenset(f"loan.{name}" for name in (*_POSITION, *by_day, *names))


def counts_dues(plan: PlanDefinition) -> bool:
    """Whether terms hang on the days on which payments fall due, not only their dates."""
    return any(isinstance(lever, HolidayThrough) for lever in plan.offer.levers)


def missing_facts(program: Program, situation: Situation) -> dict[str, Type]:
    """Return the facts of the policy's vocabulary that are not known, those of known lists' members included.

    Protected ones too: no rule may read them, which is their certificate.
    """
    dictionary = program.dictionary
    visible = dictionary.vocabularies[program.vocabulary]
    found = {
        path: fact.type
        for path, fact in dictionary.facts.items()
        if path in visible and situation.get(path) is None
    }
    for path in sorted(visible):
        value = situation.get(path)
        if isinstance(value, tuple):
            found |= _within(path, value, dictionary.facts[path].type, dictionary)
    for place, loan in enumerate(situation.facts.loans or ()):
        if place != situation.loan:
            found |= _of_record(f"loans[{place}]", loan, "loan", dictionary)
    return found


def _within(
    path: str, members: tuple[Record, ...], type_: Type, facts: Dictionary
) -> dict[str, Type]:
    found: dict[str, Type] = {}
    for place, member in enumerate(members):
        found |= _of_record(f"{path}[{place}]", member, type_.of or "", facts)
    return found


def _of_record(path: str, member: Any, name: str, facts: Dictionary) -> dict[str, Type]:
    found: dict[str, Type] = {}
    for field, definition in facts.records.get(name, {}).items():
        value = member.fields.get(field)
        if value is None:
            found[f"{path}.{field}"] = definition.type
        elif isinstance(value, tuple):
            found |= _within(f"{path}.{field}", value, definition.type, facts)
    return found
