"""Where the stores of the tests are: a file, and a database of its own where there is a server."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_store import SERVER, WANTED, server

from policyengine.cases.storage import open_store
from policyengine.cases.storage.store import Store

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)


@pytest.fixture(params=["sqlite", *([POSTGRESQL] if WANTED else [])])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The path or the URL of a store that is not there yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "cases.db")
    else:
        yield from a_database()


@pytest.fixture
def store(at: str) -> Iterator[Store]:
    with open_store(at) as opened:
        yield opened


@pytest.fixture
def database() -> Iterator[str]:
    """The URL of an empty database."""
    if not WANTED:
        pytest.skip(f"{SERVER} names no server")
    yield from a_database()


def a_database() -> Iterator[str]:
    """Yield the URL of a database that is dropped again."""
    url = server()
    if url is None:
        pytest.fail(f"{SERVER} names no server")
    import psycopg  # noqa: PLC0415  # an extra

    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"{url.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
