"""The version of a store's tables, and the way to the newest: by one process at a time, as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from policyengine.cases.storage.engines import APPLICATION, reading
from policyengine.cases.storage.tables import VERSIONS
from policyengine.diagnostics import CaseError, Diagnostic

#: The versions of the tables that this one knows, in their order.
KNOWN = ("0001",)
#: What processes that migrate wait for at a server, chosen by chance.
_LOCK = 4702374719


def bring_up_to_date(engine: Engine, name: str) -> None:
    """Make the tables, or change them to what they are now.

    Raises:
        CaseError: These are tables of something else, or of a newer version.
    """
    with reading(engine).connect() as connection:
        if _version(connection, name) == KNOWN[-1]:
            return
    with engine.begin() as connection:
        if connection.dialect.name != "sqlite":  # there whoever begins to write has the lock
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _version(connection, name) != KNOWN[-1]:
            _upgrade(connection)


def _version(connection: Connection, name: str) -> str | None:
    """Return the version of the tables; None where there is none yet."""
    tables = inspect(connection).get_table_names()
    if VERSIONS not in tables:
        if tables and connection.dialect.name == "sqlite":
            raise CaseError([_other(name)])
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalars().all()  # noqa: S608  # our own name
    if len(found) != 1 or found[0] not in KNOWN:
        raise CaseError([_newer(name)])
    return str(found[0])


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415  # once in the life of a store
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option(
        "script_location", str(Path(__file__).parent / "migrations").replace("%", "%%")
    )
    config.attributes["connection"] = connection
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION}")
    command.upgrade(config, KNOWN[-1])


def _other(name: str) -> Diagnostic:
    hint = "a store has a file of its own"
    return Diagnostic("not-a-store", f"`{name}`: the file has tables of something else", hint=hint)


def _newer(name: str) -> Diagnostic:
    message = f"`{name}`: the store was written by a newer version"
    return Diagnostic("newer-store", message, hint="open it with the version that wrote it")
