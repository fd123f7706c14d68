"""From an assessment to the text of the HTML file."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from policyengine.decision.decision import Assessment
from policyengine.ir.dictionary import Dictionary
from policyengine.report.labels import languages_of, view_languages
from policyengine.report.page.content import content_of
from policyengine.report.page.words import word

_HERE = files(__package__)
#: A minus sign and the number or the amount behind it; before it may stand a letter of a language without spaces.
_NEGATIVE = re.compile(r"((?<![0-9A-Za-z_])-[^\s\d]{0,4}\d[\d.,]*\d)")


def html_page(
    assessment: Assessment,
    lang: str | None = None,
    *,
    dictionary: Dictionary | None = None,
    plan: str | None = None,
) -> str:
    """Return an assessment as one HTML file, in every language that it can be shown in.

    Args:
        assessment: What was decided.
        lang: The language that is shown first, one of `languages_of(assessment)`; by default the first of them.
        dictionary: The facts there are, for their titles and questions.
        plan: The only plan to show, by its name; by default all.
    """
    languages = languages_of(assessment) or view_languages()[:1]
    contents = [content_of(assessment, each, dictionary, plan) for each in languages]
    style, script = _text("page.css") + _hiding(languages), _text("page.js")
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            contents=contents,
            first=next((c for c in contents if c.lang == lang), contents[0]),
            word=word,
            style=Markup(style),  # noqa: S704  # from files of this package
            script=Markup(script),  # noqa: S704
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


def _hiding(languages: tuple[str, ...]) -> str:
    """Return the rules that hide the languages that were not chosen; without them all are shown."""
    if len(languages) == 1:
        return ""
    rules = (
        f"  :root:has(#show-{each}:checked) .in:not(.in-{each}) {{ display: none; }}\n"
        for each in languages
    )
    return f"@supports selector(:has(*)) {{\n{''.join(rules)}}}\n"


def _hash(text: str) -> str:
    """Return what the content security policy knows a text by."""
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


@cache
def _text(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("policyengine.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["unbroken"] = _unbroken
    return environment


def _unbroken(text: str) -> Markup:
    """Keep a minus sign on the line of its number."""
    parts = (
        Markup('<span class="unbroken">{}</span>').format(part)
        if part.startswith("-")
        else escape(part)
        for part in _NEGATIVE.split(text)
    )
    return Markup("").join(parts)
