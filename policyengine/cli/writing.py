"""Files that a command writes: whole, or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from shutil import copymode

from policyengine.diagnostics import Diagnostic, UsageError


def write_file(path: Path, text: str) -> None:
    """Write a text in the place of the file that stands there; a reader never finds half of it.

    Raises:
        UsageError: It cannot be written there.
    """
    write_files({path: text})


def write_files(texts: Mapping[Path, str]) -> None:
    """Write texts in the place of the files that stand there: all are written beside them before the first is moved.

    Raises:
        UsageError: One cannot be written; then the files stay as they were.
    """
    parts: dict[Path, Path] = {}
    try:
        for path, text in texts.items():
            if path.is_dir():
                raise _cannot_write(path, "it is a folder", "name a file")
            part = parts[path] = _part(path)
            _write(path, part, text)
        for path, part in parts.items():
            _moved(part, path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def check_folder(path: Path) -> None:
    """Look whether a folder can be written in, or made; nothing is made yet.

    Raises:
        UsageError: It cannot.
    """
    there = next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())
    if not there.is_dir():
        raise _cannot_write(path, f"`{there.name}` is not a folder", "name a folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise _cannot_write(path, "permission denied", "name a folder that can be written in")


def make_folder(path: Path) -> None:
    """Make a folder where there is none.

    Raises:
        UsageError: It cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(path, str(error.strerror or error).lower(), None) from None


def _part(path: Path) -> Path:
    """Return where a file is written before it is moved to its place: beside what a link leads to, not the link."""
    if path.is_dir():
        raise _cannot_write(path, "it is a folder", "name a file in it")
    if path.exists() and not path.is_file():
        raise _cannot_write(path, "it is not a file", "`-` writes to the output")
    return path.resolve().with_name(f".{path.name}.{secrets.token_hex(4)}.part")


def _moved(part: Path, path: Path) -> None:
    try:
        part.replace(path.resolve())
    except OSError as error:
        raise _cannot_write(path, str(error.strerror or error).lower(), None) from None


def _write(path: Path, part: Path, text: str) -> None:
    try:
        part.write_text(text, "utf-8", newline="\n")
        if path.exists():
            copymode(path, part)
    except OSError as error:
        raise _cannot_write(path, str(error.strerror or error).lower(), None) from None


def _cannot_write(path: Path, why: str, hint: str | None) -> UsageError:
    return UsageError([Diagnostic("cannot-write", f"`{path}` cannot be written: {why}", hint=hint)])
