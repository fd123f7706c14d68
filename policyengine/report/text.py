"""An assessment for the terminal: what can be offered on which terms, why, and what to ask."""

from __future__ import annotations

from rich.text import Text

from policyengine.decision.decision import Assessment, Decision, Outcome, Plan, Status
from policyengine.decision.wording import word
from policyengine.ir.dictionary import Dictionary
from policyengine.report import amounts
from policyengine.report.changes_text import write_changes
from policyengine.report.layout import Page
from policyengine.report.reasons_text import ReasonsText
from policyengine.report.shortfall_text import write_shortfall
from policyengine.report.sources_text import source_lines
from policyengine.report.terms_text import TermsText
from policyengine.report.view import MARKS, STYLES, View, asks_by_whom

_TRUTHS = {Status.ALLOWED: True, Status.DENIED: False, Status.UNDETERMINED: None}
_OUTCOME_STYLES = {
    Outcome.OFFER: "bold green",
    Outcome.REFUSE: "bold red",
    Outcome.NEED_INFORMATION: "bold yellow",
    Outcome.REFER: "bold yellow",
}


def assessment_text(
    assessment: Assessment,
    lang: str = "en",
    *,
    dictionary: Dictionary | None = None,
    width: int = 80,
    schedule: bool = False,
    full: bool = False,
) -> list[Text]:
    """Return the lines of an assessment.

    Args:
        assessment: What was decided.
        lang: One of `languages_of(assessment)`.
        dictionary: The facts there are, for their titles and questions.
        width: The cells of a line.
        schedule: Whether to list every payment.
        full: Whether to say where each rule stands, and the digest: for the file.
    """
    view = View(Page(width), lang, dictionary, full_schedule=schedule, with_places=full)
    day = amounts.day(assessment.as_of, lang)
    view.page.write(view.label("as_of", day=day), style="dim")
    for decision in assessment.decisions:
        _write_decision(decision, view)
    for left in assessment.not_assessed:
        view.page.blank()
        view.page.write(_loan(left.loan, view), style="bold")
        view.page.write(view.label("not_assessed", reason=left.reason.said(lang)), indent=2)
    return view.page.lines


def _write_decision(decision: Decision, view: View) -> None:
    page = view.page
    page.blank()
    page.write(f"{_loan(decision.loan, view)} · {view.text(decision.title)}", style="bold")
    page.write(
        f"{decision.policy} · {view.label('version', version=decision.version)}",
        indent=2,
        style="dim",
    )
    if view.with_places:
        page.write(decision.digest, indent=2, style="dim")
    counts = {"allowed": len(decision.allowed), "all": len(decision.plans)}
    said = view.label(decision.outcome, **counts)
    page.write(said, indent=2, style=_OUTCOME_STYLES[decision.outcome])
    for plan in decision.plans:
        _write_plan(plan, decision.currency, view)
    _write_referrals(decision, view)
    _write_asks(decision, view)
    if view.with_places:
        _write_sources(decision, view)


def _loan(loan: str | None, view: View) -> str:
    return view.label("loan", loan=loan) if loan else view.label("one_loan")


def _write_plan(plan: Plan, currency: str, view: View) -> None:
    truth = _TRUTHS[plan.status]
    title = f"{view.text(plan.title)}{view.label('colon')}{view.label(plan.status)}"
    view.page.blank()
    view.page.write(
        title, indent=2, mark=MARKS[truth], style="bold", mark_style=f"bold {STYLES[truth]}"
    )
    if plan.provisional:
        view.page.write(word(view.lang, "provisional"), indent=4)
    if plan.terms is not None:
        TermsText(view, plan, plan.terms, currency).write()
    if plan.shortfall is not None:
        write_shortfall(plan.shortfall, currency, view)
    view.page.write(view.label("reasons"), indent=4, style="dim")
    ReasonsText(view, currency).write(plan.reasons, indent=4)
    if plan.change_search is not None:
        write_changes(plan.change_search, view)


def _write_referrals(decision: Decision, view: View) -> None:
    held = [referral for referral in decision.referrals if referral.holds]
    if not held:
        return
    view.page.blank()
    view.page.write(view.label("referrals"), indent=2, style="bold")
    for referral in held:
        view.page.write(view.text(referral.title), indent=2, mark="→", mark_style="cyan")
        view.page.write(view.text(referral.reason.text), indent=4)
        cited = view.cited(view.text(referral.reason.citation), referral.reason.at)
        if cited:
            view.page.write(cited, indent=4, style="dim")


def _write_asks(decision: Decision, view: View) -> None:
    for label, paths in asks_by_whom(decision.questions):
        view.page.blank()
        view.page.write(view.label(label), indent=2, style="bold")
        for path in paths:
            _write_ask(path, view)


def _write_sources(decision: Decision, view: View) -> None:
    lines = source_lines(decision, view)
    if lines:
        view.page.blank()
        view.page.write(view.label("sources"), indent=2, style="bold")
    for line in lines:
        view.page.write(line, indent=2, mark="·")


def _write_ask(path: str, view: View) -> None:
    fact = view.fact(path)
    if fact is None or fact.ask is None:
        view.page.write(view.fact_title(path), indent=2, mark="?", mark_style="yellow")
        return
    view.page.write(view.text(fact.ask.question), indent=2, mark="?", mark_style="yellow")
    view.page.write(view.fact_title(path), indent=4, style="dim")
    evidence = view.text(fact.ask.evidence)
    if evidence:
        view.page.write(view.label("evidence", evidence=evidence), indent=4)
