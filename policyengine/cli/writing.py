"""Files that a command writes: whole, or not at all."""

from __future__ import annotations

import secrets
from pathlib import Path

from policyengine.diagnostics import Diagnostic, UsageError


def write_file(path: Path, text: str) -> None:
    """Write a text in the place of the file that stands there; a reader never finds half of it.

    Raises:
        UsageError: It cannot be written there.
    """
    if path.is_dir():
        raise _cannot_write(path, "it is a folder", "name a file in it")
    if path.exists() and not path.is_file():
        raise _cannot_write(path, "it is not a file", "`-` writes to the output")
    whole = path.resolve()  # what a link leads to is written, not the link
    part = whole.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        part.write_text(text, "utf-8", newline="\n")
        part.replace(whole)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _cannot_write(path, str(error.strerror or error).lower(), None) from None


def _cannot_write(path: Path, why: str, hint: str | None) -> UsageError:
    return UsageError([Diagnostic("cannot-write", f"`{path}` cannot be written: {why}", hint=hint)])
