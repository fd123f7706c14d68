"""Connections that keep their word: what is committed is on the disk, and nobody waits for ever."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from policyengine.cases.storage.address import Address

#: Seconds that a writer waits for another.
PATIENCE = 10
#: "case" in ASCII: what `file` shows of a store, and what tells it from another file of SQLite.
APPLICATION = 0x63617365
#: The option of a connection that only reads.
READING = "policyengine_reading"


def engine_at(address: Address, *, create: bool) -> Engine:
    """Return the engine for an address; it connects when it is used."""
    return _sqlite(address.file, create=create) if address.file else _postgresql(address)


def reading(engine: Engine) -> Engine:
    """Return the same engine for those who only read: they see one state of all tables."""
    options: dict[str, Any] = {READING: True}
    if engine.dialect.name != "sqlite":
        options["isolation_level"] = "REPEATABLE READ"
    return engine.execution_options(**options)


# SQLite


def _sqlite(file: Path, *, create: bool) -> Engine:
    uri = f"{file.as_uri()}?mode={'rwc' if create else 'rw'}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection) -> None:
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL")  # each commit waits for the disk
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to its write-ahead log, once; meanwhile others find it busy, timeout or not."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _begin(connection: Connection) -> None:
    """Begin as a writer: one that begins as a reader could not become one once another has written."""
    only_reads = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


# PostgreSQL


def _postgresql(address: Address) -> Engine:
    assert address.url is not None  # noqa: S101  # one of the two is there
    engine = create_engine(
        address.url,
        connect_args={"connect_timeout": PATIENCE},
        hide_parameters=True,
        pool_pre_ping=True,  # a server that was started anew is no error
    )
    event.listen(engine, "connect", _settle)
    return engine


def _settle(connection: Any, _: Any) -> None:
    """Let commits wait for the disk where the server would not, and locks not wait for ever."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') = 'off'"
        )
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", (f"{PATIENCE}s",))
    connection.commit()
