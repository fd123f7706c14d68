"""Why the engine has no answer: a cause, in words in every language.

It is its English sentence with the values in plain notation, so that it compares, sorts and is written in JSON as that;
the code and the values stand beside it. What a reader is shown has the values as readers of the language write them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Self

from policyengine.causes import cause, plainly
from policyengine.decision import writing
from policyengine.decision.decimals import decimal_text
from policyengine.finance.money import currency as currency_of


class Why(str):
    """Why something has no value or was not done: its English sentence, with the code and values it is made of.

    `currency` is that of the amounts among the values.
    """

    __slots__ = ("code", "currency", "values")

    code: str
    values: Mapping[str, object]
    currency: str

    def __new__(cls, code: str, /, *, currency: str = "", **values: object) -> Self:
        """Return the reason of this code, with its values in place."""
        said = cause(code, **values).worded("en", partial(_plainly, currency=currency))
        found = super().__new__(cls, said)
        found.code, found.values, found.currency = code, values, currency
        return found

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.code, self.currency, dict(self.values))

    def said(self, language: str) -> str:
        """Return the reason in a language."""
        write = partial(_written, currency=self.currency, language=language)
        return cause(self.code, **self.values).worded(language, write)


def _again(code: str, currency: str, values: Mapping[str, object]) -> Why:
    return Why(code, currency=currency, **values)


def _plainly(value: Any, kind: str, *, currency: str) -> str:
    match kind:
        case "amount":
            places = currency_of(currency).exponent
            return f"`{decimal_text(writing.major(value, currency), places)}`"
        case "percent":
            return f"`{decimal_text(value * 100, 0)}%`"
        case "number":
            return f"`{decimal_text(value, 0)}`"
        case _:
            return plainly(value, kind)


def _written(value: Any, kind: str, *, currency: str, language: str) -> str:
    match kind:
        case "amount":
            return writing.money(writing.major(value, currency), currency, language)
        case "percent":
            return writing.rate(value, language)
        case "number":
            return writing.number(value, language)
        case "months":
            return writing.months(value, language)
        case "day":
            return writing.day(value, language)
        case _:
            return plainly(value, kind)
