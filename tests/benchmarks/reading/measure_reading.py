"""What a decision takes while nobody reads its reasons, and with them read; and how large its record is.

`python tests/benchmarks/reading/measure_reading.py` decides about each example borrower under all policies, several
times in turn, and prints medians over the borrowers.
"""

from __future__ import annotations

import secrets
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import borrowers

import policyengine as pe

ROUNDS = 9
POLICIES = pe.load(borrowers.FOLDER.parent)


def milliseconds(run: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    return statistics.median(times) * 1000


def justified(profile: pe.Profile) -> list[str]:
    decisions = POLICIES.decide(profile).decisions
    return [plan.justification.render("en") for each in decisions for plan in each.plans]


def written(profile: pe.Profile) -> str:
    return POLICIES.decide(profile).to_json()


def main() -> None:
    rows, sizes = [], []
    for example in borrowers.EXAMPLES.values():
        profile = pe.Profile.from_mapping(example)
        ways: tuple[Callable[[pe.Profile], object], ...] = (POLICIES.decide, justified, written)
        rows.append([milliseconds(partial(way, profile)) for way in ways])
        record = POLICIES.record(profile, salt=secrets.token_bytes(32))
        sizes.append(len(record) / max(1, len(POLICIES.decide(profile).decisions)))
    names = ("decided", "and every justification read", "and written as JSON")
    for place, name in enumerate(names):
        ratio = statistics.median(row[place] / row[0] for row in rows)
        took = statistics.median(row[place] for row in rows)
        sys.stdout.write(f"{name:32}{took:8.2f} ms{ratio:8.1f} x\n")
    middle, most = statistics.median(sizes) / 1000, max(sizes) / 1000
    sys.stdout.write(f"record of a decision: median {middle:.1f} kB, largest {most:.1f} kB\n")


if __name__ == "__main__":
    main()
