"""What goes wrong with a database, in our words: drivers repeat values, and values are the borrower's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs

from policyengine.diagnostics import CaseError, Diagnostic


class ConflictError(CaseError):
    """Another writer was first: `number` says how many events the case has now."""

    def __init__(self, case: str, expected: int, number: int) -> None:
        self.number = number
        message = f"case `{case}` has come to entry {number} by now, not {expected}"
        hint = "read the case again, and record what is still to be recorded"
        super().__init__([Diagnostic("conflict", message, hint=hint)])


@attrs.define
class Progress:
    """How far a transaction is: what was sent to be committed may be there, even if nobody says so."""

    writes: bool
    committing: bool = False


@contextmanager
def told(name: str, progress: Progress) -> Iterator[None]:
    """Say in our words what goes wrong with a database.

    Raises:
        CaseError: The database cannot be reached, cannot take what it is given, or is none.
    """
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415  # who catches a conflict waits for no SQL

    try:
        yield
    except SQLAlchemyError as error:
        raise CaseError([_finding(name, getattr(error, "orig", None), progress)]) from None


def _finding(name: str, error: Any, progress: Progress) -> Diagnostic:
    code, what, certain = _reason(error)
    after, hint = _consequence(progress, certain=certain)
    return Diagnostic(code, f"`{name}`: {what}{after}", hint=hint)


def _consequence(progress: Progress, *, certain: bool) -> tuple[str, str]:
    if not progress.writes:
        return "", "check the path or the URL, and that the database runs"
    if progress.committing and not certain:
        hint = "record the same again: what is there is not recorded twice"
        return "; it is not known whether anything was recorded", hint
    return "; nothing was recorded", "record the same again once the database is there"


#: What SQLite says by the beginning of its names, and whether it is certain that nothing was recorded.
_OF_SQLITE: dict[str, tuple[str, str, bool]] = {
    "SQLITE_NOTADB": ("not-a-store", "this is no store of cases", True),
    "SQLITE_CORRUPT": ("not-a-store", "the file is damaged", True),
    "SQLITE_FULL": ("store-unavailable", "the disk is full", True),
    "SQLITE_BUSY": ("store-unavailable", "another process holds it for too long", True),
    "SQLITE_LOCKED": ("store-unavailable", "another process holds it for too long", True),
    "SQLITE_CANTOPEN": ("store-unavailable", "it cannot be opened", True),
    "SQLITE_READONLY": ("store-unavailable", "it cannot be written", True),
    "SQLITE_PERM": ("store-unavailable", "it cannot be written", True),
    "SQLITE_IOERR": ("store-unavailable", "it can no longer be read or written", False),
    "SQLITE_CONSTRAINT": ("conflict", "another writer was first", True),
    "SQLITE_ERROR": ("not-a-store", "its tables are not those of a store", True),
}
#: What PostgreSQL says, by its class of errors or by the whole code.
_OF_POSTGRESQL: dict[str, tuple[str, str, bool]] = {
    "28": ("store-unavailable", "the server does not let this user in", True),
    "3D": ("store-unavailable", "there is no such database", True),
    "23": ("conflict", "another writer was first", True),
    "25006": ("store-unavailable", "it cannot be written", True),
    "42501": ("store-unavailable", "this user may not do that", True),
    "53100": ("store-unavailable", "the disk of the server is full", False),
    "53300": ("store-unavailable", "the server has too many connections", True),
    "55P03": ("store-unavailable", "another writer holds it for too long", True),
    "42": ("not-a-store", "its tables are not those of a store", True),
}
_AWAY = ("store-unavailable", "the database went away or cannot be reached", False)


def _reason(error: Any) -> tuple[str, str, bool]:
    name = getattr(error, "sqlite_errorname", None) or ""
    for start, reason in _OF_SQLITE.items():
        if name.startswith(start):
            return reason
    state = getattr(error, "sqlstate", None) or ""
    return _OF_POSTGRESQL.get(state) or _OF_POSTGRESQL.get(state[:2]) or _AWAY
