"""Whether conditions are the same where facts are missing, and what is worked out from them follows.

`comparing` takes each quantity as known or not by itself. But where `a + b <= c` is not known, one of three facts is
missing, and what else is worked out from that fact is not known either. So here facts are missing, in all combinations,
and quantities have their regions where none of their facts is. Facts that stand in the same quantities count as one.
What can have no value for another reason, such as a share of nothing, has a reason of its own to be unknown.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, combinations, islice, product
from typing import Any

import attrs

from policyengine.decision.trace import Unknown
from policyengine.ir import nodes as ir
from policyengine.ir.program import Program
from policyengine.ir.reach import reached
from policyengine.testing.mutation.regions.comparing import Assignment, differs, read_both
from policyengine.testing.mutation.regions.quantities import Reading, regions_of
from policyengine.testing.mutation.watching import Pair

#: Combinations of missing facts and regions that are gone through.
MOST = 20_000
_STRICT = (ir.Constant, ir.Derived, ir.AsOf, ir.Negate, ir.Absolute, ir.Extremum, ir.Between)


def same_by_facts(pairs: Sequence[Pair], program: Program, mutated: Program, today: date) -> bool:
    """Return whether it is shown that a mutant's conditions have the values of the policy's, whatever is missing."""
    anywhere = attrs.evolve(program, applies_to=None)
    return bool(pairs) and all(_is_same(pair, anywhere, mutated, today) for pair in pairs)


def _is_same(pair: Pair, program: Program, mutated: Program, today: date) -> bool:
    if not pair.old.condition:
        return False
    reading = read_both(pair, program, mutated)
    regions = {
        key: regions_of(quantity, program, today) for key, quantity in reading.quantities.items()
    }
    if reading.days or not all(regions.values()):
        return False
    known = {key: values or () for key, values in regions.items()}
    tried = list(islice(_assignments(reading, known), MOST + 1))
    return len(tried) <= MOST and not any(
        differs(pair, program, mutated, reading, each, today) for each in tried
    )


def _assignments(
    reading: Reading, regions: Mapping[Hashable, tuple[Any, ...]]
) -> Iterator[Assignment]:
    """Yield every set of missing facts with every combination of regions of what is known."""
    behind = {key: _reasons(key, reading) for key in regions}
    together: dict[frozenset[Hashable], str] = {}
    for reason in sorted(set().union(*behind.values())):
        together.setdefault(frozenset(k for k, found in behind.items() if reason in found), reason)
    reasons = sorted(together.values())
    sizes = range(len(reasons) + 1)
    for missing in chain.from_iterable(combinations(reasons, size) for size in sizes):
        of = {key: behind[key] & frozenset(missing) for key in regions}
        unknown: Assignment = {key: Unknown(found) for key, found in of.items() if found}
        rest = [key for key in regions if key not in unknown]
        for values in product(*(regions[key] for key in rest)):
            yield {**unknown, **dict(zip(rest, values, strict=True))}


def _reasons(key: Hashable, reading: Reading) -> frozenset[str]:
    """Return why a quantity may not be known: its facts, or itself where it can have no value though they are known."""
    if reading.quantities[key].always_known:
        return frozenset()
    program, nodes = reading.behind[key]
    found = set()
    for node in reached(nodes, program):
        if isinstance(node, ir.Fact):
            found.add(node.path)
        elif not _is_strict(node, program):
            return frozenset({repr(key)})
    return frozenset(found)


def _is_strict(node: ir.Node, program: Program) -> bool:
    """Whether an expression has a value just where all its parts have one."""
    match node:
        case ir.Arithmetic(operator="/", right=right):
            return _is_a_number(right, program)
        case ir.RoundTo(step=step):
            return _is_a_number(step, program)
        case ir.Parameter():
            return _is_undated(node, program)
        case _:
            return isinstance(node, (*_STRICT, ir.Arithmetic, ir.Compare))


def _is_a_number(node: ir.Node, program: Program) -> bool:
    """Whether something is written that is never nothing."""
    if isinstance(node, ir.Parameter):
        values = program.parameters[node.key].values
        return _is_undated(node, program) and all(each.value != 0 for each in values)
    return isinstance(node, ir.Constant) and node.value != 0


def _is_undated(node: ir.Parameter, program: Program) -> bool:
    values = program.parameters[node.key].values
    return node.at is None and all(each.starts is each.ends is None for each in values)
