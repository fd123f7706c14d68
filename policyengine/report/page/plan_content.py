"""One plan on the page: its terms, its curve, every payment, the reasons and the tree."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from policyengine.decision.decision import Decision, OneLess, Plan, Reason, Shortfall, Status
from policyengine.decision.terms import Instalment
from policyengine.decision.tree.branch import Branch
from policyengine.decision.wording import word as engine_word
from policyengine.report import amounts
from policyengine.report.changes_text import change_lines
from policyengine.report.page.figure import Figure, figure_of
from policyengine.report.page.words import word
from policyengine.report.reasons_text import ReasonsText, citation, decisive_first, worded_parts
from policyengine.report.shortfall_text import shortfall_lines
from policyengine.report.terms_text import TermsText, levers_text
from policyengine.report.tree_text import Spelt, citations, said
from policyengine.report.view import MARKS, View

_TRUTHS = {Status.ALLOWED: True, Status.DENIED: False, Status.UNDETERMINED: None}


@attrs.frozen
class Mark:
    """Whether something holds: a sign to look at, a word to hear, and a class to style."""

    sign: str
    spoken: str
    kind: str


@attrs.frozen
class Statement:
    """Something that is said, and what it stands on; a value has no mark."""

    mark: Mark | None
    text: str
    notes: tuple[str, ...]
    joint: str
    below: tuple[Statement, ...]


@attrs.frozen
class Table:
    """Payments: a caption, the heads of the columns, and the cells of each row."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@attrs.frozen
class Less:
    """The terms one step less generous, and what they fail."""

    said: str
    failing: tuple[Statement, ...]


@attrs.frozen
class PlanContent:
    """One plan."""

    id: str
    title: str
    status: str
    mark: Mark
    provisional: str
    rows: tuple[tuple[str, str], ...]
    why: tuple[str, ...]
    changes: tuple[str, ...]
    last_step: str
    one_less: Less | None
    shortfall: tuple[str, ...]
    figure: Figure | None
    table: Table | None
    reasons: tuple[Statement, ...]
    would_change: tuple[str, ...]
    tree: tuple[Statement, ...]


def plan_content(plan: Plan, decision: Decision, id_: str, view: View) -> PlanContent:
    """Return what the page says of a plan."""
    currency, terms, title = decision.currency, plan.terms, view.text(plan.title)
    words = TermsText(view, plan, terms, currency) if terms else None
    changes = tuple(words.changes()) if words else ()
    caption = word(view.lang, "payments_of", plan=title)
    provisional = engine_word(view.lang, "provisional") if plan.provisional else ""
    spelt = Spelt()
    return PlanContent(
        id=id_,
        title=title,
        status=view.label(plan.status),
        mark=mark_of(_TRUTHS[plan.status], view),
        provisional=provisional,
        rows=tuple(words.rows()) if words else (),
        why=tuple(said for said in (*_why(plan, view), provisional) if said),
        changes=changes,
        last_step=word(view.lang, "last_step", step=changes[-1]) if len(changes) > 1 else "",
        one_less=_less(plan.one_less, currency, view) if plan.one_less else None,
        shortfall=_shortfall(plan.shortfall, currency, view),
        figure=figure_of(plan, decision, view),
        table=table_of(caption, plan.schedule, currency, view) if plan.schedule else None,
        reasons=_statements(plan.reasons, currency, view),
        would_change=change_lines(plan.change_search, view) if plan.change_search else (),
        tree=tuple(_grown(b, spelt, view) for b in plan.justification.tree.branches),
    )


def _why(plan: Plan, view: View) -> tuple[str, ...]:
    return tuple(view.text(reason.text) for reason in plan.decisive)


def mark_of(holds: bool | None, view: View) -> Mark:
    """Return the mark of something that holds, does not, or is not known."""
    kind = {True: "yes", False: "no", None: "unknown"}[holds]
    return Mark(MARKS[holds], word(view.lang, str(holds)), kind)


_COLUMNS = ("period", "due", "amount", "interest", "principal", "balance")


def table_of(caption: str, schedule: Sequence[Instalment], currency: str, view: View) -> Table:
    """Return payments as a table."""
    heads = tuple(view.label(name) for name in _COLUMNS)
    return Table(caption, heads, tuple(_cells(row, currency, view) for row in schedule))


def _cells(row: Instalment, currency: str, view: View) -> tuple[str, ...]:
    paid = (row.payment, row.interest, row.principal, row.balance)
    plain = (amounts.plain_money(amount, currency, view.lang) for amount in paid)
    return str(row.n), amounts.day(row.due, view.lang), *plain


def _shortfall(found: Shortfall | None, currency: str, view: View) -> tuple[str, ...]:
    return tuple(shortfall_lines(found, currency, view)) if found else ()


def _less(less: OneLess, currency: str, view: View) -> Less:
    payment = amounts.money(less.payment, currency, view.lang)
    steps = view.label("join").join(levers_text(less.levers, view, currency))
    name = "one_less_terms" if steps else "one_less_plain"
    text = word(view.lang, name, steps=steps, payment=payment)
    return Less(text, _statements(less.failing, currency, view))


def _statements(reasons: tuple[Reason, ...], currency: str, view: View) -> tuple[Statement, ...]:
    return tuple(_statement(reason, currency, view) for reason in decisive_first(reasons))


def _statement(reason: Reason, currency: str, view: View) -> Statement:
    parts = worded_parts(reason) if reason.joint else []
    return Statement(
        mark=mark_of(reason.holds, view),
        text=view.text(reason.text),
        notes=(*ReasonsText(view, currency).details(reason), citation(reason, view)),
        joint=view.label(reason.joint) if parts and reason.joint else "",
        below=_statements(tuple(parts), currency, view),
    )


def _grown(branch: Branch, spelt: Spelt, view: View) -> Statement:
    below = () if spelt.was(branch) else branch.branches
    return Statement(
        mark=mark_of(branch.holds, view) if branch.is_condition else None,
        text=said(branch, view),
        notes=tuple(citations(branch, view)),
        joint="",
        below=tuple(_grown(each, spelt, view) for each in below),
    )
