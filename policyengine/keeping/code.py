"""The byte code of generated Python, kept so that another start does not compile."""

from __future__ import annotations

import marshal
import sys
from functools import cache
from pathlib import Path
from types import CodeType

from policyengine.keeping.folder import make_room, read_sealed, usual_folder, write_sealed
from policyengine.keeping.naming import digest_of

_SUFFIX = ".code"
#: Functions that are kept, of some hundred policies; those kept longest go first.
_MOST_FILES = 4096


def kept_code(source: str, title: str) -> CodeType:
    """Return the code of a module. `title` is the name of its file in tracebacks."""
    folder = usual_folder()
    if folder is None:
        return compile(source, title, "exec")
    file = folder / f"{digest_of(sys.version, title, source)}{_SUFFIX}"
    code = _code(read_sealed(file))
    if code is None:
        code = compile(source, title, "exec")
        write_sealed(file, marshal.dumps(code))
        _make_room(folder)
    return code


def _code(content: bytes | None) -> CodeType | None:
    """Return the code that was kept: only this user can have written it, and only this Python."""
    if content is None:
        return None
    try:
        found = marshal.loads(content)  # noqa: S302  # see above
    except (EOFError, TypeError, ValueError):
        return None
    return found if isinstance(found, CodeType) else None


@cache
def _make_room(folder: Path) -> None:
    """Do so once in a process, whatever it keeps."""
    make_room(folder, _SUFFIX, _MOST_FILES)
