"""A policy's conditions on a day as the source of one function over blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from policyengine.decision.columns import BITS
from policyengine.decision.screening import Group
from policyengine.evaluators.compiled.columns.atoms import Atoms
from policyengine.evaluators.compiled.columns.gates import Gates
from policyengine.evaluators.compiled.columns.logic import NO, YES
from policyengine.evaluators.compiled.columns.shapes import Shapes, names_of
from policyengine.evaluators.compiled.columns.sight import Sight, sight_of
from policyengine.evaluators.compiled.columns.testing import Testing, testing_of
from policyengine.evaluators.compiled.from_program import Conditions
from policyengine.evaluators.compiled.naming import Lines, Names
from policyengine.ir.program import Rule
from policyengine.ir.reach import speaks_of_terms

#: Rows of a block; what is kept of a block is to stay in the cache next to a core.
BLOCK = 1_024
_WORDS = BLOCK // 8
_RESERVED = {
    *("np", "t", "u", "b", "n", "i", "flag", "flagged", "start", "stop", "as_of", "words", "ONE"),
    *("min", "max", "abs", "float", "range", "months_between", "months_after", "days_after"),
    *("at_least", "equal", "crossed", "copied"),
}


@attrs.frozen
class Output:
    """One array that is written: of a group, by its place, what fails or what is not known, so many bytes a row."""

    group: int
    unknown: bool
    width: int


@attrs.frozen(eq=False)
class Source:
    """The source of a function, what it writes, and what it does not.

    `words` are the texts that the policy names, `tests` what columns are tested for (`vectors`). `left` has a mask for
    each group of the conditions that no source could be written for; an output that is not there is zero of all rows.
    `flags` says that rows may be flagged.
    """

    text: str
    words: tuple[str, ...]
    tests: tuple[tuple[tuple[int, ...], ...], ...]
    outputs: tuple[Output, ...]
    flags: bool
    left: tuple[int, ...]


def source_of(conditions: Conditions, day: date, shapes: Shapes) -> Source:
    """Return the source of a policy's conditions on a day, for columns of some shapes."""
    outputs = range(len(conditions.groups.all))
    names = Names(
        _RESERVED
        | {f"tests_{k}" for k in range(64)}
        | {_name(Output(o, u, 0)) for o in outputs for u in (False, True)}
    )
    sight = sight_of(conditions.program, conditions.layout, day, shapes, names)
    return _Function(conditions, shapes, sight, Atoms(sight)).written()


@attrs.frozen(eq=False)
class _Chunk:
    """Up to eight conditions of a group: the slots of what fails and of what is not known, None where nothing is."""

    fails: int | None
    unknown: int | None


