"""How many boundary cases each policy has, and how long they take to find, to write and to run.

    python tests/benchmarks/testing/measure_boundaries.py [policy …]

Seconds are those of the processor, once: generating includes compiling the policy and the witnesses. `remarks` are
boundaries at which nobody was found for whom they decide alone.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import policyengine as pe
from policyengine.loading import load_files
from policyengine.testing import run_tests
from policyengine.testing.boundaries import boundary_files

POLICIES = Path(__file__).parents[3] / "policies"


def row(path: Path) -> str:
    """Return the figures of one policy as a row of a table."""
    loaded = load_files(path)
    with TemporaryDirectory() as folder:
        began = time.process_time()
        (file,) = boundary_files(loaded, Path(folder))
        made = time.process_time() - began
        cases = Path(folder) / "cases.test.yaml"
        cases.write_text(file.text, "utf-8")
        ran = _run(path, cases)
    cells = (file.policy, file.cases, len(file.remarks), f"{made:.1f}", f"{ran:.1f}")
    return f"| {' | '.join(map(str, cells))} |"


def _run(policy: Path, cases: Path) -> float:
    """Return how long the cases take to run; each must pass."""
    began = time.process_time()
    assert run_tests(load_files(policy, cases)).passed
    return time.process_time() - began


def main(wanted: list[str]) -> None:
    """Print the table."""
    sys.stdout.write("| policy | cases | remarks | generated in | run in |\n| --- ")
    sys.stdout.write("| --- | --- | --- | --- |\n")
    for policy in pe.load(POLICIES).values():
        if not wanted or policy.program.id in wanted:
            sys.stdout.write(row(POLICIES / policy.program.span.file.name) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
