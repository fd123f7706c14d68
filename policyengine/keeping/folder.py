"""The user's own folder of what is kept: `$XDG_CACHE_HOME/policyengine-relief`, else `~/.cache/policyengine-relief`.

Nobody else may write to it: a folder or a file of somebody else, or one that others can change, is not read.
`POLICYENGINE_CACHE=off` keeps nothing; any other value is the folder to use.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path

VARIABLE, OFF = "POLICYENGINE_CACHE", "off"
#: The name of the distribution: another package is called `policyengine` too.
_NAME = "policyengine-relief"
_DIGEST = 32


def usual_folder() -> Path | None:
    """Return the folder, or None where nothing is to be kept."""
    chosen = os.environ.get(VARIABLE)
    if chosen == OFF or not hasattr(os, "geteuid"):
        return None  # where files have no owner in this sense, whose they are cannot be checked
    if chosen:
        return Path(chosen)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111  # no error without a home
    return Path(home) / _NAME if os.path.isabs(home) else None  # noqa: PTH117  # as above


def read_own(file: Path) -> bytes:
    """Return a file's bytes, where nobody else can have written them.

    Raises:
        OSError: It is not there, or somebody else can.
    """
    _check_own(os.lstat(file.parent), stat.S_IFDIR)
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as stream:
        _check_own(os.fstat(descriptor), stat.S_IFREG)
        return stream.read()


def write_whole(file: Path, content: bytes) -> None:
    """Put a file in its place whole or not at all: another process may be reading it, or writing the same.

    Raises:
        OSError: It cannot be written, or others may write to the folder.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_own(os.lstat(file.parent), stat.S_IFDIR)
    part = file.with_name(f".{file.name}.{os.urandom(4).hex()}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def read_sealed(file: Path) -> bytes | None:
    """Return what was written sealed; None where it is not there, somebody else's, or damaged."""
    with suppress(OSError):
        whole = read_own(file)
        digest, content = whole[:_DIGEST], whole[_DIGEST:]
        return content if hashlib.sha256(content).digest() == digest else None
    return None


def write_sealed(file: Path, content: bytes) -> None:
    """Write something with its digest; to no effect where that cannot be."""
    with suppress(OSError):
        write_whole(file, hashlib.sha256(content).digest() + content)


def make_room(folder: Path, suffix: str, most: int) -> None:
    """Leave at most so many files with an ending, those that were kept last; to no effect where that cannot be."""
    with suppress(OSError):
        kept = sorted(folder.glob(f"*{suffix}"), key=lambda file: file.stat().st_mtime_ns)
        for file in kept[:-most]:
            file.unlink(missing_ok=True)


def _check_own(found: os.stat_result, kind: int) -> None:
    others = stat.S_IWGRP | stat.S_IWOTH
    if stat.S_IFMT(found.st_mode) != kind or found.st_uid != os.geteuid() or found.st_mode & others:
        raise PermissionError
