"""Measures `PolicySet.ask` on borrowers near the thresholds of one policy, of whom some facts are not known.

    python tests/benchmarks/asking/measure_asking.py [how many] [facts taken away]

Prints the median and the worst time, and how many facts of each kind were named.
"""

# ruff: noqa: T201  # a script that prints; chance with a seed

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tests"))

import borrowers  # noqa: E402  # the folder is known only now

import policyengine as pe  # noqa: E402


def main(count: int, gone: int) -> None:
    """Ask about so many borrowers."""
    policies, chance = pe.load(ROOT / "policies"), random.Random(1)
    times: list[float] = []
    kinds = Counter[str]()
    names = sorted(set(borrowers.EXAMPLES) - {"five-lenders"})
    while len(times) < count:
        full = borrowers.EXAMPLES[chance.choice(names)]
        paths = borrowers.facts_of(full)
        profile = borrowers.without(full, *chance.sample(paths, min(gone, len(paths))))
        start = time.perf_counter()
        try:
            found = policies.ask(profile)
        except pe.ProfileError:
            continue
        times.append(time.perf_counter() - start)
        for inquiry in found.inquiries:
            kinds["questions"] += len(inquiry.questions)
            kinds["undecided"] += len(inquiry.undecided)
            kinds["needed"] += len(inquiry.needed)
    median, worst = statistics.median(times), max(times)
    print(f"{count} profiles, {gone} facts gone: median {median:.3f} s, worst {worst:.2f} s")
    print(", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items())))


if __name__ == "__main__":
    main(*(int(argument) for argument in (*sys.argv[1:], "1000", "3")[:2]))
