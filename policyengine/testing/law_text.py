"""What came of laws, for the terminal and as JSON.

FAIL monotone: borrower.monthly_income, up
  --> policies/aibank/consumer-loan.test.yaml:12:5
   |
12 |   - monotone: {fact: borrower.monthly_income}
   |     ^^^^^^^^
   = `payment_holiday` is allowed with …, and denied with …
     `payment_holiday` is denied:
     ✗ affordable_later (UNAFFORDABLE): …
"""

from __future__ import annotations

from typing import Any

from policyengine.decision.decision import Reason
from policyengine.report.diagnostics import diagnostic_text, diagnostics_json, place_json, snippet
from policyengine.report.layout import Page
from policyengine.report.places import Places
from policyengine.report.view import MARKS, STYLES
from policyengine.testing.laws.shown import Decided, ShownBreach
from policyengine.testing.results import LawResult

_INDENT = 5


def write_law(law: LawResult, page: Page, places: Places) -> None:
    """Write a law that is broken, or that could not be tried."""
    if law.kept:
        return
    page.blank()
    page.write(law.law, mark="ERROR" if law.errors else "FAIL", mark_style="bold red")
    for error in places.located(law.errors):
        page.lines += diagnostic_text(error)
    if law.breach is not None:
        page.lines += snippet(places.span(law.span))
        _write_breach(law.breach, page, places)
    page.blank()


def _write_breach(breach: ShownBreach, page: Page, places: Places) -> None:
    page.write(breach.said, indent=3, mark="=")
    for decided in (breach.before, breach.after):
        if decided is not None:
            _write_decided(decided, page, places)
    page.write("to be pasted into a test file:", indent=_INDENT)
    for case in breach.cases:
        for line in case.splitlines():
            page.line(line, indent=_INDENT + 2)


def _write_decided(decided: Decided, page: Page, places: Places) -> None:
    page.write(decided.what + (":" if decided.reasons else ""), indent=_INDENT)
    for reason in decided.reasons:
        write_reason(reason, page, places)


def write_reason(reason: Reason, page: Page, places: Places) -> None:
    """Write a reason with its truth, and where the rule stands."""
    text = next(iter(reason.text.values()), "")
    mark, style = MARKS[reason.holds], STYLES[reason.holds]
    said = f"{reason.rule} ({reason.code})" if reason.code else reason.rule
    page.write(f"{said}: {text}", indent=_INDENT, mark=mark, mark_style=style)
    page.line(places.path(reason.at), indent=_INDENT + 2, style="dim")


# JSON


def law_json(law: LawResult, places: Places) -> dict[str, Any]:
    """Return what came of a law as plain mappings."""
    return {
        "law": law.law,
        "kept": law.kept,
        **place_json(places.span(law.span)),
        "borrowers": law.borrowers,
        "spoke": law.spoke,
        "errors": diagnostics_json(places.located(law.errors)),
        "breach": None if law.breach is None else _breach_json(law.breach),
    }


def _breach_json(breach: ShownBreach) -> dict[str, Any]:
    return {
        "said": breach.said,
        "plan": breach.plan,
        "before": _decided_json(breach.before),
        "after": None if breach.after is None else _decided_json(breach.after),
        "cases": list(breach.cases),
    }


def _decided_json(decided: Decided) -> dict[str, Any]:
    return {"decided": decided.what, "because": [reason_json(r) for r in decided.reasons]}


def reason_json(reason: Reason) -> dict[str, Any]:
    """Return a reason by its rule, its truth and its place."""
    return {"rule": reason.rule, "code": reason.code, "holds": reason.holds, "at": reason.at}
