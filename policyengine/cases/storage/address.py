"""Where a store is: a file, or a database behind a URL, whose password is never shown."""

from __future__ import annotations

import os
from pathlib import Path

import attrs
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from policyengine.diagnostics import Diagnostic, UsageError

POSTGRESQL = "postgresql"
_HINT = "name a file, or `postgresql://user@host/database`"


@attrs.frozen
class Address:
    """Where a store is.

    Attributes:
        name: What messages call it.
        file: The file of SQLite; None for PostgreSQL.
        url: The URL for PostgreSQL; None for SQLite.
    """

    name: str
    file: Path | None = None
    url: URL | None = attrs.field(default=None, repr=False)


def address_of(path_or_url: str | Path) -> Address:
    """Return where a store is.

    Raises:
        UsageError: It is neither a path nor a URL of a database that stores can be in.
    """
    text = str(path_or_url)
    if isinstance(path_or_url, Path) or "://" not in text:
        return _of_file(text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise UsageError(
            [_not_understood("the URL of the store is not written as URLs are")]
        ) from None
    if url.get_backend_name() == "sqlite":
        return _of_file(url.database or "")
    if url.get_backend_name() not in (POSTGRESQL, "postgres"):
        message = f"a store cannot be in `{url.get_backend_name()}`"
        raise UsageError([_not_understood(message)])
    name = f"{url.host or 'localhost'}/{url.database or url.username or ''}"
    return Address(name, url=url.set(drivername=f"{POSTGRESQL}+psycopg"))


def _of_file(text: str) -> Address:
    if not text or text == ":memory:" or "\0" in text:
        raise UsageError([_not_understood("a store is a file, or a URL")])
    return Address(text, file=Path(text).absolute())


def identity_of(file: Path) -> tuple[int, int] | None:
    """Return what tells a file from another that has its name; None where there is none."""
    try:
        found = os.stat(file)  # noqa: PTH116  # at every append
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _not_understood(message: str) -> Diagnostic:
    return Diagnostic("bad-store", message, hint=_HINT)
