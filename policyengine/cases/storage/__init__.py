"""Cases that outlive the process: in one SQLite file, or in PostgreSQL where several machines work on them.

`open_store` takes a path or a URL. What an append has acknowledged is on the disk; what it has not is there as a whole
or not at all, and recording the same again does no harm.

SQLAlchemy and alembic are imported where a store is opened: pools, both dialects and versioned migrations are not ours
to write anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from policyengine.cases.storage.errors import ConflictError
from policyengine.diagnostics import Diagnostic, UsageError

if TYPE_CHECKING:
    from policyengine.cases.storage.store import Store

__all__ = ["ConflictError", "open_store"]

#: What is installed with which extra.
_EXTRAS = {"alembic": "cases", "psycopg": "postgresql", "sqlalchemy": "cases"}


def open_store(path_or_url: str | Path, *, create: bool = True) -> Store:
    """Open a store of cases, and bring its tables up to date.

    Args:
        path_or_url: A file of SQLite, or `postgresql://user@host/database`.
        create: Whether a file that is not there is made.

    Raises:
        CaseError: It is no store, one of a newer version, or it cannot be reached.
        UsageError: The file is not there, the address is not understood, or an extra is not installed.
    """
    try:
        from policyengine.cases.storage.opening_store import opened  # noqa: PLC0415  # see above

        return opened(path_or_url, create=create)
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        raise UsageError([_missing(extra)]) from None


def _missing(extra: str) -> Diagnostic:
    message = f"a store needs the extra `{extra}` of the package"
    hint = f"pip install 'policyengine-relief[{extra}]'"
    return Diagnostic("missing-extra", message, hint=hint)
