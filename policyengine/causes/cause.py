"""A code with values, and the sentence that is made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any

import attrs

from policyengine.causes.words import AND, CAUSES

#: Writes a value of a kind; what has none is a name.
Write = Callable[[Any, str], str]


@attrs.frozen
class Cause:
    """Why something cannot be worked out. A value may be a cause itself, or several."""

    code: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        """The English sentence, amounts in minor units."""
        return self.worded("en", plainly)

    def worded(self, language: str, write: Write) -> str:
        """Return the sentence in a language, with each value as `write` writes one of its kind."""

        def written(value: object, kind: str) -> str:
            if isinstance(value, Cause):
                return value.worded(language, write)
            if isinstance(value, tuple):
                return AND[language].join(written(each, kind) for each in value)
            return write(value, kind)

        return _Sentence(written).vformat(CAUSES[language][self.code], (), self.values)


def cause(code: str, /, **values: object) -> Cause:
    """Return the cause of a code with its values."""
    return Cause(code, values)


def plainly(value: object, kind: str) -> str:
    """Write a value as it is, in the backticks of a name."""
    if kind != "months":
        return f"`{value}`"
    return f"`{value}` month" if value == 1 else f"`{value}` months"


class _Sentence(Formatter):
    def __init__(self, write: Write) -> None:
        self._write = write

    def format_field(self, value: object, format_spec: str) -> str:
        return self._write(value, format_spec)