@attrs.frozen(eq=False)
class _Function:
    conditions: Conditions
    shapes: Shapes
    sight: Sight
    atoms: Atoms

    def written(self) -> Source:
        groups = self.conditions.groups.all
        left = tuple(self._left(group) for group in groups)
        gates = Lines(depth=2)
        chunks = [
            list(self._chunks(group, mask, gates)) for group, mask in zip(groups, left, strict=True)
        ]
        rows = Lines(depth=2)
        flags = self.atoms.write(rows, BLOCK)
        outputs = [o for place, each in enumerate(chunks) for o in _outputs(place, each)]
        testing = testing_of(self.atoms.leaves, self.sight.names, BLOCK)
        lines = self._begun([output for output, _ in outputs], bool(flags), testing)
        lines.written += [*testing.calls, *rows.written, *gates.written]
        for output, slots in outputs:
            lines.written += _copied(_name(output), slots)
        if flags:
            lines.written += _flagged(flags)
        return Source(
            lines.text,
            tuple(self.sight.words),
            testing.tests,
            tuple(output for output, _ in outputs),
            bool(flags),
            left,
        )

    def _left(self, group: Group) -> int:
        """Write the atoms of a group's conditions; return the mask of those that are left."""
        trial = Gates(self.atoms, Names(), _WORDS)
        return sum(
            1 << place
            for place, rule in enumerate(group.rules)
            if place >= BITS
            or any(map(speaks_of_terms, rule.conditions))
            or not trial.written(rule)
        )

    def _chunks(self, group: Group, left: int, lines: Lines) -> Iterator[_Chunk]:
        for first in range(0, min(len(group.rules), BITS), 8):
            rules = [
                (place, rule)
                for place, rule in enumerate(group.rules[first : first + 8])
                if not left >> (first + place) & 1
            ]
            yield self._chunk(rules, lines)

    def _chunk(self, rules: Sequence[tuple[int, Rule]], lines: Lines) -> _Chunk:
        gates = Gates(self.atoms, self.sight.names, _WORDS)
        fails, unknown = [], []
        for place, rule in rules:
            truth = gates.holds(rule)
            fails.append((place, gates.logic.false(truth)))
            unknown.append((place, gates.logic.negated(truth.known)))
        chunk = _Chunk(self._slot(gates, fails), self._slot(gates, unknown))
        if gates.lines.written:
            lines.add(f"for i in range({_WORDS}):")
            lines.written += gates.lines.written
        return chunk

    def _slot(self, gates: Gates, bits: Sequence[tuple[int, str]]) -> int | None:
        """Write the bits of some conditions side by side; None where none is set of any row."""
        parts = [
            f"({'ONE' if source == YES else source} << np.uint64({place}))"
            for place, source in bits
            if source != NO
        ]
        if not parts:
            return None
        slot = self.atoms.new_slot()
        gates.lines.add(f"t[{slot * _WORDS} + i] = {' | '.join(parts)}")
        return slot

    def _begun(self, outputs: Sequence[Output], flags: bool, testing: Testing) -> Lines:
        arguments = [
            *("start", "stop", "as_of", "words"),
            *testing.arguments,
            *(self.sight.arrays[name] for name in names_of(self.shapes)),
            *(_name(output) for output in outputs),
            *(["flagged"] if flags else []),
        ]
        lines = Lines([f"def screen({', '.join(arguments)}):"])
        for place, word in enumerate(self.sight.words.values()):
            lines.add(f"{word} = words[{place}]")
        lines.add(f"t = np.zeros({max(self.atoms.slots, 1) * _WORDS}, np.uint64)")
        lines.add("u = t.view(np.uint8)")
        lines.written += testing.columns
        lines.add(f"for b in range(start, stop, {BLOCK}):")
        lines.depth += 1
        lines.add(f"n = min({BLOCK}, stop - b)")
        return lines


def _outputs(place: int, chunks: Sequence[_Chunk]) -> Iterator[tuple[Output, list[int | None]]]:
    width = next(w for w in (1, 2, 4, 8) if w >= len(chunks))
    for unknown in (False, True):
        slots = [chunk.unknown if unknown else chunk.fails for chunk in chunks]
        if any(slot is not None for slot in slots):
            yield Output(place, unknown, width), slots


def _name(output: Output) -> str:
    return f"{'unknown' if output.unknown else 'fails'}_{output.group}"


def _copied(array: str, slots: Sequence[int | None]) -> list[str]:
    """Return lines that copy bytes to the masks of the block, the first conditions to the lowest bits."""
    if len(slots) == 1 and slots[0] is not None:
        at = slots[0] * BLOCK
        return [f"        copied({array}, b, u, {at}, n)"]
    parts = [
        f"(np.uint64(u[{slot * BLOCK} + i]) << np.uint64({8 * place}))"
        for place, slot in enumerate(slots)
        if slot is not None
    ]
    return ["        for i in range(n):", f"            {array}[b + i] = {' | '.join(parts)}"]


def _flagged(slots: Sequence[int]) -> list[str]:
    parts = " | ".join(f"u[{slot * BLOCK} + i]" for slot in slots)
    return ["        for i in range(n):", f"            flagged[b + i] = ({parts}) != 0"]
