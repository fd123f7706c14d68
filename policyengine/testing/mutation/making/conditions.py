"""Mutants of conditions: comparisons, `and` and `or`, dropped parts, lost negations, and what is not known."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.program import Program
from policyengine.ir.reach import reached
from policyengine.ir.showing import written
from policyengine.model.types import BOOLEAN, Kind
from policyengine.source import Span
from policyengine.testing.mutation.mutant import Kind as Change
from policyengine.testing.mutation.mutant import Mutant, Swap, became, short
from policyengine.testing.mutation.reading import is_chain, nodes_of, roots_of

_OTHER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_OPERATOR = re.compile(r"<=|>=|==|!=|<|>")
_JOINTS = {"and": "or", "or": "and", "any": "all", "all": "any"}


def of_conditions(program: Program) -> Iterator[Mutant]:
    """Yield the mutants of every condition."""
    for node in nodes_of(program):
        if isinstance(node, ir.Compare):
            yield from _comparison(node)
        elif isinstance(node, (ir.And, ir.Or)):
            yield from _logic(node)
        elif isinstance(node, ir.Not):
            yield from _negation(node)
        elif isinstance(node, ir.Member):
            yield from _options(node)
        elif isinstance(node, ir.Choose):
            yield _branches(node)
    yield from _lost_unknowns(program)


def _comparison(node: ir.Compare) -> Iterator[Mutant]:
    if isinstance(node.left, ir.AsOf) and node.left.span == node.span:
        return  # the days on which a regulation holds; they are moved as dates are
    new = attrs.evolve(node, operator=_OTHER[node.operator])
    at = _operator(node)
    if at is not None:
        said = became(node.span, at, new.operator)
        yield Mutant(Change.COMPARISON, at, said, (Swap(node, new),))
        return
    end = node.left if isinstance(node.left, ir.Constant) else node.right
    said = f"`{short(written(node.span))}` no longer takes in `{written(end.span)}`"
    yield Mutant(Change.COMPARISON, end.span, said, (Swap(node, new),))


def _operator(node: ir.Compare) -> Span | None:
    """Return where the operator stands between its two sides; `in 1..12` has none."""
    file, start, end = node.span.file, node.left.span.end, node.right.span.start
    found = _OPERATOR.search(file.text, start, end) if start <= end else None
    return Span(file, found.start(), found.end()) if found else None


def _logic(node: ir.And | ir.Or) -> Iterator[Mutant]:
    if not is_chain(node):
        kind = ir.Or if isinstance(node, ir.And) else ir.And
        new = kind(type=node.type, span=node.span, operands=node.operands)
        yield Mutant(Change.LOGIC, _joint(node), _rejoined(node), (Swap(node, new),))
    for operand in node.operands:
        if operand.span != node.span:
            yield _without(node, operand)


def _joint(node: ir.And | ir.Or) -> Span:
    """Return where the word stands that joins the first two parts; before them where they are a list."""
    first, second, *_ = node.operands
    text = node.span.file.text
    word = "and" if isinstance(node, ir.And) else "or"
    found = re.compile(rf"\b{word}\b").search(text, first.span.end, second.span.start)
    if found is None:
        return Span(node.span.file, node.span.start, first.span.start)
    return Span(node.span.file, found.start(), found.end())


def _rejoined(node: ir.And | ir.Or) -> str:
    at = _joint(node)
    word = at.file.text[at.start : at.end]
    if word in _JOINTS:
        return became(node.span, at, _JOINTS[word])
    before, after = ("all", "any") if isinstance(node, ir.And) else ("any", "all")
    return f"`{before}:` became `{after}:`"


def _without(node: ir.And | ir.Or, operand: ir.Node) -> Mutant:
    rest = tuple(each for each in node.operands if each is not operand)
    new = rest[0] if len(rest) == 1 else attrs.evolve(node, operands=rest)
    said = f"`{short(written(operand.span))}` was dropped"
    return Mutant(Change.DROPPED, operand.span, said, (Swap(node, new),))


def _negation(node: ir.Not) -> Iterator[Mutant]:
    text = written(node.span)
    said = f"`{short(text)}` lost its `not`"
    yield Mutant(Change.NEGATION, node.span, said, (Swap(node, node.operand),))


def _options(node: ir.Member) -> Iterator[Mutant]:
    for option in node.options if len(node.options) > 1 else ():
        rest = tuple(each for each in node.options if each is not option)
        said = f"`{written(option.span)}` was dropped from `{short(written(node.span))}`"
        swap = Swap(node, attrs.evolve(node, options=rest))
        yield Mutant(Change.DROPPED, option.span, said, (swap,))


def _branches(node: ir.Choose) -> Mutant:
    new = attrs.evolve(node, then=node.otherwise, otherwise=node.then)
    said = f"the branches of `{short(written(node.span))}` were exchanged"
    return Mutant(Change.LOGIC, node.span, said, (Swap(node, new),))


# What is not known


def _lost_unknowns(program: Program) -> Iterator[Mutant]:
    seen: set[int] = set()
    for atom in _atoms(program):
        if id(atom) not in seen and _reads_facts(atom, program):
            seen.add(id(atom))
            yield from _decided_blank(atom)


def _decided_blank(atom: ir.Node) -> Iterator[Mutant]:
    """Yield what decides where a fact is missing: the condition as false, and as true."""
    known = ir.Known(type=BOOLEAN, span=atom.span, operand=atom)
    unknown = ir.Not(type=BOOLEAN, span=atom.span, operand=known)
    as_false = ir.And(type=BOOLEAN, span=atom.span, operands=(known, atom))
    as_true = ir.Or(type=BOOLEAN, span=atom.span, operands=(unknown, atom))
    for word, new in (("false", as_false), ("true", as_true)):
        said = f"`{short(written(atom.span))}` became {word} where it is not known"
        yield Mutant(Change.UNKNOWN, atom.span, said, (Swap(atom, new),))


def _atoms(program: Program) -> Iterator[ir.Node]:
    """Yield the conditions that are made of no others, wherever a truth is asked for."""
    conditions = [root.node for root in roots_of(program) if root.condition]
    asked = list(conditions)
    for node in nodes_of(program):
        asked += _truths_in(node)
        if isinstance(node, ir.Derived) and node.type.kind is Kind.BOOLEAN:
            asked.append(program.derived[node.key].node)
    for node in asked:
        joined = isinstance(node, (ir.And, ir.Or)) and not is_chain(node)
        if not joined and not isinstance(node, (ir.Not, ir.Derived, ir.Known, ir.Constant)):
            yield from ([node] if not _put_together(node) else [])


def _put_together(node: ir.Node) -> bool:
    """Whether a conjunction was made by the reader from a condition and another's `applies_to`."""
    return isinstance(node, ir.And) and not all(o.span == node.span for o in node.operands)


def _truths_in(node: ir.Node) -> Iterator[ir.Node]:
    if isinstance(node, (ir.And, ir.Or)):
        yield from node.operands if not is_chain(node) or _put_together(node) else ()
    elif isinstance(node, ir.Not):
        yield node.operand
    elif isinstance(node, ir.Choose):
        yield node.condition
    elif isinstance(node, (ir.Quantified, ir.Aggregate)):
        yield from () if node.condition is None else (node.condition,)


def _reads_facts(node: ir.Node, program: Program) -> bool:
    kinds = (ir.Fact, ir.Field, ir.PlanValue)
    return any(isinstance(part, kinds) for part in reached([node], program))
