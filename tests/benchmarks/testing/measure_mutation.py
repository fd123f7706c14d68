"""Seconds of one core that the mutation score of each policy takes, and what it is.

python tests/benchmarks/testing/measure_mutation.py            # every policy; some minutes
python tests/benchmarks/testing/measure_mutation.py ccb uk     # those whose file has one of these in its name
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from policyengine.loading import load_files
from policyengine.testing.mutation import Asked, Fate, mutate
from policyengine.testing.mutation.text import percent

POLICIES = Path(__file__).parents[3] / "policies"


def main() -> None:
    """Print a row for each policy."""
    wanted = sys.argv[1:]
    files = sorted(p for p in POLICIES.glob("*/*.test.yaml"))
    print("| policy | mutants | killed | equivalent | undecided | score | seconds |")  # noqa: T201
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)  # noqa: T201
    for tests in files:
        name = tests.relative_to(POLICIES).as_posix().replace(".test.yaml", ".yaml")
        if not wanted or any(each in name for each in wanted):
            print(_row(tests, name), flush=True)  # noqa: T201


def _row(tests: Path, name: str) -> str:
    loaded = load_files(tests)
    started = time.process_time()
    (file,) = mutate(loaded, Asked(files={name})).files
    seconds = time.process_time() - started
    counts = [file.count(f) for f in (Fate.KILLED, Fate.EQUIVALENT, Fate.UNDECIDED)]
    cells = [name, len(file.mutants), *counts, f"{percent(file.share or 0)} %", f"{seconds:.0f}"]  # type: ignore[arg-type]  # a share of whole numbers
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
