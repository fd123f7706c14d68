"""The byte code of the methods that attrs writes for this package's classes, kept for another start of a command.

attrs writes the methods of a class as Python, and compiles them at each import: for the two hundred classes of a
decision that takes a fifth of the whole command. Their text depends on nothing but the files of this package, attrs and
Python; together they name the entry. A class is known by the name of the file that attrs gives its methods in
tracebacks.
"""

from __future__ import annotations

import atexit
import marshal
from pathlib import Path
from types import CodeType
from typing import Any

from attr import _make

from policyengine.keeping.folder import make_room, read_sealed, usual_folder, write_sealed
from policyengine.keeping.naming import digest_of, engine

_SUFFIX = ".classes"
#: One for each state of the package; a command that imports more adds to it.
_MOST_FILES = 4
_OURS = "policyengine."


def keep_classes() -> None:
    """Have attrs take from now on what is kept, and keep at the end of the process what was not."""
    folder = usual_folder()
    if folder is not None:
        methods = _Methods(folder / f"{digest_of(engine(), 'classes')}{_SUFFIX}")
        # The name is looked up there before among the built-in ones; an attrs that compiles otherwise is not affected.
        vars(_make)["compile"] = methods.code
        atexit.register(methods.keep)


class _Methods:
    """The methods of each class. It is not made by attrs: it comes before."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._code = _read(file)
        self._kept = len(self._code)

    def code(self, source: str, title: str, *how: Any, **more: Any) -> CodeType:
        """Compile as the built-in function does, unless it is kept."""
        if _OURS not in title:
            return _compiled(source, title, *how, **more)
        found = self._code.get(title)
        if found is None:
            found = self._code[title] = _compiled(source, title, *how, **more)
        return found

    def keep(self) -> None:
        """Keep what was compiled."""
        if len(self._code) > self._kept:
            write_sealed(self._file, marshal.dumps(self._code))
            make_room(self._file.parent, _SUFFIX, _MOST_FILES)


def _compiled(source: str, title: str, *how: Any, **more: Any) -> CodeType:
    code: CodeType = compile(source, title, *how, **more)
    return code


def _read(file: Path) -> dict[str, CodeType]:
    """Return what was kept: only this user can have written it, and only this Python."""
    content = read_sealed(file)
    try:
        found = marshal.loads(content) if content else {}  # noqa: S302  # see above
    except (EOFError, TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
