"""Memory that is free again: what allocators keep for themselves is given back to the machine.

The C library keeps what arrays leave behind, for whoever asks for as much again. Writing the output asks Arrow instead:
without this the most that a run takes would be what deciding has left and what writing needs, beside one another.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

import pyarrow as pa


def give_back() -> None:
    """Give back what is free: Arrow's own, and where the C library is GNU's what arrays have left."""
    pa.default_memory_pool().release_unused()
    _trim()(0)


@cache
def _trim() -> Callable[[int], int]:
    """Return `malloc_trim` (malloc_trim(3)), or what does nothing where the C library has none."""
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):  # TypeError: Windows wants the name of a library
        return lambda _keep: 0
    return found
