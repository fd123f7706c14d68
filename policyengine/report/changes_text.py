"""What would change a denied plan, as lines."""

from __future__ import annotations

from policyengine.decision.decision import ChangeSearch
from policyengine.report.view import View

_INDENT = 4


def write_changes(search: ChangeSearch, view: View) -> None:
    """Write each nearest change; or why there is none, and what was not looked at."""
    view.page.write(view.label("would_change"), indent=_INDENT, style="dim")
    for text in change_lines(search, view):
        view.page.write(text, indent=_INDENT, mark="→", mark_style="cyan")


def change_lines(search: ChangeSearch, view: View) -> tuple[str, ...]:
    """Return the same as sentences."""
    texts = [*(view.text(change.text) for change in search.found), view.text(search.text)]
    return tuple(text for text in texts if text)
