"""Writers that are killed at a random moment, over and over: what they acknowledged is there, once, in a whole chain.

`python tests/cases/storage/run_kills.py 1000` kills so many on SQLite, in a temporary folder; with `--url
postgresql://…` on that database, and with `--crash 'pg_ctl … --mode immediate restart'` every tenth writer loses the
server too. It says what was seen at the end, and stops at the first thing that is wrong.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import alembic.command  # noqa: F401  # so that no writer is killed in the middle of importing
import attrs

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from case_store import OPENING, event

from policyengine.cases.event import Event
from policyengine.cases.storage import open_store

#: Writers to a case; of SQLite each case has a file of its own, so that kills hit the making of tables too.
WRITERS_TO_A_CASE = 20
#: The longest that a writer lives, in seconds.
LONGEST_LIFE = 0.3
#: Of so many writers one loses its server, where there is a command for that.
WRITERS_TO_A_CRASH = 10
#: What a writer writes to its parent before and after each append.
SENT, ACKNOWLEDGED = "+", "="


@attrs.define
class Seen:
    """What was seen of all kills."""

    kills: int = 0
    crashes: int = 0
    acknowledged: int = 0
    there_unacknowledged: int = 0
    not_there: int = 0
    before_the_first: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.crashes} of them with the server: {self.acknowledged} events acknowledged, "
            f"every one there, none twice, each chain verifies; of the appends under way {self.there_unacknowledged} "
            f"were there as a whole and {self.not_there} not at all; {self.before_the_first} writers had "
            "acknowledged nothing"
        )


@attrs.define
class Sent:
    """What the writers of one case have sent: events that were acknowledged, those of the append under way, and whether
    it was the last writer that sent these.
    """

    acknowledged: list[str] = attrs.field(factory=list)
    under_way: list[str] = attrs.field(factory=list)
    by_the_last: bool = False


def killed(times: int, url: str | None = None, *, seed: int = 0, crash: Sequence[str] = ()) -> Seen:
    """Kill so many writers and check after each what is there.

    Raises:
        AssertionError: Something acknowledged is not there, is there twice, or in part.
    """
    chance, seen = Random(seed), Seen()
    with TemporaryDirectory(prefix="kills-") as folder:
        while seen.kills < times:
            case = f"case-{secrets.token_hex(4)}"
            sent, at = Sent(), url or str(Path(folder) / f"{case}.db")
            for _ in range(min(WRITERS_TO_A_CASE, times - seen.kills)):
                _kill_one((at, case), sent, chance, seen, crash)
                _check(at, case, sent, seen)
    return seen


def _kill_one(
    where: tuple[str, str], sent: Sent, chance: Random, seen: Seen, crash: Sequence[str]
) -> None:
    reading, writing = os.pipe()
    again = list(sent.under_way)
    writer = os.fork()
    if writer == 0:
        os.close(reading)
        _write_until_killed(*where, again, writing)
    os.close(writing)
    time.sleep(chance.uniform(0, LONGEST_LIFE))
    seen.kills += 1
    crashes = bool(crash) and seen.kills % WRITERS_TO_A_CRASH == 0
    if crashes:
        subprocess.run(crash, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # as the caller says
        seen.crashes += 1
    os.kill(writer, signal.SIGKILL)
    _, status = os.waitpid(writer, 0)
    assert crashes or os.WIFSIGNALED(status), "a writer ended by itself"
    with os.fdopen(reading) as pipe:
        lines = pipe.read().splitlines()
    seen.before_the_first += not any(line.startswith(ACKNOWLEDGED) for line in lines)
    _note(lines, sent, seen)


def _note(lines: Sequence[str], sent: Sent, seen: Seen) -> None:
    sent.by_the_last = False
    for line in lines:
        sign, *names = line.split()
        if sign == SENT:
            sent.under_way, sent.by_the_last = names, True
        else:
            seen.acknowledged += len(sent.under_way)
            sent.acknowledged += sent.under_way
            sent.under_way, sent.by_the_last = [], False


def _write_until_killed(at: str, case: str, again: Sequence[str], pipe: int) -> None:
    """Repeat the append of which nothing is known, then append one to three new events at a time."""
    try:
        with open_store(at) as store:
            store.create(case, OPENING)
            number = store.read(case).head.number
            for batch in _batches(again):
                names = " ".join(each.id for each in batch)
                os.write(pipe, f"{SENT} {names}\n".encode())
                number = store.append(case, batch, expected=number).number
                os.write(pipe, f"{ACKNOWLEDGED}\n".encode())
    finally:
        os._exit(1)  # a writer ends by being killed


def _batches(again: Sequence[str]) -> Iterator[list[Event]]:
    if again:
        yield [event(name) for name in again]
    count = 0
    mine = secrets.token_hex(4)
    while True:
        yield [event(f"{mine}-{count}-{place}") for place in range(1 + count % 3)]
        count += 1


def _check(at: str, case: str, sent: Sent, seen: Seen) -> None:
    """Hold what is there against what was sent."""
    with open_store(at) as store:
        store.create(case, OPENING)  # the first writers may not have come so far
        there = store.read(case).events
    names = [each.id for each in there]
    assert len(set(names)) == len(names), f"{case}: an event is there twice"
    assert list(there) == [event(name) for name in names], f"{case}: an event was changed"
    known = [name for name in names if name not in sent.under_way]
    assert known == sent.acknowledged, f"{case}: what was acknowledged is not what is there"
    under_way = [name for name in names if name in sent.under_way]
    assert under_way in ([], sent.under_way), f"{case}: an append is there in part"
    seen.there_unacknowledged += bool(under_way)
    seen.not_there += bool(sent.by_the_last and not under_way)
    if under_way:
        sent.acknowledged += under_way
        sent.under_way = []


def main() -> None:
    """Kill as many as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("kills", type=int)
    parser.add_argument("--url", help="a database of PostgreSQL; by default files of SQLite")
    parser.add_argument(
        "--crash", default="", help="a command that crashes the server and starts it"
    )
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    crash = shlex.split(chosen.crash)
    seen = killed(chosen.kills, chosen.url, seed=chosen.seed, crash=crash)
    sys.stdout.write(f"{seen}\n")


if __name__ == "__main__":
    main()
