"""What a YAML syntax error means to the author, and how to read on past it.

A reader stops at its first error. Those that concern one line only are mended in a copy of the text, one
character for another so that every place stays where it is, and the copy is read for further findings.
"""

from __future__ import annotations

import re
from typing import Any

import attrs
import yaml

from policyengine.source import SourceFile


@attrs.frozen
class Problem:
    """A syntax error as an author understands it; `mend` is the text to read in place of the stretch."""

    code: str
    message: str
    hint: str
    start: int = 0
    end: int = 0
    mend: str | None = None

    def mended(self, text: str) -> str | None:
        """Return the text without this problem, or None where what was meant is not known."""
        if self.mend is None:
            return None
        mend = self.mend.ljust(self.end - self.start)
        changed = text[: self.start] + mend + text[self.end :]
        return None if changed == text else changed


_COLON = Problem(
    "yaml-colon",
    "a second `: ` on one line",
    "put the value in quotes, or on a line of its own",
    mend=";",
)
_CHARACTER = Problem(
    "yaml-character",
    "a value cannot start with this character",
    "put the value in quotes",
    mend="_",
)
_NO_COLON = Problem(
    "yaml-colon", "a key without a `:`", "write `key: value`, with a space after the colon"
)
_NO_SPACE = Problem(
    "yaml-colon", "a `:` without a space after it", "write `key: value`, with a space", mend=":"
)
_TAB = Problem("yaml-tab", "a tab where spaces are expected", "indent with spaces", mend="")
_INDENTATION = Problem(
    "yaml-indentation",
    "this line does not fit the lines above",
    "check the indentation, and the `:` of the line above",
)
_AFTER_VALUE = Problem(
    "yaml-quote",
    "text after a closing quote or bracket",
    "put the whole value in quotes",
    mend="",
)
_NO_COMMA = Problem(
    "yaml-bracket", "a `,` is expected before this", "put the whole value in quotes"
)
_ESCAPE = Problem(
    "yaml-escape",
    "an escape that YAML does not know",
    "write the character itself, and `\\\\` for a backslash",
)

#: By a part of the parser's message.
_PROBLEMS = {
    "mapping values are not allowed": _COLON,
    "cannot start any token": _CHARACTER,
    "could not find expected ':'": _NO_COLON,
    "did not find expected <document start>": _INDENTATION,
    "did not find expected key": _INDENTATION,
    "did not find expected '-' indicator": _INDENTATION,
    "did not find expected node content": attrs.evolve(
        _CHARACTER, message="a value is expected before this sign"
    ),
    "did not find expected comment or line break": _CHARACTER,
    "did not find expected alphabetic": _CHARACTER,
    "did not find expected hexdecimal": _ESCAPE,
    "block sequence entries are not allowed": Problem(
        "yaml-indentation",
        "a list cannot start on this line",
        "start each member on a line of its own, or write `[a, b]`",
    ),
    "escape c": _ESCAPE,
}
#: Those that are shown where the reading began, and not where it stopped.
_SHOWN_AT_START = ("expected comment", "expected alphabetic")
#: The same for what is opened and not closed.
_OPENED = {
    "did not find expected ',' or ']'": Problem(
        "yaml-bracket", "a `[` that is not closed", "close it with `]`"
    ),
    "did not find expected ',' or '}'": Problem(
        "yaml-bracket", "a `{` that is not closed", "close it with `}`"
    ),
    "found unexpected end of stream": Problem(
        "yaml-quote", "a quote that is not closed", "close it with the same quote"
    ),
}
_KEY = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[A-Za-z_][\w.]*)"
_TIGHT_COLON = re.compile(rf"[ \t]*(?:- +)*{_KEY}(:)[^\s:][^\n]*")


def explained(error: yaml.YAMLError, file: SourceFile) -> Problem:
    """Return what the parser's error means, and where."""
    reason = str(getattr(error, "problem", None) or error)
    place_mark = getattr(error, "problem_mark", None)
    place = _offset(place_mark, file)
    start = _offset(getattr(error, "context_mark", None) or place_mark, file)
    return (
        _on_lines(reason, file, place, start)
        or _unclosed(reason, file, place, start)
        or _by_message(reason, file, place, start)
    )


def _offset(mark: Any, file: SourceFile) -> int:
    return min(mark.index, len(file.text)) if mark else 0


def _at(problem: Problem, start: int, end: int | None = None) -> Problem:
    return attrs.evolve(problem, start=start, end=start + 1 if end is None else end)


def _on_lines(reason: str, file: SourceFile, place: int, start: int) -> Problem | None:
    """Look for the cause in the line of the error, the line before, and where the reading began."""
    number = file.line_and_column(place)[0]
    begun = file.line_and_column(start)[0]
    for line in dict.fromkeys((number, max(number - 1, 1), begun)):
        first, text = file.line_start(line), file.line(line)
        tab = text.find("\t", 0, len(text) - len(text.lstrip()))
        if tab >= 0:
            return _at(_TAB, first + tab, first + len(text))
        tight = _TIGHT_COLON.fullmatch(text)
        if tight and ("expected" in reason or "mapping values" in reason):
            return _at(_NO_SPACE, first + tight.start(1), first + len(text))
    return None


def _unclosed(reason: str, file: SourceFile, place: int, start: int) -> Problem | None:
    problem = next((p for sign, p in _OPENED.items() if sign in reason), None)
    if problem is None or problem.code != "yaml-bracket":
        return problem and _at(problem, start)
    rest = _rest_of_line(file, place)
    if reason[-2] not in rest:
        return _at(problem, start)
    return _at(_COLON if rest.startswith(":") else _NO_COMMA, place)


def _by_message(reason: str, file: SourceFile, place: int, start: int) -> Problem:
    problem = next((p for sign, p in _PROBLEMS.items() if sign in reason), None)
    line = file.line_start(file.line_and_column(place)[0])
    before = file.text[line:place]
    if problem is None:
        hint = "check this line and the one above"
        return _at(Problem("yaml-syntax", f"not YAML: {reason}", hint), place)
    if problem is _NO_COLON:
        return _at(problem, start, start + len(_rest_of_line(file, start)))
    if any(sign in reason for sign in _SHOWN_AT_START):
        return _at(problem, start)
    if problem is _INDENTATION and before.strip(" -"):
        return _at(_AFTER_VALUE, place, place + len(_rest_of_line(file, place)))
    if problem is _COLON and ": " not in before:
        return _at(_INDENTATION, line + len(before) - len(before.lstrip()), place)
    return _at(problem, place)


def _rest_of_line(file: SourceFile, place: int) -> str:
    end = file.text.find("\n", place)
    return file.text[place : end if end >= 0 else len(file.text)].rstrip("\r")
