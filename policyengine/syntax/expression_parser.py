"""Parses expressions with lark (LALR), keeping the place of every token.

The same expression text is parsed once: texts in several languages repeat their placeholders.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import lark

from policyengine.syntax import expression_tree as tree

MAX_LENGTH = 4000
MAX_BRACKETS = 40


class ExpressionSyntaxError(Exception):
    """The text is not an expression; `start` and `end` say where, `hint` what to do."""

    def __init__(self, message: str, start: int, end: int, hint: str | None = None) -> None:
        self.message, self.start, self.end, self.hint = message, start, end, hint
        super().__init__(message)


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
        raise _explained(error, text) from None
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


def _convert(node: Any) -> tree.Expression:
    """Turn lark's tree into ours, innermost first."""
    parts = [_convert(c) if isinstance(c, lark.Tree) else c for c in node.children]
    return _BUILDERS[node.data](node.meta.start_pos, node.meta.end_pos, parts)


def _number(start: int, end: int, parts: list[Any]) -> tree.Expression:
    unit = str(parts[1]) if len(parts) > 1 else ""
    plural = unit if unit in ("", "%") or unit.endswith("s") else unit + "s"
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


class _Advice(NamedTuple):
    pattern: re.Pattern[str]
    message: str
    hint: str


# What people write out of habit from other languages, and how it is written here.
_HABITS = (
    _Advice(re.compile(r"\d[\d]*_[\d_]+"), "a number with underscores", "write the digits alone: `1000`"),
    _Advice(re.compile(r"\d+(\.\d+)?[eE][+-]?\d+"), "a number with an exponent", "write the digits out"),
    _Advice(re.compile(r"0\d+"), "a number with a leading zero", "write the digits alone"),
    _Advice(re.compile(r"\d+:\d+"), "a number with a colon", "write the number out"),
    _Advice(re.compile(r"\.\d+"), "a number that starts with a point", "write a digit before the point"),
    _Advice(re.compile(r"\.(nan|inf)", re.IGNORECASE), "a value that is no number", "limits are numbers"),
    _Advice(re.compile(r"&&"), "`&&`", "write `and`"),
    _Advice(re.compile(r"\|\|"), "`||`", "write `or`"),
    _Advice(re.compile(r"!(?!=)"), "`!`", "write `not`"),
    _Advice(re.compile(r"=(?!=)"), "a single `=`", "write `==` to compare"),
    _Advice(re.compile(r"'"), "a single quote", 'text is written in double quotes: `"willing"`'),
    _Advice(re.compile(r"[≤≥≠]"), "a sign that is not on every keyboard", "write `<=`, `>=` or `!=`"),
)
_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\d+(\.\d+)?|\S")


def _explained(error: lark.exceptions.UnexpectedInput, text: str) -> ExpressionSyntaxError:
    if isinstance(error, lark.exceptions.UnexpectedEOF) or error.pos_in_stream is None:
        return _unfinished(text)
    token = getattr(error, "token", None)
    if token is not None and token.type == "$END":
        return _unfinished(text)
    return _habit(text, error.pos_in_stream) or _unexpected(text, error.pos_in_stream)


def _unfinished(text: str) -> ExpressionSyntaxError:
    end = len(text.rstrip())
    if not end:
        return ExpressionSyntaxError("an expression is missing", 0, len(text), "write a condition")
    return ExpressionSyntaxError(
        "the expression ends too early", max(end - 1, 0), end, "something is missing after this"
    )


def _habit(text: str, position: int) -> ExpressionSyntaxError | None:
    """Recognise another language's notation that covers the place where parsing stopped."""
    for advice in _HABITS:
        for found in advice.pattern.finditer(text):
            if found.start() <= position <= found.end():
                return ExpressionSyntaxError(advice.message, *found.span(), advice.hint)
    return None


def _unexpected(text: str, position: int) -> ExpressionSyntaxError:
    found = _TOKEN.match(text, position)
    end = found.end() if found else position + 1
    return ExpressionSyntaxError(
        f"`{text[position:end]}` is not expected here", position, end, _expectation(text, position)
    )


def _expectation(text: str, position: int) -> str:
    before = text[:position].rstrip()
    if not before or before.endswith(("and", "or", "not", "(", ",", "+", "-", "*", "/", "=", "<", ">")):
        return "a value is expected: a fact, a parameter, a number"
    return "an operator such as `and`, `or`, `<=` or `+` is expected"
