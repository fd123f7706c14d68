"""The summary of a portfolio as one HTML file: a bar for each policy and plan, and every count in a table.

The shapes are rectangles, so they are made here as the repayment curve's are (`report.page.curve` says which libraries
were looked at): what they would add is a script or outlines instead of text, and neither can be read aloud.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.resources import files

import attrs
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from policyengine.report import amounts
from policyengine.report.portfolio.summary import MOST_REASONS, PlanSummary, PolicySummary, Summary
from policyengine.report.portfolio.words import word

#: The length of a whole bar, in units of the drawing.
WIDTH = 1000


@attrs.frozen
class Piece:
    """A piece of a bar: what it stands for, how many, which share, and where it lies."""

    name: str
    title: str
    count: str
    share: str
    x: int
    width: int


@attrs.frozen
class View:
    """What the template asks for: the words of one language, and numbers as they are written in it."""

    lang: str

    def word(self, name: str, **values: object) -> str:
        """Return a word or a sentence."""
        return word(self.lang, name, **values)

    def text(self, texts: Mapping[str, str]) -> str:
        """Return a text in the language, or in the first that it has."""
        return texts.get(self.lang) or next(iter(texts.values()), "")

    def number(self, value: int) -> str:
        """Write a number."""
        return amounts.number(value, self.lang)

    def share(self, part: int, whole: int) -> str:
        """Write a share."""
        return amounts.share(part, whole, self.lang)

    def cost(self, plan: PlanSummary, policy: PolicySummary) -> str:
        """Write what the offers of a plan cost in all, and each on average."""
        if plan.mean_cost is None:
            return ""
        total, mean = (
            amounts.money(a, policy.currency, self.lang) for a in (plan.cost, plan.mean_cost)
        )
        return f"{total} · {self.word('mean')} {mean}"

    def bar(self, counts: Mapping[str, int]) -> list[Piece]:
        """Return the pieces of a bar, without those of nothing."""
        whole, begun, pieces = sum(counts.values()), 0, []
        for name, count in counts.items():
            x, end = (WIDTH * n // whole if whole else 0 for n in (begun, begun + count))
            begun += count
            if count:
                share = self.share(count, whole)
                said = self.number(count)
                pieces.append(Piece(name, self.word(name), said, share, x, end - x))
        return pieces

    def described(self, pieces: Iterable[Piece]) -> str:
        """Return a bar in words."""
        return ", ".join(f"{piece.title} {piece.count} ({piece.share})" for piece in pieces)

    def length(self, part: int, whole: int) -> int:
        """Return the length of a bar for a part of a whole."""
        return WIDTH * part // whole if whole else 0


def portfolio_page(summary: Summary, about: Mapping[str, str], lang: str) -> str:
    """Return a summary as one HTML file.

    Args:
        summary: What came of a run.
        about: Names and values that stand above it: the input, the day, the engine.
        lang: The language.
    """
    style = (files(__package__) / "page.css").read_text("utf-8")
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            summary=summary,
            about=about,
            view=View(lang),
            width=WIDTH,
            most=MOST_REASONS,
            style=Markup(style),  # noqa: S704  # from a file of this package
            style_hash="sha256-" + b64encode(sha256(style.encode()).digest()).decode(),
        )
    )


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("policyengine.report", "portfolio"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
