"""Decisions of columns held against those of the reference, row by row; and columns decided without a compiler.

Generated source is plain Python: run as it stands it takes a moment, compiled by numba several seconds.

    python tests/evaluators/compiled/columns/decided.py 200     so many generated policies, and from which seed on
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3]))

import attrs
import generated_profiles
import numpy as np
from as_python import Wrapping

import policyengine as pe
from policyengine.decision.columns import TERMS, DecidedColumns
from policyengine.decision.columns import Path as How
from policyengine.decision.screening import groups_of
from policyengine.evaluators.by_rows import decided_rows
from policyengine.evaluators.compiled.columns.deciding import CompiledColumns
from policyengine.evaluators.compiled.columns.from_situations import columns_from
from policyengine.evaluators.compiled.columns.offers.compiling import in_sight
from policyengine.evaluators.compiled.columns.offers.solving import Offers
from policyengine.evaluators.compiled.columns.screening import ScreenedColumns
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.facts.columns import FactColumns
from policyengine.facts.facts import Situation
from policyengine.facts.from_columns import situation_at
from policyengine.facts.from_profile import facts_from
from policyengine.finance.money import currency
from policyengine.ir.program import Program
from policyengine.testing.strategies import grammar

#: Profiles for each policy.
EACH = 6
REFERENCE = ReferenceEvaluator()


def as_python(source: str) -> Callable[..., None]:
    """Return the function of a source as it stands; a number with a sign that outgrows 64 bits is an error."""
    within = in_sight(lambda function: function) | {"np": Wrapping()}
    exec(compile(source, "<offer>", "exec"), within)  # noqa: S102  # generated

    def run(*arguments: Any) -> None:
        with np.errstate(over="raise"):
            within["offer"](*arguments)

    return run


@attrs.frozen
class ByReference:
    """Screens rows one by one; conditions of columns have tests of their own."""

    def screen(self, program: Program, facts: FactColumns) -> ScreenedColumns:
        groups = groups_of(program)
        found = [
            REFERENCE.prepare(
                program, situation_at(facts, row, program.dictionary, program.scale)
            ).screen()
            for row in range(facts.rows)
        ]
        failed, unknown = (
            tuple(
                np.array([getattr(each, name)[place] for each in found], np.uint64)
                for place in range(len(groups.all))
            )
            for name in ("failed_masks", "unknown_masks")
        )
        return ScreenedColumns(
            groups, failed, unknown, (0,) * len(groups.all), None, np.empty(0, np.uint8)
        )


def differences(program: Program, facts: FactColumns, reach: Counter[str]) -> Iterator[str]:
    """Yield how the columns differ from the reference; what took the exact path is the reference's anyway."""
    columns = CompiledColumns(
        REFERENCE, threads=1, screening=ByReference(), offers=Offers(as_python)
    )
    found = columns.decide(program, facts)
    want = decided_rows(program, facts, range(facts.rows), REFERENCE)
    reach["rows"] += facts.rows
    reach["exact"] += int((found.paths == How.EXACT).sum())
    for plan in program.plans:
        reach["plans"] += 1
        reach["plans carried"] += columns.carried(program, plan, facts)
    arrays, wanted = _arrays(found), _arrays(want)
    for name, array in arrays.items():
        for row in np.flatnonzero(array != wanted[name])[:3]:
            yield f"row {row}, {name}: {array[row]} where the reference has {wanted[name][row]}"


def _arrays(decided: DecidedColumns) -> dict[str, np.ndarray[Any, Any]]:
    found: dict[str, np.ndarray[Any, Any]] = {"outcome": decided.outcome}
    found |= {"referrals": decided.referrals[0], "referrals unknown": decided.referrals[1]}
    for name, plan in decided.plans.items():
        found |= {f"{name} {k}": getattr(plan, k) for k in ("status", "failed", "unknown")}
        found |= {f"{name} {term}": plan.terms[term] for term in TERMS}
    return found


def of_generated(first: int, many: int, reach: Counter[str]) -> Iterator[str]:
    """Yield what differs under the policies of some seeds."""
    for seed in range(first, first + many):
        policies = grammar.made(seed).load()
        (program,) = policies.programs
        facts = columns_from(
            list(situations_of(policies, seed)), policies.dictionary, program.scale
        )
        for how in differences(program, facts, reach):
            yield f"policy {seed}: {how}"


def situations_of(policies: pe.PolicySet, seed: int) -> Iterator[Situation]:
    """Yield loans of one day: rows of columns have one."""
    (program,) = policies.programs
    day = None
    for k in range(EACH):
        profile = pe.Profile.from_mapping(generated_profiles.made(seed * EACH + k))
        facts = facts_from(profile, policies.dictionary, currency(program.currency), day)
        day = facts.as_of
        yield from facts.situations()


def main(many: int, first: int) -> int:
    reach: Counter[str] = Counter()
    found = list(of_generated(first, many, reach))
    for line in found[:40]:
        sys.stdout.write(f"{line}\n")
    counts = ", ".join(f"{name} {count:,}" for name, count in sorted(reach.items()))
    sys.stdout.write(f"{len(found)} differences; {counts}\n")
    return bool(found)


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    sys.exit(main(*(numbers + [100, 0][len(numbers) :])))
