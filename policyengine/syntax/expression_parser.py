"""Parses expressions with lark (LALR), keeping the place of every token.

The same expression text is parsed once: texts in several languages repeat their placeholders.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import lark

from policyengine.syntax import expression_tree as tree
from policyengine.syntax.expression_errors import ExpressionSyntaxError, explained

__all__ = [
    "ExpressionSyntaxError",
    "parse_amount",
    "parse_cell",
    "parse_expression",
    "parse_extent",
]

MAX_LENGTH = 4000
MAX_BRACKETS = 40
MAX_DEPTH = 60
MAX_DIGITS = 30
#: A hundred years: longer times are slips, and a loan would be reckoned through them.
LONGEST = {"days": 36_525, "months": 1_200, "years": 100}


def parse_expression(text: str) -> tree.Expression:
    """Parse a whole expression; raise ExpressionSyntaxError where it is none."""
    return _parse(text, "expression")


def parse_amount(text: str) -> tree.Expression:
    """Parse an expression that may start with `+`, for what is added to what there is."""
    return _parse(text, "amount")


def parse_extent(text: str) -> tree.Expression:
    """Parse `low..high` or a single expression."""
    return _parse(text, "extent")


def parse_cell(text: str) -> tree.Expression:
    """Parse a cell of a decision table."""
    return _parse(text, "cell")


@lru_cache(maxsize=20_000)
def _parse(text: str, start: str) -> tree.Expression:
    _check_size(text)
    try:
        parsed = _parser().parse(text, start=start)
    except lark.exceptions.UnexpectedInput as error:
        raise explained(error, text) from None
    return _convert(parsed)


@lru_cache(maxsize=1)
def _parser() -> lark.Lark:
    grammar = files("policyengine.syntax").joinpath("expression.lark").read_text("utf-8")
    return lark.Lark(
        grammar,
        parser="lalr",
        start=["expression", "amount", "extent", "cell"],
        propagate_positions=True,
        maybe_placeholders=False,
    )


def _check_size(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise ExpressionSyntaxError(
            f"an expression of more than {MAX_LENGTH} characters",
            0,
            len(text),
            "name its parts under `derive`",
        )
    opened: list[int] = []
    for bracket in re.finditer(r'"[^"]*"|[(){}]', text):
        _follow_bracket(bracket, opened)
    if opened:
        start = opened[-1]
        closing = ")" if text[start] == "(" else "}"
        raise ExpressionSyntaxError(
            f"a `{text[start]}` that is not closed", start, start + 1, f"close it with `{closing}`"
        )


def _follow_bracket(bracket: re.Match[str], opened: list[int]) -> None:
    sign, start = bracket.group(), bracket.start()
    if sign in "({":
        opened.append(start)
        if len(opened) > MAX_BRACKETS:
            raise ExpressionSyntaxError(
                f"more than {MAX_BRACKETS} brackets inside one another",
                start,
                start + 1,
                "name its parts under `derive`",
            )
    elif sign in ")}":
        if not opened or bracket.string[opened[-1]] != {")": "(", "}": "{"}[sign]:
            raise ExpressionSyntaxError(
                f"a `{sign}` that closes nothing", start, start + 1, "remove it, or open it before"
            )
        opened.pop()


def _convert(node: Any, depth: int = 0) -> tree.Expression:
    """Turn lark's tree into ours, innermost first."""
    if depth > MAX_DEPTH:
        raise ExpressionSyntaxError(
            f"more than {MAX_DEPTH} operations inside one another",
            node.meta.start_pos,
            node.meta.end_pos,
            "name its parts under `derive`",
        )
    parts = [_convert(c, depth + 1) if isinstance(c, lark.Tree) else c for c in node.children]
    return _BUILDERS[node.data](node.meta.start_pos, node.meta.end_pos, parts)


def _number(start: int, end: int, parts: list[Any]) -> tree.Expression:
    if len(parts[0]) > MAX_DIGITS:
        message, hint = f"a number of more than {MAX_DIGITS} digits", "is a point missing?"
        raise ExpressionSyntaxError(message, start, end, hint)
    unit = str(parts[1]) if len(parts) > 1 else ""
    plural = unit if unit in ("", "%") or unit.endswith("s") else unit + "s"
    if plural in LONGEST and float(parts[0]) > LONGEST[plural]:
        message, hint = "a time of more than a hundred years", "check the number"
        raise ExpressionSyntaxError(message, start, end, hint)
    return tree.Number(start, end, str(parts[0]), plural)


def _date(start: int, end: int, parts: list[Any]) -> tree.Expression:
    try:
        return tree.DateLiteral(start, end, date.fromisoformat(parts[0]))
    except ValueError:
        raise ExpressionSyntaxError(
            f"the date {parts[0]} does not exist", start, end, "dates are written 2024-11-20"
        ) from None


def _range(start: int, end: int, parts: list[Any]) -> tree.Expression:
    return tree.Range(start, end, parts[0], parts[2], parts[1] == "..")


def _membership(start: int, end: int, parts: list[Any]) -> tree.Expression:
    return tree.Membership(start, end, parts[0], parts[1], negated=False)


def _non_membership(start: int, end: int, parts: list[Any]) -> tree.Expression:
    return tree.Membership(start, end, parts[0], parts[1], negated=True)


def _aggregate(start: int, end: int, parts: list[Any]) -> tree.Expression:
    callee, value, variable, members, *condition = parts
    return tree.Aggregate(
        start, end, callee, value, str(variable), members, condition[0] if condition else None
    )


def _quantified(start: int, end: int, parts: list[Any]) -> tree.Expression:
    kind, variable, members, *condition = parts
    return tree.Quantified(
        start, end, str(kind), str(variable), members, condition[0] if condition else None
    )


_BUILDERS: dict[str, Callable[[int, int, list[Any]], tree.Expression]] = {
    "number": _number,
    "date": _date,
    "text": lambda s, e, p: tree.TextLiteral(s, e, p[0][1:-1]),
    "boolean": lambda s, e, p: tree.BooleanLiteral(s, e, p[0] == "true"),
    "path": lambda s, e, p: tree.Path(s, e, tuple(map(str, p))),
    "call": lambda s, e, p: tree.Call(s, e, p[0], tuple(p[1:])),
    "argument": lambda s, e, p: tree.Argument(s, e, p[0]),
    "named_argument": lambda s, e, p: tree.Argument(s, e, p[1], str(p[0])),
    "aggregate": _aggregate,
    "quantified": _quantified,
    "negation": lambda s, e, p: tree.Negation(s, e, p[0]),
    "conjunction": lambda s, e, p: tree.Junction(s, e, "and", tuple(p)),
    "disjunction": lambda s, e, p: tree.Junction(s, e, "or", tuple(p)),
    "comparison": lambda s, e, p: tree.Comparison(s, e, tuple(p[::2]), tuple(map(str, p[1::2]))),
    "range": _range,
    "choice": lambda s, e, p: tree.Choice(s, e, tuple(p)),
    "membership": _membership,
    "non_membership": _non_membership,
    "binary": lambda s, e, p: tree.Binary(s, e, str(p[1]), p[0], p[2]),
    "negative": lambda s, e, p: tree.Negative(s, e, p[1]),
    "if_else": lambda s, e, p: tree.IfElse(s, e, p[0], p[1], p[2]),
    "at": lambda s, e, p: tree.At(s, e, p[0], p[1]),
    "relative": lambda s, e, p: tree.Relative(s, e, p[1]),
    "any_value": lambda s, e, _: tree.AnyValue(s, e),
    "bound": lambda s, e, p: tree.Bound(s, e, str(p[0]), p[1]),
}
