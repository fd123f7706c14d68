"""The documents that the reasons of a decision cite, as lines."""

from __future__ import annotations

from policyengine.decision.decision import Cite, Decision
from policyengine.report import amounts
from policyengine.report.view import View


def source_lines(decision: Decision, view: View) -> list[str]:
    """Return a line for each document: its name in the reasons, its title, and what it is."""
    return [_line(source, decision, view) for source in decision.sources]


def _line(source: Cite, decision: Decision, view: View) -> str:
    about = [view.label(f"source.{source.kind}")]
    if source.date is not None:
        about.append(amounts.day(source.date, view.lang))
    if source.origin != decision.policy:
        about.append(source.origin)
    joined = view.label("list").join(about)
    return view.label(
        "source", cited=view.text(source.cited_as), title=view.text(source.title), about=joined
    )
