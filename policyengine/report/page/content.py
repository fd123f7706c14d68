"""What the page says in one language: texts and numbers as its reader writes them, in the order of the page."""

from __future__ import annotations

import attrs

from policyengine.decision.decision import Assessment, Decision, NotAssessed, Referral
from policyengine.decision.terms import AsItStands
from policyengine.ir.dictionary import Dictionary
from policyengine.report import amounts
from policyengine.report.labels import label
from policyengine.report.layout import Page
from policyengine.report.page.comparison import Comparison, comparison_of
from policyengine.report.page.plan_content import PlanContent, Table, plan_content, table_of
from policyengine.report.page.words import word
from policyengine.report.sources_text import source_lines
from policyengine.report.view import View, asks_by_whom


@attrs.frozen
class Ask:
    """Something to ask the borrower, or to look up."""

    question: str
    title: str
    evidence: str


@attrs.frozen
class Advice:
    """Something to do, or somebody to turn to."""

    title: str
    text: str
    source: str


@attrs.frozen
class Now:
    """The loan as it stands: its payments or the place above where they are, or why there are none."""

    said: str
    outside: str
    table: Table | None
    above: str


@attrs.frozen
class DecisionContent:
    """One decision."""

    id: str
    loan: str
    title: str
    outcome: str
    outcome_kind: str
    facts: tuple[tuple[str, str], ...]
    comparison: Comparison
    now: Now
    plans: tuple[PlanContent, ...]
    referrals: tuple[Advice, ...]
    asks: tuple[tuple[str, tuple[Ask, ...]], ...]
    sources: tuple[str, ...]


@attrs.frozen
class Content:
    """A whole page in one language."""

    lang: str
    heading: str
    engine: str
    decisions: tuple[DecisionContent, ...]
    not_assessed: tuple[tuple[str, str], ...]

    def word(self, name: str, **values: object) -> str:
        """Return a word of the page."""
        return word(self.lang, name, **values)

    def label(self, name: str) -> str:
        """Return a word that the terminal view has too."""
        return label(self.lang, name)


def content_of(
    assessment: Assessment, lang: str, dictionary: Dictionary | None, wanted: str | None = None
) -> Content:
    """Return what the page says of an assessment in one language; of one plan only, where it is wanted."""
    view = View(Page(), lang, dictionary)
    day = amounts.day(assessment.as_of, lang)
    shown = [
        decision
        for decision in assessment.decisions
        if wanted is None or wanted in [plan.plan for plan in decision.plans]
    ]
    first = _first_of_each_loan(shown)
    return Content(
        lang=lang,
        heading=word(lang, "heading", day=day),
        engine=word(lang, "engine", engine=assessment.engine),
        decisions=tuple(
            _decision(decision, _Place(lang, number, first[number]), day, view, wanted)
            for number, decision in enumerate(shown, 1)
        ),
        not_assessed=tuple(_not_assessed(left, view) for left in assessment.not_assessed),
    )


def _first_of_each_loan(decisions: list[Decision]) -> dict[int, int]:
    """Return for each decision, by its number, the first one that shows the same loan as it stands."""
    found: dict[int, int] = {}
    for number, decision in enumerate(decisions, 1):
        same = (
            earlier
            for earlier in found
            if decisions[earlier - 1].loan == decision.loan
            and decisions[earlier - 1].as_it_stands == decision.as_it_stands
        )
        found[number] = next(same, number)
    return found


@attrs.frozen
class _Place:
    """Where a decision stands on the page, and where its loan is shown as it stands."""

    lang: str
    number: int
    first: int

    @property
    def id(self) -> str:
        return f"{self.lang}-{self.number}"

    @property
    def above(self) -> str:
        return f"{self.lang}-{self.first}-now" if self.first != self.number else ""


def _decision(
    decision: Decision, place: _Place, day: str, view: View, wanted: str | None
) -> DecisionContent:
    counts = {"allowed": len(decision.allowed), "all": len(decision.plans)}
    plans = tuple(
        plan_content(plan, decision, f"{place.id}-{number}", view)
        for number, plan in enumerate(decision.plans, 1)
        if wanted in (None, plan.plan)
    )
    return DecisionContent(
        id=place.id,
        loan=_loan(decision.loan, view),
        title=view.text(decision.title),
        outcome=view.label(decision.outcome, **counts),
        outcome_kind=str(decision.outcome),
        facts=tuple(_facts(decision, day, view)),
        comparison=comparison_of(plans, view.lang),
        now=_now(decision.as_it_stands, place.above, decision.currency, view),
        plans=plans,
        referrals=tuple(_advice(r, view) for r in decision.referrals if r.holds),
        asks=tuple(
            (label, tuple(_ask(path, view) for path in paths))
            for label, paths in asks_by_whom(decision.questions)
        ),
        sources=tuple(source_lines(decision, view)),
    )


def _facts(decision: Decision, day: str, view: View) -> list[tuple[str, str]]:
    found = {
        "loan": decision.loan or "",
        "policy": decision.policy,
        "version": decision.version,
        "day": day,
        "currency": decision.currency,
        "digest": decision.digest,
    }
    return [(word(view.lang, name), value) for name, value in found.items() if value]


def _now(found: AsItStands, above: str, currency: str, view: View) -> Now:
    outside = view.label("list").join(
        view.label("stays_owed", what=view.label(name), amount=_money(amount, currency, view))
        for name, amount in found.outside.items()
    )
    said = f"{view.label('outside')}{view.label('colon')}{outside}" if outside else ""
    if found.schedule is None:
        return Now(_why_none(found, view), said, None, "")
    title = word(view.lang, "now_payments")
    table = None if above else table_of(title, found.schedule, currency, view)
    return Now(word(view.lang, "now_with"), said, table, above)


def _why_none(found: AsItStands, view: View) -> str:
    if found.missing == ("loan.remaining_term",):
        return word(view.lang, "now_no_term")
    if not found.missing:
        return word(view.lang, "now_unpayable")
    facts = view.label("list").join(view.fact_title(path) for path in found.missing)
    return word(view.lang, "now_none", facts=facts)


def _money(amount: object, currency: str, view: View) -> str:
    return amounts.money(str(amount), currency, view.lang)


def _advice(referral: Referral, view: View) -> Advice:
    reason = referral.reason
    return Advice(view.text(referral.title), view.text(reason.text), view.text(reason.citation))


def _ask(path: str, view: View) -> Ask:
    fact = view.fact(path)
    if fact is None or fact.ask is None:
        return Ask(view.fact_title(path), "", "")
    evidence = view.text(fact.ask.evidence)
    said = view.label("evidence", evidence=evidence) if evidence else ""
    return Ask(view.text(fact.ask.question), view.fact_title(path), said)


def _not_assessed(left: NotAssessed, view: View) -> tuple[str, str]:
    return _loan(left.loan, view), view.label("not_assessed", reason=left.reason.said(view.lang))


def _loan(loan: str | None, view: View) -> str:
    return view.label("loan", loan=loan) if loan else view.label("one_loan")
