"""The source of an offer compiled by numba, with the functions of schedules that it calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import FunctionType
from typing import Any

import numpy as np
from numba import njit

from policyengine.evaluators.compiled.columns import dates
from policyengine.finance import whole
from policyengine.finance.whole.interest import share_of
from policyengine.finance.whole.level import least_months
from policyengine.finance.whole.repayment import Terms, repayment, rested
from policyengine.finance.whole.worth import cost


def compiled_offer(source: str) -> Callable[..., None]:
    """Return the function `offer` of a source."""
    within = {**_in_sight()}
    exec(compile(source, "<offer>", "exec"), within)  # noqa: S102  # it was written of names and numbers
    function: Callable[..., None] = njit(nogil=True, error_model="numpy")(within["offer"])
    return function


@cache
def _in_sight() -> Mapping[str, Any]:
    return {
        "np": np,
        "Terms": Terms,
        "repayment": jitted(repayment),
        "rested": jitted(rested),
        "least_months": jitted(least_months),
        "share_of": jitted(share_of),
        "cost_of": jitted(cost),
        "months_between": dates.months_between,
        "months_after": dates.months_after,
        "days_after": dates.days_after,
    }


@cache
def jitted(function: FunctionType) -> Callable[..., Any]:
    """Return a function of whole numbers compiled, with those that it calls."""
    names = dict(function.__globals__)
    for name in function.__code__.co_names:
        called = names.get(name)
        if isinstance(called, FunctionType) and called.__module__.startswith(whole.__name__):
            names[name] = jitted(called)
    again = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    made: Callable[..., Any] = njit(nogil=True, error_model="numpy")(again)
    return made
