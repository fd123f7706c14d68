"""A policy's conditions on a day as Python source: one function in each spelling.

Each condition stands for a bit of its group's mask: whether the policy applies, the requirements of each plan, the
referrals. `known(as_of, values)` returns the masks of what fails, or None where it cannot tell; `unknowns(as_of,
values)` returns pairs of what fails and what is not known.
"""

from __future__ import annotations

import linecache
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import attrs

from policyengine.decision.screening import Group, Groups, groups_of
from policyengine.evaluators.compiled.known import Known
from policyengine.evaluators.compiled.layout import Layout, layout_from
from policyengine.evaluators.compiled.support import IN_SIGHT
from policyengine.evaluators.compiled.unknowns import Unknowns
from policyengine.evaluators.compiled.writing import NotWritten, Writing
from policyengine.ir.program import Program, Rule
from policyengine.ir.reach import reached, speaks_of_terms

#: Days whose functions are kept at hand.
_MOST_DAYS = 1_000

Masks = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]


@attrs.frozen(eq=False)
class Compiled:
    """The two functions for a day, and their source."""

    known: Callable[[date, tuple[Any, ...]], Masks | None]
    unknowns: Callable[[date, tuple[Any, ...]], Pairs]
    source: str


@attrs.frozen(eq=False, slots=False)
class Conditions:
    """The conditions of a policy, and what they read.

    `left` has a mask for each group of those that no source could be written for: they are left to the other evaluator.
    """

    program: Program
    groups: Groups
    layout: Layout
    left: Masks
    changes: Sequence[date]
    _on: dict[date, Compiled] = attrs.field(factory=dict)
    _eras: dict[int, Compiled] = attrs.field(factory=dict)

    @cached_property
    def any_left(self) -> bool:
        """Whether any condition is left to the other evaluator."""
        return any(self.left)

    def on(self, day: date) -> Compiled:
        """Return the functions for a day; days on which the parameters are the same share them."""
        found = self._on.get(day)
        if found is None:
            era = bisect_right(self.changes, day)
            if era not in self._eras:
                self._eras[era] = _compiled(self, day)
            if len(self._on) > _MOST_DAYS:
                self._on.clear()
            self._on[day] = found = self._eras[era]
        return found


def conditions_of(program: Program) -> Conditions:
    """Return the conditions of a policy."""
    groups = groups_of(program)
    read = reached((n for g in groups.all for r in g.rules for n in r.conditions), program)
    layout = layout_from(read, program.dictionary, program.scale)
    left = tuple(
        sum(1 << i for i, r in enumerate(g.rules) if not _is_written(r, program, layout))
        for g in groups.all
    )
    return Conditions(program, groups, layout, left, _changes(program))


def _changes(program: Program) -> list[date]:
    """Return the days from which a parameter has another value."""
    days = set()
    for parameter in program.parameters.values():
        for dated in parameter.values:
            days |= {dated.starts} | {dated.ends and dated.ends + timedelta(days=1)}
    return sorted(day for day in days if day)


def _is_written(rule: Rule, program: Program, layout: Layout) -> bool:
    """Whether source can be written for a condition in either spelling, on any day."""
    if any(map(speaks_of_terms, rule.conditions)):
        return False
    days = [date.min, *_changes(program)]
    try:
        for day in days:
            Known(_begun(program, layout, day)).failing(rule)
            Unknowns(_begun(program, layout, day)).holds(rule)
    except NotWritten:
        return False
    return True


def _begun(program: Program, layout: Layout, day: date) -> Writing:
    writing = Writing(program, layout, day)
    writing.unpack()
    return writing


def _compiled(conditions: Conditions, day: date) -> Compiled:
    spellings = {"known": _known_source, "unknowns": _unknowns_source}
    sources, functions = [], {}
    for name, spelling in spellings.items():
        writing = _begun(conditions.program, conditions.layout, day)
        source = f"def {name}(as_of, values):\n{spelling(conditions, writing)}\n"
        sources.append(source)
        functions[name] = _function(name, source, writing, day)
    return Compiled(functions["known"], functions["unknowns"], "\n\n".join(sources))


def _function(name: str, source: str, writing: Writing, day: date) -> Callable[..., Any]:
    """Return a function of source, which tracebacks and debuggers can show."""
    file = f"<{writing.program.id}, {name}, on {day}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    within: dict[str, Any] = {**IN_SIGHT, **writing.in_sight}
    exec(compile(source, file, "exec"), within)  # noqa: S102  # it was written above, of names and numbers
    function: Callable[..., Any] = within[name]
    return function


def _written_rules(conditions: Conditions) -> Iterator[tuple[Group, list[tuple[int, Rule]]]]:
    for group, left in zip(conditions.groups.all, conditions.left, strict=True):
        yield group, [(1 << i, r) for i, r in enumerate(group.rules) if not left & (1 << i)]


def _known_source(conditions: Conditions, writing: Writing) -> str:
    masks, known = [], Known(writing)
    for group, rules in _written_rules(conditions):
        mask = writing.names.new(group.name)
        masks.append(mask)
        writing.lines.add(f"{mask} = 0")
        for bit, rule in rules:
            failing = known.failing(rule)
            writing.lines.add(f"if {failing}: {mask} |= {bit}  # {rule.id}")
    writing.lines.add(f"return {', '.join(masks)},")
    return writing.lines.text


def _unknowns_source(conditions: Conditions, writing: Writing) -> str:
    pairs, unknowns = [], Unknowns(writing)
    for group, rules in _written_rules(conditions):
        fails, open_ = (writing.names.new(f"{group.name}_{w}") for w in ("fails", "unknown"))
        pairs.append(f"({fails}, {open_})")
        writing.lines.add(f"{fails} = {open_} = 0")
        for bit, rule in rules:
            truth = unknowns.holds(rule)
            writing.lines.add(f"if {truth} is False: {fails} |= {bit}  # {rule.id}")
            writing.lines.add(f"elif {truth} is None: {open_} |= {bit}")
    writing.lines.add(f"return {', '.join(pairs)},")
    return writing.lines.text
