"""Generated source kept on disk under a name that its text makes, and beside it the machine code made of it.

It lies in the user's own folder (`$XDG_CACHE_HOME/policyengine`, else `~/.cache/policyengine`; `POLICYENGINE_CACHE=off`
keeps nothing, any other value is the folder to use). A folder of somebody else, or one that others may write to, is not
used: what is kept there is run.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

_VARIABLE, _OFF = "POLICYENGINE_CACHE", "off"
_FOLDER = "columns"


def kept_source(text: str, *others: str) -> Path | None:
    """Return the file that holds a text; None where none can be kept.

    Its name stands for the text and for what else the code made of it stands on (`others`).
    """
    folder = _folder()
    if folder is None:
        return None
    parts = "\0".join((text, *others)).encode()
    file = folder / f"offer_{hashlib.sha256(parts).hexdigest()[:32]}.py"
    with suppress(OSError):
        if not file.exists():
            _write(file, text)
        return file if _own(file, stat.S_IFREG) else None
    return None


def _folder() -> Path | None:
    chosen = os.environ.get(_VARIABLE)
    if chosen == _OFF or not hasattr(os, "geteuid"):
        return None
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    folder = (Path(chosen) if chosen else home / "policyengine") / _FOLDER
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _own(folder, stat.S_IFDIR) else None
    return None


def _own(path: Path, kind: int) -> bool:
    """Return whether something is the user's own, and nobody else may change it."""
    found = path.lstat()
    others = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_IFMT(found.st_mode) == kind and found.st_uid == os.geteuid() and not others


def _write(file: Path, text: str) -> None:
    """Put a file in its place whole."""
    part = file.with_name(f".{file.name}.{token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(text)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
