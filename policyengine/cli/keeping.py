"""Records on disk: written whole or not at all, never over another; the salt for its owner's eyes only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from policyengine.diagnostics import Diagnostic, RecordError, UsageError
from policyengine.facts.profile import cannot_open
from policyengine.record.commitments import SALT_LENGTH

_SALT_SUFFIX = ".salt"
#: The record of one borrower is far smaller.
_MOST_BYTES = 64 * 2**20


def salt_beside(record: str) -> str:
    """Return where the salt of a record is kept unless somewhere else is named."""
    return record + _SALT_SUFFIX


def keep(record: bytes, salt: bytes, at: str, salt_at: str) -> None:
    """Write a record and its salt: both, or neither.

    Raises:
        UsageError: One of the files is there already, or cannot be written.
    """
    with _written(salt_at, salt.hex().encode() + b"\n", 0o600), _written(at, record, 0o666):
        pass


def refuse_to_overwrite(*paths: str) -> None:
    """Do nothing where none of the files is there.

    Raises:
        UsageError: One is, or two are one and the same.
    """
    for path in paths:
        if os.path.lexists(path):
            raise UsageError([_is_there(path)])
    if len({Path(path).resolve() for path in paths}) < len(paths):
        message, hint = "the record and its salt are one file", "keep the salt somewhere else"
        raise UsageError([Diagnostic("already-there", message, hint=hint)])


def read_record(path: str) -> bytes:
    """Return the bytes of a record.

    Raises:
        UsageError: The file cannot be opened.
        RecordError: It is too large for a record.
    """
    content = _read(path, _MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        message = "this is not a record: it is larger than any"
        raise RecordError([Diagnostic("not-a-record", message, hint="check the path")])
    return content


def read_salt(path: str) -> bytes:
    """Return the salt in a file.

    Raises:
        UsageError: The file cannot be opened, or holds no salt.
    """
    written = _read(path, 4 * SALT_LENGTH).removesuffix(b"\n").removesuffix(b"\r")
    with suppress(ValueError):
        salt = bytes.fromhex(written.decode("ascii"))
        if len(salt) == SALT_LENGTH and len(written) == 2 * SALT_LENGTH:
            return salt
    hint = f"a salt is {2 * SALT_LENGTH} hexadecimal digits on one line"
    raise UsageError([Diagnostic("bad-salt", f"`{path}` holds no salt", hint=hint)])


def _read(path: str, most: int) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(most)
    except (OSError, ValueError) as error:
        raise UsageError([cannot_open(path, error)]) from None


@contextmanager
def _written(path: str, content: bytes, mode: int) -> Iterator[None]:
    """Put a file in its place whole; take it away again where what comes after it fails."""
    partial = f"{path}.{secrets.token_hex(4)}.partial"
    try:
        _write(partial, content, mode)
        os.link(partial, path)  # unlike renaming, it fails where there is a file
    except FileExistsError:
        raise UsageError([_is_there(path)]) from None
    except (OSError, ValueError) as error:
        raise UsageError([_cannot_write(path, error)]) from None
    finally:
        with suppress(OSError, ValueError):
            Path(partial).unlink()
    try:
        yield
    except BaseException:
        Path(path).unlink()
        raise


def _write(path: str, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _is_there(path: str) -> Diagnostic:
    hint = "records are never overwritten: choose another name"
    return Diagnostic("already-there", f"there is a file `{path}` already", hint=hint)


def _cannot_write(path: str, error: OSError | ValueError) -> Diagnostic:
    reason = (getattr(error, "strerror", None) or "it cannot be written").lower()
    return Diagnostic("cannot-write", f"`{path}`: {reason}", hint="check the path")
