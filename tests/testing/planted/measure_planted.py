"""How many made-up borrowers find each planted fault, aimed and plainly at random, and how long it takes.

    python tests/testing/planted/measure_planted.py [seeds] [most] [kind …]

Medians over so many seeds (20); `most` is where a search is given up (2,000 borrowers). Where half of the
seeds find nothing, no more are tried. The time is that of one whole run: finding the fault and making the borrower
simple.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median_high

from faults import KINDS, Fault, faults

import policyengine as pe
from policyengine.testing.laws import Law, tried


def needed(law: Law, policy: pe.Policy, seed: int, most: int, *, near: bool) -> int:
    """Return how many borrowers it took, or more than `most`."""
    trial = tried(law, policy, examples=most, seed=seed, near_thresholds=near, simplify=False)
    return trial.borrowers if trial.breach else most + 1


def row(fault: Fault, seeds: int, most: int) -> str:
    """Return the figures of one fault as a row of a table."""
    with tempfile.TemporaryDirectory() as folder:
        policy, law = fault.planted(Path(folder))
        began = time.perf_counter()
        found = tried(law, policy, examples=most).breach
        took = time.perf_counter() - began
        medians = [_median(law, policy, seeds, most, near=near) for near in (True, False)]
    facts = len(found.before.borrower.facts) if found else 0
    return f"| {fault.policy} | {fault.kind} | {medians[0]} | {medians[1]} | {took:.1f} | {facts} |"


def _median(law: Law, policy: pe.Policy, seeds: int, most: int, *, near: bool) -> str:
    counts: list[int] = []
    for seed in range(seeds):
        try:
            counts.append(needed(law, policy, seed, most, near=near))
        except pe.PolicyError:  # the law had nothing to say of anybody
            counts.append(most + 1)
        if 2 * sum(count > most for count in counts) >= seeds:
            return f"> {most}"
    return str(median_high(counts))


def main(seeds: int, most: int, kinds: tuple[str, ...]) -> None:
    """Print the table."""
    sys.stdout.write(f"medians of {seeds} seeds\n\n")
    sys.stdout.write("| policy | fault | aimed | plain | seconds | facts left |\n| --- ")
    sys.stdout.write("| --- | --- | --- | --- | --- |\n")
    for fault in faults():
        if fault.kind in kinds:
            sys.stdout.write(row(fault, seeds, most) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    named = tuple(word for word in sys.argv[1:] if not word.isdigit())
    seeds, most = (numbers + [20, 2_000][len(numbers) :])[:2]
    main(seeds, most, named or KINDS)
