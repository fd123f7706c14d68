"""The summary of a simulation as one HTML file, in the manner of a portfolio's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import attrs

from policyengine.report import amounts
from policyengine.report.portfolio.page import View, rendered
from policyengine.report.portfolio.summary import MOST_REASONS
from policyengine.report.simulation.summary import NOW_ALLOWED, WAS_ALLOWED, SimulationSummary
from policyengine.report.simulation.words import word


@attrs.frozen
class _View(View):
    """The words of simulations, and amounts with what they changed by."""

    def word(self, name: str, **values: object) -> str:
        """Return a word or a sentence."""
        return word(self.lang, name, **values)

    def money(self, value: Decimal, code: str) -> str:
        """Write an amount."""
        return amounts.money(value, code, self.lang)

    def more(self, value: int) -> str:
        """Write a number that something changed by."""
        return f"+{self.number(value)}" if value > 0 else self.number(value)

    def more_money(self, value: Decimal, code: str) -> str:
        """Write an amount that something changed by."""
        return f"+{self.money(value, code)}" if value > 0 else self.money(value, code)


def simulation_page(summary: SimulationSummary, about: Mapping[str, str], lang: str) -> str:
    """Return a summary as one HTML file.

    Args:
        summary: What came of a simulation.
        about: Names and values that stand above it: the input, the versions, the day, the engine.
        lang: The language.
    """
    values = {
        "summary": summary,
        "about": about,
        "most": MOST_REASONS,
        "was": WAS_ALLOWED,
        "now": NOW_ALLOWED,
    }
    return rendered(_View(lang), values, ("simulation", "portfolio"))
