"""Tells so many made sequences of events to every evaluator, and says what was reached.

python tests/cases/run_sequences.py 10000 [--from 0] [--evaluators reference compiled]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from sequences import Sequences, all_evaluators


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--evaluators", nargs="+", default=all_evaluators())
    asked = parser.parse_args()
    sequences, started = Sequences(asked.evaluators), time.perf_counter()
    for seed in range(asked.first, asked.first + asked.count):
        try:
            sequences.run(seed)
        except BaseException:
            sys.stdout.write(f"at seed {seed}\n")
            raise
    taken = time.perf_counter() - started
    names = ", ".join(asked.evaluators)
    sys.stdout.write(f"{asked.count} sequences, {names}: agreed, {taken:.0f} s\n")
    for what, times in sequences.seen.most_common():
        sys.stdout.write(f"{times:8,} {what}\n")


if __name__ == "__main__":
    main()
