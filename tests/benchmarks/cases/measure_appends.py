"""Measures appends a second against a bare INSERT with the same durability, side by side in one run.

    python tests/benchmarks/cases/measure_appends.py [--url postgresql://…] [--rounds 15] [--each 40]

A round is so many appends of one event each to a case, as many bare INSERTs of the same bytes (one row and one commit
each, which waits for the disk), and appends of ten events at a time. Ways take turns, and each starts as often as any
other. Prints the median of all rounds and what it is to that of the bare INSERT. SQLite is in a temporary folder, or
below `--folder`, on the disk that is to be measured.
"""

# ruff: noqa: T201  # a script that prints

from __future__ import annotations

import argparse
import json
import secrets
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))

from case_store import OPENING, event

from policyengine.cases.storage import open_store

AT_ONCE = 10
Way = Callable[[int], int]


def main(url: str | None, folder: str | None, rounds: int, each: int) -> None:
    """Measure what there is."""
    with TemporaryDirectory(prefix="appends-", dir=folder) as within:
        at = Path(within)
        with bare_sqlite(at / "bare.db") as bare, kept(str(at / "cases.db")) as ways:
            report("SQLite", {"bare INSERT": bare, **ways}, rounds, each)
    if url is not None:
        with bare_postgresql(url) as bare, kept(url) as ways:
            report("PostgreSQL", {"bare INSERT": bare, **ways}, rounds, each)


def report(name: str, ways: dict[str, Way], rounds: int, each: int) -> None:
    """Let the ways take turns, and say what each came to in events a second."""
    rates: dict[str, list[float]] = {way: [] for way in ways}
    order = list(ways)
    for _ in range(rounds):
        for way in order:
            began = time.perf_counter()
            events = ways[way](each)
            rates[way].append(events / (time.perf_counter() - began))
        order.append(order.pop(0))
    medians = {way: statistics.median(found) for way, found in rates.items()}
    print(f"{name}, {rounds} rounds of {each}")
    for way, rate in medians.items():
        print(f"  {way:<28} {rate:9,.0f} events/s   {rate / medians['bare INSERT']:5.2f} ×")


@contextmanager
def kept(at: str) -> Iterator[dict[str, Way]]:
    """Yield appends to a new case, one event at a time and several."""
    with open_store(at) as store:
        case, other = (f"case-{secrets.token_hex(4)}" for _ in range(2))
        number = dict.fromkeys((case, other), 0)
        for name in number:
            store.create(name, OPENING)

        def one(times: int) -> int:
            for _ in range(times):
                told = [event(number[case])]
                number[case] = store.append(case, told, expected=number[case]).number
            return times

        def several(times: int) -> int:
            for _ in range(times // AT_ONCE):
                start = number[other]
                told = [event(start + place) for place in range(AT_ONCE)]
                number[other] = store.append(other, told, expected=start).number
            return times // AT_ONCE * AT_ONCE

        yield {"append of one event": one, f"append of {AT_ONCE} events": several}


@contextmanager
def bare_sqlite(at: Path) -> Iterator[Way]:
    """Yield INSERTs of the same content in a table of two columns."""
    with closing(sqlite3.connect(at, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE bare (number INTEGER PRIMARY KEY, content BLOB) STRICT")

        def insert(times: int) -> int:
            for number in range(times):
                connection.execute("INSERT INTO bare (content) VALUES (?)", (content(number),))
            return times

        yield insert


@contextmanager
def bare_postgresql(url: str) -> Iterator[Way]:
    """Yield the same at a server."""
    import psycopg  # noqa: PLC0415  # only where there is a server

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bare")
        connection.execute("CREATE TABLE bare (number SERIAL PRIMARY KEY, content BYTEA)")

        def insert(times: int) -> int:
            for number in range(times):
                connection.execute("INSERT INTO bare (content) VALUES (%s)", (content(number),))
            return times

        yield insert
        connection.execute("DROP TABLE bare")


def content(number: int) -> bytes:
    """Return an event as bytes."""
    return json.dumps(event(number).to_plain()).encode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--url")
    parser.add_argument("--folder")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--each", type=int, default=40)
    chosen = parser.parse_args()
    main(chosen.url, chosen.folder, chosen.rounds, chosen.each)
