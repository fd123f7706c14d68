"""Writers, each a process, that all append to one case: one wins each number, the others are told, nothing is lost.

`python tests/cases/storage/run_writers.py 8 100` lets eight of them append a hundred events each to a case in a file of
SQLite; with `--url postgresql://…` in that database. It stops at the first thing that is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import alembic.command  # noqa: F401  # once, before there are writers
import attrs

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from case_store import OPENING, event

from policyengine.cases.storage import ConflictError, open_store


@attrs.frozen
class Written:
    """What one writer came to: the number of each event of its, and what it was told when it was not first."""

    numbers: dict[str, int]
    told: list[tuple[int, int]]


def run(writers: int, events: int, at: str) -> str:
    """Let writers append to a new case and return what was seen.

    Raises:
        AssertionError: A number was won twice, or an event was lost.
    """
    case = f"case-{secrets.token_hex(4)}"
    gate, opened = os.pipe()
    pipes = [_started(at, case, f"{number}", events, (gate, opened)) for number in range(writers)]
    os.close(opened)  # all of them begin now, with the making of the tables
    found = [_result(pipe) for pipe in pipes]
    for _ in range(writers):
        _, status = os.wait()
        assert status == 0, "a writer failed"
    _check(at, case, found, events)
    conflicts = sum(len(each.told) for each in found)
    return f"{writers} writers, {writers * events} events, each once; {conflicts} times another was first"


def _started(at: str, case: str, name: str, events: int, gate: tuple[int, int]) -> int:
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        return reading
    status = 1
    try:
        os.close(gate[1])
        os.read(gate[0], 1)
        found = _written(at, case, name, events)
        with os.fdopen(writing, "w") as pipe:
            json.dump(attrs.asdict(found), pipe)
        status = 0
    finally:
        os._exit(status)


def _written(at: str, case: str, name: str, events: int) -> Written:
    found, number = Written({}, []), 0
    with open_store(at) as store:
        store.create(case, OPENING)
        for count in range(events):
            one = event(f"{name}-{count}")
            while one.id not in found.numbers:
                try:
                    number = store.append(case, [one], expected=number).number
                    found.numbers[one.id] = number
                except ConflictError as conflict:
                    found.told.append((number, conflict.number))
                    number = conflict.number
    return found


def _result(pipe: int) -> Written:
    with os.fdopen(pipe) as reading:
        return Written(**json.load(reading))


def _check(at: str, case: str, found: list[Written], events: int) -> None:
    with open_store(at) as store:
        log = store.read(case)
    won = {name: number for each in found for name, number in each.numbers.items()}
    assert sorted(won.values()) == list(range(1, len(found) * events + 1)), "a number was won twice"
    there = {each.id: number for number, each in enumerate(log.events, 1)}
    assert there == won, "what is there is not what was acknowledged"
    told = [pair for each in found for pair in each.told]
    assert all(number > expected for expected, number in told), (
        "a writer was told less than it knew"
    )
    assert len(told) >= len(found) - 1, "several writers were first"


def main() -> None:
    """Let as many write as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("writers", type=int)
    parser.add_argument("events", type=int)
    parser.add_argument("--url", help="a database of PostgreSQL; by default a file of SQLite")
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="writers-") as folder:
        at = chosen.url or str(Path(folder) / "cases.db")
        sys.stdout.write(run(chosen.writers, chosen.events, at) + "\n")


if __name__ == "__main__":
    main()
