"""Generated (policy, profile, day) triples through the reference, both spellings for one borrower, and columns.

The reference decides each triple once, and all else is held against that. The source of columns is run as it stands:
that takes a moment where compiling takes several seconds a policy, and a plan. The conditions of one policy in fifty
are compiled; beside that, what numba makes of the source has tests of its own (`columns/`).

    python tests/evaluators/compiled/triples.py 1000000 [--from 0] [--each 100]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent / "columns")]

import as_python
import attrs
import decided as as_columns
import rows
from agreement import DAYS, Reach, Right, differences, situations_of

import policyengine as pe
from policyengine.decision.columns import NONE, OUTCOMES, STATUSES, DecidedColumns, PlanColumns
from policyengine.decision.columns import Path as How
from policyengine.decision.decided import DecidedPlan, RuleIds, WholeTerms
from policyengine.evaluators.compiled.columns.deciding import CompiledColumns
from policyengine.evaluators.compiled.columns.from_situations import columns_from
from policyengine.evaluators.compiled.columns.offers.solving import Offers
from policyengine.evaluators.compiled.columns.screening import ScreenedColumns
from policyengine.evaluators.compiled.columns.shapes import Shapes
from policyengine.evaluators.compiled.layout import Layout
from policyengine.evaluators.compiled.offers.analysis import Offer
from policyengine.evaluators.reference.valuation import Valuation
from policyengine.facts.columns import FactColumns, Flags
from policyengine.ir.levers import Forbearance, Forgiveness
from policyengine.ir.program import PlanDefinition, Program
from policyengine.testing.strategies import grammar
from policyengine.testing.strategies.limits import limits_of

#: Borrowers of a policy, and policies of which one is compiled.
EACH, EACH_COMPILED = 100, 50
#: Where the cheapest of all terms is looked for, or amounts are forgiven in steps of 50 out of the largest there are,
#: the reference takes up to a hundred times as long; such policies have so many times fewer borrowers.
FEWER = 30
#: Decisions of which one is read whole, and of which one is looked at for how near it stands to a limit.
EACH_PAGE, EACH_NEAR = 2000, 50
INTERPRETED = as_python.Interpreted(threads=1, folder=None)
BASIS_POINT = Fraction(1, 10_000)


@attrs.frozen(eq=False)
class _Unsure(CompiledColumns):
    """Columns that leave what they are not sure of as it is: that would only be the reference again."""

    def _with_exact(
        self, decided: DecidedColumns, exact: Flags, program: Program, facts: FactColumns
    ) -> DecidedColumns:
        del program, facts
        decided.paths[exact] = How.EXACT
        return decided


@attrs.frozen(eq=False)
class _Ready:
    """Conditions that were screened already."""

    screened: ScreenedColumns

    def screen(self, program: Program, facts: FactColumns) -> ScreenedColumns:
        del program, facts
        return self.screened


@attrs.frozen(eq=False)
class _PlanByPlan(Offers):
    """Offers that say of each plan, not of all of them together, which rows they are not sure of."""

    unsure: dict[str, Flags] = attrs.field(factory=dict)

    def _running(
        self, offer: Offer, layout: Layout, shapes: Shapes, facts: FactColumns, given: Any
    ) -> Callable[[int, int], None]:
        inputs, (*outputs, exact), columns = given
        own = self.unsure[offer.plan.id] = exact.copy()
        return super()._running(offer, layout, shapes, facts, (inputs, (*outputs, own), columns))


def of_policy(seed: int, reach: Reach, each: int = EACH) -> Iterator[str]:
    """Yield what differs for the borrowers of one made policy, who are all assessed on one day."""
    policies = grammar.made(seed).load()
    day = DAYS[seed % len(DAYS)] or date(2024, 10, 31)
    (program,) = policies.programs
    long = any(map(_is_long, program.plans))
    many = max(each // FEWER, 1) if long else each
    rights = list(_rights(policies, range(seed * each, seed * each + many), day))
    reach.counts["triples of long searches"] += long * len(rights)
    reach.counts["policies"] += 1
    for row, right in enumerate(rights):
        yield from (f"row {row}: {how}" for how in differences(right, reach, EACH_PAGE))
    try:
        yield from of_columns(policies, rights, reach)
    except FloatingPointError as outgrown:
        yield f"columns: {outgrown}"
    _note_near(rights[::EACH_NEAR], reach)


def _rights(policies: pe.PolicySet, seeds: Sequence[int], day: date) -> Iterator[Right]:
    (program,) = policies.programs
    for seed in seeds:
        for situation in situations_of(policies, seed, day):
            yield Right.of(program, situation)


def _is_long(plan: PlanDefinition) -> bool:
    amounts = (Forbearance, Forgiveness)
    cheapest = plan.offer.choose == "least_cost"
    return cheapest or any(isinstance(lever, amounts) for lever in plan.offer.levers)


def of_columns(policies: pe.PolicySet, rights: Sequence[Right], reach: Reach) -> Iterator[str]:
    """Yield how columns differ: masks of the conditions, outcomes, and of each plan the status, rules and terms."""
    (program,) = policies.programs
    facts = columns_from([right.situation for right in rights], policies.dictionary, program.scale)
    columns = INTERPRETED if reach.counts["policies"] % EACH_COMPILED else rows.COLUMNS
    screened = columns.screen(program, facts)
    flagged = screened.flagged if screened.flagged is not None else [False] * len(rights)
    for row, right in enumerate(rights):
        if not flagged[row]:
            yield from _of_masks(row, right, screened)
    offers = _PlanByPlan(as_columns.as_python)
    ready = _Ready(screened)
    found = _Unsure(as_columns.REFERENCE, 1, screening=ready, offers=offers).decide(program, facts)
    for row, right in enumerate(rights):
        if found.paths[row] == How.COLUMNS:
            sure = {plan for plan, unsure in offers.unsure.items() if not unsure[row]}
            reach.counts["plans that columns are sure of"] += len(sure)
            yield from _of_row(row, right, found, sure)


def _of_masks(row: int, right: Right, screened: ScreenedColumns) -> Iterator[str]:
    want = right.screened
    for place, (group, left) in enumerate(zip(screened.groups.all, screened.left, strict=True)):
        masks = int(screened.failed[place][row]), int(screened.unknown[place][row])
        sure = want.failed_masks[place] & ~left, want.unknown_masks[place] & ~left
        if masks != sure:
            yield f"row {row}, {group.name}: columns have {masks} where {sure} is right"


def _of_row(row: int, right: Right, found: DecidedColumns, sure: set[str]) -> Iterator[str]:
    applies = right.screened.failed_masks[-2] == 0
    outcome = OUTCOMES.index(right.decided.outcome) if applies else NONE
    if len(sure) == len(right.program.plans) and found.outcome[row] != outcome:
        yield f"row {row}: columns have outcome {found.outcome[row]} where {outcome} is right"
    pairs = zip(right.program.plans, right.decided.plans, strict=True)
    for plan, want in ((plan, want) for plan, want in pairs if applies and plan.id in sure):
        ids = RuleIds(plan, right.program)
        columns = _plan_of(found.plans[plan.id], row, ids)
        if columns != (want.status, want.failed, want.unknown, _terms_of(want)):
            yield f"row {row}, {plan.id}: columns have {columns} where {want} is right"


def _plan_of(plan: PlanColumns, row: int, ids: RuleIds) -> tuple[Any, ...]:
    status = STATUSES[plan.status[row]]
    terms = tuple(int(plan.terms[name][row]) for name in WholeTerms._fields)
    return status, ids[int(plan.failed[row])], ids[int(plan.unknown[row])], terms


def _terms_of(want: DecidedPlan) -> tuple[int, ...]:
    return tuple(want.terms) if want.terms else (0,) * len(WholeTerms._fields)


def _note_near(rights: Sequence[Right], reach: Reach) -> None:
    """Count the loans of which a comparison is within one step of turning: a cent, a day, a month, a basis point."""
    for right in rights:
        values = Valuation(right.program, right.situation)
        compared = limits_of(right.program).comparisons
        sides = [(values.value(each.left), values.value(each.right)) for each in compared]
        reach.counts["looked at for limits"] += 1
        reach.counts["within one step of a limit"] += any(_is_near(*pair) for pair in sides)


def _is_near(left: object, right: object) -> bool:
    if isinstance(left, date) and isinstance(right, date):
        return abs((left - right).days) <= 1
    if isinstance(left, bool) or not isinstance(left, Fraction | int):
        return False
    if isinstance(right, bool) or not isinstance(right, Fraction | int):
        return False
    whole = isinstance(left, int) and isinstance(right, int)
    return abs(Fraction(left) - Fraction(right)) <= (1 if whole else BASIS_POINT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, help="at least so many triples")
    parser.add_argument("--from", dest="seed", type=int, default=0)
    parser.add_argument("--each", type=int, default=EACH)
    asked = parser.parse_args()
    reach, found, started, seed = Reach(), 0, time.process_time(), asked.seed
    while reach.counts["triples"] < asked.count:
        for how in of_policy(seed, reach, asked.each):
            found += 1
            sys.stdout.write(f"policy {seed}, {how}\n")
        seed += 1
        if reach.counts["policies"] % 20 == 0:
            _say(reach, found, asked.seed, seed, started)
    _say(reach, found, asked.seed, seed, started)
    return 1 if found else 0


def _say(reach: Reach, found: int, first: int, seed: int, started: float) -> None:
    taken = time.process_time() - started
    sys.stdout.write(f"seeds {first} to {seed - 1}, {taken:.0f} s: {reach.line()}; ")
    sys.stdout.write(f"{found} disagreements\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
