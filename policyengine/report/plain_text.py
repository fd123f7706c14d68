"""An assessment for the borrower, in plain language, as lines of a page."""

from __future__ import annotations

from rich.text import Text

from policyengine.decision.decision import Assessment
from policyengine.decision.plain import Line, decision_lines
from policyengine.decision.plain_words import plain
from policyengine.report.layout import Page

_INDENT = 2


def plain_text(assessment: Assessment, lang: str = "en", *, width: int = 80) -> list[Text]:
    """Return the lines that the borrower reads.

    Args:
        assessment: What was decided.
        lang: One of `languages_of(assessment)`.
        width: The cells of a line.
    """
    page = Page(width)
    for decision in assessment.decisions:
        for line in decision_lines(decision, lang):
            _write(line, page)
    for left in assessment.not_assessed:
        name = plain(lang, "loan", loan=left.loan) if left.loan else plain(lang, "one_loan")
        _write(Line(name, is_title=True), page)
        _write(Line(plain(lang, "not_assessed")), page)
    return page.lines


def _write(line: Line, page: Page) -> None:
    if line.is_title:
        page.blank()
    page.write(line.text, indent=line.level * _INDENT, style="bold" if line.is_title else "")
