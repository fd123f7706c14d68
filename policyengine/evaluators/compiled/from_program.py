"""A policy's conditions on a day as Python source: one function in each spelling.

Each condition stands for a bit of its group's mask: whether the policy applies, the requirements of each plan, the
referrals. `known(as_of, values)` returns the masks of what fails, or None where it cannot tell; `unknowns(as_of,
values)` returns pairs of what fails and what is not known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from operator import or_
from typing import Any

import attrs

from policyengine.decision.screening import Group, Groups, Mask, groups_of
from policyengine.evaluators.compiled.functions import changes_of, function_of
from policyengine.evaluators.compiled.known import Known
from policyengine.evaluators.compiled.layout import Layout, layout_from
from policyengine.evaluators.compiled.support import IN_SIGHT
from policyengine.evaluators.compiled.unknowns import Unknowns
from policyengine.evaluators.compiled.writing import Writing
from policyengine.ir.program import Program, Rule
from policyengine.ir.reach import reached, speaks_of_terms

#: Days whose functions are kept at hand.
_MOST_DAYS = 1_000

Masks = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]


@attrs.frozen(eq=False)
class Compiled:
    """The two functions for a day, and their source.

    `left` has a mask for each group of the conditions that no source could be written for: they are left to the other
    evaluator.
    """

    known: Callable[[date, tuple[Any, ...]], Masks | None]
    unknowns: Callable[[date, tuple[Any, ...]], Pairs]
    left: Masks
    any_left: bool
    source: str


@attrs.frozen(eq=False)
class Conditions:
    """The conditions of a policy, and what they read. `changes` are the days on which a parameter changes."""

    program: Program
    groups: Groups
    layout: Layout
    changes: Sequence[date]
    _on: dict[date, Compiled] = attrs.field(factory=dict)
    _eras: dict[int, Compiled] = attrs.field(factory=dict)

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
    return Conditions(program, groups, layout, changes_of(program))


def _compiled(conditions: Conditions, day: date) -> Compiled:
    known = _begun("known", conditions, day)
    left = _write_known(conditions, known)
    unknowns = _begun("unknowns", conditions, day)
    left = tuple(map(or_, left, _write_unknowns(conditions, unknowns)))
    functions = (_function("known", known), _function("unknowns", unknowns))
    return Compiled(*functions, left, any(left), f"{known.lines.text}\n\n\n{unknowns.lines.text}")


def _begun(name: str, conditions: Conditions, day: date) -> Writing:
    writing = Writing(conditions.program, conditions.layout, day)
    writing.begin(name)
    return writing


def _function(name: str, writing: Writing) -> Callable[..., Any]:
    title = f"<{writing.program.id}, {name}, on {writing.day}>"
    return function_of(title, writing.lines.text, {**IN_SIGHT, **writing.in_sight})


def _write_known(conditions: Conditions, writing: Writing) -> Masks:
    """Write the short-circuit spelling; return the masks of the conditions that are left."""
    known, left = Known(writing), []
    masks: list[str] = []

    def write(bit: int, rule: Rule) -> None:
        writing.lines.add(f"if {known.failing(rule)}: {masks[-1]} |= {bit}  # {rule.id}")

    for group in conditions.groups.all:
        masks.append(writing.names.new(group.name))
        writing.lines.add(f"{masks[-1]} = 0")
        left.append(_left(group, writing, write))
    writing.lines.add(f"return {', '.join(masks)},")
    return tuple(left)


def _write_unknowns(conditions: Conditions, writing: Writing) -> Masks:
    """Write the three-valued spelling; return the masks of the conditions that are left."""
    unknowns, left = Unknowns(writing), []
    pairs: list[tuple[str, str]] = []

    def write(bit: int, rule: Rule) -> None:
        truth, (fails, open_) = unknowns.holds(rule), pairs[-1]
        writing.lines.add(f"if {truth} is False: {fails} |= {bit}  # {rule.id}")
        writing.lines.add(f"elif {truth} is None: {open_} |= {bit}")

    for group in conditions.groups.all:
        fails, open_ = (writing.names.new(f"{group.name}_{w}") for w in ("fails", "unknown"))
        pairs.append((fails, open_))
        writing.lines.add(f"{fails} = {open_} = 0")
        left.append(_left(group, writing, write))
    writing.lines.add(f"return {', '.join(f'({fails}, {open_})' for fails, open_ in pairs)},")
    return tuple(left)


def _left(group: Group, writing: Writing, write: Callable[[int, Rule], None]) -> Mask:
    """Write the conditions of a group; return the mask of those that no source could be written for."""
    left = 0
    for place, rule in enumerate(group.rules):
        bit = 1 << place
        if any(map(speaks_of_terms, rule.conditions)) or not writing.tried(write, bit, rule):
            left |= bit
    return left
