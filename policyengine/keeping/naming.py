"""Names that stand for all that something was made from."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from attr import _make  # what it writes methods with

_PACKAGE = Path(__file__).parents[1]


def digest_of(*parts: str | bytes) -> str:
    """Return the digest of some texts and bytes, told apart by their lengths."""
    found = hashlib.sha256()
    for part in parts:
        written = part.encode() if isinstance(part, str) else part
        found.update(b"%d\n" % len(written) + written)
    return found.hexdigest()


@cache
def engine() -> str:
    """Return the digest of this engine as it is installed, and of the attrs and the Python that make it run."""
    return digest_of(sys.version, _state(str(_make.__file__)), *_files())


def _files() -> Iterator[str]:
    for folder, folders, names in os.walk(_PACKAGE):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        for name in sorted(name for name in names if name.endswith(".py")):
            yield _state(f"{folder}/{name}")


def _state(file: str) -> str:
    found = os.stat(file)  # noqa: PTH116  # there are hundreds, and making paths takes a while
    return f"{file} {found.st_size} {found.st_mtime_ns}"
