"""Generated source as a file of its own, which numba keeps machine code beside."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from policyengine.keeping.folder import read_own, write_whole
from policyengine.keeping.naming import digest_of


def kept_source(text: str, *others: str, folder: Path | None) -> Path | None:
    """Return the file that holds a text; None where none can be kept.

    Args:
        text: The source.
        others: What the code made of it stands on besides.
        folder: Where it is kept; None keeps it nowhere.
    """
    if folder is None:
        return None
    file, content = folder / f"{digest_of(text, *others)}.py", text.encode()
    with suppress(OSError):
        if _held(file) != content:
            write_whole(file, content)
        return file
    return None


def _held(file: Path) -> bytes | None:
    with suppress(OSError):
        return read_own(file)
    return None
