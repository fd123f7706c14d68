"""Opening a store: where it is, what it is, and in which version."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from policyengine.cases.storage.address import Address, address_of, identity_of
from policyengine.cases.storage.engines import engine_at
from policyengine.cases.storage.errors import Progress, told
from policyengine.cases.storage.migrating import bring_up_to_date
from policyengine.cases.storage.store import Store
from policyengine.diagnostics import CaseError, Diagnostic, UsageError

#: The first with tables whose columns keep to their types.
_LEAST_SQLITE = (3, 37, 0)


def opened(path_or_url: str | Path, *, create: bool) -> Store:
    """Open a store, as `open_store` says."""
    address = address_of(path_or_url)
    _check(address, create=create)
    engine = engine_at(address, create=create)
    try:
        with told(address.name, Progress(writes=False)):
            bring_up_to_date(engine, address.name)
    except BaseException:
        engine.dispose()
        raise
    identity = identity_of(address.file) if address.file else None
    return Store(address, engine, identity)


def _check(address: Address, *, create: bool) -> None:
    """Say what is plain before a database is asked."""
    if address.file is None:
        return
    if sqlite3.sqlite_version_info < _LEAST_SQLITE:
        raise UsageError([_old_sqlite()])
    if address.file.exists():
        if not address.file.is_file():
            raise CaseError([Diagnostic("not-a-store", f"`{address.name}` is not a file")])
    elif not create:
        message, hint = f"there is no store `{address.name}`", "`case open` makes one"
        raise UsageError([Diagnostic("no-such-path", message, hint=hint)])
    elif not address.file.parent.is_dir():
        message = f"there is no folder for `{address.name}`"
        raise UsageError([Diagnostic("no-such-path", message, hint="check the path")])


def _old_sqlite() -> Diagnostic:
    message = f"a store needs SQLite 3.37 or later; this Python has {sqlite3.sqlite_version}"
    return Diagnostic("store-unavailable", message, hint="use another Python, or PostgreSQL")
