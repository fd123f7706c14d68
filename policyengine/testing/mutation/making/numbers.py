"""Mutants of constants: limits, caps and defaults, one step up and one step down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.levers import Lever, TermExtension
from policyengine.ir.program import Program
from policyengine.ir.reach import settings_of
from policyengine.ir.showing import shown, written
from policyengine.model.types import ORDERED
from policyengine.source import Span
from policyengine.testing.mutation.mutant import Kind as Change
from policyengine.testing.mutation.mutant import Mutant, Swap, became, short
from policyengine.testing.mutation.reading import beside, fact_named, nodes_of


def of_numbers(program: Program) -> Iterator[Mutant]:
    """Yield the mutants of constants within expressions, and of those that are a derived value or a setting."""
    for node in nodes_of(program):
        for constant in _within(node):
            yield from _moved(constant, node, program)
        yield from _unbounded(node)
    for plan in program.plans:
        for lever in plan.offer.levers:
            for constant in _of_lever(lever):
                yield from _as(Change.CAP, constant, None, program, of=lever.name)
    for derived in program.derived.values():
        if isinstance(derived.node, ir.Constant):
            yield from _as(Change.LIMIT, derived.node, derived.node.span, program)


def _within(node: ir.Node) -> Iterator[ir.Constant]:
    """Yield the constants of an expression that are limits: not what is rounded to, nor what a set lists.

    A least of zero says that there is nothing below it; it is dropped, not moved.
    """
    if isinstance(node, (ir.Member, ir.RoundTo)):
        return
    bounds = isinstance(node, ir.Extremum)
    for each in node.children():
        if isinstance(each, ir.Constant) and not (bounds and each.value == 0):
            yield each


def _unbounded(node: ir.Node) -> Iterator[Mutant]:
    """Yield the least or the greatest of several without a constant among them."""
    if not isinstance(node, ir.Extremum):
        return
    for constant in node.operands:
        rest = tuple(each for each in node.operands if each is not constant)
        if isinstance(constant, ir.Constant) and rest:
            new: ir.Node = rest[0] if len(rest) == 1 else attrs.evolve(node, operands=rest)
            said = f"`{written(constant.span)}` was dropped from `{short(written(node.span))}`"
            yield Mutant(Change.CAP, constant.span, said, (Swap(node, new),))


def _of_lever(lever: Lever) -> Iterator[ir.Constant]:
    """Yield the constants that a step may go to; by how much it goes is no limit."""
    steps = {id(node) for node in _steps(lever)}
    below = {id(lever.months.low)} if isinstance(lever, TermExtension) else set()
    for whole in dict.fromkeys(settings_of(attrs.evolve(lever, when=None))):
        is_end = id(whole) not in steps and id(whole) not in below
        if is_end and isinstance(whole, ir.Constant):
            yield whole


def _steps(part: Any) -> Iterator[ir.Node]:
    if isinstance(part, ir.Node) or not attrs.has(type(part)):
        return
    for field in attrs.fields(type(part)):
        value = getattr(part, field.name)
        if field.name == "step" and value is not None:
            yield value
        for each in value if isinstance(value, tuple) else (value,):
            for deeper in each if isinstance(each, tuple) else (each,):
                if not isinstance(deeper, (str, Span)):
                    yield from _steps(deeper)


def _moved(constant: ir.Constant, node: ir.Node, program: Program) -> Iterator[Mutant]:
    if isinstance(node, ir.Compare) and node.left.span == node.span:
        yield from _as(Change.DATE, constant, None, program)  # the days on which a regulation holds
        return
    of_fact = isinstance(node, ir.Compare) and any(
        fact_named(side, program) for side in (node.left, node.right)
    )
    yield from _as(Change.LIMIT, constant, node.span, program, of_fact=of_fact)


def _as(
    kind: Change,
    constant: ir.Constant,
    outer: Span | None,
    program: Program,
    *,
    of_fact: bool = False,
    of: str = "",
) -> Iterator[Mutant]:
    if constant.type.kind not in ORDERED:
        return
    values = beside(constant.value, constant.type.kind, program.scale, of_fact=of_fact)
    before = shown(constant.value, constant.type)
    for value in values:
        new, after = attrs.evolve(constant, value=value), shown(value, constant.type)
        if outer is None:
            said = f"{f'`{of}`: ' if of else ''}{before} became {after}"
        else:
            said = became(outer, constant.span, _spelt(constant, after))
        yield Mutant(kind, constant.span, said, (Swap(constant, new),))


def _spelt(constant: ir.Constant, after: str) -> str:
    """Return a value as the file would have it: a bare number of months stays bare."""
    bare = written(constant.span).lstrip("-").replace(".", "").isdigit()
    return after.split(maxsplit=1)[0] if bare else after
