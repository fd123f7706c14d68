"""What else must hold for a part of a condition to decide it, and a borrower for whom it does.

A part of an `and` decides where all others are true, one of an `or` where all others are false, a branch of an `if`
where it is taken. Facts are changed one at a time, until all of that is so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyengine.evaluators.reference.valuation import Valuation
from policyengine.explain.asking.reach import reads
from policyengine.ir import nodes as ir
from policyengine.ir.nodes import Node
from policyengine.ir.program import Program
from policyengine.ir.reach import behind, reached
from policyengine.testing.boundaries.conditions import About, Condition
from policyengine.testing.strategies.borrower import Borrower
from policyengine.testing.strategies.choices import Choices

#: A part of a condition, and whether it must hold.
Demand = tuple[Node, bool]
#: How many facts are changed at most.
_CHANGES = 12
#: Values of a fact that are tried, each of two facts where one is not enough.
_VALUES = 30


def demands(condition: Condition, part: Node, program: Program) -> tuple[Demand, ...]:
    """Return what must hold beside a part for it to decide the condition."""
    if condition.about is About.TERMS:
        return ()
    test, *applies = condition.nodes
    if _has(test, part, program):
        return (*((node, True) for node in applies), *_within(test, part, program))
    return tuple(found for node in applies for found in _within(node, part, program))


def brought(
    borrower: Borrower,
    wanted: tuple[Demand, ...],
    choices: Mapping[str, Choices],
    program: Program,
    fixed: str,
) -> Borrower:
    """Return a borrower for whom as many demands are met as can be; the fact `fixed` stays as it is."""
    for _ in range(_CHANGES):
        unmet = _unmet(borrower, wanted, program)
        if not unmet:
            break
        better = _better(borrower, unmet, wanted, choices, program, fixed)
        if better is None:
            break
        borrower = better
    return borrower


def _better(  # what is wanted of whom, and within what
    borrower: Borrower,
    unmet: list[Demand],
    wanted: tuple[Demand, ...],
    choices: Mapping[str, Choices],
    program: Program,
    fixed: str,
) -> Borrower | None:
    """Return the borrower with one fact changed so that fewer demands are unmet, or else parts of them."""
    best, least = None, _missed(borrower, wanted, program)
    for node, _ in unmet:
        for path in sorted(reads(node, program).facts & choices.keys() - {fixed}):
            for moved in _changed(borrower, path, node, choices[path], program):
                missed = _missed(moved, wanted, program)
                if missed < least:
                    best, least = moved, missed
    return best


def _changed(
    borrower: Borrower, path: str, node: Node, choices: Choices, program: Program
) -> Iterator[Borrower]:
    for value in choices.values[:_VALUES]:
        yield borrower.with_fact(path, value)
    if any(isinstance(each, ir.Known) for each in reached([node], program)):
        yield borrower.without(path)


def _unmet(borrower: Borrower, wanted: tuple[Demand, ...], program: Program) -> list[Demand]:
    values = Valuation(program, borrower.situation())
    return [(node, truth) for node, truth in wanted if values.truth(node) is not truth]


def _missed(borrower: Borrower, wanted: tuple[Demand, ...], program: Program) -> int:
    """Return how many parts of the demands are not met."""
    values = Valuation(program, borrower.situation())
    return sum(_apart(node, truth, values, program) for node, truth in wanted)


def _apart(node: Node, wanted: bool, values: Valuation, program: Program) -> int:
    """Return how many parts of an expression stand in the way of its truth."""
    if values.truth(node) is wanted:
        return 0
    if isinstance(node, ir.Derived):
        return _apart(program.derived[node.key].node, wanted, values, program)
    if isinstance(node, ir.Not):
        return _apart(node.operand, not wanted, values, program)
    if isinstance(node, (ir.And, ir.Or)):
        each = [_apart(operand, wanted, values, program) for operand in node.operands]
        return max(1, sum(each) if isinstance(node, ir.And) is wanted else min(each))
    return 1


def _within(node: Node, part: Node, program: Program) -> Iterator[Demand]:
    """Yield what must hold beside a part of an expression."""
    if node is part:
        return
    children = [*node.children(), *behind(node, program)]
    inside = next((child for child in children if _has(child, part, program)), None)
    if inside is None:
        return
    if isinstance(node, (ir.And, ir.Or)):
        others = (child for child in node.operands if child is not inside)
        yield from (
            (child, isinstance(node, ir.And)) for child in others if _is_plain(child, program)
        )
    elif isinstance(node, ir.Choose) and inside is not node.condition:
        yield node.condition, inside is node.then
    yield from _within(inside, part, program)


def _has(node: Node, part: Node, program: Program) -> bool:
    return any(each is part for each in reached([node], program))


def _is_plain(node: Node, program: Program) -> bool:
    """Whether an expression can be worked out from facts alone."""
    if any(isinstance(each, ir.Field) for each in node.walk()) and not _binds(node):
        return False
    return not any(isinstance(each, ir.PlanValue) for each in reached([node], program))


def _binds(node: Node) -> bool:
    """Whether every variable is bound within."""
    bound = {n.variable for n in node.walk() if isinstance(n, (ir.Quantified, ir.Aggregate))}
    return all(each.variable in bound for each in node.walk() if isinstance(each, ir.Field))
