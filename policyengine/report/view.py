"""What every part of the terminal view needs: the page, the language, and the policies' own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from policyengine.decision.decision import Asked
from policyengine.ir.dictionary import Dictionary, FactDefinition
from policyengine.model.types import BORROWER, LENDER
from policyengine.report import amounts
from policyengine.report.labels import label
from policyengine.report.layout import Page

MARKS = {True: "✓", False: "✗", None: "?"}
STYLES = {True: "green", False: "red", None: "yellow"}


def asks_by_whom(questions: Sequence[Asked]) -> list[tuple[str, list[str]]]:
    """Return what the borrower is asked, then what the lender looks up, each under its label; none is left out."""
    label = {LENDER: "look_up", BORROWER: "asks"}
    groups: dict[str, list[str]] = {"asks": [], "look_up": []}
    for asked in questions:
        groups[label[asked.answered_by]].append(asked.path)
    return [(name, paths) for name, paths in groups.items() if paths]


@attrs.frozen
class View:
    """A page in one language. Without a dictionary, facts go by their paths."""

    page: Page
    lang: str
    dictionary: Dictionary | None = None
    full_schedule: bool = False
    with_places: bool = False

    def label(self, name: str, **values: object) -> str:
        """Return a word or a sentence of the view."""
        return label(self.lang, name, **values)

    def text(self, texts: Mapping[str, str]) -> str:
        """Return a text in the language of the view, or in the first that it has."""
        return texts.get(self.lang) or next(iter(texts.values()), "")

    def fact(self, path: str) -> FactDefinition | None:
        """Return what the vocabulary says of a fact."""
        return self.dictionary.fact(path) if self.dictionary else None

    def fact_title(self, path: str) -> str:
        """Return what a person calls a fact, with its path."""
        fact = self.fact(path)
        return f"{self.text(fact.title)} ({path})" if fact else path

    def cited(self, *said: str | None) -> str:
        """Return what is cited, in one line; the last is a place, for the file only."""
        kept = said if self.with_places else said[:-1]
        return " · ".join(each for each in kept if each)

    def months(self, count: int) -> str:
        """Write a number of months."""
        return amounts.months(count, self.lang)
