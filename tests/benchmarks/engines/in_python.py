"""Python without an engine: written by hand, and closures that are built from the policy as data."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import handwritten

from engines.conditions import (
    DERIVED,
    Among,
    Answer,
    Comparison,
    Condition,
    Conditions,
    Flag,
    Group,
    Loan,
)
from engines.measuring import Way

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip
_Test = Callable[[Loan], bool]


def ways(conditions: Conditions) -> list[Way]:
    """Return both ways."""
    return [
        Way("Python written by hand", handwritten.screened),
        Way("closures over policy data", _closures(conditions)),
    ]


def derived(loan: Loan) -> dict[str, Any]:
    """Return a borrower with the derived value, for engines whose expressions cannot share one."""
    return {**loan, DERIVED: loan["debt_service"] / loan["income"]}


def _closures(conditions: Conditions) -> Callable[[Loan], Answer]:
    plans = [
        (plan, [(key, _closure(each)) for key, each in found.items()])
        for plan, found in conditions.plans.items()
    ]

    def screened(loan: Loan) -> Answer:
        full, eligible, failed = derived(loan), [], {}
        for plan, tests in plans:
            why = [key for key, test in tests if not test(full)]
            if why:
                failed[plan] = why
            else:
                eligible.append(plan)
        return eligible, failed

    return screened


def _closure(condition: Condition) -> _Test:
    match condition:
        case Comparison(name, sign, number):
            compare = _OPERATORS[sign]
            return lambda loan: compare(loan[name], number)
        case Among(name, options):
            among = frozenset(options)
            return lambda loan: loan[name] in among
        case Flag(name, wanted):
            return lambda loan: loan[name] is wanted
        case Group(every, parts):
            return _group(every, [_closure(part) for part in parts])


def _group(every: bool, tests: list[_Test]) -> _Test:
    def decided(loan: Loan) -> bool:
        for test in tests:
            if test(loan) is not every:
                return not every
        return every

    return decided
