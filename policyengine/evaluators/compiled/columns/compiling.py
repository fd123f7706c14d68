"""Generated source compiled by numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from policyengine.evaluators.compiled.columns import dates, vectors


def compiled(source: str) -> Callable[..., None]:
    """Return the function `screen` of a source."""
    within: dict[str, Any] = {
        "np": np,
        "ONE": np.uint64(0x0101010101010101),
        "months_between": dates.months_between,
        "months_after": dates.months_after,
        "days_after": dates.days_after,
        "at_least": vectors.at_least,
        "equal": vectors.equal,
        "crossed": vectors.crossed,
        "copied": vectors.copied,
        "wanted": vectors.wanted,
    }
    exec(compile(source, "<columns>", "exec"), within)  # noqa: S102  # it was written of names and numbers
    function: Callable[..., None] = njit(nogil=True, error_model="numpy")(within["screen"])
    return function
