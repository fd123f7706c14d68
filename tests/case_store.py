"""Made-up cases for the tests of the store, and where the stores are."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from policyengine.cases.event import Event, Plain
from policyengine.cases.opening import Opening

#: The URL of a database of PostgreSQL that tests may fill.
SERVER = "POLICYENGINE_POSTGRESQL"
DAY = date(2025, 1, 31)
OPENING = Opening(
    DAY,
    '{"borrower": {"name": "Li Ming", "monthly_income": 8000.00}, "loans": [{"id": "L-1"}]}',
    {"aibank.consumer-loan": "sha256:" + "0" * 64},
    "policyengine-relief 0",
)


def server() -> str | None:
    """Return the URL of the server, where there is one."""
    return os.environ.get(SERVER)


#: Each test of a store is one of PostgreSQL too where there is a server; where `CI` is set, there must be one.
WANTED = server() is not None or os.environ.get("CI") is not None


def a_database() -> Iterator[str]:
    """Yield the URL of an empty database, which is dropped again."""
    import psycopg  # noqa: PLC0415  # an extra

    url = server()
    assert url is not None, f"{SERVER} names no server"
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"{url.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def event(name: str | int, kind: str = "payment_made", **details: Plain) -> Event:
    """Return an event whose content follows from its name."""
    days = sum(str(name).encode()) % 100
    told: dict[str, Any] = details or {"amount": f"{days}.50", "note": f"payer of {name}"}
    return Event(str(name), kind, DAY + timedelta(days=days), 0, "L-1", told)
