"""Runs generated decisions through every law: `python tests/soundness/run.py 10000`, and from which seed on."""

from __future__ import annotations

import sys
import time
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cases import Reach, cases
from laws import LAWS, broken


def main(many: int, first: int) -> int:
    reach, violations, began = Reach(), 0, time.monotonic()
    for seed, case in islice(cases(first), many):
        reach.note(case)
        for how in broken(case):
            violations += 1
            sys.stdout.write(f"policy {seed}, loan {case.place} of {case.profile}: {how}\n")
    took = time.monotonic() - began
    sys.stdout.write("\n".join(reach.lines()) + "\n")
    sys.stdout.write(f"{many} decisions, {len(LAWS)} laws, {violations} violations, {took:.0f} s\n")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
