"""durable-rules, a Rete engine in C: a rule for each condition that fires when it fails.

It is made for facts that arrive one after the other and rules that join several of them; here each borrower is one
fact that comes and goes. A comparison there has one operation at most, so the ratio is multiplied out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import count
from operator import and_, or_
from typing import Any

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
from engines.measuring import Way, engine

_NOT = {
    "<": "__ge__", "<=": "__gt__", ">": "__le__", ">=": "__lt__", "==": "__ne__",
}  # fmt: skip


def ways(conditions: Conditions) -> list[Way]:
    """Return the way."""
    durable = engine("durable.lang", "durable-rules")
    order = {key: place for place, key in enumerate(conditions.all)}
    fired: set[str] = set()
    with durable.ruleset("hardship"):
        for key, test in conditions.all.items():
            durable.when_all(_fails(durable.m, test))(_firing(key, fired))
    ids = count()

    def screened(loan: Loan) -> Answer:
        fired.clear()
        fact = {**loan, "id": next(ids)}
        durable.assert_fact("hardship", fact)
        durable.retract_fact("hardship", fact)
        return conditions.answer(sorted(fired, key=order.__getitem__))

    return [Way("durable-rules", screened)]


def _firing(key: str, fired: set[str]) -> Callable[[Any], None]:
    def failing(_: Any) -> None:
        fired.add(key)

    failing.__name__ = key  # the engine tells rules apart by it
    return failing


def _fails(message: Any, condition: Condition) -> Any:
    """Return when a condition fails: it has no word for `not` but for `!=`."""
    match condition:
        case Comparison(name, sign, number):
            ratio = name == DERIVED
            fact = getattr(message, "debt_service" if ratio else name)
            return getattr(fact, _NOT[sign])(message.income * number if ratio else number)
        case Among(name, options):
            return reduce(and_, (getattr(message, name) != each for each in options))
        case Flag(name, wanted):
            return getattr(message, name) == (not wanted)
        case Group(every, parts):
            return reduce(or_ if every else and_, (_fails(message, part) for part in parts))
