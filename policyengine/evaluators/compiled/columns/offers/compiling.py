"""The source of an offer compiled by numba, with the functions of schedules that it calls."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from inspect import getsource
from itertools import count
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from numba import njit

from policyengine.evaluators.compiled.columns import dates
from policyengine.evaluators.compiled.columns.compiling import numba_and_python
from policyengine.finance import whole
from policyengine.finance.whole import bounds, growth, interest, level, worth
from policyengine.finance.whole import repayment as repayment_of
from policyengine.finance.whole.interest import share_of
from policyengine.finance.whole.level import least_months
from policyengine.finance.whole.repayment import Terms, repayment, rested
from policyengine.finance.whole.worth import cost
from policyengine.keeping.folder import usual_folder
from policyengine.keeping.source import kept_source

_UNKEPT = count()


def compiled_offer(source: str) -> Callable[..., None]:
    """Return the function `offer` of a source; its machine code is kept on disk where that can be."""
    file = kept_source(source, numba_and_python(), _called(), folder=usual_folder())
    within = _module(file.stem if file else f"offer_{next(_UNKEPT)}")
    exec(compile(source, str(file or f"<{within['__name__']}>"), "exec"), within)  # noqa: S102  # it was written of names and numbers
    function: Callable[..., None] = njit(nogil=True, error_model="numpy", cache=bool(file))(
        within["offer"]
    )
    return function


def _module(name: str) -> dict[str, Any]:
    """Return the names of a module of its own: machine code that is read back looks for it."""
    module = ModuleType(f"{__name__}.{name}")
    sys.modules[module.__name__] = module
    module.__dict__.update(in_sight(jitted))
    return module.__dict__


@cache
def _called() -> str:
    """Return the source of all that offers call."""
    modules = (bounds, interest, growth, level, repayment_of, worth, dates)
    return "".join(map(getsource, modules))


def in_sight(made: Callable[[Any], Callable[..., Any]]) -> dict[str, Any]:
    """Return what the source of an offer finds; `made` is done to each function of schedules."""
    return {
        "np": np,
        "Terms": Terms,
        "repayment": made(repayment),
        "rested": made(rested),
        "least_months": made(least_months),
        "share_of": made(share_of),
        "cost_of": made(cost),
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
