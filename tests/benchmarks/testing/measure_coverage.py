"""What counting policy coverage takes: `python tests/benchmarks/testing/measure_coverage.py 5 [folder]`.

The tests of the policies at a folder run with and without it in turn; the ratio is of medians.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

from policyengine.loading import Loaded, load_files
from policyengine.testing.coverage import Observed
from policyengine.testing.run import run_tests

POLICIES = Path(__file__).parents[3] / "policies"


def main(rounds: int, folder: Path) -> None:
    loaded = load_files(folder)
    plain, covering = [], []
    for _ in range(rounds):
        plain.append(_seconds(loaded, None))
        covering.append(_seconds(loaded, Observed()))
    without, with_ = median(plain), median(covering)
    cases = len(run_tests(loaded).cases)
    print(f"{cases} cases: {cases / without:.0f} a second, with coverage {cases / with_:.0f}")  # noqa: T201
    print(f"with coverage against without: {with_ / without:.2f} x")  # noqa: T201


def _seconds(loaded: Loaded, observed: Observed | None) -> float:
    began = time.perf_counter()
    run_tests(loaded, observed=observed)
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else POLICIES)
