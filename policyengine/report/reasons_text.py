"""Reasons as lines: whether the rule is met, the rule in words, its code and its source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import attrs

from policyengine.decision.decision import Comparison, Reason
from policyengine.decision.terms import Instalment
from policyengine.report import amounts
from policyengine.report.view import MARKS, STYLES, View

#: What decides stands first: the unmet, then the unknown, then the met.
_ORDER = {False: 0, None: 1, True: 2}


@attrs.frozen
class ReasonsText:
    """Writes the reasons of one plan or referral."""

    view: View
    currency: str

    def write(self, reasons: tuple[Reason, ...], indent: int) -> None:
        """Write several reasons, those that decide first."""
        for reason in decisive_first(reasons):
            self.write_one(reason, indent)

    def write_one(self, reason: Reason, indent: int) -> None:
        """Write one reason and the parts it is made of."""
        page = self.view.page
        mark, style = MARKS[reason.holds], STYLES[reason.holds]
        page.write(self.view.text(reason.text), indent=indent, mark=mark, mark_style=style)
        for said in self.details(reason):
            page.write(said, indent=indent + 2)
        page.write(self._citation(reason), indent=indent + 2, style="dim")
        parts = worded_parts(reason)
        if parts and reason.joint:
            page.write(self.view.label(reason.joint), indent=indent + 2)
            for part in parts:
                self.write_one(part, indent + 4)

    def _citation(self, reason: Reason) -> str:
        """Return the rule's name, its code, its source and, for the file, its place."""
        return self.view.cited(named(reason), self.view.text(reason.citation), reason.at)

    def details(self, reason: Reason) -> Iterator[str]:
        """Yield which payment is too large, and what is not known or has no value."""
        if reason.holds is False:
            for comparison in reason.comparisons:
                yield from self._excess(comparison)
        if reason.missing:
            facts = self.view.label("list").join(self.view.fact_title(p) for p in reason.missing)
            yield self.view.label("missing", facts=facts)
        label = "obstacle" if reason.kind == "terms" else "undefined"
        for what in reason.undefined:
            yield self.view.label(label, what=what.said(self.view.lang))

    def _excess(self, comparison: Comparison) -> Iterator[str]:
        """Say which payment is too large, and by how much."""
        period, headroom = comparison.period, str(comparison.headroom)
        if period is None or not headroom.startswith("-"):
            return
        yield self.view.label(
            "excess",
            n=period.n,
            day=self._day(period.due),
            amount=self._money(period),
            missing=amounts.money(headroom.removeprefix("-"), self.currency, self.view.lang),
        )

    def _money(self, period: Instalment) -> str:
        return amounts.money(period.payment, self.currency, self.view.lang)

    def _day(self, day: date) -> str:
        return amounts.day(day, self.view.lang)


def decisive_first(reasons: tuple[Reason, ...]) -> list[Reason]:
    """Return reasons with the unmet first, then the unknown."""
    return sorted(reasons, key=lambda reason: _ORDER[reason.holds])


def worded_parts(reason: Reason) -> list[Reason]:
    """Return the parts that the policy says in words of its own: one that it does not name is `whole.1`."""
    return [part for part in reason.parts if "." not in part.rule]


def citation(reason: Reason, view: View) -> str:
    """Return the rule's name, its code and its source."""
    return " · ".join(said for said in (named(reason), view.text(reason.citation)) if said)


def named(reason: Reason) -> str:
    """Return the rule's name, and its code where it has one."""
    return f"{reason.rule} ({reason.code})" if reason.code else reason.rule
