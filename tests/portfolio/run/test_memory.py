"""Memory that arrays have left is given back."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import numpy as np
import pytest

from policyengine.portfolio.run.memory import give_back

MIB = 1 << 20


@pytest.mark.skipif(sys.platform != "linux", reason="counts pages as Linux does")
def test_what_arrays_have_left_is_given_back() -> None:
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("another C library")
    arrays = [np.ones(MIB // 16, np.uint8) for _ in range(16 * 128)]
    last = arrays.pop()  # lies above the others: the heap cannot merely shrink
    arrays.clear()
    before = _resident()
    give_back()
    assert before - _resident() > 64 * MIB
    assert last.all()


def _resident() -> int:
    """Return the bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
