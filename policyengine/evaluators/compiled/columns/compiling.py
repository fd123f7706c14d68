"""Generated source compiled by numba, and kept in a folder of the user, so that another start does not compile."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from inspect import getsource
from pathlib import Path
from types import ModuleType
from typing import Any

import llvmlite  # type: ignore[import-untyped]
import numba
import numpy as np

from policyengine.evaluators.compiled.columns import dates, vectors
from policyengine.keeping.naming import digest_of
from policyengine.keeping.source import kept_source

_HEAD = """\
import numpy as np
from numba import njit

from policyengine.evaluators.compiled.columns.dates import days_after, months_after, months_between
from policyengine.evaluators.compiled.columns.vectors import at_least, copied, crossed, equal

ONE = np.uint64(0x0101010101010101)


@njit(nogil=True, error_model="numpy", cache={cache})
"""

Function = Callable[..., None]


def compiled(source: str, arguments: Sequence[Any], folder: Path | None) -> Function:
    """Return the function `screen` of a source, compiled for the types of some arguments.

    Args:
        source: The function.
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
    function = _module(_HEAD.format(cache=False) + source, f"<{digest_of(source)}>")
    function(*arguments)
    return function


def _stored(source: str, folder: Path) -> Function:
    text = _HEAD.format(cache=True) + source
    file = kept_source(text, numba_and_python(), _called(), folder=folder)
    if file is None:
        raise OSError(folder)
    return _module(text, str(file))


def _module(text: str, file: str) -> Function:
    """Return the function of a module, which tracebacks can show; the text is run, not what the file may hold."""
    module = ModuleType(f"policyengine_columns_{sha256(file.encode()).hexdigest()[:16]}")
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    module.__file__ = file
    exec(compile(text, file, "exec"), module.__dict__)  # noqa: S102  # it was written of names and numbers
    sys.modules[module.__name__] = module  # numba looks for it there
    function: Function = module.screen
    return function


@cache
def numba_and_python() -> str:
    """Return the versions that decide what source is compiled to."""
    return f"{numba.__version__}\n{llvmlite.__version__}\n{np.__version__}\n{sys.version}"


@cache
def _called() -> str:
    """Return the source of what compiled code calls; its own says all about policy, day and columns."""
    return "".join(map(getsource, (dates, vectors)))
