"""The summary of a simulation for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from rich.cells import cell_len
from rich.text import Text

from policyengine.report import amounts
from policyengine.report.layout import Page, padded
from policyengine.report.portfolio.summary import MOST_REASONS
from policyengine.report.simulation.summary import (
    BOTH,
    NOW_ALLOWED,
    WAS_ALLOWED,
    CauseCount,
    ChangeCount,
    Offers,
    PlanSummary,
    PolicySummary,
    SimulationSummary,
)
from policyengine.report.simulation.words import word

_MARKS = {
    "gained": ("✓", "green"),
    "better": ("✓", "green"),
    "lost": ("✗", "red"),
    "worse": ("✗", "red"),
}
_NOTHING = "–"
Rows = list[list[str]]


def simulation_text(summary: SimulationSummary, lang: str = "en", *, width: int = 80) -> list[Text]:
    """Return the lines of a summary."""
    return _Writing(Page(width), lang).whole(summary)


class _Writing:
    """Writes a summary in a language on a page."""

    def __init__(self, page: Page, lang: str) -> None:
        self.page, self.lang = page, lang

    def whole(self, summary: SimulationSummary) -> list[Text]:
        if not summary.policies:
            self.page.write(self._word("nothing_changes"))
            return self.page.lines
        self._rows(summary)
        for policy in summary.policies:
            if policy.rows:
                self.page.blank()
                self._policy(policy)
        for code, offers in summary.totals.items():
            if len(summary.policies) > 1 and summary.rows:
                self.page.blank()
                self.page.write(self._word("total", currency=code), style="bold")
                self._offers(offers, code)
        if summary.unchanged:
            self.page.blank()
            names = ", ".join(summary.unchanged)
            self.page.write(self._word("unchanged", names=names), style="dim")
        return self.page.lines

    def _rows(self, summary: SimulationSummary) -> None:
        if not summary.rows:
            self.page.write(self._word("no_rows"))
            return
        rows = [[self._word("compared"), self._number(summary.compared)]]
        rows.append([self._word("rejected"), self._number(summary.rejected)])
        some = {n: getattr(summary, n) for n in ("rejected_old_only", "rejected_new_only")}
        rows += [[self._word(name), self._number(count)] for name, count in some.items() if count]
        rows += [[f"  {code}", self._number(n)] for code, n in summary.rejects.items()]
        self._table(rows, indent=0)

    # One policy

    def _policy(self, policy: PolicySummary) -> None:
        title = f"{_in(policy.title, self.lang)} ({policy.policy})"
        self.page.write(title + self._only(policy.versions), style="bold")
        self.page.write(self._effects(policy), indent=2)
        self._offers(policy.offers, policy.currency)
        for plan in policy.plans:
            self._plan(plan, policy.currency)

    def _effects(self, policy: PolicySummary) -> str:
        found = [f"{self._number(n)} {self._word(name)}" for name, n in policy.loans.items() if n]
        some = {name: getattr(policy, name) for name in ("newly_served", "no_longer_served")}
        found += [self._word(name, n=self._number(count)) for name, count in some.items() if count]
        return " · ".join(found)

    def _offers(self, offers: Offers, code: str) -> None:
        old, new = offers.old_loans, offers.new_loans
        rows = [["", self._word("old"), self._word("new"), self._word("change")]]
        rows.append([self._word("offers"), *map(self._number, (old, new)), self._signed(new - old)])
        for name in ("payment", "cost"):
            found = getattr(offers, name)
            sums = (self._money(amount, code) for amount in (found.old, found.new))
            rows.append([f"{self._word(name)} ({code})", *sums, self._more(found.change, code)])
        self._table(rows, indent=2, head=True)

    # One plan

    def _plan(self, plan: PlanSummary, code: str) -> None:
        title = _in(plan.title, self.lang) + self._only(plan.versions)
        self.page.write(title, indent=2, style="bold dim")
        self.page.write(self._statuses(plan), indent=4)
        if plan.changes:
            self._changes(plan, code)
        for change in plan.changes:
            self._causes(change)

    def _statuses(self, plan: PlanSummary) -> str:
        found = (
            f"{self._word(name)} {self._number(n)} → {self._number(plan.new[name])}"
            for name, n in plan.old.items()
            if n or plan.new[name]
        )
        return " · ".join(found)

    def _changes(self, plan: PlanSummary, code: str) -> None:
        names = ("loans", "old_payment", "new_payment", "old_cost", "new_cost")
        rows = [["", *(self._word(name) for name in names)]]
        rows += [self._change(change, code) for change in plan.changes]
        self._table(rows, indent=4, head=True)

    def _change(self, change: ChangeCount, code: str) -> list[str]:
        was, now = change.change in WAS_ALLOWED, change.change in NOW_ALLOWED
        cells = [
            self._money(amount, code) if there else _NOTHING
            for each in (change.payment, change.cost)
            for amount, there in ((each.old, was), (each.new, now))
        ]
        return [self._word(change.change), self._number(change.rows), *cells]

    def _causes(self, change: ChangeCount) -> None:
        mark, style = _MARKS.get(change.change, ("·", "dim"))
        for cause in change.causes[:MOST_REASONS]:
            text = self._cause(change, cause)
            self.page.write(text, indent=4, mark=mark, mark_style=style)
        left = len(change.causes) - MOST_REASONS
        if left > 0:
            self.page.write(self._word("further", n=left), indent=6, style="dim")

    def _cause(self, change: ChangeCount, cause: CauseCount) -> str:
        code = f" ({cause.code})" if cause.code else ""
        return self._word(
            "caused",
            change=self._word(change.change),
            cause=f"{cause.rule}{code}" if cause.rule else self._word(f"cause_{cause.kind}"),
            rows=self._number(cause.rows),
            alone=self._number(cause.alone),
            text=_in(cause.text, self.lang),
        )

    # Pieces

    def _table(self, rows: Rows, *, indent: int, head: bool = False) -> None:
        """Write cells below one another, the first of a line to the left, the others to the right."""
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        for number, row in enumerate(rows):
            first = padded(row[0], widths[0])
            others = (padded(c, w, right=True) for c, w in zip(row[1:], widths[1:], strict=True))
            style = "dim" if head and number == 0 else ""
            self.page.line("  ".join([first, *others]), indent=indent, style=style)

    def _only(self, versions: str) -> str:
        return "" if versions == BOTH else f" ({self._word(f'only_{versions}')})"

    def _word(self, name: str, **values: object) -> str:
        return word(self.lang, name, **values)

    def _number(self, value: int) -> str:
        return amounts.number(value, self.lang)

    def _signed(self, value: int) -> str:
        return f"+{self._number(value)}" if value > 0 else self._number(value)

    def _money(self, value: Decimal, code: str) -> str:
        return amounts.plain_money(value, code, self.lang)

    def _more(self, value: Decimal, code: str) -> str:
        return f"+{self._money(value, code)}" if value > 0 else self._money(value, code)


def _in(texts: Mapping[str, str], lang: str) -> str:
    return texts.get(lang) or next(iter(texts.values()), "")
