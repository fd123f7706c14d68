"""Whole processes: `policyengine decide` with its policies kept ready, beside Python with yaml, attrs and lark.

    python tests/benchmarks/cold_start/compare_cold_start.py [--times 15]

The ways take turns, and every turn gives a ratio. Prints medians of the times and of the ratios; the ratios are what
to compare between machines. Byte code is written and kept, as an installation has it.
"""

# ruff: noqa: T201, S603 - it prints, and starts what is written here

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

POLICIES = Path(__file__).parents[3] / "policies"
BASE = "python with yaml, attrs and lark"


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--times", type=int, default=15, help="how often each is started")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"POLICYENGINE_CACHE": f"{folder}/kept"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        found = measured(ways(), times, environment)
        nothing_kept = measured(
            {BASE: ways()[BASE], "decide, nothing kept": decide("mr-li")},
            max(times // 3, 1),
            environment | {"POLICYENGINE_CACHE": "off"},
        )
    print(f"Python {platform.python_version()} on {platform.machine()}, {times} starts of each\n")
    report(found)
    report({name: each for name, each in nothing_kept.items() if name != BASE})


def ways() -> dict[str, list[str]]:
    """Return the processes that are compared; the first is what all others are held against."""
    return {
        BASE: ["-c", "import yaml, attrs, lark"],
        "import policyengine": ["-c", "import policyengine"],
        "decide, text": decide("mr-li"),
        "decide, JSON": [*decide("mr-li"), "--format", "json"],
        "decide, loans at five lenders": decide("five-lenders"),
    }


def decide(example: str) -> list[str]:
    """Return the arguments of a decision about an example."""
    profile = POLICIES / "examples" / f"{example}.yaml"
    return ["-m", "policyengine", "decide", "--policies", str(POLICIES), "--profile", str(profile)]


def measured(
    commands: dict[str, list[str]], times: int, environment: dict[str, str]
) -> dict[str, tuple[float, float]]:
    """Return for each process the median of its seconds, and of its ratio to the first in the same turn."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(times + 1):
        for name, command in commands.items():
            seconds = started(command, environment)
            if turn:  # the first writes byte code and keeps the policies
                taken[name].append(seconds)
    base = next(iter(taken.values()))
    return {
        name: (median(each), median(a / b for a, b in zip(each, base, strict=True)))
        for name, each in taken.items()
    }


def started(command: list[str], environment: dict[str, str]) -> float:
    """Return how many seconds a process takes."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, *command], env=environment, stdout=subprocess.DEVNULL, check=True
    )
    return time.perf_counter() - began


def report(found: dict[str, tuple[float, float]]) -> None:
    """Print milliseconds and ratios."""
    for name, (seconds, ratio) in found.items():
        print(f"{name:<36} {seconds * 1e3:>8.0f} ms   {ratio:>6.2f} x")


if __name__ == "__main__":
    main()
