"""Why a text is no expression, in words that help: most slips are habits from other languages."""

from __future__ import annotations

import re
from typing import NamedTuple

import lark


class ExpressionSyntaxError(Exception):
    """The text is not an expression; `start` and `end` say where, `hint` what to do."""

    def __init__(self, message: str, start: int, end: int, hint: str | None = None) -> None:
        self.message, self.start, self.end, self.hint = message, start, end, hint
        super().__init__(message)


class _Advice(NamedTuple):
    pattern: re.Pattern[str]
    message: str
    hint: str


def _advice(pattern: str, message: str, hint: str) -> _Advice:
    return _Advice(re.compile(pattern), message, hint)


# What people write out of habit from other languages, and how it is written here.
_HABITS = (
    _advice(r"\d++_[\d_]+", "a number with underscores", "write the digits alone: `1000`"),
    _advice(r"\d++(\.\d+)?[eE][+-]?\d+", "a number with an exponent", "write the digits out"),
    _advice(r"\b0\d+", "a number with a leading zero", "write the digits alone"),
    _advice(r"\d++:\d+", "a number with a colon", "write the number out"),
    _advice(r"\d++,\d{3}", "a number with a comma", "write the digits alone: `1000`"),
    _advice(r"(?i:\.(nan|inf))", "a value that is no number", "a limit is a number"),
    _advice(
        r"(?<![.\d])\.\d+", "a number that starts with a point", "write a digit before the point"
    ),
    _advice(r"&&", "`&&`", "write `and`"),
    _advice(r"\|\|", "`||`", "write `or`"),
    _advice(r"<>", "`<>`", "write `!=`"),
    _advice(r"=>", "`=>`", "write `>=`"),
    _advice(r"=<", "`=<`", "write `<=`"),
    _advice(r"===", "`===`", "write `==`"),
    _advice(r"!(?!=)", "`!`", "write `not`"),
    _advice(r"(?<![=<>!])=(?!=)", "a single `=`", "write `==` to compare"),
    _advice(
        r"[\'‘’“”]", "a quote of another kind", 'text is written in double quotes: `"willing"`'
    ),
    _advice(
        r"[≤≥≠×÷−–]",
        "a sign that is not on every keyboard",
        "write `<=`, `>=`, `!=`, `*`, `/`, `-`",
    ),
    _advice(
        r"[\u3000\uff01-\uff5e。、]",
        "a full-width sign",
        "write signs, digits and spaces half-width",
    ),
    _advice(r"\*\*|\^", "a power", "multiply, or use `payment` for what compounds"),
    _advice(r"\bis\b", "`is`", "write `==` to compare"),
    _advice(
        r"(?<=\d)\s*(weeks?|quarters?)\b",
        "a unit that is none",
        "write `days`, `months` or `years`",
    ),
    _advice(r'"[^"\n]*\Z', "a quote that is not closed", 'close it with `"`'),
)
_EMPTY = "write a name, a value or a condition"
_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+(\.[0-9]+)?|\.\.<?|[=<>!]=|\S")
_VALUE_FOLLOWS = re.compile(r"(\b(and|or|not|in|if|then|else|at|where)|[(,{+\-*/=<>]|\.\.<?)\s*\Z")


def explained(error: lark.exceptions.UnexpectedInput, text: str) -> ExpressionSyntaxError:
    """Return what the parser's error means, and where."""
    at_end = getattr(getattr(error, "token", None), "type", None) == "$END"
    if at_end or error.pos_in_stream is None:
        return _unfinished(text)
    return _habit(text, error.pos_in_stream) or _unexpected(text, error.pos_in_stream)


def _unfinished(text: str) -> ExpressionSyntaxError:
    end = len(text.rstrip())
    if not end:
        return ExpressionSyntaxError("an expression is missing", 0, len(text), _EMPTY)
    *_, last = _TOKEN.finditer(text)
    hint = "something is missing after this"
    if re.search(r"\bin\s+\S+\s*\Z", text):
        hint = "after `in` stands a set `{a, b}` or a range `a..b`"
    elif "if" in text.split() and "else" not in text.split():
        hint = "`if … then …` needs an `else …`"
    return ExpressionSyntaxError("the expression ends too early", last.start(), end, hint)


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
        f"`{text[position:end]}` is not expected here", position, end, _expectation(text[:position])
    )


def _expectation(before: str) -> str:
    if not before.strip() or _VALUE_FOLLOWS.search(before):
        return "a value is expected: a fact, a parameter, a number"
    return "an operator such as `and`, `or`, `<=` or `+` is expected"
