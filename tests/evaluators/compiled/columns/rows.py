"""Rows screened as columns, held against the reference row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

import policyengine as pe
from policyengine.evaluators.compiled.columns.from_situations import columns_from
from policyengine.evaluators.compiled.columns.screening import ColumnsEvaluator, ScreenedColumns
from policyengine.evaluators.named import evaluator_named
from policyengine.facts.facts import Situation
from policyengine.ir.program import Program

REFERENCE = evaluator_named("reference")
#: Nothing is kept: a test shows what is compiled now.
COLUMNS = ColumnsEvaluator(threads=2, folder=None)


@attrs.frozen
class Compared:
    """How rows differ from the reference; how many were flagged, and how many conditions are left, of all."""

    differences: list[str]
    flagged: int
    left: int
    conditions: int


def compared(policies: pe.PolicySet, situations: Sequence[Situation]) -> Compared:
    (program,) = policies.programs
    found = COLUMNS.screen(program, columns_from(situations, policies.dictionary, program.scale))
    flagged = 0 if found.flagged is None else int(found.flagged.sum())
    return Compared(
        list(_differences(program, situations, found)),
        flagged,
        sum(mask.bit_count() for mask in found.left),
        sum(len(group.rules) for group in found.groups.all),
    )


def _differences(
    program: Program, situations: Sequence[Situation], found: ScreenedColumns
) -> Iterator[str]:
    for row, situation in enumerate(situations):
        if found.flagged is not None and found.flagged[row]:
            continue
        want = REFERENCE.prepare(program, situation).screen()
        for place, (group, left) in enumerate(zip(found.groups.all, found.left, strict=True)):
            masks = int(found.failed[place][row]), int(found.unknown[place][row])
            right = want.failed_masks[place] & ~left, want.unknown_masks[place] & ~left
            if masks != right:
                yield f"row {row}, {group.name}: {masks} where {right} is right"
