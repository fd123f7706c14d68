"""Mutants of parameters: each value a step up and down, and each day on which one begins or ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import attrs

from policyengine.ir import nodes as ir
from policyengine.ir.program import DatedValue, ParameterDefinition, Program
from policyengine.ir.showing import shown, written
from policyengine.model.types import Kind
from policyengine.source import Span
from policyengine.testing.mutation.mutant import Kind as Change
from policyengine.testing.mutation.mutant import Mutant, Swap
from policyengine.testing.mutation.reading import beside, fact_named, nodes_of

_DAY = timedelta(days=1)
#: Characters before and after a value within which its dates stand.
_NEAR = 400


def of_parameters(program: Program) -> Iterator[Mutant]:
    """Yield the mutants of the parameters that decide something."""
    nodes = nodes_of(program)
    used = {node.key for node in nodes if isinstance(node, ir.Parameter)}
    compared = {key for node in nodes for key in _held_against_facts(node, program)}
    for key, parameter in program.parameters.items():
        if key in used:
            for place, dated in enumerate(parameter.values):
                yield from _values(parameter, dated, program, of_fact=key in compared)
                yield from _dates(parameter, place)


def _held_against_facts(node: ir.Node, program: Program) -> Iterator[str]:
    if isinstance(node, ir.Compare):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, ir.Parameter) and fact_named(other, program):
                yield side.key


def _values(
    parameter: ParameterDefinition, dated: DatedValue, program: Program, *, of_fact: bool
) -> Iterator[Mutant]:
    value, kind = dated.value, parameter.type.kind
    others = beside(value, kind, program.scale, of_fact=of_fact)
    if kind is Kind.BOOLEAN:
        others = (not value,)
    for other in others:
        said = f"`{parameter.name}: {written(dated.span)}` became `{shown(other, parameter.type)}`"
        swap = Swap(parameter, _with(parameter, {dated: attrs.evolve(dated, value=other)}))
        yield Mutant(Change.PARAMETER, dated.span, said, (swap,))


def _with(parameter: ParameterDefinition, new: dict[DatedValue, DatedValue]) -> ParameterDefinition:
    values = tuple(new.get(each, each) for each in parameter.values)
    return attrs.evolve(parameter, values=values)


def _dates(parameter: ParameterDefinition, place: int) -> Iterator[Mutant]:
    """Yield a value that begins or ends a day sooner or later; the one before or after it gives way."""
    dated = parameter.values[place]
    before = parameter.values[place - 1] if place else None
    after = parameter.values[place + 1] if place + 1 < len(parameter.values) else None
    if dated.starts is not None:
        meets = before if before is not None and before.ends == dated.starts - _DAY else None
        yield from _begins(parameter, dated, meets)
    if dated.ends is not None and (after is None or after.starts != dated.ends + _DAY):
        for day in (dated.ends - _DAY, dated.ends + _DAY):
            if dated.starts is None or day >= dated.starts:
                new = {dated: attrs.evolve(dated, ends=day)}
                yield _dated(parameter, dated, ("until", dated.ends, day), new)


def _begins(
    parameter: ParameterDefinition, dated: DatedValue, meets: DatedValue | None
) -> Iterator[Mutant]:
    starts = dated.starts
    assert starts is not None  # noqa: S101  # the caller looked
    for day in (starts - _DAY, starts + _DAY):
        new = {dated: attrs.evolve(dated, starts=day)}
        if meets is not None:
            new[meets] = attrs.evolve(meets, ends=day - _DAY)
        if dated.ends is None or day <= dated.ends:
            yield _dated(parameter, dated, ("from", starts, day), new)


def _dated(
    parameter: ParameterDefinition,
    dated: DatedValue,
    moved: tuple[str, date, date],
    new: dict[DatedValue, DatedValue],
) -> Mutant:
    word, day, other = moved
    said = f"`{word}: {day}` of `{parameter.name}` became `{other}`"
    swap = Swap(parameter, _with(parameter, new))
    return Mutant(Change.DATE, _place(dated.span, str(day)), said, (swap,))


def _place(value: Span, day: str) -> Span:
    """Return where a day is written beside its value, or the value."""
    text = value.file.text
    at = text.rfind(day, max(0, value.start - _NEAR), value.start)
    at = at if at >= 0 else text.find(day, value.end, value.end + _NEAR)
    return Span(value.file, at, at + len(day)) if at >= 0 else value
