"""What is missing for an offer, as lines."""

from __future__ import annotations

from policyengine.decision.decision import Shortfall
from policyengine.report import amounts
from policyengine.report.terms_text import levers_text
from policyengine.report.view import View

_INDENT = 4


def write_shortfall(shortfall: Shortfall, currency: str, view: View) -> None:
    """Write the nearest terms, what they miss, and how far the limits of steps would have to move."""
    nearest, *missing = shortfall_lines(shortfall, currency, view)
    view.page.write(nearest, indent=_INDENT)
    for text in missing:
        view.page.write(text, indent=_INDENT, mark="·")


def shortfall_lines(shortfall: Shortfall, currency: str, view: View) -> list[str]:
    """Return the nearest terms, then what they miss and how far each limit would have to move."""
    texts = [*(miss.text for miss in shortfall.misses), *(limit.text for limit in shortfall.limits)]
    nearest = view.label("nearest", terms=_terms(shortfall, currency, view))
    return [nearest, *(view.text(text) for text in texts)]


def _terms(shortfall: Shortfall, currency: str, view: View) -> str:
    payment = view.label("a_month", amount=amounts.money(shortfall.payment, currency, view.lang))
    changes = levers_text(shortfall.levers, view, currency)
    return view.label("join").join([payment, *changes])
