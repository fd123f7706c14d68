"""Full decisions of the five lenders for many borrowers: compiled columns beside numba written by hand, in one run.

    python tests/benchmarks/columns_decisions/compare_solved.py [--rows 1000000] [--passes 5]

Both decide the same rows under each of the five policies: outcome, status of each plan, failed conditions, referrals,
and the terms of what is allowed. What is written by hand knows that nothing is missing, and reckons in doubles; where
its terms differ from the exact ones, the run says of how many. Prints medians of the passes, which take turns.
Where a machine is shared, the processor's time says more than what elapsed.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("NUMBA_NUM_THREADS", "2")

import hand_inputs
import numba
import numpy as np
from made_borrowers import borrowers

import policyengine as pe
from policyengine.decision.columns import NONE, TERMS, DecidedColumns
from policyengine.decision.columns import Path as How
from policyengine.evaluators.compiled.columns.deciding import CompiledColumns
from policyengine.evaluators.reference.evaluator import ReferenceEvaluator
from policyengine.facts.columns import FactColumns
from policyengine.ir.program import Program

POLICIES = Path(__file__).parents[3] / "policies"
THREADS = 2


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--policy", help="one policy only")
    asked = parser.parse_args()
    policies = pe.load(POLICIES)
    names = [asked.policy] if asked.policy else list(hand_inputs.POLICIES)
    programs = [policies[name].program for name in names]
    facts = borrowers(asked.rows, programs[0].dictionary)
    columns = CompiledColumns(ReferenceEvaluator(), THREADS)
    versions = f"Python {platform.python_version()}, numba {numba.__version__}, {THREADS} threads"
    print(f"{versions}, {asked.rows:,} borrowers\n")
    print(f"{'':30}{'elapsed':^28}{'of the processor':^28}")
    heads = "".join(f"{head:>10}" for head in ("columns", "by hand")) + f"{'ratio':>8}"
    print(f"{'policy':30}{heads}{heads}{'exact path':>12}{'terms off':>11}")
    total = np.zeros(4)
    for program in programs:
        total += compared(program, facts, columns, asked.passes)
    print(f"{'all':30}{_written(total)}")


def compared(program: Program, facts: FactColumns, columns: CompiledColumns, passes: int) -> Any:
    """Print one policy's line; return the seconds of the columns and by hand: elapsed, then of the processor."""
    solved_by_hand = hand_inputs.prepared(program.id, facts, program.dictionary)

    def decide() -> DecidedColumns:
        return columns.decide(program, facts)

    found, expected = decide(), solved_by_hand()
    off = differences(found, expected)
    taken = [(*_timed(decide), *_timed(solved_by_hand)) for _ in range(passes)]
    ours, ours_cpu, theirs, theirs_cpu = (median(each) for each in zip(*taken, strict=True))
    times = np.array([ours, theirs, ours_cpu, theirs_cpu])
    exact = float(np.mean(found.paths == How.EXACT))
    print(f"{program.id:30}{_written(times)}{exact:>12.6%}{off:>11,}", flush=True)
    return times


def _written(times: Any) -> str:
    ours, theirs, ours_cpu, theirs_cpu = times
    elapsed = f"{ours:>9.3f}s{theirs:>9.3f}s{theirs / ours:>8.2f}"
    return f"{elapsed}{ours_cpu:>9.3f}s{theirs_cpu:>9.3f}s{theirs_cpu / ours_cpu:>8.2f}"


def differences(found: DecidedColumns, expected: tuple[Any, ...]) -> int:
    """Return how many terms differ; statuses, masks, outcomes and referrals must not, but for terms at a threshold.

    Raises:
        SystemExit: More differ than doubles explain.
    """
    outcome, statuses, failed, terms, referrals = expected
    apart = int((found.outcome != outcome).sum())
    here = outcome != NONE
    apart += int((found.referrals[0] != referrals)[here].sum())
    off = 0
    for place, plan in enumerate(found.plans.values()):
        apart += int((plan.status != statuses[place]).sum())
        apart += int((plan.failed != failed[place]).sum())
        for name, hand in zip(TERMS, terms[place], strict=True):
            off += int((plan.terms[name] != hand).sum())
    if apart > len(outcome) // 10_000:
        raise SystemExit(f"{apart} statuses or masks differ")
    return off


def _timed(run: Callable[[], Any]) -> tuple[float, float]:
    """Return the seconds that passed, and those that the processor worked, all threads together."""
    began, worked = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - began, time.process_time() - worked


if __name__ == "__main__":
    main()
