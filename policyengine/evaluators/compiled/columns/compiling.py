"""Generated source compiled by numba, and kept in a folder of the user, so that another start does not compile."""

from __future__ import annotations

import linecache
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import llvmlite  # type: ignore[import-untyped]
import numba
import numpy as np

from policyengine.evaluators.compiled.columns import dates, vectors

_HEAD = """\
import numpy as np
from numba import njit

from policyengine.evaluators.compiled.columns.dates import days_after, months_after, months_between
from policyengine.evaluators.compiled.columns.vectors import at_least, copied, crossed, equal

ONE = np.uint64(0x0101010101010101)


@njit(nogil=True, error_model="numpy", cache={cache})
"""

Function = Callable[..., None]


def usual_folder() -> Path:
    """Return where compiled source is kept."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "policyengine-relief" / "columns"


def compiled(source: str, arguments: Sequence[Any], folder: Path | None) -> Function:
    """Return the function `screen` of a source, compiled for the types of some arguments.

    Args:
        source: The function. Its name in the folder is a digest of all that decides what it compiles to.
        arguments: What it can be called with to no effect.
        folder: Where it is kept; None keeps it nowhere. A folder that cannot be written to, is full, is not the
            user's own or holds something broken is done without.
    """
    if folder is not None:
        try:
            function = _stored(source, folder)
            function(*arguments)
        except Exception:  # noqa: BLE001, S110  # what is wrong with the source itself shows below
            pass
        else:
            return function
    function = _module(_HEAD.format(cache=False) + source, f"<{_name(source)}>")
    function(*arguments)
    return function


def _stored(source: str, folder: Path) -> Function:
    _make(folder)
    text = _HEAD.format(cache=True) + source
    path = folder / f"{_name(source)}.py"
    if not path.exists() or path.read_text("utf-8") != text:
        _replace(path, text)
    return _module(text, str(path))


def _make(folder: Path) -> None:
    """Make the folder, or find it; nobody else may put anything into it, for what is kept there is run."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if hasattr(os, "getuid") and (found.st_uid != os.getuid() or found.st_mode & 0o022):
        raise PermissionError(folder)


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all: another process may be reading it, or writing the same."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _module(text: str, file: str) -> Function:
    """Return the function of a module, which tracebacks can show; the text is run, not what the file may hold."""
    module = ModuleType(f"policyengine_columns_{sha256(file.encode()).hexdigest()[:16]}")
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    module.__file__ = file
    exec(compile(text, file, "exec"), module.__dict__)  # noqa: S102  # it was written of names and numbers
    sys.modules[module.__name__] = module  # numba looks for it there
    function: Function = module.screen
    return function


def _name(source: str) -> str:
    return sha256(f"{_versions()}\n{source}".encode()).hexdigest()


@cache
def _versions() -> str:
    """Return what the compiled code depends on besides its source, which says all about policy, day and columns."""
    parts = [numba.__version__, llvmlite.__version__, np.__version__, sys.version]
    files = [Path(str(module.__file__)).read_text("utf-8") for module in (dates, vectors)]
    return "\n".join([*parts, *files])
