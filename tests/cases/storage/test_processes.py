"""Several processes, and some that are killed. `run_writers.py` and `run_kills.py` themselves do it for longer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def ran(script: str, *arguments: str) -> str:
    """Run a script in a process of its own, whose children inherit no threads."""
    done = subprocess.run(  # noqa: S603  # our own
        [sys.executable, "-W", "error", str(HERE / script), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_of_eight_writers_one_wins_each_number() -> None:
    assert ran("run_writers.py", "8", "6").startswith("8 writers, 48 events, each once")


def test_what_was_acknowledged_outlives_a_kill() -> None:
    said = ran("run_kills.py", "6", "--seed", "3")
    assert said.startswith("6 kills, 0 of them with the server: ")
    assert "every one there, none twice, each chain verifies" in said


@pytest.mark.postgresql
def test_of_eight_writers_one_wins_each_number_at_a_server(database: str) -> None:
    said = ran("run_writers.py", "8", "6", "--url", database)
    assert said.startswith("8 writers, 48 events, each once")


@pytest.mark.postgresql
def test_what_was_acknowledged_at_a_server_outlives_a_kill(database: str) -> None:
    assert ran("run_kills.py", "6", "--url", database, "--seed", "3").startswith(
        "6 kills, 0 of them with the server: "
    )
