"""Holds schedules by chance against the exact functions: `python tests/finance/whole/whole_agreement.py 1000000`."""

from __future__ import annotations

import random
import sys

from test_whole import assert_agrees
from whole_cases import case_from


def main(count: int) -> None:
    told = sum(assert_agrees(case_from(random.Random(seed))) for seed in range(count))
    sys.stdout.write(f"{count} schedules agree; {count - told} were left to the exact functions\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
