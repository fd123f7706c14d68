"""Calls that test many columns at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from policyengine.evaluators.compiled.columns.leaves import Copied, Crossed, Leaf, Tested
from policyengine.evaluators.compiled.naming import Names

_FUNCTIONS = {">=": "at_least", "==": "equal"}
_Tests = tuple[tuple[int, ...], ...]


@attrs.define
class Testing:
    """Lines before the blocks and in each, and the tests, which are arguments of the function by these names."""

    columns: list[str] = attrs.field(factory=list)
    calls: list[str] = attrs.field(factory=list)
    arguments: list[str] = attrs.field(factory=list)
    tests: tuple[_Tests, ...] = ()

    def add(
        self, function: str, columns: Sequence[tuple[str, Sequence[str]]], tests: _Tests
    ) -> None:
        """Add a call; the columns of one tuple have values of one width."""
        argument = f"tests_{len(self.tests)}"
        for name, arrays in columns:
            self.columns.append(f"    {name} = ({', '.join(arrays)},)")
        given = ", ".join(name for name, _ in columns)
        self.calls.append(f"        {function}({given}, {argument}, b, n, u)")
        self.arguments.append(argument)
        self.tests = (*self.tests, tests)


def testing_of(leaves: Mapping[Leaf, int], names: Names, block: int) -> Testing:
    """Return the calls for some leaves, each with the slot that it is written to."""
    found = Testing()
    for leaf, slot in leaves.items():
        if isinstance(leaf, Copied):
            at = slot * block
            found.calls.append(f"        copied(u, {at}, {leaf.array}, b, n)")
    tested = [(leaf, slot * block) for leaf, slot in leaves.items() if isinstance(leaf, Tested)]
    for kind in dict.fromkeys((leaf.operator, leaf.bits) for leaf, _ in tested):
        these = [(leaf, to) for leaf, to in tested if (leaf.operator, leaf.bits) == kind]
        arrays = _distinct(leaf.array for leaf, _ in these)
        tests = tuple((arrays.index(x.array), x.constant, x.flip, to) for x, to in these)
        found.add(_FUNCTIONS[kind[0]], [(names.new("columns"), arrays)], tests)
    crossed = [(leaf, slot * block) for leaf, slot in leaves.items() if isinstance(leaf, Crossed)]
    for bits in dict.fromkeys((leaf.left.bits, leaf.right.bits) for leaf, _ in crossed):
        _add_crossed(
            found, [x for x in crossed if (x[0].left.bits, x[0].right.bits) == bits], names
        )
    return found


def _add_crossed(found: Testing, these: Sequence[tuple[Crossed, int]], names: Names) -> None:
    lefts = _distinct(leaf.left.array for leaf, _ in these)
    rights = _distinct(leaf.right.array for leaf, _ in these)
    tests = tuple(
        (
            lefts.index(leaf.left.array),
            rights.index(leaf.right.array),
            leaf.left.factor,
            leaf.right.factor,
            leaf.flip,
            to,
        )
        for leaf, to in these
    )
    found.add("crossed", [(names.new("lefts"), lefts), (names.new("rights"), rights)], tests)


def _distinct(arrays: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(arrays))
