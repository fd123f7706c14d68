"""Small expressions of the language, as the oracle reads them and as a policy spells them.

A node is a tuple: ("fact", name), ("plan", name), ("plan", name, months), (operator, left, right), ("min" or "max",
left, right), ("not", operand), ("and" or "or", left, right), ("if", condition, then, otherwise). A bare string is text
of the language whose value is given beside it: ("is", text, value). Unknown is None.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

Node: TypeAlias = tuple[Any, ...]
Value: TypeAlias = Fraction | int | bool | None
#: The terms in sight: a name, and months where it asks about a part of the schedule.
Terms: TypeAlias = Callable[..., Value]

COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def money(minor: int) -> Node:
    """Return an amount of minor units as the policy writes it."""
    return ("is", f"{minor // 100}.{minor % 100:02}", Fraction(minor, 100))


def percent(share: Fraction) -> Node:
    """Return a share as the policy writes it; hundredths of a percent are the finest."""
    points = share * 10_000
    assert points.denominator == 1
    return ("is", f"{points.numerator // 100}.{points.numerator % 100:02}%", share)


def months(count: int) -> Node:
    return ("is", f"{count} months", count)


def spelled(node: Node) -> str:
    """Return an expression as the policy writes it."""
    match node:
        case ("is", text, _):
            return str(text)
        case ("fact", name):
            return str(name)
        case ("plan", name):
            return f"plan.{name}"
        case ("plan", name, count):
            return f"plan.{name}({count} months)"
        case ("min" | "max" as kind, left, right):
            return f"{kind}({spelled(left)}, {spelled(right)})"
        case ("not", operand):
            return f"not ({spelled(operand)})"
        case ("if", condition, then, otherwise):
            return f"(if {spelled(condition)} then {spelled(then)} else {spelled(otherwise)})"
        case (symbol, left, right):
            return f"({spelled(left)} {symbol} {spelled(right)})"
    raise AssertionError(node)


def value(  # noqa: C901, PLR0911 - one branch for each form
    node: Node, facts: Mapping[str, Value], terms: Terms | None
) -> Value:
    """Return the value of an expression; None where it is unknown.

    A fact that is not given is unknown. `terms` are None only where the expression speaks of none.
    """

    def of(part: Node) -> Value:
        return value(part, facts, terms)

    match node:
        case ("is", _, known):
            return known  # type: ignore[no-any-return]
        case ("fact", name):
            return facts.get(name)
        case ("plan", *asked):
            assert terms is not None
            return terms(*asked)
        case ("not", operand):
            found = of(operand)
            return None if found is None else not found
        case ("and", left, right):
            both = of(left), of(right)
            return False if False in both else None if None in both else True
        case ("or", left, right):
            both = of(left), of(right)
            return True if True in both else None if None in both else False
        case ("if", condition, then, otherwise):
            found = of(condition)
            if found is None:
                both = of(then), of(otherwise)
                return both[0] if both[0] == both[1] else None
            return of(then if found else otherwise)
        case (symbol, left, right):
            pair = of(left), of(right)
            return None if None in pair else _applied(symbol, *pair)
    raise AssertionError(node)


def _applied(symbol: str, left: Any, right: Any) -> Value:
    if symbol in COMPARISONS:
        return COMPARISONS[symbol](left, right)  # type: ignore[no-any-return]
    if symbol in ARITHMETIC:
        return ARITHMETIC[symbol](left, right)  # type: ignore[no-any-return]
    if symbol == "/":
        return None if right == 0 else Fraction(left) / Fraction(right)
    least: Value = min(left, right) if symbol == "min" else max(left, right)
    return least


def terms_named(node: Node) -> set[str]:
    """Return what an expression says of the terms."""
    below = (terms_named(part) for part in node if isinstance(part, tuple))
    return ({node[1]} if node[0] == "plan" else set()).union(*below)
