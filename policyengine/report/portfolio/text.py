"""The summary of a portfolio for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.text import Text

from policyengine.report import amounts
from policyengine.report.layout import Page, padded
from policyengine.report.portfolio.summary import (
    MOST_REASONS,
    PlanSummary,
    PolicySummary,
    ReasonCount,
    Summary,
)
from policyengine.report.portfolio.words import word


def summary_text(summary: Summary, lang: str = "en", *, width: int = 80) -> list[Text]:
    """Return the lines of a summary."""
    page = Page(width)
    _write_rows(summary, page, lang)
    for policy in summary.policies:
        if policy.rows:
            page.blank()
            _write_policy(policy, page, lang)
    return page.lines


def _write_rows(summary: Summary, page: Page, lang: str) -> None:
    counts = {
        "decided": summary.decided,
        "rejected": summary.rejected,
        "without_policy": summary.without_policy,
    }
    lines = [(word(lang, name), count) for name, count in counts.items()]
    lines += [(f"  {code}", count) for code, count in summary.rejects.items()]
    _write_counts(lines, page, lang)


def _write_counts(lines: Iterable[tuple[str, int]], page: Page, lang: str) -> None:
    lines = list(lines)
    numbers = [amounts.number(count, lang) for _, count in lines]
    widths = max(len(name) for name, _ in lines), max(map(len, numbers))
    for (name, _), number in zip(lines, numbers, strict=True):
        page.line(f"{padded(name, widths[0])}  {padded(number, widths[1], right=True)}")


def _write_policy(policy: PolicySummary, page: Page, lang: str) -> None:
    page.write(f"{_in(policy.title, lang)} ({policy.policy})", style="bold")
    exact = f"{word(lang, 'exact')} {_share(policy.exact, policy.rows, lang)}"
    page.write(f"{_counted(policy.outcome, lang)} · {exact}", indent=2)
    for plan in policy.plans:
        _write_plan(plan, policy, page, lang)


def _write_plan(plan: PlanSummary, policy: PolicySummary, page: Page, lang: str) -> None:
    page.write(_in(plan.title, lang), indent=2, style="bold dim")
    page.write(_counted(plan.status, lang), indent=4)
    if plan.mean_cost is not None:
        cost = amounts.money(plan.cost, policy.currency, lang)
        mean = amounts.money(plan.mean_cost, policy.currency, lang)
        page.write(f"{word(lang, 'cost')} {cost} · {word(lang, 'mean')} {mean}", indent=4)
    for reason in plan.reasons[:MOST_REASONS]:
        page.write(_reason(reason, lang), indent=4, mark="✗", mark_style="red")
    left = len(plan.reasons) - MOST_REASONS
    if left > 0:
        page.write(word(lang, "further", n=left), indent=6, style="dim")


def _reason(reason: ReasonCount, lang: str) -> str:
    first, failing = (amounts.number(n, lang) for n in (reason.first, reason.failing))
    counts = f"{word(lang, 'first')} {first}, {word(lang, 'failing')} {failing}"
    return f"{reason.code or reason.rule}: {counts}. {_in(reason.text, lang)}"


def _counted(counts: Mapping[str, int], lang: str) -> str:
    said = (f"{word(lang, name)} {amounts.number(n, lang)}" for name, n in counts.items() if n)
    return " · ".join(said)


def _share(part: int, whole: int, lang: str) -> str:
    return amounts.share(part, whole, lang)


def _in(texts: Mapping[str, str], lang: str) -> str:
    return texts.get(lang) or next(iter(texts.values()), "")
